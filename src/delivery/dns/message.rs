//! Messages of the DNS on the wire (RFC 1035 §4): a question is written, and a response is read strictly.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::delivery::dns::name::DnsName;

/// The class of the internet (RFC 1035 §3.2.4).
const INTERNET: u16 = 1;
/// The type of the record that says how much this side can receive over UDP (RFC 6891 §6.1.1).
const OPTIONS: u16 = 41;
/// How many octets of a response may come over UDP: they fit into one packet on every usual network.
const UDP_SIZE: u16 = 1_232;
/// A response with more records is not one of those that are asked for here.
const MOST_RECORDS: usize = 500;

/// A type of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RecordType {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// Another name for a name.
    Cname,
    /// The server that receives mail for a domain.
    Mx,
    /// The name of an address.
    Ptr,
    /// Text.
    Txt,
}

impl RecordType {
    const ALL: [Self; 6] = [Self::A, Self::Aaaa, Self::Cname, Self::Mx, Self::Ptr, Self::Txt];

    /// Its number (RFC 1035 §3.2.2, RFC 3596 §2.1).
    fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Cname => 5,
            Self::Ptr => 12,
            Self::Mx => 15,
            Self::Txt => 16,
            Self::Aaaa => 28,
        }
    }

    fn of_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RecordData {
    /// The address of a host.
    Address(IpAddr),
    /// The name that is meant.
    Alias(DnsName),
    /// A server that receives mail. The lowest preference is tried first; the root means that the domain receives no
    /// mail (RFC 7505).
    Exchange {
        /// Its preference.
        preference: u16,
        /// Its name.
        host: DnsName,
    },
    /// The name of an address.
    Pointer(DnsName),
    /// Text: its strings joined without a space between them, as SPF (RFC 7208 §3.3) and DKIM (RFC 6376 §3.6.2.2) read it.
    /// Octets that are not UTF-8 are replaced.
    Text(String),
}

impl RecordData {
    /// The type of record that it is in; of an address, that of its version.
    pub(crate) fn kind(&self) -> RecordType {
        match self {
            Self::Address(IpAddr::V4(_)) => RecordType::A,
            Self::Address(IpAddr::V6(_)) => RecordType::Aaaa,
            Self::Alias(_) => RecordType::Cname,
            Self::Exchange { .. } => RecordType::Mx,
            Self::Pointer(_) => RecordType::Ptr,
            Self::Text(_) => RecordType::Txt,
        }
    }
}

/// A record of a response, of a type that is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DnsRecord {
    /// The name that it belongs to.
    pub(crate) owner: DnsName,
    /// What it says.
    pub(crate) data: RecordData,
}

/// What a server responded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DnsResponse {
    /// Whether records are missing, since they did not fit into one packet.
    pub(crate) is_truncated: bool,
    /// The code of the response (RFC 1035 §4.1.1): 0 is success, 3 a name that does not exist.
    pub(crate) code: u8,
    /// Its answers, in their order.
    pub(crate) answers: Vec<DnsRecord>,
}

/// A question in the form in which it is sent.
pub(crate) fn question(id: u16, name: &DnsName, kind: RecordType) -> Vec<u8> {
    let mut octets = Vec::with_capacity(64);
    let mut push = |number: u16| octets.extend_from_slice(&number.to_be_bytes());
    push(id);
    // A query that asks for recursion; one question, and one record with options.
    for number in [0x0100, 1, 0, 0, 1] {
        push(number);
    }
    for label in name.labels() {
        // A label has at most 63 octets, which `DnsName` guarantees.
        octets.push(u8::try_from(label.len()).unwrap_or(0));
        octets.extend_from_slice(label.as_bytes());
    }
    octets.push(0);
    octets.extend([kind.number(), INTERNET].into_iter().flat_map(u16::to_be_bytes));
    // RFC 6891 §6.1.2: the root, the type, the size in place of the class, no flags, no data.
    octets.push(0);
    octets.extend([OPTIONS, UDP_SIZE, 0, 0, 0].into_iter().flat_map(u16::to_be_bytes));
    octets
}

/// Reads the response to a question. `None`: it is damaged, or the response to another one.
pub(crate) fn response(octets: &[u8], id: u16, name: &DnsName, kind: RecordType) -> Option<DnsResponse> {
    let mut reader = WireReader { octets, at: 0 };
    let [own_id, flags, questions, answers] = [reader.number()?, reader.number()?, reader.number()?, reader.number()?];
    reader.skip(4)?;
    // The highest bit says that it is a response, and the four after it that it is one to a query.
    if own_id != id || flags & 0xf800 != 0x8000 || questions > 1 {
        return None;
    }
    for _ in 0..questions {
        if reader.name()? != *name || reader.number()? != kind.number() || reader.number()? != INTERNET {
            return None;
        }
    }
    let is_truncated = flags & 0x0200 != 0;
    let code = u8::try_from(flags & 15).ok()?;
    // An error may come without the question; an answer may not.
    if questions == 0 && code == 0 {
        return None;
    }
    let mut records = Vec::new();
    for _ in 0..usize::from(answers).min(MOST_RECORDS) {
        match reader.record(&mut records) {
            Some(()) => {}
            // What is missing is requested again over TCP.
            None if is_truncated => break,
            None => return None,
        }
    }
    Some(DnsResponse { is_truncated, code, answers: records })
}

/// Reads a message from its start.
struct WireReader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> WireReader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.octets.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn skip(&mut self, length: usize) -> Option<()> {
        self.take(length).map(|_| ())
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    /// A name, which may continue at an earlier place (RFC 1035 §4.1.4). The place must be before the part of the name
    /// that was read so far, to exclude loops.
    fn name(&mut self) -> Option<DnsName> {
        let (mut at, mut earliest, mut end) = (self.at, self.at, None);
        let mut text = String::new();
        loop {
            let length = *self.octets.get(at)?;
            match length {
                0 => {
                    self.at = end.unwrap_or(at + 1);
                    return DnsName::parse(&text);
                }
                1..=63 => {
                    let label = self.octets.get(at + 1..=at + usize::from(length))?;
                    // A dot within a label would look like two labels.
                    if label.contains(&b'.') || text.len() > 255 {
                        return None;
                    }
                    text.push_str(str::from_utf8(label).ok()?);
                    text.push('.');
                    at += 1 + usize::from(length);
                }
                192..=255 => {
                    let place = usize::from(length & 63) << 8 | usize::from(*self.octets.get(at + 1)?);
                    end.get_or_insert(at + 2);
                    if place >= earliest {
                        return None;
                    }
                    (at, earliest) = (place, place);
                }
                64..=191 => return None,
            }
        }
    }

    /// Reads a record; one of a type that is not known here is left out.
    fn record(&mut self, records: &mut Vec<DnsRecord>) -> Option<()> {
        let owner = self.name()?;
        let [kind, class] = [self.number()?, self.number()?];
        self.skip(4)?;
        let length = usize::from(self.number()?);
        let end = self.at.checked_add(length)?;
        self.octets.get(self.at..end)?;
        let kind = RecordType::of_number(kind).filter(|_| class == INTERNET);
        let Some(kind) = kind else {
            self.at = end;
            return Some(());
        };
        let data = self.data(kind, end)?;
        records.push(DnsRecord { owner, data });
        (self.at == end).then_some(())
    }

    fn data(&mut self, kind: RecordType, end: usize) -> Option<RecordData> {
        Some(match kind {
            RecordType::A => RecordData::Address(Ipv4Addr::from(<[u8; 4]>::try_from(self.take(4)?).ok()?).into()),
            RecordType::Aaaa => RecordData::Address(Ipv6Addr::from(<[u8; 16]>::try_from(self.take(16)?).ok()?).into()),
            RecordType::Cname => RecordData::Alias(self.name()?),
            RecordType::Mx => RecordData::Exchange { preference: self.number()?, host: self.name()? },
            RecordType::Ptr => RecordData::Pointer(self.name()?),
            RecordType::Txt => {
                let mut text = Vec::new();
                while self.at < end {
                    let length = usize::from(*self.take(1)?.first()?);
                    text.extend_from_slice(self.take(length)?);
                }
                RecordData::Text(String::from_utf8_lossy(&text).into_owned())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    fn name(text: &str) -> DnsName {
        DnsName::parse(text).unwrap()
    }

    /// A response to the question for the TXT records of `forening.example`, with these answers.
    fn with_answers(flags: u16, answers: &[&[u8]]) -> Vec<u8> {
        let mut octets = question(7, &name("forening.example"), RecordType::Txt);
        octets.truncate(octets.len() - 11);
        octets[2..4].copy_from_slice(&flags.to_be_bytes());
        octets[6..8].copy_from_slice(&u16::try_from(answers.len()).unwrap().to_be_bytes());
        octets[10..12].copy_from_slice(&[0, 0]);
        octets.extend(answers.concat());
        octets
    }

    /// A record of the name in the question.
    fn record(kind: u8, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        [&[0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60], &length[..], data].concat()
    }

    fn read(octets: &[u8]) -> Option<DnsResponse> {
        response(octets, 7, &name("forening.example"), RecordType::Txt)
    }

    #[test]
    fn a_long_text_in_pieces_is_joined() {
        let (first, second) = ([b'a'; 255], [b'b'; 45]);
        let data = [&[255][..], &first, &[45], &second].concat();
        let response = read(&with_answers(0x8180, &[&record(16, &data)])).unwrap();
        let expected = "a".repeat(255) + &"b".repeat(45);
        assert_eq!(response.answers, [DnsRecord { owner: name("forening.example"), data: RecordData::Text(expected) }]);
    }

    #[test]
    fn mail_servers_and_addresses_are_read() {
        let mx = record(15, &[&[0, 10, 2, b'm', b'x'], &[0xc0, 12][..]].concat());
        let null = record(15, &[0, 0, 0]);
        let answers = [mx, null, record(1, &[192, 0, 2, 1]), record(99, b"?")];
        let answers: Vec<&[u8]> = answers.iter().map(Vec::as_slice).collect();
        let data: Vec<RecordData> =
            read(&with_answers(0x8180, &answers)).unwrap().answers.into_iter().map(|record| record.data).collect();
        assert_eq!(
            data,
            [
                RecordData::Exchange { preference: 10, host: name("mx.forening.example") },
                RecordData::Exchange { preference: 0, host: name(".") },
                RecordData::Address("192.0.2.1".parse().unwrap()),
            ]
        );
    }

    #[test]
    fn a_damaged_or_foreign_response_is_none() {
        let good = with_answers(0x8180, &[&record(16, b"\x01a")]);
        assert!(read(&good).is_some());
        // A query, another operation, another question, an answer without the question.
        assert_eq!(read(&with_answers(0x0100, &[])), None);
        assert_eq!(read(&with_answers(0x9180, &[])), None);
        assert_eq!(response(&good, 8, &name("forening.example"), RecordType::Txt), None);
        assert_eq!(response(&good, 7, &name("other.example"), RecordType::Txt), None);
        assert_eq!(response(&good, 7, &name("forening.example"), RecordType::A), None);
        for end in 0..good.len() {
            assert_eq!(read(&good[..end]), None, "{end} octets");
        }
        // A name that refers to itself, a text that is longer than its record, a length that is left over.
        assert_eq!(read(&with_answers(0x8180, &[&[0xc0, 34, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0]])), None);
        assert_eq!(read(&with_answers(0x8180, &[&record(16, b"\x05a"), &record(16, b"\x01a")])), None);
        assert_eq!(read(&with_answers(0x8180, &[&record(1, &[192, 0, 2, 1, 1])])), None);
    }

    #[test]
    fn a_truncated_response_says_so() {
        let good = with_answers(0x8380, &[&record(16, b"\x01a")]);
        assert_eq!(read(&good[..good.len() - 1]).map(|response| response.is_truncated), Some(true));
    }

    proptest! {
        #[test]
        fn no_octets_are_too_strange(tail in proptest::collection::vec(any::<u8>(), 0..200), count in 0_u8..4) {
            let mut octets = with_answers(0x8180, &[&tail]);
            octets[7] = count;
            if let Some(response) = read(&octets) {
                prop_assert!(response.answers.len() <= usize::from(count));
            }
        }
    }
}
