//! Why a connection to a PostgreSQL server failed.

use rustls::pki_types::pem;
use std::path::PathBuf;
use thiserror::Error as ThisError;

/// Why no connection to a server could be made.
#[derive(Debug, ThisError)]
pub enum DatabaseError {
    /// The server is not there, or does not let us in.
    #[error("cannot connect to PostgreSQL at {server}")]
    Connect {
        /// Its host and port.
        server: String,
        /// What it said.
        source: postgres::Error,
    },
    /// The file of certificates cannot be read.
    #[error("cannot read the certificates in {} (sslrootcert)", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// Nobody is trusted: no certificate is in the file, or on this machine.
    #[error("no certificate to trust: name a file with PEM blocks `BEGIN CERTIFICATE` by sslrootcert in the address")]
    NoRoots,
    /// The library for encryption does not start.
    #[error("the encryption cannot be set up")]
    Library {
        /// What it said.
        source: rustls::Error,
    },
}
