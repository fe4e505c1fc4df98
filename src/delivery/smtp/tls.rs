//! TLS: which certificates are trusted, and what can be wrong with a server's.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, pem};
use rustls::{CertificateError, ClientConfig, ClientConnection, RootCertStore};
use thiserror::Error as ThisError;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::base::byte_size::ByteLimit;
use crate::base::limits;
use crate::base::message::message;

/// Why TLS cannot be set up.
#[derive(Debug, ThisError)]
pub enum TlsSetupError {
    /// The file of certificates cannot be read.
    #[error("{}", message!(
        "cannot read the certificates in {} ({group}.ca_file)",
        "kan ikke læse certifikaterne i {} ({group}.ca_file)",
        path.display()
    ))]
    CaFile {
        /// The settings of the server.
        group: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// The file holds no certificate.
    #[error("{}", message!(
        "no certificate in {} ({group}.ca_file): it must have a PEM block `BEGIN CERTIFICATE`",
        "intet certifikat i {} ({group}.ca_file): filen skal have en PEM-blok `BEGIN CERTIFICATE`",
        path.display()
    ))]
    NoCertificate {
        /// The settings of the server.
        group: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// This machine has no trusted certificates.
    #[error("{}", message!(
        "this machine has no trusted certificates: install ca-certificates, or set {group}.ca_file",
        "maskinen har ingen betroede certifikater: installér ca-certificates, eller skriv {group}.ca_file"
    ))]
    NoRoots {
        /// The settings of the server.
        group: &'static str,
    },
    /// No certificate can be for the server's name.
    #[error("{}", message!(
        "{host} is neither a host name nor an IP address ({group}.host)",
        "{host} er hverken et værtsnavn eller en IP-adresse ({group}.host)"
    ))]
    HostName {
        /// The settings of the server.
        group: &'static str,
        /// The name.
        host: String,
    },
    /// The TLS library cannot be set up.
    #[error("{}", message!("cannot set up TLS", "kan ikke sætte TLS op"))]
    Library {
        /// Its error.
        source: rustls::Error,
    },
}

/// What is wrong with a TLS connection to a server.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum TlsFailure {
    /// No trusted CA has signed the certificate.
    #[error("{}", message!(
        "its certificate is not signed by a trusted CA; set smtp.ca_file for a CA of your own",
        "dens certifikat er ikke udstedt af en betroet CA; skriv smtp.ca_file, hvis I har jeres egen CA"
    ))]
    UnknownIssuer,
    /// The certificate is for another name.
    #[error("{}", message!(
        "its certificate is for another name; smtp.host must be the name on the certificate",
        "dens certifikat gælder et andet navn; smtp.host skal være navnet på certifikatet"
    ))]
    WrongName,
    /// The certificate has expired.
    #[error("{}", message!(
        "its certificate has expired; the relay's operator must renew it",
        "dens certifikat er udløbet; dem, der driver mailserveren, skal forny det"
    ))]
    Expired,
    /// The certificate is that of a CA.
    #[error("{}", message!(
        "its certificate is that of a CA, and not one of a server; the relay's operator must issue one for it, and smtp.ca_file can then name the CA",
        "dens certifikat er en CA's og ikke en servers; dem, der driver mailserveren, skal udstede et til den, og så kan smtp.ca_file nævne CA'en"
    ))]
    CaCertificate,
    /// The certificate is invalid in another way.
    #[error("{}", message!("its certificate is invalid: {_0}", "dens certifikat er ugyldigt: {_0}"))]
    Certificate(CertificateError),
    /// The relay does not support TLS, or no version of it that the program supports.
    #[error("{}", message!(
        "{_0}; set smtp.security: starttls for the ports 587 and 25, and tls for 465",
        "{_0}; skriv smtp.security: starttls ved port 587 og 25 og tls ved 465"
    ))]
    Protocol(rustls::Error),
}

impl From<&rustls::Error> for TlsFailure {
    fn from(error: &rustls::Error) -> Self {
        let rustls::Error::InvalidCertificate(cause) = error else { return Self::Protocol(error.clone()) };
        match cause {
            // A CA that was recreated under the same name has another key, perhaps of another kind: its signature is
            // bad under the key that is trusted here.
            CertificateError::UnknownIssuer
            | CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Self::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Self::WrongName,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            // The library under rustls has no public type for it.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Self::CaCertificate,
            _ => Self::Certificate(cause.clone()),
        }
    }
}

/// The TLS failure within an I/O error; `None` if the network failed.
pub(crate) fn failure(error: &io::Error) -> Option<TlsFailure> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).map(TlsFailure::from)
}

/// When a certificate expires; `None` if it cannot be read.
pub(super) fn valid_until(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let seconds = certificate.tbs_certificate.validity.not_after.to_unix_duration().as_secs();
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

/// The trusted certificates, and the name that the relay's must be for.
#[derive(Clone, Debug)]
pub(crate) struct TlsContext {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl TlsContext {
    /// Reads the trusted certificates: those of a file, or else the machine's. `group` names the server's settings in
    /// errors.
    pub(crate) fn new(host: &str, ca_file: Option<&Path>, group: &'static str) -> Result<Self, TlsSetupError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| TlsSetupError::HostName { group, host: host.to_owned() })?;
        let roots = match ca_file {
            Some(path) => trusted_by(path.to_owned(), group)?,
            None => trusted_by_machine(group)?,
        };
        // The provider is named: the process-wide default would depend on which crates install one.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|source| TlsSetupError::Library { source })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config: Arc::new(config), name })
    }

    /// Begins a TLS connection; nothing is sent yet.
    pub(crate) fn start(&self) -> Result<ClientConnection, rustls::Error> {
        ClientConnection::new(Arc::clone(&self.config), self.name.clone())
    }
}

fn trusted_by(path: PathBuf, group: &'static str) -> Result<RootCertStore, TlsSetupError> {
    let read = || {
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
        CertificateDer::pem_file_iter(&path)?.collect::<Result<Vec<_>, _>>()
    };
    let certificates = match read() {
        Ok(certificates) => certificates,
        Err(source) => return Err(TlsSetupError::CaFile { group, path, source }),
    };
    let roots = store(certificates);
    if roots.is_empty() { Err(TlsSetupError::NoCertificate { group, path }) } else { Ok(roots) }
}

fn trusted_by_machine(group: &'static str) -> Result<RootCertStore, TlsSetupError> {
    let roots = store(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(TlsSetupError::NoRoots { group }) } else { Ok(roots) }
}

fn store(certificates: Vec<CertificateDer<'static>>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_of_a_ca_is_named_as_such() {
        let cause = rustls::OtherError(Arc::new(io::Error::other("CaUsedAsEndEntity")));
        let error = rustls::Error::InvalidCertificate(CertificateError::Other(cause));
        assert_eq!(TlsFailure::from(&error), TlsFailure::CaCertificate);
    }
}
