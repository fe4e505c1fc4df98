//! Requests one address over HTTP.

use std::error::Error as StdError;
use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::CertificateError;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, DefaultConnector};
use ureq::{Agent, Error, Proxy, ResponseExt};

use crate::project::online::guarded_connector::{GuardedConnector, PrivateAddress};
use crate::project::online::link_status::LinkStatus;
use crate::project::online::request_url::RequestUrl;

const REDIRECTS: u32 = 5;
/// How much of a page is read, in bytes: its head, with an embedded logo after it.
const PAGE: u64 = 64 << 10;

/// What a client is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientOptions {
    /// How long one request may take, with its redirects and its body.
    pub(super) timeout: Duration,
    /// Whether an address of the internet protocol may be connected to.
    pub(super) may_reach: fn(IpAddr) -> bool,
    /// The purpose in its User-Agent.
    pub(super) purpose: &'static str,
    /// Which addresses it requests, also after a redirect.
    pub(super) schemes: AllowedSchemes,
    /// Whether requests go through a proxy.
    pub(super) proxy: ProxyUse,
}

/// Whether requests go through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProxyUse {
    /// Through that of the environment, if one is set.
    Environment,
    /// Through none.
    None,
}

/// Which addresses may be requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AllowedSchemes {
    /// `https:` only.
    Https,
    /// `http:` as well.
    Both,
}

/// Requests addresses, without cookies.
pub(super) struct Client {
    agent: Agent,
    trusts: bool,
}

impl Client {
    /// A client that checks links.
    pub(super) fn new(timeout: Duration, may_reach: fn(IpAddr) -> bool) -> Self {
        Self::with(&ClientOptions {
            timeout,
            may_reach,
            purpose: "link check",
            schemes: AllowedSchemes::Both,
            proxy: ProxyUse::Environment,
        })
    }

    pub(super) fn with(options: &ClientOptions) -> Self {
        let roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
            .certs
            .into_iter()
            .map(|certificate| Certificate::from_der(&certificate).to_owned())
            .collect();
        let trusts = !roots.is_empty();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let proxy = match options.proxy {
            ProxyUse::Environment => Proxy::try_from_env(),
            ProxyUse::None => None,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(REDIRECTS)
            .timeout_global(Some(options.timeout))
            .https_only(options.schemes == AllowedSchemes::Https)
            .proxy(proxy.clone())
            .user_agent(format!("newsletter/{} ({})", env!("CARGO_PKG_VERSION"), options.purpose))
            .tls_config(tls)
            .build();
        let guard = GuardedConnector { may_reach: options.may_reach, proxy };
        let agent = Agent::with_parts(config, guard.chain(DefaultConnector::new()), DefaultResolver::default());
        Self { agent, trusts }
    }

    /// Sends a HEAD request, and if the server may not support that, a GET request for the first byte (RFC 9110, section 14.1).
    /// The body is never read.
    pub(super) fn ask(&self, address: &RequestUrl) -> LinkStatus {
        // Without trusted certificates every request would fail as untrusted, as if the servers were at fault.
        if !self.trusts && address.url().starts_with("https:") {
            return LinkStatus::NoRoots;
        }
        let head = self.agent.head(address.url()).call().map(|response| response.status().as_u16());
        let status = match head {
            // Some servers respond 404 to HEAD although the page exists.
            Ok(400 | 403 | 404 | 405 | 501) => self
                .agent
                .get(address.url())
                .header("range", "bytes=0-0")
                .call()
                .map(|response| response.status().as_u16()),
            other => other,
        };
        match status {
            // 416 means that the page is empty: it has no first byte (RFC 9110, section 15.5.17).
            Ok(..400 | 416) => LinkStatus::There,
            Ok(code) => LinkStatus::Status(code),
            Err(error) => failure(&error),
        }
    }

    /// Sends a GET request, and reads the beginning of the page.
    pub(super) fn page(&self, url: &str) -> Result<FetchedPage, LinkStatus> {
        if !self.trusts && url.starts_with("https:") {
            return Err(LinkStatus::NoRoots);
        }
        let response = self.agent.get(url).call().map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let mut text = Vec::new();
        let read = response.into_body().into_reader().take(PAGE).read_to_end(&mut text);
        read.map_err(|error| of_io(&error))?;
        Ok(FetchedPage { status, text: String::from_utf8_lossy(&text).into_owned() })
    }

    /// Sends a GET request, and reads the whole body, unless it has more than `most` bytes.
    pub(super) fn download(&self, url: &str, most: u64) -> Result<Download, DownloadError> {
        if !self.trusts && url.starts_with("https:") {
            return Err(DownloadError::Unanswered(LinkStatus::NoRoots));
        }
        let response = self.agent.get(url).call().map_err(|error| match error {
            Error::RequireHttpsOnly(_) => DownloadError::NotHttps,
            error => DownloadError::Unanswered(failure(&error)),
        })?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(DownloadError::Unanswered(LinkStatus::Status(status)));
        }
        let address = response.get_uri().to_string();
        let mut bytes = Vec::new();
        let read = response.into_body().into_reader().take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| DownloadError::Unanswered(of_io(&error)))?;
        if bytes.len() as u64 > most { Err(DownloadError::TooLarge) } else { Ok(Download { bytes, address }) }
    }

    /// Sends a form, and reads the whole body, unless it has more than `most` bytes. No redirect is followed: the form may
    /// hold secrets.
    pub(super) fn post<'f>(
        &self,
        url: &str,
        form: impl Iterator<Item = [&'f str; 2]>,
        most: u64,
    ) -> Result<PostReply, DownloadError> {
        if !self.trusts && url.starts_with("https:") {
            return Err(DownloadError::Unanswered(LinkStatus::NoRoots));
        }
        let request = self.agent.post(url).config().max_redirects(0).build().header("accept", "application/json");
        let response = request.send_form(form.map(|[name, value]| (name, value))).map_err(|error| match error {
            Error::RequireHttpsOnly(_) => DownloadError::NotHttps,
            error => DownloadError::Unanswered(failure(&error)),
        })?;
        let status = response.status().as_u16();
        let date = response.headers().get("date").and_then(|date| date.to_str().ok()).map(str::to_owned);
        let mut bytes = Vec::new();
        let read = response.into_body().into_reader().take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| DownloadError::Unanswered(of_io(&error)))?;
        if bytes.len() as u64 > most { Err(DownloadError::TooLarge) } else { Ok(PostReply { status, bytes, date }) }
    }
}

/// What a server answered to a form.
#[derive(Clone)]
pub(super) struct PostReply {
    /// The HTTP status.
    pub(super) status: u16,
    /// The whole body.
    pub(super) bytes: Vec<u8>,
    /// The field `Date`.
    pub(super) date: Option<String>,
}

/// A file that was requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Download {
    /// Its content.
    pub(crate) bytes: Vec<u8>,
    /// Its address, after all redirects.
    pub(crate) address: String,
}

/// Why a file was not received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DownloadError {
    /// No response with a file.
    Unanswered(LinkStatus),
    /// A redirect leads to an address without encryption.
    NotHttps,
    /// It is too large.
    TooLarge,
}

/// A page that was requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedPage {
    /// The HTTP status.
    pub status: u16,
    /// The beginning of its text.
    pub text: String,
}

fn failure(error: &Error) -> LinkStatus {
    match error {
        Error::HostNotFound => LinkStatus::UnknownHost,
        Error::Timeout(_) => LinkStatus::Silent,
        Error::TooManyRedirects => LinkStatus::Redirects,
        Error::ConnectionFailed | Error::ConnectProxyFailed(_) => LinkStatus::Unreachable,
        Error::Rustls(error) => encryption(error),
        Error::Other(cause) if cause.is::<PrivateAddress>() => LinkStatus::Private,
        Error::Io(error) => of_io(error),
        _ => LinkStatus::Garbled,
    }
}

fn of_io(error: &io::Error) -> LinkStatus {
    let mut cause: Option<&(dyn StdError + 'static)> = error.get_ref().map(|error| error as _);
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<rustls::Error>() {
            return encryption(error);
        }
        // While a body is read.
        if let Some(Error::Timeout(_)) = inner.downcast_ref::<Error>() {
            return LinkStatus::Silent;
        }
        cause = inner.source();
    }
    let said = error.to_string();
    // The standard library has no error kind for names that cannot be resolved: the text is that of getaddrinfo(3).
    if said.contains("lookup address") {
        let later = said.contains("Temporary failure") || said.contains("ry again");
        return if later { LinkStatus::NoNames } else { LinkStatus::UnknownHost };
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => LinkStatus::Silent,
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => LinkStatus::Garbled,
        _ => LinkStatus::Unreachable,
    }
}

fn encryption(error: &rustls::Error) -> LinkStatus {
    let rustls::Error::InvalidCertificate(cause) = error else { return LinkStatus::Garbled };
    match cause {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => LinkStatus::WrongName,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => LinkStatus::Expired,
        CertificateError::UnknownIssuer | CertificateError::BadSignature => LinkStatus::Untrusted,
        _ => LinkStatus::BadCertificate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_host_differs_from_a_failed_lookup() {
        for (said, answer) in [
            ("failed to lookup address information: Name or service not known", LinkStatus::UnknownHost),
            ("failed to lookup address information: Temporary failure in name resolution", LinkStatus::NoNames),
            ("connection refused", LinkStatus::Unreachable),
        ] {
            assert_eq!(failure(&Error::Io(io::Error::other(said))), answer, "{said}");
        }
    }
}
