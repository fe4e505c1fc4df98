//! A zone for tests, written as lines of a name, a type and a value.

use std::cell::Cell;

use crate::delivery::dns::lookup::{DnsAnswer, DnsFailure, DnsSource};
use crate::delivery::dns::message::{DnsRecord, RecordData, RecordType};
use crate::delivery::dns::name::DnsName;

/// The records of all names that exist; it does not follow aliases. A name with the type `FAIL` cannot be asked for.
pub(crate) struct SampleZone {
    records: Vec<DnsRecord>,
    failing: Vec<DnsName>,
    /// How many questions were asked.
    pub(crate) asked: Cell<usize>,
}

impl SampleZone {
    /// Reads lines such as `forening.example MX 10 mail.forening.example`.
    pub(crate) fn parse(text: &str) -> Self {
        let mut zone = Self { records: Vec::new(), failing: Vec::new(), asked: Cell::new(0) };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (owner, rest) = line.split_once(' ').unwrap();
            let (kind, value) = rest.split_once(' ').unwrap_or((rest, ""));
            let name = |text: &str| DnsName::parse(text).unwrap();
            let owner = name(owner);
            let data = match kind {
                "A" | "AAAA" => RecordData::Address(value.parse().unwrap()),
                "CNAME" => RecordData::Alias(name(value)),
                "PTR" => RecordData::Pointer(name(value)),
                "TXT" => RecordData::Text(value.to_owned()),
                "MX" => {
                    let (preference, host) = value.split_once(' ').unwrap();
                    RecordData::Exchange { preference: preference.parse().unwrap(), host: name(host) }
                }
                "FAIL" => {
                    zone.failing.push(owner);
                    continue;
                }
                other => panic!("unknown type {other}"),
            };
            zone.records.push(DnsRecord { owner, data });
        }
        zone
    }
}

impl DnsSource for SampleZone {
    fn ask(&self, name: &DnsName, kind: RecordType) -> Result<DnsAnswer, DnsFailure> {
        self.asked.set(self.asked.get() + 1);
        if self.failing.contains(name) {
            return Err(DnsFailure::ServerFailed { code: 2 });
        }
        let below = format!(".{name}");
        let exists = |record: &&DnsRecord| record.owner == *name || record.owner.as_str().ends_with(&below);
        if !self.records.iter().any(|record| exists(&record)) {
            return Ok(DnsAnswer::NoName);
        }
        let kinds = [kind, RecordType::Cname];
        let found = self.records.iter().filter(|record| record.owner == *name && kinds.contains(&record.data.kind()));
        Ok(DnsAnswer::Records(found.cloned().collect()))
    }
}
