//! Why a connection to a PostgreSQL server failed.

use rustls::pki_types::pem;
use std::path::PathBuf;
use thiserror::Error as ThisError;

/// Why a connection to a server failed.
#[derive(Debug, ThisError)]
pub enum DatabaseError {
    /// The server cannot be reached, or refused the login.
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
