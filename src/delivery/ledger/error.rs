//! Why a ledger cannot be used.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error as ThisError;

use crate::base::database::error::DatabaseError;
use crate::base::error::Error;

const DAMAGED: &str = "the ledger is damaged; restore it from your backup, and do not just delete it: it is the only \
                       record of who got a letter";

/// Why the ledger cannot be used.
#[derive(Debug, ThisError)]
pub enum LedgerError {
    /// Its folder or its file could not be created or opened.
    #[error("cannot open the ledger {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// SQLite failed: a full disk, or a file that is damaged or read-only.
    #[error("{}", message(.0))]
    Sqlite(#[from] rusqlite::Error),
    /// The connection to the server failed.
    #[error(transparent)]
    Connect(#[from] DatabaseError),
    /// A statement failed on the server.
    #[error("cannot read or write the ledger")]
    Postgres(#[from] postgres::Error),
    /// The server confirms writes before they are on its disk.
    #[error(
        "the server's setting fsync is off: after a power failure there would be no record of who got a letter; turn \
         fsync on"
    )]
    NoFlush,
    /// The schema holds tables that are not ours.
    #[error("the schema {schema} has tables that are not newsletter's; set another one: ledger: {{url: …, schema: …}}")]
    ForeignSchema {
        /// The schema.
        schema: String,
    },
    /// Another host has re-planned the issue before this one began to send the former plan.
    #[error("another host has re-planned the issue; run the same command again")]
    Replaced,
    /// A stored value cannot be read back.
    #[error("the ledger has an invalid value in {column}")]
    Damaged {
        /// The column.
        column: &'static str,
    },
    /// Another version of the program wrote it.
    #[error(
        "the ledger has format {found}, and this version of newsletter uses format {known}{}",
        if found > known { ": a newer version wrote it; use that one on this machine too" } else { "" }
    )]
    Format {
        /// The format found.
        found: i64,
        /// The format of this version.
        known: i64,
    },
    /// The file ends in the middle of a page.
    #[error("{DAMAGED}: {} is truncated", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
    },
    /// The ledger is not there, although the project has a key, which is created together with the first ledger.
    #[error(
        "{ledger} is missing, and with it the record of who got a letter: restore it from your backup; if nothing was \
         ever sent from this project, run `newsletter ledger new`"
    )]
    Missing {
        /// The ledger.
        ledger: String,
    },
    /// The project's key is not the one that the ledger was made with.
    #[error(
        "{ledger} was made with another key than {}: restore that key from your backup, or copy it from the machine that \
         sent before; if the new key is meant, run `newsletter ledger new`",
        key.display()
    )]
    OtherKey {
        /// The ledger.
        ledger: String,
        /// The file of the project's key.
        key: PathBuf,
    },
    /// The project's key is not there, although the ledger was made with one.
    #[error(
        "{} is missing, the key that {ledger} was made with: restore it from your backup, or copy it from the machine \
         that sent before; if a new key is meant, run `newsletter ledger new`",
        key.display()
    )]
    NoKey {
        /// The ledger.
        ledger: String,
        /// The file of the project's key.
        key: PathBuf,
    },
    /// The file is empty: a new ledger in its place would send to everybody again.
    #[error(
        "the ledger {} is empty: restore it from your backup; if nothing was ever sent from here, delete the file and run \
         `newsletter ledger new`",
        path.display()
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is not an SQLite database of ours.
    #[error("{} is not a ledger of newsletter", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The target of a migration has plans.
    #[error("the ledger in newsletter.yaml has plans already; migrate into an empty one")]
    NotEmpty,
    /// The settings name another ledger than before, which has no record of what was sent.
    #[error(
        "newsletter.yaml sets a new ledger, and {} is the record of who got a letter: run `newsletter ledger migrate {}`, \
         or move that file away to start afresh",
        path.display(),
        path.display()
    )]
    LeftBehind {
        /// The former ledger, as it would be typed.
        path: PathBuf,
    },
    /// The file was deleted or replaced during a run: what is written would be found by nobody.
    #[error(
        "the ledger {} was deleted or replaced during the run; put the file back before you send again: it is the only \
         record of who got a letter", path.display()
    )]
    Moved {
        /// The file.
        path: PathBuf,
    },
    /// Another run holds the lock.
    #[error("another run is sending from this project")]
    Locked,
    /// Another host has taken the claimed letter over, or its address was suppressed: it must not be sent.
    #[error("another host has taken this letter over, or its address was suppressed")]
    Lost,
    /// The thread that writes the ledger has stopped after an earlier error.
    #[error("cannot write the ledger")]
    Stopped,
}

/// The owner of a file or folder, and of this process.
pub(crate) struct FileOwner {
    file: u32,
    process: u32,
    mode: u32,
    path: PathBuf,
}

impl FileOwner {
    /// Whether another user owns it; root may read everything.
    pub(crate) fn is_other(&self) -> bool {
        self.file != self.process && self.process != 0
    }
}

impl fmt::Display for FileOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, process, mode, path } = self;
        write!(f, "{} belongs to user {file} (mode {mode:04o}), and this is user {process}", path.display())
    }
}

impl LedgerError {
    /// The error of a ledger that cannot be seen or opened, with the owner of what is in the way.
    pub(crate) fn unreadable(path: &Path, source: io::Error) -> Self {
        let source = match Self::owner_of(path).filter(|_| source.kind() == io::ErrorKind::PermissionDenied) {
            Some(owner) => io::Error::new(source.kind(), format!("{owner}: run the command as that user")),
            None => source,
        };
        Self::Open { path: path.to_owned(), source }
    }

    /// The owner of a file, or of the nearest folder above it that can be seen.
    pub(crate) fn owner_of(path: &Path) -> Option<FileOwner> {
        let (path, file) = path.ancestors().find_map(|path| Some((path, fs::metadata(path).ok()?)))?;
        // The standard library cannot ask for the user; on Linux the process's own folder belongs to it (proc(5)).
        let process = fs::metadata("/proc/self").ok()?.uid();
        Some(FileOwner { file: file.uid(), process, mode: file.mode() & 0o7777, path: path.to_owned() })
    }
}

fn message(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => DAMAGED,
        Some(ErrorCode::DiskFull) => "the ledger's disk is full",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "cannot open the ledger for writing: check the owner of the file and its folder, and whether the disk is \
             read-only"
        }
        Some(ErrorCode::SystemIoFailure) => "cannot read or write the ledger: check whether the disk is full or broken",
        _ => "cannot read or write the ledger",
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Locked => Self::Locked,
            other => Self::Ledger(Box::new(other)),
        }
    }
}
