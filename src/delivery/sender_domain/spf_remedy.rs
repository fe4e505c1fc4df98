//! Proposes a corrected SPF record for a domain: the meaning is kept, errors are removed.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::delivery::dns::lookup::{DnsAnswer, DnsFailure, DnsSource};
use crate::delivery::dns::message::{DnsRecord, RecordData, RecordType};
use crate::delivery::dns::name::DnsName;
use crate::delivery::sender_domain::spf_record::{
    IpNetwork, PrefixLengths, SpfMechanism, SpfQualifier, SpfRecord, SpfRedirect, SpfTerm,
};
use crate::delivery::sender_domain::spf_survey::{
    self, MOST_LOOKUPS, MOST_VOIDS, SpfBranch, SpfFault, SpfNode, SpfResult, SpfSurvey, TermMeaning,
};

/// A sender that must pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpfNeed {
    /// This address.
    Address(IpAddr),
    /// The addresses of this host.
    Host {
        /// Its name.
        name: DnsName,
        /// What they are today.
        addresses: Vec<IpAddr>,
    },
    /// All addresses that pass this domain's record.
    Include(DnsName),
}

impl SpfNeed {
    /// The term for it in a record.
    fn term(&self) -> String {
        match self {
            Self::Address(address) => IpNetwork::of(*address, PrefixLengths { four: 32, six: 128 }).term(),
            Self::Host { name, .. } => format!("a:{name}"),
            Self::Include(domain) => format!("include:{domain}"),
        }
    }

    /// Whether a term with `+` covers it.
    pub(crate) fn is_met_by(&self, survey: &SpfSurvey) -> bool {
        match self {
            Self::Address(address) => survey.result(*address) == SpfResult::Pass,
            Self::Host { addresses, .. } => addresses.iter().all(|address| survey.result(*address) == SpfResult::Pass),
            Self::Include(domain) => survey.root.as_ref().is_ok_and(|node| includes(node, domain)),
        }
    }
}

fn includes(node: &SpfNode, domain: &DnsName) -> bool {
    let of_terms = node.terms.iter().any(|resolved| {
        resolved.term.qualifier == SpfQualifier::Pass
            && match &resolved.meaning {
                TermMeaning::Branch(branch) => of_branch(branch, domain),
                TermMeaning::All | TermMeaning::Networks(_) | TermMeaning::PerLetter => false,
            }
    });
    of_terms || node.redirect.as_deref().is_some_and(|branch| of_branch(branch, domain))
}

fn of_branch(branch: &SpfBranch, domain: &DnsName) -> bool {
    branch.as_ref().is_ok_and(|node| node.domain == *domain || includes(node, domain))
}

/// A DNS source in which a domain has only the SPF record that is proposed.
struct ProposedRecord<'a, S> {
    source: &'a S,
    domain: &'a DnsName,
    text: &'a str,
}

impl<S: DnsSource> DnsSource for ProposedRecord<'_, S> {
    fn ask(&self, name: &DnsName, kind: RecordType) -> Result<DnsAnswer, DnsFailure> {
        if name == self.domain && kind == RecordType::Txt {
            let data = RecordData::Text(self.text.to_owned());
            return Ok(DnsAnswer::Records(vec![DnsRecord { owner: name.clone(), data }]));
        }
        self.source.ask(name, kind)
    }
}

/// The record for a domain that has these SPF records now. Terms that are errors, or find nothing, are left out; if it
/// needs too many lookups, terms are replaced by the addresses that they resolve to today.
pub(crate) fn record(source: &impl DnsSource, domain: &DnsName, texts: &[String], need: Option<&SpfNeed>) -> String {
    let survey_of = |terms: &[String]| {
        let text = format!("v=spf1 {} -all", terms.join(" "));
        spf_survey::survey(&ProposedRecord { source, domain, text: &text }, domain)
    };
    let mut seen = BTreeSet::new();
    let mut terms: Vec<String> = own_terms(texts)
        .into_iter()
        .filter(|term| seen.insert(term.to_ascii_lowercase()))
        .filter(|term| is_useful(&survey_of(std::slice::from_ref(term))))
        .collect();
    if let Some(need) = need.filter(|need| !need.is_met_by(&survey_of(&terms))) {
        // In front, so that no term before it can forbid what it allows.
        terms.insert(0, need.term());
    }
    while let survey = survey_of(&terms)
        && (survey.lookups > MOST_LOOKUPS || survey.voids > MOST_VOIDS)
        && let Some(shorter) = with_addresses(&survey, &terms)
    {
        terms = shorter;
    }
    let all = texts.iter().find_map(|text| policy(text)).unwrap_or("~all");
    ["v=spf1"].into_iter().chain(terms.iter().map(String::as_str)).chain([all]).collect::<Vec<_>>().join(" ")
}

/// The valid terms of the records but `all` and `ptr`; a record that continues elsewhere includes what is there.
fn own_terms(texts: &[String]) -> Vec<String> {
    let mut terms = Vec::new();
    for word in texts.iter().flat_map(|text| text.split(' ').skip(1)).filter(|word| !word.is_empty()) {
        let Ok(record) = SpfRecord::parse(&format!("v=spf1 {word}")) else { continue };
        if let Some(SpfRedirect::To(domain)) = &record.redirect {
            terms.push(format!("include:{domain}"));
        }
        let is_kept = |term: &&SpfTerm| !matches!(term.mechanism, SpfMechanism::All | SpfMechanism::Ptr);
        terms.extend(record.terms.iter().filter(is_kept).map(|term| term.text.clone()));
    }
    terms
}

/// How a record ends, if that forbids others to send.
fn policy(text: &str) -> Option<&'static str> {
    // Each word by itself: another one may not be valid.
    ["-all", "~all"].into_iter().find(|all| text.split(' ').any(|word| word.eq_ignore_ascii_case(all)))
}

/// Whether a term alone resolves to something without an error. A term whose lookup gets no answer is kept.
fn is_useful(alone: &SpfSurvey) -> bool {
    match alone.fault() {
        Some(SpfFault::Unanswered { .. }) => return true,
        Some(
            SpfFault::NoRecord { .. }
            | SpfFault::SeveralRecords { .. }
            | SpfFault::BadTerm { .. }
            | SpfFault::Circle { .. }
            | SpfFault::TooManyExchanges { .. },
        ) => return false,
        None => {}
    }
    let Ok(node) = &alone.root else { return true };
    node.terms.first().is_none_or(|resolved| match &resolved.meaning {
        TermMeaning::Networks(networks) => !networks.is_empty(),
        TermMeaning::All | TermMeaning::Branch(_) | TermMeaning::PerLetter => true,
    })
}

/// The terms with one of them replaced by addresses: first the domain's own hosts, whose changes it knows of, then the
/// term with most lookups. `None` if none can be replaced.
fn with_addresses(survey: &SpfSurvey, terms: &[String]) -> Option<Vec<String>> {
    let node = survey.root.as_ref().ok()?;
    let replaceable = node.terms.iter().enumerate().filter(|(_, resolved)| resolved.lookups > 0);
    let replaceable = replaceable.filter(|(_, resolved)| resolved.term.qualifier == SpfQualifier::Pass);
    let named = replaceable.filter_map(|(place, resolved)| {
        let is_own = matches!(resolved.term.mechanism, SpfMechanism::A(..) | SpfMechanism::Mx(..));
        Some((is_own, resolved.lookups, place, passing(&resolved.meaning)?))
    });
    let (_, _, place, networks) =
        named.max_by_key(|(is_own, lookups, place, _)| (*is_own, *lookups, usize::MAX - place))?;
    let mut shorter = terms[..place].to_vec();
    for term in networks.iter().map(IpNetwork::term) {
        if !shorter.contains(&term) {
            shorter.push(term);
        }
    }
    shorter.extend_from_slice(&terms[place + 1..]);
    Some(shorter)
}

/// The networks that pass a term; `None` if not all of them are known.
fn passing(meaning: &TermMeaning) -> Option<Vec<IpNetwork>> {
    match meaning {
        TermMeaning::Networks(networks) => Some(networks.clone()),
        TermMeaning::Branch(branch) => passing_of(branch.as_ref().as_ref().ok()?),
        TermMeaning::All | TermMeaning::PerLetter => None,
    }
}

fn passing_of(node: &SpfNode) -> Option<Vec<IpNetwork>> {
    let mut networks = Vec::new();
    for resolved in &node.terms {
        match (resolved.term.qualifier, &resolved.meaning) {
            (SpfQualifier::Pass, meaning) => networks.extend(passing(meaning)?),
            (SpfQualifier::Fail | SpfQualifier::SoftFail | SpfQualifier::Neutral, TermMeaning::All) => {}
            // It excludes addresses from the terms after it.
            (SpfQualifier::Fail | SpfQualifier::SoftFail | SpfQualifier::Neutral, _) => return None,
        }
    }
    if let Some(branch) = &node.redirect {
        networks.extend(passing_of(branch.as_ref().as_ref().ok()?)?);
    }
    Some(networks)
}
