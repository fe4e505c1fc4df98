//! TLS to a database server, and which certificates are trusted.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::base::byte_size::ByteLimit;
use crate::base::database::error::DatabaseError;
use crate::base::limits;
use crate::base::message::message;

/// Verifies the server's certificate against those in a file, or else those that the system trusts.
pub(super) fn checked(ca_file: Option<&Path>) -> Result<MakeRustlsConnect, DatabaseError> {
    let certificates = match ca_file {
        Some(path) => {
            certificates_in(path).map_err(|source| DatabaseError::CaFile { path: path.to_owned(), source })?
        }
        None => rustls_native_certs::load_native_certs().certs,
    };
    // Systems ship certificates that rustls cannot parse. They are skipped: one of them must not prevent every
    // connection.
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    if roots.is_empty() {
        return Err(DatabaseError::NoRoots);
    }
    // The provider is explicit, so that nothing depends on which one is the default of the process.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| DatabaseError::Library { source })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn certificates_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    // Before it is opened: a pipe would wait for a writer, and a device may have no end.
    let metadata = path.metadata().map_err(pem::Error::Io)?;
    if !metadata.is_file() || metadata.len() > limits::CERTIFICATES {
        let message = message!(
            "it is not a file of at most {}",
            "det er ikke en fil på højst {}",
            ByteLimit(limits::CERTIFICATES)
        );
        return Err(pem::Error::Io(io::Error::new(io::ErrorKind::InvalidInput, message)));
    }
    CertificateDer::pem_file_iter(path)?.collect()
}
