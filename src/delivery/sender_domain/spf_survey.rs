//! Follows an SPF record into all records that it names, as a receiving server does (RFC 7208 §4 and §5), and counts
//! the lookups.

use std::net::IpAddr;

use crate::delivery::dns::lookup::{self, DnsFailure, DnsFinding, DnsSource};
use crate::delivery::dns::message::{RecordData, RecordType};
use crate::delivery::dns::name::DnsName;
use crate::delivery::sender_domain::spf_record::{
    IpNetwork, PrefixLengths, SpfMechanism, SpfQualifier, SpfRecord, SpfRedirect, SpfTerm, is_spf,
};

/// How many terms may cause DNS lookups (RFC 7208 §4.6.4).
pub(crate) const MOST_LOOKUPS: usize = 10;
/// How many of them may find nothing (RFC 7208 §4.6.4).
pub(crate) const MOST_VOIDS: usize = 2;
/// How many mail servers one `mx` may name (RFC 7208 §4.6.4).
const MOST_EXCHANGES: usize = 10;
/// After this many a record is not followed any further: how much it is above the limit does not matter.
const ENOUGH_LOOKUPS: usize = 40;

/// Why SPF is a permanent error for every letter of a domain, or cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpfFault {
    /// The domain has no record.
    NoRecord {
        /// The domain.
        domain: DnsName,
    },
    /// The domain has several records, which is an error (RFC 7208 §4.5).
    SeveralRecords {
        /// The domain.
        domain: DnsName,
        /// The records.
        texts: Vec<String>,
    },
    /// A term is not valid (RFC 7208 §4.6).
    BadTerm {
        /// The domain.
        domain: DnsName,
        /// The term.
        term: String,
    },
    /// A record includes itself.
    Circle {
        /// The domain that is named again.
        domain: DnsName,
    },
    /// An `mx` names more mail servers than are allowed.
    TooManyExchanges {
        /// The domain of the mail servers.
        domain: DnsName,
    },
    /// The DNS does not answer.
    Unanswered {
        /// The domain.
        domain: DnsName,
        /// Why.
        failure: DnsFailure,
    },
}

/// A record, with what its terms name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpfNode {
    /// The domain that has it.
    pub(crate) domain: DnsName,
    /// Its terms, in their order.
    pub(crate) terms: Vec<ResolvedTerm>,
    /// The record that counts if no term matches; absent: none.
    pub(crate) redirect: Option<Box<SpfBranch>>,
}

/// A term, with the addresses that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResolvedTerm {
    /// The term.
    pub(crate) term: SpfTerm,
    /// What it names.
    pub(crate) meaning: TermMeaning,
    /// How many lookups it costs, including those of the records that it names.
    pub(crate) lookups: usize,
}

/// Which addresses a term names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TermMeaning {
    /// All.
    All,
    /// These; none where the name has no addresses.
    Networks(Vec<IpNetwork>),
    /// Those that pass another record.
    Branch(Box<SpfBranch>),
    /// It cannot be known beforehand: a macro, or the name of the address.
    PerLetter,
}

/// A record that another one names, or what is wrong with it.
pub(crate) type SpfBranch = Result<SpfNode, SpfFault>;

/// All that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpfSurvey {
    /// The domain's own record.
    pub(crate) root: SpfBranch,
    /// How many terms cause lookups if none of them matches: the most that a server needs.
    pub(crate) lookups: usize,
    /// How many of them find nothing.
    pub(crate) voids: usize,
}

/// What SPF says about an address (RFC 7208 §2.6), as far as it can be known beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpfResult {
    /// It may send.
    Pass,
    /// It may not.
    Fail,
    /// It probably may not.
    SoftFail,
    /// Nothing is said.
    Neutral,
    /// A record is wrong, so that receivers ignore all of it.
    Error,
    /// It depends on the letter.
    Unknown,
}

/// Follows the record of a domain.
pub(crate) fn survey(source: &impl DnsSource, domain: &DnsName) -> SpfSurvey {
    let mut surveyor = Surveyor { source, path: Vec::new(), lookups: 0, voids: 0 };
    let root = surveyor.branch(domain);
    SpfSurvey { root, lookups: surveyor.lookups, voids: surveyor.voids }
}

/// Follows records, and counts.
struct Surveyor<'a, S> {
    source: &'a S,
    /// The domains whose records are being followed.
    path: Vec<DnsName>,
    lookups: usize,
    voids: usize,
}

impl<S: DnsSource> Surveyor<'_, S> {
    fn branch(&mut self, domain: &DnsName) -> SpfBranch {
        if self.path.contains(domain) {
            return Err(SpfFault::Circle { domain: domain.clone() });
        }
        let unanswered = |failure| SpfFault::Unanswered { domain: domain.clone(), failure };
        let texts = lookup::texts(self.source, domain).map_err(unanswered)?;
        if texts.is_empty() && !self.path.is_empty() {
            self.voids += 1;
        }
        let mut texts: Vec<String> = texts.into_iter().filter(|text| is_spf(text)).collect();
        let Some(text) = texts.pop() else { return Err(SpfFault::NoRecord { domain: domain.clone() }) };
        if !texts.is_empty() {
            texts.push(text);
            return Err(SpfFault::SeveralRecords { domain: domain.clone(), texts });
        }
        let record = SpfRecord::parse(&text).map_err(|term| SpfFault::BadTerm { domain: domain.clone(), term })?;
        self.path.push(domain.clone());
        let node = self.node(domain, record);
        self.path.pop();
        node
    }

    fn node(&mut self, domain: &DnsName, record: SpfRecord) -> SpfBranch {
        let mut terms = Vec::new();
        for term in record.terms {
            let before = self.lookups;
            let meaning = self.meaning(domain, &term)?;
            terms.push(ResolvedTerm { term, meaning, lookups: self.lookups - before });
        }
        let redirect = match record.redirect {
            None => None,
            Some(SpfRedirect::To(target)) => self.count().then(|| Box::new(self.branch(&target))),
            // Nothing is known about it, as if the record did not exist.
            Some(SpfRedirect::Macro) => {
                self.lookups += 1;
                None
            }
        };
        Ok(SpfNode { domain: domain.clone(), terms, redirect })
    }

    /// Counts a question; whether it is asked.
    fn count(&mut self) -> bool {
        self.lookups += 1;
        self.lookups <= ENOUGH_LOOKUPS
    }

    fn meaning(&mut self, domain: &DnsName, term: &SpfTerm) -> Result<TermMeaning, SpfFault> {
        Ok(match &term.mechanism {
            SpfMechanism::All => TermMeaning::All,
            SpfMechanism::Ip(network) => TermMeaning::Networks(vec![*network]),
            SpfMechanism::Ptr | SpfMechanism::Macro => {
                self.lookups += 1;
                TermMeaning::PerLetter
            }
            _ if !self.count() => TermMeaning::PerLetter,
            SpfMechanism::Include(target) => TermMeaning::Branch(Box::new(self.branch(target))),
            SpfMechanism::A(host, lengths) => {
                let host = host.as_ref().unwrap_or(domain);
                let networks = self.networks_of(host, *lengths)?;
                self.voids += usize::from(networks.is_empty());
                TermMeaning::Networks(networks)
            }
            SpfMechanism::Mx(host, lengths) => {
                TermMeaning::Networks(self.networks_of_exchanges(host.as_ref().unwrap_or(domain), *lengths)?)
            }
            SpfMechanism::Exists(name) => {
                // RFC 7208 §5.7: it asks for A, also for an address of IPv6.
                let unanswered = |failure| SpfFault::Unanswered { domain: name.clone(), failure };
                match lookup::records(self.source, name, RecordType::A).map_err(unanswered)? {
                    DnsFinding::Found(_) => TermMeaning::All,
                    DnsFinding::NoData | DnsFinding::NoName => {
                        self.voids += 1;
                        TermMeaning::Networks(Vec::new())
                    }
                }
            }
        })
    }

    fn networks_of(&self, host: &DnsName, lengths: PrefixLengths) -> Result<Vec<IpNetwork>, SpfFault> {
        let unanswered = |failure| SpfFault::Unanswered { domain: host.clone(), failure };
        let addresses = lookup::addresses(self.source, host).map_err(unanswered)?;
        Ok(addresses.into_iter().map(|address| IpNetwork::of(address, lengths)).collect())
    }

    fn networks_of_exchanges(&mut self, domain: &DnsName, lengths: PrefixLengths) -> Result<Vec<IpNetwork>, SpfFault> {
        let unanswered = |failure| SpfFault::Unanswered { domain: domain.clone(), failure };
        let hosts = match lookup::records(self.source, domain, RecordType::Mx).map_err(unanswered)? {
            DnsFinding::Found(found) => found,
            DnsFinding::NoData | DnsFinding::NoName => {
                self.voids += 1;
                return Ok(Vec::new());
            }
        };
        if hosts.len() > MOST_EXCHANGES {
            return Err(SpfFault::TooManyExchanges { domain: domain.clone() });
        }
        let mut networks = Vec::new();
        for data in hosts {
            if let RecordData::Exchange { host, .. } = data
                && !host.is_root()
            {
                networks.extend(self.networks_of(&host, lengths)?);
            }
        }
        Ok(networks)
    }
}

impl SpfSurvey {
    /// What the record says about an address.
    pub(crate) fn result(&self, address: IpAddr) -> SpfResult {
        if self.lookups > MOST_LOOKUPS || self.voids > MOST_VOIDS {
            return SpfResult::Error;
        }
        branch_result(&self.root, address)
    }

    /// Why the whole record is an error: a fault of its own, or of a record that it includes.
    pub(crate) fn fault(&self) -> Option<&SpfFault> {
        match &self.root {
            Ok(node) => node.fault(),
            Err(fault) => Some(fault),
        }
    }
}

impl SpfNode {
    fn fault(&self) -> Option<&SpfFault> {
        let branches = self.terms.iter().filter_map(|resolved| match &resolved.meaning {
            TermMeaning::Branch(branch) => Some(branch),
            TermMeaning::All | TermMeaning::Networks(_) | TermMeaning::PerLetter => None,
        });
        branches.chain(&self.redirect).find_map(|branch| match &**branch {
            Ok(node) => node.fault(),
            Err(fault) => Some(fault),
        })
    }
}

fn branch_result(branch: &SpfBranch, address: IpAddr) -> SpfResult {
    match branch {
        Ok(node) => node_result(node, address),
        Err(SpfFault::Unanswered { .. }) => SpfResult::Unknown,
        Err(
            SpfFault::NoRecord { .. }
            | SpfFault::SeveralRecords { .. }
            | SpfFault::BadTerm { .. }
            | SpfFault::Circle { .. }
            | SpfFault::TooManyExchanges { .. },
        ) => SpfResult::Error,
    }
}

fn node_result(node: &SpfNode, address: IpAddr) -> SpfResult {
    let mut is_unsure = false;
    for resolved in &node.terms {
        let matches = match &resolved.meaning {
            TermMeaning::All => true,
            TermMeaning::Networks(networks) => networks.iter().any(|network| network.contains(address)),
            TermMeaning::PerLetter => {
                is_unsure = true;
                false
            }
            TermMeaning::Branch(branch) => match branch_result(branch, address) {
                SpfResult::Pass => true,
                // RFC 7208 §5.2: any other result means no match, but an error is an error of the whole record.
                SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => false,
                SpfResult::Error => return SpfResult::Error,
                SpfResult::Unknown => {
                    is_unsure = true;
                    false
                }
            },
        };
        if matches {
            return match resolved.term.qualifier {
                SpfQualifier::Pass => SpfResult::Pass,
                SpfQualifier::Fail | SpfQualifier::SoftFail | SpfQualifier::Neutral if is_unsure => SpfResult::Unknown,
                SpfQualifier::Fail => SpfResult::Fail,
                SpfQualifier::SoftFail => SpfResult::SoftFail,
                SpfQualifier::Neutral => SpfResult::Neutral,
            };
        }
    }
    match &node.redirect {
        _ if is_unsure => SpfResult::Unknown,
        Some(branch) => branch_result(branch, address),
        None => SpfResult::Neutral,
    }
}
