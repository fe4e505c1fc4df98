//! Questions to the DNS and their answers, independent of the network.

use std::collections::BTreeSet;
use std::net::IpAddr;

use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::delivery::dns::message::{DnsRecord, RecordData, RecordType};
use crate::delivery::dns::name::DnsName;

/// How many aliases are followed from one name. RFC 1034 §5.2.2 wants loops to be noticed; resolvers follow some ten.
const MOST_ALIASES: usize = 10;

/// Answers questions: a resolver, or a zone in a test.
pub(crate) trait DnsSource {
    /// The records of a name, and of no other, and the aliases of the name.
    ///
    /// # Errors
    ///
    /// The DNS gives no answer about the name.
    fn ask(&self, name: &DnsName, kind: RecordType) -> Result<DnsAnswer, DnsFailure>;
}

/// What the DNS says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DnsAnswer {
    /// It exists; it may have no records of the type.
    Records(Vec<DnsRecord>),
    /// It does not exist.
    NoName,
}

/// What the DNS says of a name, with its aliases followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DnsFinding {
    /// Its records of the type, at least one.
    Found(Vec<RecordData>),
    /// It exists, without records of the type.
    NoData,
    /// It does not exist.
    NoName,
}

/// Why the DNS gives no answer about a name.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub(crate) enum DnsFailure {
    /// No server is known.
    #[error("{}", message!(
        "this machine has no DNS server: /etc/resolv.conf has no `nameserver`",
        "maskinen har ingen DNS-server: /etc/resolv.conf har ingen `nameserver`"
    ))]
    NoServer,
    /// No server replied.
    #[error("{}", message!("the DNS server did not reply in time", "DNS-serveren svarede ikke i tide"))]
    TimedOut,
    /// The server replies with an error: it cannot reach the domain's servers, or their signatures are wrong.
    #[error("{}", message!(
        "the DNS server reports a failure ({})",
        "DNS-serveren melder en fejl ({})",
        code_name(*code)
    ))]
    ServerFailed {
        /// The code of the response.
        code: u8,
    },
    /// The server sends something that is not a valid response.
    #[error("{}", message!("the DNS server sends damaged responses", "DNS-serveren sender ødelagte svar"))]
    Damaged,
    /// Names refer to one another.
    #[error("{}", message!("its CNAME records refer to one another", "dens CNAME-poster peger på hinanden"))]
    AliasLoop,
}

/// The name of a response code (RFC 1035 §4.1.1).
fn code_name(code: u8) -> &'static str {
    match code {
        1 => "FORMERR",
        2 => "SERVFAIL",
        4 => "NOTIMP",
        5 => "REFUSED",
        _ => "unknown code",
    }
}

/// The records of a name; aliases are followed, even if the server did not follow them.
///
/// # Errors
///
/// The DNS gives no answer about the name.
pub(crate) fn records(
    source: &(impl DnsSource + ?Sized),
    name: &DnsName,
    kind: RecordType,
) -> Result<DnsFinding, DnsFailure> {
    let mut name = name.clone();
    let mut visited = BTreeSet::new();
    while visited.insert(name.clone()) && visited.len() <= MOST_ALIASES {
        let records = match source.ask(&name, kind)? {
            DnsAnswer::NoName => return Ok(DnsFinding::NoName),
            DnsAnswer::Records(records) => records,
        };
        let asked = name.clone();
        while let Some(target) = alias(&records, &name) {
            if !visited.insert(target.clone()) || visited.len() > MOST_ALIASES {
                return Err(DnsFailure::AliasLoop);
            }
            name = target;
        }
        let found = records.into_iter().filter(|record| record.owner == name && record.data.kind() == kind);
        let found: Vec<RecordData> = found.map(|record| record.data).collect();
        if !found.is_empty() {
            return Ok(DnsFinding::Found(found));
        }
        if name == asked {
            return Ok(DnsFinding::NoData);
        }
        // The server has not followed the alias: it is asked again, for the name that is meant.
        visited.remove(&name);
    }
    Err(DnsFailure::AliasLoop)
}

fn alias(records: &[DnsRecord], name: &DnsName) -> Option<DnsName> {
    records.iter().find_map(|record| match &record.data {
        RecordData::Alias(target) if record.owner == *name => Some(target.clone()),
        RecordData::Alias(_)
        | RecordData::Address(_)
        | RecordData::Exchange { .. }
        | RecordData::Pointer(_)
        | RecordData::Text(_) => None,
    })
}

/// The TXT records of a name; none if it does not exist.
///
/// # Errors
///
/// The DNS gives no answer about the name.
pub(crate) fn texts(source: &(impl DnsSource + ?Sized), name: &DnsName) -> Result<Vec<String>, DnsFailure> {
    Ok(match records(source, name, RecordType::Txt)? {
        DnsFinding::Found(found) => found
            .into_iter()
            .filter_map(|data| match data {
                RecordData::Text(text) => Some(text),
                RecordData::Address(_)
                | RecordData::Alias(_)
                | RecordData::Exchange { .. }
                | RecordData::Pointer(_) => None,
            })
            .collect(),
        DnsFinding::NoData | DnsFinding::NoName => Vec::new(),
    })
}

/// The addresses of a host, of both versions; none if it has none.
///
/// # Errors
///
/// The DNS gives no answer about the name.
pub(crate) fn addresses(source: &(impl DnsSource + ?Sized), host: &DnsName) -> Result<Vec<IpAddr>, DnsFailure> {
    let mut addresses = Vec::new();
    for kind in [RecordType::A, RecordType::Aaaa] {
        match records(source, host, kind)? {
            DnsFinding::Found(found) => addresses.extend(found.into_iter().filter_map(|data| match data {
                RecordData::Address(address) => Some(address),
                RecordData::Alias(_) | RecordData::Exchange { .. } | RecordData::Pointer(_) | RecordData::Text(_) => {
                    None
                }
            })),
            DnsFinding::NoData => {}
            DnsFinding::NoName => break,
        }
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::dns::sample_zone::SampleZone;

    fn name(text: &str) -> DnsName {
        DnsName::parse(text).unwrap()
    }

    #[test]
    fn aliases_are_followed_and_loops_noticed() {
        let zone = SampleZone::parse(
            "www.forening.example CNAME web.host.example\n\
             web.host.example A 192.0.2.1\n\
             web.host.example AAAA 2001:db8::1\n\
             a.forening.example CNAME b.forening.example\n\
             b.forening.example CNAME a.forening.example\n\
             gone.forening.example CNAME gone.host.example\n\
             forening.example TXT v=spf1 -all\n",
        );
        let found = addresses(&zone, &name("www.forening.example")).unwrap();
        assert_eq!(found, ["192.0.2.1", "2001:db8::1"].map(|text| text.parse::<IpAddr>().unwrap()));
        assert_eq!(addresses(&zone, &name("a.forening.example")), Err(DnsFailure::AliasLoop));
        assert_eq!(records(&zone, &name("gone.forening.example"), RecordType::A), Ok(DnsFinding::NoName));
        assert_eq!(records(&zone, &name("forening.example"), RecordType::A), Ok(DnsFinding::NoData));
        assert_eq!(texts(&zone, &name("forening.example")).unwrap(), ["v=spf1 -all"]);
        assert_eq!(texts(&zone, &name("other.example")).unwrap(), Vec::<String>::new());
    }
}
