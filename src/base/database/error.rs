//! Why a connection to a PostgreSQL server failed.

use std::io;
use std::path::PathBuf;

use rustls::pki_types::pem;
use thiserror::Error as ThisError;

use crate::base::message::message;

/// Why a connection to a server failed.
#[derive(Debug, ThisError)]
pub enum DatabaseError {
    /// The server cannot be reached.
    #[error("{}", message!(
        "cannot connect to PostgreSQL at {server}",
        "kan ikke få forbindelse til PostgreSQL på {server}"
    ))]
    Unreachable {
        /// Its host and port.
        server: String,
        /// The cause.
        source: io::Error,
    },
    /// The server accepts the connection and does not answer.
    #[error("{}", message!(
        "PostgreSQL at {server} does not answer; is the port right, and is the server running?",
        "PostgreSQL på {server} svarer ikke; er porten rigtig, og kører serveren?"
    ))]
    Silent {
        /// Its host and port.
        server: String,
    },
    /// The server asks for the password in plaintext, over a connection that is not encrypted.
    #[error("{}", message!(
        "PostgreSQL at {server} asks for the password in plaintext, and the connection is not encrypted; nothing was sent. Write sslmode=verify-full in the URL, or scram-sha-256 in the server's pg_hba.conf",
        "PostgreSQL på {server} beder om adgangskoden i klartekst, og forbindelsen er ikke krypteret; intet er sendt. Skriv sslmode=verify-full i URL'en eller scram-sha-256 i serverens pg_hba.conf"
    ))]
    PlaintextPassword {
        /// Its host and port.
        server: String,
    },
    /// The server refuses the login.
    #[error("{}", message!(
        "cannot connect to PostgreSQL at {server}",
        "kan ikke få forbindelse til PostgreSQL på {server}"
    ))]
    Connect {
        /// Its host and port.
        server: String,
        /// The cause.
        source: postgres::Error,
    },
    /// The file of certificates cannot be read.
    #[error("{}", message!(
        "cannot read the certificates in {} (sslrootcert)",
        "kan ikke læse certifikaterne i {} (sslrootcert)",
        path.display()
    ))]
    CaFile {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: pem::Error,
    },
    /// There is no trusted certificate, neither in the file nor on this machine.
    #[error("{}", message!(
        "there are no trusted certificates: write the path of a PEM file after sslrootcert= in the URL",
        "der er ingen betroede certifikater: skriv stien til en PEM-fil efter sslrootcert= i URL'en"
    ))]
    NoRoots,
    /// TLS cannot be configured.
    #[error("{}", message!("cannot set up TLS", "kan ikke sætte TLS op"))]
    Library {
        /// The cause.
        source: rustls::Error,
    },
}
