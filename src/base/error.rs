//! What stops a run.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

/// A cause that stops the whole run; mistakes in an author's files are [`Diagnostics`](crate::base::source::diagnostic::Diagnostics),
/// and a refused letter is an [`Outcome`](crate::delivery::outcome::Outcome).
#[derive(Debug, ThisError)]
pub enum Error {
    /// There is no `newsletter.yaml` in the folder or in one above it.
    #[error("no newsletter.yaml in {} or in a folder above it", searched.display())]
    NoProject {
        /// The folder where the search began.
        searched: PathBuf,
    },
    /// A file of the project could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file, as the person would name it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is not text in UTF-8.
    #[error("{} is not text in UTF-8: open it and save it again in that encoding", path.display())]
    NotText {
        /// The file, as the person would name it.
        path: PathBuf,
    },
    /// A file of the project is a link to one that is not in it.
    #[error("{} is a link that leads out of the project: put the file itself there", path.display())]
    LeadsOut {
        /// The file, as the person would name it.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file, as the person would name it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file or folder is already there and is not to be overwritten.
    #[error("{} is already there", path.display())]
    Exists {
        /// The file, as the person would name it.
        path: PathBuf,
    },
    /// A secret that the settings name cannot be had.
    #[error("{what} cannot be read")]
    Secret {
        /// The setting that names it.
        what: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A file that holds a secret can be read by others.
    #[error("{} can be read by others (mode {mode:04o}): run chmod 600 on it", path.display())]
    OpenSecret {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file gives no key to sign letters with.
    #[error("the DKIM key {} cannot be used", path.display())]
    DkimKey {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Another run holds the ledger's lock.
    #[error("another run is sending from this project; it was left alone")]
    Locked,
    /// The ledger cannot be read or written: nothing more is sent.
    #[error("the ledger cannot be used, so nothing more is sent")]
    Ledger(#[source] Box<dyn StdError + Send + Sync>),
    /// A letter could not be made that could be made before.
    #[error("a letter could not be made that was made before; nothing more is sent")]
    Uncomposed,
    /// A connection's thread ended before its work did.
    #[error("a connection ended unexpectedly; run the same command again")]
    WorkerLost,
}
