//! Why a ledger cannot be used.

use std::path::PathBuf;

use rusqlite::ErrorCode;
use thiserror::Error as ThisError;

use crate::base::database::DatabaseError;
use crate::base::error::Error;

const DAMAGED: &str = "the ledger is damaged; put back the copy from your backup, and do not just delete it: \
                       it alone knows who has got a letter";

/// Why the ledger cannot be used.
#[derive(Debug, ThisError)]
pub enum LedgerError {
    /// Its folder or its file could not be made or opened.
    #[error("cannot open the ledger {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// SQLite could not do what it was asked: a full disk, a file that is damaged or read-only.
    #[error("{}", message(.0))]
    Sqlite(#[from] rusqlite::Error),
    /// The connection to the server failed.
    #[error(transparent)]
    Connect(#[from] DatabaseError),
    /// The server could not do what it was asked.
    #[error("the ledger cannot be read or written")]
    Postgres(#[from] postgres::Error),
    /// The server answers before what it was told is on its disk.
    #[error(
        "the server keeps nothing for certain: its setting fsync is off; after a power cut nobody would know who got what"
    )]
    NoFlush,
    /// The schema holds tables that are not ours.
    #[error(
        "the schema {schema} holds tables that are not newsletter's; name another one: ledger: {{url: …, schema: …}}"
    )]
    ForeignSchema {
        /// The schema.
        schema: String,
    },
    /// Another host has planned the issue anew while this one was about to send the plan before.
    #[error("another host has planned the issue anew; run the same command again")]
    Replaced,
    /// What it holds cannot be read back.
    #[error("the ledger holds a value that cannot be read: {column}")]
    Damaged {
        /// The column.
        column: &'static str,
    },
    /// A newer version of the program wrote it.
    #[error("the ledger was written by a newer version of newsletter (format {found}, this one knows {known})")]
    Newer {
        /// The format found.
        found: i64,
        /// The newest format this version knows.
        known: i64,
    },
    /// The file ends in the middle of a page.
    #[error("{DAMAGED}: {} breaks off", path.display())]
    BreaksOff {
        /// The file.
        path: PathBuf,
    },
    /// The file is there, and nothing is in it: a new one would write to everybody again.
    #[error(
        "the ledger {} is empty: put back the copy from your backup, or delete the file if nothing was ever sent from here",
        path.display()
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is an SQLite database of another program.
    #[error("{} is not a ledger of newsletter", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// What another ledger holds is to be taken over, and this one holds something itself.
    #[error("the ledger that newsletter.yaml names holds plans already: nothing can be taken over into it")]
    NotEmpty,
    /// The settings name another ledger than before, which knows nothing of what was sent.
    #[error(
        "newsletter.yaml names a new ledger, and {} knows who has got a letter: run `newsletter ledger migrate {}`, \
         or take that file away if nobody is to be remembered",
        path.display(),
        path.display()
    )]
    LeftBehind {
        /// The former ledger, as it would be typed.
        path: PathBuf,
    },
    /// Another run holds the lock.
    #[error("another run is sending from this project")]
    Locked,
    /// A claimed letter has become another host's, or its reader has left: it must not be sent.
    #[error("another host has taken this letter over, or its reader has left")]
    Lost,
    /// The thread that writes the ledger has stopped after an earlier failure.
    #[error("the ledger could not be written")]
    Stopped,
}

fn message(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => DAMAGED,
        Some(ErrorCode::DiskFull) => "the disk that the ledger is on is full",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "the ledger cannot be opened and written: look whose the file and its folder are, and whether the disk is read-only"
        }
        Some(ErrorCode::SystemIoFailure) => {
            "the ledger cannot be read or written: look whether the disk is full or broken"
        }
        _ => "the ledger cannot be read or written",
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
