//! Why a connection to a PostgreSQL server failed.

use std::io;
use std::path::PathBuf;

use rustls::pki_types::pem;
use thiserror::Error as ThisError;

/// Why a connection to a server failed.
#[derive(Debug, ThisError)]
pub enum DatabaseError {
    /// The server cannot be reached.
    #[error("cannot connect to PostgreSQL at {server}")]
    Unreachable {
        /// Its host and port.
        server: String,
        /// The cause.
        source: io::Error,
    },
    /// The server accepts the connection and does not answer.
    #[error("PostgreSQL at {server} does not answer; is the port right, and is the server running?")]
    Silent {
        /// Its host and port.
        server: String,
    },
    /// The server asks for the password in plaintext, over a connection that is not encrypted.
    #[error(
        "PostgreSQL at {server} asks for the password in plaintext, and the connection is not encrypted; nothing was \
         sent. Write sslmode=verify-full in the URL, or scram-sha-256 in the server's pg_hba.conf"
    )]
    PlaintextPassword {
        /// Its host and port.
        server: String,
    },
    /// The server refuses the login.
    #[error("cannot connect to PostgreSQL at {server}")]
    Connect {
        /// Its host and port.
        server: String,
        /// The cause.
        source: postgres::Error,
    },
    /// The file of certificates cannot be read.
    #[error("cannot read the certificates in {} (sslrootcert)", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: pem::Error,
    },
    /// There is no trusted certificate, neither in the file nor on this machine.
    #[error("there are no trusted certificates: write the path of a PEM file after sslrootcert= in the URL")]
    NoRoots,
    /// TLS cannot be configured.
    #[error("cannot set up TLS")]
    Library {
        /// The cause.
        source: rustls::Error,
    },
}
