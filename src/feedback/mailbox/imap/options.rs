//! The options of a mailbox on an IMAP server.

use std::path::PathBuf;
use std::time::Duration;

use crate::delivery::smtp::options::{Login, Security};

/// A folder of an IMAP server.
#[derive(Clone, Debug)]
pub struct ImapOptions {
    /// The server's name, which its certificate must be for; or its IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted. [`Security::None`] is for this machine only.
    pub security: Security,
    /// The login.
    pub login: Login,
    /// A file of PEM certificates that are trusted instead of those the machine trusts; absent: the machine's.
    pub ca_file: Option<PathBuf>,
    /// The folder that is read.
    pub folder: String,
    /// The folder that messages are moved to; absent: the folder is only read.
    pub done: Option<String>,
    /// How long to wait.
    pub timeouts: ImapTimeouts,
}

/// How long to wait. Each reply has one deadline as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImapTimeouts {
    /// For a connection to one of the server's addresses.
    pub connect: Duration,
    /// For the greeting and for the TLS handshake.
    pub greeting: Duration,
    /// For each message, and for all replies to any other command.
    pub command: Duration,
}

impl Default for ImapTimeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(30), greeting: Duration::from_secs(30), command: Duration::from_secs(120) }
    }
}
