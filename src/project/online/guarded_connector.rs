//! Refuses connections to addresses that only this machine or its network reaches.

use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;
use ureq::unversioned::transport::{ConnectionDetails, Connector};
use ureq::{Error, Proxy};

/// A connection was refused since its address is private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PrivateAddress;

impl fmt::Display for PrivateAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a private address")
    }
}

impl StdError for PrivateAddress {}

/// Runs before the connector that opens a connection, for each request and each redirect.
///
/// A name was resolved once before this: the next connector connects to the addresses that are checked here, so that a
/// different second answer for the name has no effect.
#[derive(Debug)]
pub(super) struct GuardedConnector {
    /// Whether an address may be connected to.
    pub(super) may_reach: fn(IpAddr) -> bool,
    /// The proxy of the environment. It may be on this machine, and it resolves the names itself.
    pub(super) proxy: Option<Proxy>,
}

impl Connector for GuardedConnector {
    type Out = ();

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<()>, Error> {
        // The connection to the proxy itself is the only one whose settings have no proxy.
        let is_proxy =
            details.config.proxy().is_none() && self.proxy.as_ref().is_some_and(|proxy| proxy.uri() == details.uri);
        let is_allowed = |address: IpAddr| (self.may_reach)(address);
        if is_proxy
            || details.addrs.iter().all(|address| is_allowed(address.ip()))
                && (details.config.proxy().is_none() || may_be_asked_for(details.uri, &is_allowed))
        {
            return Ok(None);
        }
        Err(Error::Other(Box::new(PrivateAddress)))
    }
}

/// Whether a proxy may be asked for an address. A host whose last part is a number is an address of version 4, in one of
/// the many forms that `inet_aton` reads (URL Standard, section 3.5).
fn may_be_asked_for(uri: &Uri, is_allowed: &dyn Fn(IpAddr) -> bool) -> bool {
    let host = uri.host().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = literal.parse::<IpAddr>() {
        return is_allowed(address);
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    !is_number && last != "localhost" && !host.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::online::public_address;

    #[test]
    fn a_proxy_is_asked_for_no_private_address() {
        for (url, expected) in [
            ("http://side.example/", true),
            ("https://9.9.9.9/", true),
            ("http://127.0.0.1:8080/", false),
            ("http://127.1/", false),
            ("http://2130706433/", false),
            ("http://0x7f000001/", false),
            ("http://0177.0.0.1/", false),
            ("http://localhost/", false),
            ("http://LOCALHOST./", false),
            ("http://a.localhost/", false),
            ("http://[::1]/", false),
            ("http://[::ffff:127.0.0.1]/", false),
            ("http://[2606:4700::1111]/", true),
        ] {
            let uri: Uri = url.parse().unwrap();
            assert_eq!(may_be_asked_for(&uri, &public_address::is_public), expected, "{url}");
        }
    }
}
