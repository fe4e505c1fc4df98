//! Why a mailbox cannot be read, or a message not moved.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::delivery::file_owner;
use crate::feedback::mailbox::imap::error::ImapError;
use crate::feedback::mailbox::remedy::FolderRemedy;

/// Why a mailbox cannot be read, or a message not moved.
#[derive(Debug, ThisError)]
pub enum MessageFolderError {
    /// A file or folder cannot be read.
    #[error("{}", message!("cannot read the mailbox {}", "kan ikke læse postkassen {}", path.display()))]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A folder is not a Maildir.
    #[error("{}", message!(
        "{} is not a Maildir: it has no folders `cur` and `new`",
        "{} er ikke en Maildir: den har ikke mapperne `cur` og `new`",
        path.display()
    ))]
    NotAMaildir {
        /// The folder.
        path: PathBuf,
    },
    /// A message cannot be moved; it stays where it is.
    #[error("{}", message!("cannot move a message to {}", "kan ikke flytte en mail til {}", folder.display()))]
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
    /// The error for a file or folder that cannot be read, with the owner of what prevents it.
    pub(super) fn unreadable(path: &Path, source: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source: with_owner(path, source) }
    }

    /// How to fix it.
    pub fn remedy(&self) -> FolderRemedy {
        match self {
            Self::Unreadable { .. } | Self::NotAMaildir { .. } => FolderRemedy::ChangeSettings,
            Self::NotMoved { .. } => FolderRemedy::RepairFiles,
            Self::Imap(error) => error.remedy(),
        }
    }
}

/// The reason why a file or folder cannot be read; where permission is missing, with the owner.
pub(super) fn with_owner(path: &Path, source: io::Error) -> io::Error {
    file_owner::with_owner(path, source, |owner| {
        message!("{owner}: give this user access to it", "{owner}: giv denne bruger adgang til den")
    })
}
