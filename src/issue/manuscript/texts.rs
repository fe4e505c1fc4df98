//! Texts that an issue includes: snippets, and tables in files.

use thiserror::Error as ThisError;

use crate::base::byte_size::{ByteLimit, ByteSize};
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
    #[error("there is no such file")]
    Missing {
        /// The name of a file that differs in case or by a letter.
        near: Option<String>,
    },
    /// Its folder is missing.
    #[error("the folder {folder}/ does not exist")]
    NoFolder {
        /// The folder, as the project names it.
        folder: String,
    },
    /// The path leads out of the folder.
    #[error("it is outside the project")]
    Outside,
    /// It holds people's data or secrets.
    #[error("it holds people's data or secrets, which every recipient would get")]
    Private,
    /// The path is absolute.
    #[error("its path must be relative")]
    Absolute,
    /// It is larger than a letter can be.
    #[error("it has {}, and at most {} are allowed", ByteSize(*bytes), ByteLimit(*limit))]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The largest size allowed.
        limit: u64,
    },
    /// The content is not UTF-8.
    #[error("it is not UTF-8 text")]
    NotText,
    /// The file cannot be read.
    #[error("it cannot be read")]
    Unreadable,
}
