//! Addresses as they are requested: without fragments, and percent-encoded.

use std::fmt::Write;

use crate::people::person;

/// Words in addresses whose request may have an effect for one reader, such as unsubscribing.
const PERSONAL: [&str; 6] = ["unsubscribe", "afmeld", "opt-out", "optout", "token", "{"];

/// An address that can be requested.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestUrl {
    url: String,
    host: String,
}

impl RequestUrl {
    /// Reads an address; none if it is not on the web, or its request may have an effect.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let url = url.trim();
        let page = url.split_once('#').map_or(url, |(page, _)| page);
        let (scheme, rest) = page.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let end = rest.find(['/', '?', '\\']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        let lower = page.to_lowercase();
        let personal = PERSONAL.iter().any(|word| lower.contains(word)) || host.contains('@');
        if !matches!(scheme.as_str(), "http" | "https") || host.is_empty() || personal {
            return None;
        }
        let host = if host.is_ascii() { host.to_ascii_lowercase() } else { in_ascii(host)? };
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(Self { url: format!("{scheme}://{host}{slash}{}", percent_encoded(path)), host })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The host, with its port where one is written.
    pub(super) fn host(&self) -> &str {
        &self.host
    }
}

/// A host with letters such as ø in ASCII (IDNA). Mail addresses have the same rules.
pub(super) fn in_ascii(host: &str) -> Option<String> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let address = person::Address::parse(&format!("web@{name}")).ok()?;
    Some(port.map_or_else(|| address.domain().to_owned(), |port| format!("{}:{port}", address.domain())))
}

/// Percent-encodes what a request cannot contain (RFC 3986, section 2.1).
pub(super) fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_requested_without_its_fragment_and_percent_encoded() {
        for (url, asked) in [
            ("https://A.example#top", Some("https://a.example/")),
            ("HTTPS://a.example?x=å b", Some("https://a.example/?x=%C3%A5%20b")),
            ("https://blåbær.example:8443/æ", Some("https://xn--blbr-roah.example:8443/%C3%A6")),
            ("https://a.example/unsubscribe?u=1", None),
            ("https://a.example/?token=x", None),
            ("https://anna:kode@a.example/", None),
            ("https:///x", None),
            ("mailto:a@a.example", None),
        ] {
            assert_eq!(RequestUrl::parse(url).map(|parsed| parsed.url), asked.map(str::to_owned), "{url}");
        }
    }
}
