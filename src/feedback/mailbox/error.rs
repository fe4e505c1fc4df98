//! Why a mailbox cannot be read, or a message not moved.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::feedback::mailbox::imap::error::ImapError;
use crate::feedback::mailbox::remedy::FolderRemedy;

/// Why a mailbox cannot be read, or a message not moved.
#[derive(Debug, ThisError)]
pub enum MessageFolderError {
    /// A file or folder cannot be read.
    #[error("cannot read the mailbox {}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A folder is not a Maildir.
    #[error("{} is not a Maildir: it has no folders `cur` and `new`", path.display())]
    NotAMaildir {
        /// The folder.
        path: PathBuf,
    },
    /// A message cannot be moved; it stays where it is.
    #[error("cannot move a message to {}", folder.display())]
    NotMoved {
        /// The folder for messages that are done.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The IMAP server cannot be used.
    #[error(transparent)]
    Imap(#[from] ImapError),
}

impl MessageFolderError {
    /// What helps against it.
    pub fn remedy(&self) -> FolderRemedy {
        match self {
            Self::Unreadable { .. } | Self::NotAMaildir { .. } => FolderRemedy::ChangeSettings,
            Self::NotMoved { .. } => FolderRemedy::RepairFiles,
            Self::Imap(error) => error.remedy(),
        }
    }
}
