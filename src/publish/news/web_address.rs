//! Addresses of pages: which can be linked to, and what a relative one means (RFC 3986, section 5).

use crate::base::message::{Message, message};

/// The longest address that is linked to, in bytes.
const LONGEST: usize = 2000;

/// Why an address is not linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnusableAddress {
    /// It is neither `http:` nor `https:`.
    Scheme,
    /// It has a user name or a password.
    Credentials,
    /// It is relative to an unknown address.
    Relative,
    /// It is not an address, or too long.
    Malformed,
}

impl UnusableAddress {
    /// The reason, as part of a sentence: "the link of … is left out: …".
    pub(crate) fn reason(self) -> Message {
        match self {
            Self::Scheme => message!("it is not an `https:` address", "det er ikke en `https:`-adresse"),
            Self::Credentials => {
                message!("it has a user name or a password", "den har et brugernavn eller en adgangskode")
            }
            Self::Relative => {
                message!("it is relative, and the feed has no address", "den er relativ, og feedet har ingen adresse")
            }
            Self::Malformed => message!("it is not a valid address", "det er ikke en gyldig adresse"),
        }
    }
}

/// The absolute address that `written` means on a page with the address `base`, encoded so that it has no character
/// that Markdown or HTML could read as its end.
///
/// # Errors
///
/// It cannot be linked to.
pub(crate) fn resolve(written: &str, base: Option<&str>) -> Result<String, UnusableAddress> {
    // Browsers drop these (URL Standard, "basic URL parser").
    let written: String = written
        .trim_matches(|sign: char| sign <= ' ')
        .chars()
        .filter(|sign| !matches!(sign, '\t' | '\n' | '\r'))
        .collect();
    let address = match scheme(&written) {
        Some("http" | "https") => written,
        Some(other) if ["http", "https"].iter().any(|known| other.eq_ignore_ascii_case(known)) => {
            format!("{}{}", other.to_ascii_lowercase(), &written[other.len()..])
        }
        Some(_) => return Err(UnusableAddress::Scheme),
        None => join(base.ok_or(UnusableAddress::Relative)?, &written)?,
    };
    let (_, rest) = address.split_once("://").ok_or(UnusableAddress::Malformed)?;
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Err(UnusableAddress::Credentials);
    }
    let encoded = encoded(&address);
    let is_host = |sign: char| sign.is_alphanumeric() || ".-:[]_".contains(sign);
    if authority.is_empty() || !authority.chars().all(is_host) || encoded.len() > LONGEST {
        return Err(UnusableAddress::Malformed);
    }
    Ok(encoded)
}

/// An address without the parameters that only count where readers come from: `utm_source=rss`.
pub(crate) fn without_campaign(address: &str) -> String {
    let (page, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let Some((path, query)) = page.split_once('?') else { return address.to_owned() };
    let kept = query.split('&').filter(|parameter| !parameter.starts_with("utm_")).collect::<Vec<_>>().join("&");
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{path}{mark}{kept}{fragment}")
}

/// The scheme of an absolute address.
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign));
    is_scheme.then_some(scheme)
}

/// A relative address on a page.
fn join(base: &str, relative: &str) -> Result<String, UnusableAddress> {
    let (scheme, rest) = base.split_once("://").ok_or(UnusableAddress::Relative)?;
    if let Some(other_host) = relative.strip_prefix("//") {
        return Ok(format!("{scheme}://{other_host}"));
    }
    let rest = &rest[..rest.find('#').unwrap_or(rest.len())];
    let (page, _) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = page.split_at(page.find('/').unwrap_or(page.len()));
    if relative.is_empty() || relative.starts_with('#') {
        return Ok(format!("{scheme}://{rest}{relative}"));
    }
    if relative.starts_with('?') {
        return Ok(format!("{scheme}://{host}{path}{relative}"));
    }
    let end = relative.find(['?', '#']).unwrap_or(relative.len());
    let (relative, suffix) = relative.split_at(end);
    let folder = &path[..path.rfind('/').map_or(0, |at| at + 1)];
    let whole = if relative.starts_with('/') { relative.to_owned() } else { format!("{folder}{relative}") };
    Ok(format!("{scheme}://{host}/{}{suffix}", without_dots(&whole)))
}

/// A path without its `.` and `..`, and without its first slash.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let path = path.trim_start_matches('/');
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => _ = kept.pop(),
            _ => kept.push(part),
        }
    }
    let mut joined = kept.join("/");
    if path.ends_with("/.") || path.ends_with("/..") {
        joined.push('/');
    }
    joined
}

/// An address with its unusual characters as percent codes. Letters such as `æ` stay as they are.
fn encoded(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for character in address.chars() {
        let is_kept = character.is_alphanumeric() || "-._~:/?#[]@!$&'*+,;=%".contains(character);
        if is_kept {
            out.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                out.push('%');
                out.extend(
                    [byte >> 4, byte & 15]
                        .map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()),
                );
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_address_is_read_as_on_its_page() {
        let page = Some("https://forening.example/nyt/feed.xml?x=1#y");
        for (written, expected) in [
            ("artikel", "https://forening.example/nyt/artikel"),
            ("./artikel/", "https://forening.example/nyt/artikel/"),
            ("../om", "https://forening.example/om"),
            ("../../../om", "https://forening.example/om"),
            ("/om?a=1#b", "https://forening.example/om?a=1#b"),
            ("//anden.example/x", "https://anden.example/x"),
            ("?side=2", "https://forening.example/nyt/feed.xml?side=2"),
            ("#afsnit", "https://forening.example/nyt/feed.xml?x=1#afsnit"),
            ("http://anden.example", "http://anden.example"),
            ("HTTPS://anden.example/Å", "https://anden.example/Å"),
            (" https://a.example/a b\n(c)<d>`e\\ ", "https://a.example/a%20b%28c%29%3Cd%3E%60e%5C"),
            ("{{ x }}", "https://forening.example/nyt/%7B%7B%20x%20%7D%7D"),
        ] {
            assert_eq!(resolve(written, page).as_deref(), Ok(expected), "{written}");
        }
    }

    #[test]
    fn an_address_has_no_parameters_of_a_campaign() {
        for (address, expected) in [
            ("https://a.example/?utm_source=rss&utm_medium=rss#x", "https://a.example/#x"),
            ("https://a.example/?p=1&utm_source=rss&q=utm_", "https://a.example/?p=1&q=utm_"),
            ("https://a.example/x#?utm_source=rss", "https://a.example/x#?utm_source=rss"),
        ] {
            assert_eq!(without_campaign(address), expected);
        }
    }

    #[test]
    fn other_addresses_are_not_linked_to() {
        for (written, reason) in [
            ("javascript:alert(1)", UnusableAddress::Scheme),
            ("JaVaScRiPt\n:alert(1)", UnusableAddress::Scheme),
            ("\u{1}javascript:alert(1)", UnusableAddress::Scheme),
            ("data:text/html,x", UnusableAddress::Scheme),
            ("mailto:a@a.example", UnusableAddress::Scheme),
            ("https://anna:kode@a.example/", UnusableAddress::Credentials),
            ("https:///x", UnusableAddress::Malformed),
            ("https:x", UnusableAddress::Malformed),
            ("https://a b/", UnusableAddress::Malformed),
            ("artikel", UnusableAddress::Relative),
        ] {
            assert_eq!(resolve(written, None), Err(reason), "{written}");
        }
        assert_eq!(resolve(&format!("https://a.example/{}", "x".repeat(3000)), None), Err(UnusableAddress::Malformed));
    }
}
