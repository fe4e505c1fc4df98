//! Where a ledger is kept.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::base::database::url::Server;
use crate::base::message::message;
use crate::base::secret::Secret;

/// Where a ledger is kept.
#[derive(Clone, Debug)]
pub enum LedgerLocation {
    /// In an SQLite file: one run at a time.
    File(PathBuf),
    /// In a PostgreSQL database: several hosts at once.
    Server(SharedLedger),
}

/// A ledger that several hosts share.
#[derive(Clone, Debug)]
pub struct SharedLedger {
    /// The server.
    pub server: Server,
    /// The password; absent: the server asks for none.
    pub password: Option<Secret>,
    /// The schema, which holds the ledger's tables and no others.
    pub schema: String,
    /// How long a host's claims last after its last sign of life.
    pub lease: Duration,
}

impl fmt::Display for LedgerLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", message!("the ledger {}", "sendebogen {}", path.display())),
            Self::Server(shared) => write!(
                f,
                "{}",
                message!(
                    "the ledger in the schema {} at {}",
                    "sendebogen i skemaet {} på {}",
                    shared.schema,
                    shared.server
                )
            ),
        }
    }
}
