//! Reads an SPF record (RFC 7208 §4.6, §5, §6 and §12).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::delivery::dns::name::DnsName;

/// How a record begins (RFC 7208 §4.5).
const VERSION: &str = "v=spf1";

/// What a term says about the addresses that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpfQualifier {
    /// `+`: they may send.
    Pass,
    /// `-`: they may not.
    Fail,
    /// `~`: they probably may not.
    SoftFail,
    /// `?`: nothing is said.
    Neutral,
}

/// An address with the length of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IpNetwork {
    /// An address in it.
    pub(crate) address: IpAddr,
    /// How many leading bits count.
    pub(crate) prefix: u8,
}

/// How many leading bits of the addresses of a host count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrefixLengths {
    /// Of an IPv4 address.
    pub(crate) four: u8,
    /// Of an IPv6 address.
    pub(crate) six: u8,
}

/// Which addresses a term names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpfMechanism {
    /// All.
    All,
    /// Those that pass another domain's record.
    Include(DnsName),
    /// Those of a host; absent: of the domain.
    A(Option<DnsName>, PrefixLengths),
    /// Those of a domain's mail servers; absent: of the domain's own.
    Mx(Option<DnsName>, PrefixLengths),
    /// Those that have a name in the domain; deprecated (RFC 7208 §5.5).
    Ptr,
    /// A network.
    Ip(IpNetwork),
    /// All if a name exists.
    Exists(DnsName),
    /// Those that a name with a macro decides on (RFC 7208 §7): it differs from letter to letter.
    Macro,
}

/// A term of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpfTerm {
    /// What it says.
    pub(crate) qualifier: SpfQualifier,
    /// About which addresses.
    pub(crate) mechanism: SpfMechanism,
    /// As it is written.
    pub(crate) text: String,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpfRecord {
    /// Its terms, in their order.
    pub(crate) terms: Vec<SpfTerm>,
    /// The domain whose record counts if no term matches; absent: none, or the record has `all` (RFC 7208 §6.1).
    pub(crate) redirect: Option<SpfRedirect>,
}

/// Where the record continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpfRedirect {
    /// In the record of this domain.
    To(DnsName),
    /// In that of a name with a macro.
    Macro,
}

/// Whether a text is an SPF record: its version is followed by a space or by nothing.
pub(crate) fn is_spf(text: &str) -> bool {
    let version = text.get(..VERSION.len()).is_some_and(|start| start.eq_ignore_ascii_case(VERSION));
    version && matches!(text.as_bytes().get(VERSION.len()), None | Some(b' '))
}

impl SpfRecord {
    /// Reads a record.
    ///
    /// # Errors
    ///
    /// The first term that is not valid, as it is written.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (mut terms, mut redirect) = (Vec::new(), None);
        for word in text.split(' ').skip(1).filter(|word| !word.is_empty()) {
            match modifier(word) {
                Some(("redirect", target)) => {
                    let target = Target::parse(target).ok_or_else(|| word.to_owned())?;
                    let target = match target {
                        Target::Name(name) => SpfRedirect::To(name),
                        Target::Macro => SpfRedirect::Macro,
                    };
                    if redirect.replace(target).is_some() {
                        return Err(word.to_owned());
                    }
                }
                // Others are ignored (RFC 7208 §6).
                Some(_) => {}
                None => terms.push(SpfTerm::parse(word).ok_or_else(|| word.to_owned())?),
            }
        }
        let has_all = terms.iter().any(|term| term.mechanism == SpfMechanism::All);
        Ok(Self { terms, redirect: redirect.filter(|_| !has_all) })
    }
}

/// A name and the value behind its equals sign.
fn modifier(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = name.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && name.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_.".contains(sign));
    let name = if name.eq_ignore_ascii_case("redirect") { "redirect" } else { name };
    is_name.then_some((name, value))
}

/// The domain that a term names.
enum Target {
    Name(DnsName),
    Macro,
}

impl Target {
    fn parse(text: &str) -> Option<Self> {
        if text.contains('%') {
            return Some(Self::Macro);
        }
        DnsName::parse(text).filter(|name| !name.is_root()).map(Self::Name)
    }
}

impl SpfTerm {
    fn parse(word: &str) -> Option<Self> {
        let (qualifier, bare) = match word.split_at_checked(1)? {
            ("+", bare) => (SpfQualifier::Pass, bare),
            ("-", bare) => (SpfQualifier::Fail, bare),
            ("~", bare) => (SpfQualifier::SoftFail, bare),
            ("?", bare) => (SpfQualifier::Neutral, bare),
            _ => (SpfQualifier::Pass, word),
        };
        let end = bare.find([':', '/']).unwrap_or(bare.len());
        let (name, rest) = bare.split_at(end);
        let value = rest.strip_prefix(':');
        let mechanism = match name.to_ascii_lowercase().as_str() {
            "all" if rest.is_empty() => SpfMechanism::All,
            "include" => match Target::parse(value?)? {
                Target::Name(name) => SpfMechanism::Include(name),
                Target::Macro => SpfMechanism::Macro,
            },
            "exists" => match Target::parse(value?)? {
                Target::Name(name) => SpfMechanism::Exists(name),
                Target::Macro => SpfMechanism::Macro,
            },
            "a" => host(rest, SpfMechanism::A)?,
            "mx" => host(rest, SpfMechanism::Mx)?,
            "ptr" if rest.is_empty() || value.is_some_and(|value| Target::parse(value).is_some()) => SpfMechanism::Ptr,
            "ip4" => SpfMechanism::Ip(network::<Ipv4Addr>(value?, 32)?),
            "ip6" => SpfMechanism::Ip(network::<Ipv6Addr>(value?, 128)?),
            _ => return None,
        };
        Some(Self { qualifier, mechanism, text: word.to_owned() })
    }
}

/// `:host/24//64`, each part of which may be missing.
fn host(rest: &str, mechanism: fn(Option<DnsName>, PrefixLengths) -> SpfMechanism) -> Option<SpfMechanism> {
    let (rest, six) = match rest.split_once("//") {
        Some((rest, six)) => (rest, prefix(six, 128)?),
        None => (rest, 128),
    };
    let (rest, four) = match rest.rsplit_once('/') {
        Some((rest, four)) => (rest, prefix(four, 32)?),
        None => (rest, 32),
    };
    let target = match rest.strip_prefix(':') {
        Some(text) => Some(Target::parse(text)?),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(match target {
        Some(Target::Macro) => SpfMechanism::Macro,
        Some(Target::Name(name)) => mechanism(Some(name), PrefixLengths { four, six }),
        None => mechanism(None, PrefixLengths { four, six }),
    })
}

fn prefix(text: &str, longest: u8) -> Option<u8> {
    let is_number = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|prefix| is_number && *prefix <= longest)
}

fn network<A: std::str::FromStr + Into<IpAddr>>(text: &str, longest: u8) -> Option<IpNetwork> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, prefix(length, longest)?),
        None => (text, longest),
    };
    Some(IpNetwork { address: address.parse::<A>().ok()?.into(), prefix: length })
}

impl IpNetwork {
    /// Whether an address is in it. An IPv4 address in the form of an IPv6 address is one of IPv4 (RFC 7208 §5).
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let same = |own: &[u8], other: &[u8]| {
            let whole = usize::from(self.prefix / 8);
            let rest = self.prefix % 8;
            let mask = if rest == 0 { 0 } else { u8::MAX << (8 - rest) };
            own.get(..whole) == other.get(..whole)
                && (mask == 0 || own.get(whole).zip(other.get(whole)).is_some_and(|(a, b)| a & mask == b & mask))
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => same(&own.octets(), &other.octets()),
            (IpAddr::V6(own), IpAddr::V6(other)) => same(&own.octets(), &other.octets()),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// The network of an address of a host.
    pub(crate) fn of(address: IpAddr, lengths: PrefixLengths) -> Self {
        let prefix = if address.is_ipv4() { lengths.four } else { lengths.six };
        Self { address, prefix }
    }

    /// The term for it in a record: `ip4:192.0.2.0/24`.
    pub(crate) fn term(&self) -> String {
        let (name, longest) = if self.address.is_ipv4() { ("ip4", 32) } else { ("ip6", 128) };
        if self.prefix == longest {
            format!("{name}:{}", self.address)
        } else {
            format!("{name}:{}/{}", self.address, self.prefix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_must_be_followed_by_a_space() {
        for (text, expected) in
            [("v=spf1", true), ("V=SPF1 -all", true), ("v=spf10 -all", false), ("v=spf", false), ("\u{e6}=spf1", false)]
        {
            assert_eq!(is_spf(text), expected, "{text}");
        }
    }

    #[test]
    fn terms_are_read() {
        let text = "v=spf1 a a:mail.forening.example/28//64 MX +mx:forening.example ip4:192.0.2.0/24 ip6:2001:db8::/32 \
                    include:_spf.relay.example ?exists:%{i}.relay.example exp=why.forening.example ptr ~all";
        let record = SpfRecord::parse(text).unwrap();
        let mechanisms: Vec<&SpfMechanism> = record.terms.iter().map(|term| &term.mechanism).collect();
        let whole = PrefixLengths { four: 32, six: 128 };
        let name = |text: &str| DnsName::parse(text);
        let network = |text: &str, prefix| IpNetwork { address: text.parse().unwrap(), prefix };
        assert_eq!(
            mechanisms,
            [
                &SpfMechanism::A(None, whole),
                &SpfMechanism::A(name("mail.forening.example"), PrefixLengths { four: 28, six: 64 }),
                &SpfMechanism::Mx(None, whole),
                &SpfMechanism::Mx(name("forening.example"), whole),
                &SpfMechanism::Ip(network("192.0.2.0", 24)),
                &SpfMechanism::Ip(network("2001:db8::", 32)),
                &SpfMechanism::Include(name("_spf.relay.example").unwrap()),
                &SpfMechanism::Macro,
                &SpfMechanism::Ptr,
                &SpfMechanism::All,
            ]
        );
        assert_eq!(record.terms[9].qualifier, SpfQualifier::SoftFail);
        let redirect = SpfRecord::parse("v=spf1 redirect=_spf.relay.example").unwrap().redirect;
        assert_eq!(redirect, name("_spf.relay.example").map(SpfRedirect::To));
        // RFC 7208 §6.1: with `all`, it is ignored.
        assert_eq!(SpfRecord::parse("v=spf1 redirect=_spf.relay.example -all").unwrap().redirect, None);
    }

    #[test]
    fn a_wrong_term_is_named() {
        for term in [
            "ip4:192.0.2.256",
            "ip4:192.0.2.1/33",
            "ip4:2001:db8::1",
            "ip6:192.0.2.1",
            "ip4",
            "include",
            "include:",
            "all:x",
            "a/",
            "a:b/+8",
            "ipv4:192.0.2.1",
            "-",
            "192.0.2.1",
            "include:a..example",
            "mx/24/64",
        ] {
            assert_eq!(SpfRecord::parse(&format!("v=spf1 {term} -all")), Err(term.to_owned()), "{term}");
        }
        let twice = "v=spf1 redirect=a.example redirect=b.example";
        assert_eq!(SpfRecord::parse(twice), Err("redirect=b.example".to_owned()));
    }

    #[test]
    fn a_network_has_its_addresses() {
        let within = |network: &str, address: &str| {
            let (own, prefix) = network.split_once('/').unwrap();
            IpNetwork { address: own.parse().unwrap(), prefix: prefix.parse().unwrap() }
                .contains(address.parse().unwrap())
        };
        assert!(within("192.0.2.128/25", "192.0.2.200") && within("192.0.2.128/25", "::ffff:192.0.2.200"));
        assert!(!within("192.0.2.128/25", "192.0.2.100") && !within("192.0.2.0/24", "2001:db8::1"));
        assert!(within("0.0.0.0/0", "203.0.113.1") && within("2001:db8::/29", "2001:dbf::1"));
        assert!(!within("2001:db8::/128", "2001:db8::1"));
    }
}
