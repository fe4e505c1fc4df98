//! Addresses as they are asked: without what only a browser needs, and in the letters of a request.

use std::fmt::Write;

use crate::people::person;

/// Words in addresses that do something to one reader when they are fetched.
const PERSONAL: [&str; 6] = ["unsubscribe", "afmeld", "opt-out", "optout", "token", "{"];

/// An address that can be asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestUrl {
    url: String,
    host: String,
}

impl RequestUrl {
    /// Reads an address; none where it is not of the web, or does something to one reader.
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
        Some(Self { url: format!("{scheme}://{host}{slash}{}", coded(path)), host })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The host, with its port where one is written.
    pub(super) fn host(&self) -> &str {
        &self.host
    }
}

/// A host with letters such as ø, as the web's name servers know it: mail knows the same names.
fn in_ascii(host: &str) -> Option<String> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let address = person::Address::parse(&format!("web@{name}")).ok()?;
    Some(port.map_or_else(|| address.domain().to_owned(), |port| format!("{}:{port}", address.domain())))
}

/// What a request cannot hold, in code (RFC 3986 §2.1).
fn coded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // A `String` takes everything.
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_asked_without_its_fragment_and_in_code() {
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
