//! Texts that an issue takes in: snippets, and tables from a file.

use thiserror::Error as ThisError;

use crate::base::source::text::Source;

/// Where the texts of an issue come from.
pub trait TextSource {
    /// The snippet of a name, as it stands behind `::: snippet`.
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

/// No texts at all: every one is missing.
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

/// Why a text cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum TextError {
    /// There is no such file; perhaps one whose name is nearly the same.
    #[error("there is no such file")]
    Missing {
        /// The name of a file that differs in case or by a letter.
        near: Option<String>,
    },
    /// The folder that it would lie in is not there.
    #[error("the folder {folder}/ is not there")]
    NoFolder {
        /// The folder, as the project names it.
        folder: String,
    },
    /// The path leads out of where such texts lie.
    #[error("it lies outside")]
    Outside,
    /// The path begins at the root of the disk.
    #[error("its path must not begin at the root of the disk")]
    Absolute,
    /// It is larger than a letter can be.
    #[error("it has {bytes} bytes, and {limit} are allowed")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The largest size allowed.
        limit: u64,
    },
    /// The content is no text in UTF-8.
    #[error("it is no text in UTF-8")]
    NotText,
    /// The file is there and cannot be read.
    #[error("it cannot be read")]
    Unreadable,
}
