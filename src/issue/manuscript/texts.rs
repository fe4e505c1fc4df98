//! Texts that an issue includes: snippets, and tables in files.

use thiserror::Error as ThisError;

use crate::base::byte_size::{ByteLimit, ByteSize};
use crate::base::message::message;
use crate::base::source::text::Source;

/// Where the texts of an issue come from.
pub trait TextSource {
    /// The snippet of a name behind `::: snippet`.
    ///
    /// # Errors
    /// Where there is none, or where it must not be read.
    fn snippet(&self, name: &str) -> Result<Source, TextError>;

    /// The table at a path as the issue names it, relative to the issue's own folder.
    ///
    /// # Errors
    /// Where there is none, or where it must not be read.
    fn table(&self, path: &str) -> Result<Source, TextError>;
}

/// A source without any texts.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTexts;

impl TextSource for NoTexts {
    fn snippet(&self, _: &str) -> Result<Source, TextError> {
        Err(TextError::Missing { near: None })
    }

    fn table(&self, _: &str) -> Result<Source, TextError> {
        Err(TextError::Missing { near: None })
    }
}

/// Why a text cannot be included.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum TextError {
    /// The file is missing; `near` has a similar name.
    #[error("{}", message!("there is no such file", "filen findes ikke"))]
    Missing {
        /// The name of a file that differs in case or by a letter.
        near: Option<String>,
    },
    /// Its folder is missing.
    #[error("{}", message!("the folder {folder}/ does not exist", "mappen {folder}/ findes ikke"))]
    NoFolder {
        /// The folder, as the project names it.
        folder: String,
    },
    /// The path leads out of the folder.
    #[error("{}", message!("it is outside the project", "den ligger uden for projektet"))]
    Outside,
    /// It contains people's data or secrets.
    #[error("{}", message!(
        "it contains people's data or secrets, which every recipient would get",
        "den indeholder persondata eller hemmeligheder, som alle modtagere ville få"
    ))]
    Private,
    /// The path is absolute.
    #[error("{}", message!("its path must be relative", "stien til den skal være relativ"))]
    Absolute,
    /// It is larger than a letter can be.
    #[error("{}", message!(
        "it has {}, and at most {} are allowed",
        "den fylder {} og må højst fylde {}",
        ByteSize(*bytes), ByteLimit(*limit)
    ))]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The largest size allowed.
        limit: u64,
    },
    /// The content is not UTF-8.
    #[error("{}", message!("it is not UTF-8 text", "den er ikke tekst i UTF-8"))]
    NotText,
    /// The file cannot be read.
    #[error("{}", message!("it cannot be read", "den kan ikke læses"))]
    Unreadable,
}
