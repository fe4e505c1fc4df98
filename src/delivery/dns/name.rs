//! Names of the DNS.

use std::fmt;
use std::net::IpAddr;

/// The most octets of a name on the wire (RFC 1035 §2.3.4): each label with its length, and the root.
const LONGEST: usize = 255;
/// The most octets of a label (RFC 1035 §2.3.4).
const LONGEST_LABEL: usize = 63;

/// A name in lower-case ASCII, without the dot at its end; empty: the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DnsName(String);

impl DnsName {
    /// Reads a name; a dot at its end is left out. `None` if it has an empty or too long label, or other signs than those
    /// that are printed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_suffix('.').unwrap_or(text);
        let is_label = |label: &str| {
            (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(|octet| octet.is_ascii_graphic())
        };
        let is_name = bare.split('.').all(is_label) && bare.len() + 2 <= LONGEST;
        (bare.is_empty() || is_name).then(|| Self(bare.to_ascii_lowercase()))
    }

    /// The name under which an address has its names (RFC 1035 §3.5, RFC 3596 §2.5).
    pub(crate) fn reverse(address: IpAddr) -> Self {
        Self(match address {
            IpAddr::V4(four) => {
                let [first, second, third, last] = four.octets();
                format!("{last}.{third}.{second}.{first}.in-addr.arpa")
            }
            IpAddr::V6(six) => {
                let digits = six.octets().into_iter().rev().flat_map(|octet| [octet & 15, octet >> 4]);
                let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
                digits.flat_map(|digit| [digit, '.']).chain("ip6.arpa".chars()).collect()
            }
        })
    }

    /// The name with a label in front; `None` if it becomes too long.
    pub(crate) fn below(&self, label: &str) -> Option<Self> {
        Self::parse(&format!("{label}.{self}"))
    }

    /// Whether it is the root: the host of a null MX (RFC 7505).
    pub(crate) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its labels, from the left.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.split('.').filter(|label| !label.is_empty())
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_without_case_and_final_dot() {
        for (text, name) in [
            ("Forening.Example.", Some("forening.example")),
            ("_dmarc.forening.example", Some("_dmarc.forening.example")),
            (".", Some("")),
            ("", Some("")),
            ("a..example", None),
            (".example", None),
            ("a b.example", None),
            ("å.example", None),
            (&format!("{}.example", "a".repeat(64)), None),
            (&"abc.".repeat(64), None),
        ] {
            assert_eq!(DnsName::parse(text).as_ref().map(DnsName::as_str), name, "{text}");
        }
    }

    #[test]
    fn an_address_is_reversed() {
        let reversed = |text: &str| DnsName::reverse(text.parse().unwrap()).to_string();
        assert_eq!(reversed("192.0.2.25"), "25.2.0.192.in-addr.arpa");
        assert_eq!(reversed("2001:db8::1"), format!("1.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(23)));
    }
}
