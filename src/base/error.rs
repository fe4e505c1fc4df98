//! The errors that stop a run.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

/// An error that stops the whole run. Problems in an author's files are
/// [`Diagnostics`](crate::base::source::diagnostic::Diagnostics), and a refused letter is an
/// [`Outcome`](crate::delivery::outcome::Outcome).
#[derive(Debug, ThisError)]
pub enum Error {
    /// There is no `newsletter.yaml` in the folder or in one above it.
    #[error("no newsletter.yaml in {} or in a folder above it", searched.display())]
    NoProject {
        /// The folder where the search began.
        searched: PathBuf,
    },
    /// There is no issue of the name that was typed.
    #[error("there is no issue {}{}", path.display(), did_you_mean(near))]
    NoIssue {
        /// What was typed, as a path in the project.
        path: PathBuf,
        /// The issues that may have been meant.
        near: Vec<String>,
    },
    /// A file of the project could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file, relative to where the user is.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is not text in UTF-8.
    #[error("{} is not text in UTF-8: open it and save it again in that encoding", path.display())]
    NotText {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// A file of the project is a symbolic link to one outside it.
    #[error("{} is a link that leads out of the project: put the file itself there", path.display())]
    LeadsOut {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// What an export would write is behind a symbolic link that leads out of its folder.
    #[error("{} is behind a link that leads out of the folder: replace the link by a folder or delete it", path.display())]
    LeadsOutOfExport {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// The command would act on what a project says that is not trusted.
    #[error(
        "{what} is not used, since the project is not trusted: use --trust, or run `newsletter trust` to trust it from \
         now on"
    )]
    Untrusted {
        /// What would be used.
        what: String,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file, relative to where the user is.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file or folder already exists and must not be overwritten.
    #[error("{} already exists", path.display())]
    Exists {
        /// The file, relative to where the user is.
        path: PathBuf,
    },
    /// A secret that the settings refer to cannot be read.
    #[error("{what} cannot be read")]
    Secret {
        /// What it is read from, such as a file or an environment variable.
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
    /// There is no access token to log in to a mail server with.
    #[error("no access token")]
    Login {
        /// Whose fault that is.
        fault: LoginFault,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A file holds no key that letters can be signed with.
    #[error("the DKIM key {} cannot be used", path.display())]
    DkimKey {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Another run holds the ledger's lock.
    #[error("another run is sending from this project")]
    Locked,
    /// The ledger cannot be read or written. Without it, nothing may be sent: what is sent could not be recorded.
    #[error("cannot use the ledger; nothing more is sent")]
    Ledger(#[source] Box<dyn StdError + Send + Sync>),
    /// A letter that was composed once could not be composed again.
    #[error("a letter that was composed before cannot be composed again; nothing more is sent")]
    Uncomposed,
    /// A connection's thread ended before its work did.
    #[error("a connection ended unexpectedly; run the same command again")]
    WorkerLost,
}

/// Whose fault it is that there is no access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFault {
    /// The settings' or this machine's: nobody has logged in, or a file is damaged.
    Settings,
    /// The server that gives tokens refuses.
    Refused,
    /// That server cannot be reached.
    Unavailable,
}

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!(": did you mean {}?", near.join(" or ")) }
}
