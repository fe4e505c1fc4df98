//! Reads a domain's DMARC policy (RFC 7489), and whether SPF and DKIM count for a sender.

use crate::delivery::dns::lookup::{self, DnsFailure, DnsSource};
use crate::delivery::dns::name::DnsName;
use crate::letter::dkim::name::Domain;
use crate::letter::dkim::record::tags;

/// How the record's name begins (RFC 7489 §6.1).
const LABEL: &str = "_dmarc";

/// What receivers should do with letters that fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DmarcPolicy {
    /// Nothing.
    None,
    /// Treat them as suspicious.
    Quarantine,
    /// Refuse them.
    Reject,
}

impl DmarcPolicy {
    fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "quarantine" => Some(Self::Quarantine),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }

    /// The word for it in a record.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

/// How near two domains must be (RFC 7489 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AlignmentMode {
    /// Of one organisation.
    #[default]
    Relaxed,
    /// Equal.
    Strict,
}

impl AlignmentMode {
    /// Whether a domain that SPF or DKIM has proved counts for a sender's.
    pub(crate) fn aligns(self, proved: &Domain, sender: &Domain) -> bool {
        match self {
            Self::Relaxed => proved.may_answer_for(sender),
            Self::Strict => proved == sender,
        }
    }
}

/// A policy that is in force for a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DmarcRecord {
    /// What receivers should do.
    pub(crate) policy: DmarcPolicy,
    /// How near the domain that signs must be to the sender's.
    pub(crate) dkim: AlignmentMode,
    /// How near the domain of the envelope must be.
    pub(crate) spf: AlignmentMode,
}

/// The DMARC records of a sender in the DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DmarcFinding {
    /// No record. Texts that are not DMARC, such as those of a wildcard, are ignored (RFC 7489 §6.6.3).
    Missing {
        /// How many other texts have its name.
        other_texts: usize,
    },
    /// A policy.
    Found {
        /// The name that has it.
        name: DnsName,
        /// What it says.
        record: DmarcRecord,
    },
    /// Several, so that none counts (RFC 7489 §6.6.3).
    Several {
        /// The name that has them.
        name: DnsName,
        /// The records.
        texts: Vec<String>,
    },
    /// One whose policy is invalid, so that it does not count.
    Invalid {
        /// The name that has it.
        name: DnsName,
        /// The record.
        text: String,
        /// The tag that is wrong or missing.
        tag: &'static str,
    },
}

/// Whether a text is a DMARC record: its version comes first, in capitals.
fn is_dmarc(text: &str) -> bool {
    tags(text).first().is_some_and(|(name, value)| name == "v" && value == "DMARC1")
}

impl DmarcRecord {
    /// Reads a record for the domain that has it, or for one below it.
    ///
    /// # Errors
    ///
    /// The tag that is wrong or missing.
    fn parse(text: &str, place: RecordPlace) -> Result<Self, &'static str> {
        let tags = tags(text);
        let tag = |name: &str| tags.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let policy = tag("p").and_then(|word| DmarcPolicy::parse(word)).ok_or("p")?;
        let policy = match (place, tag("sp")) {
            (RecordPlace::Organisation, Some(word)) => DmarcPolicy::parse(word).ok_or("sp")?,
            (RecordPlace::Organisation, None) | (RecordPlace::Sender, _) => policy,
        };
        let mode = |name: &'static str| match tag(name).map(|value| value.to_ascii_lowercase()).as_deref() {
            Some("s") => Ok(AlignmentMode::Strict),
            None | Some("r") => Ok(AlignmentMode::Relaxed),
            Some(_) => Err(name),
        };
        Ok(Self { policy, dkim: mode("adkim")?, spf: mode("aspf")? })
    }
}

/// Whose record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordPlace {
    /// The sender's domain itself.
    Sender,
    /// The domain of its organisation, whose `sp` is for those below it.
    Organisation,
}

/// The policy for a sender: of its domain, or else of its organisation's (RFC 7489 §6.6.3).
///
/// # Errors
///
/// The DNS does not answer.
pub(crate) fn find(source: &impl DnsSource, sender: &Domain) -> Result<DmarcFinding, DnsFailure> {
    let organisation = sender.organisation();
    let places = [(sender, RecordPlace::Sender), (&organisation, RecordPlace::Organisation)];
    let mut other_texts = 0;
    for (domain, place) in places.into_iter().take(if organisation == *sender { 1 } else { 2 }) {
        let Some(name) = DnsName::parse(domain.as_str()).and_then(|name| name.below(LABEL)) else { continue };
        let texts = lookup::texts(source, &name)?;
        let (mut own, others): (Vec<String>, Vec<String>) = texts.into_iter().partition(|text| is_dmarc(text));
        other_texts += others.len();
        let Some(text) = own.pop() else { continue };
        if !own.is_empty() {
            own.push(text);
            return Ok(DmarcFinding::Several { name, texts: own });
        }
        return Ok(match DmarcRecord::parse(&text, place) {
            Ok(record) => DmarcFinding::Found { name, record },
            Err(tag) => DmarcFinding::Invalid { name, text, tag },
        });
    }
    Ok(DmarcFinding::Missing { other_texts })
}

/// The record to publish instead of several, or of an invalid one: the strictest policy of them, and their other tags.
pub(crate) fn repaired(texts: &[String]) -> String {
    let all: Vec<Vec<(String, String)>> = texts.iter().map(|text| tags(text)).collect();
    let first =
        |name: &str| all.iter().flatten().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let policies = all.iter().flatten().filter(|(name, _)| name.eq_ignore_ascii_case("p"));
    let policy = policies.filter_map(|(_, word)| DmarcPolicy::parse(word)).max_by_key(|policy| match policy {
        DmarcPolicy::None => 0,
        DmarcPolicy::Quarantine => 1,
        DmarcPolicy::Reject => 2,
    });
    let mut record = format!("v=DMARC1; p={}", policy.unwrap_or(DmarcPolicy::None).word());
    for name in ["sp", "adkim", "aspf", "rua", "ruf", "pct", "fo"] {
        let is_valid = |value: &&String| match name {
            "sp" => DmarcPolicy::parse(value).is_some(),
            "adkim" | "aspf" => matches!(value.as_str(), "r" | "s"),
            _ => !value.is_empty(),
        };
        if let Some(value) = first(name).filter(is_valid) {
            record = format!("{record}; {name}={value}");
        }
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::dns::sample_zone::SampleZone;

    fn found(zone: &str, sender: &str) -> DmarcFinding {
        find(&SampleZone::parse(zone), &Domain::parse(sender).unwrap()).unwrap()
    }

    fn policy(zone: &str, sender: &str) -> Option<(DmarcPolicy, AlignmentMode)> {
        match found(zone, sender) {
            DmarcFinding::Found { record, .. } => Some((record.policy, record.dkim)),
            DmarcFinding::Missing { .. } | DmarcFinding::Several { .. } | DmarcFinding::Invalid { .. } => None,
        }
    }

    #[test]
    fn the_policy_is_the_domains_own_or_its_organisations() {
        let zone = "_dmarc.forening.example TXT v=DMARC1; p=reject; sp=none; adkim=s\n\
                    _dmarc.nyt.forening.example TXT v=DMARC1;p=quarantine\n\
                    a.b.forening.example A 192.0.2.1\n";
        let (relaxed, strict) = (AlignmentMode::Relaxed, AlignmentMode::Strict);
        assert_eq!(policy(zone, "forening.example"), Some((DmarcPolicy::Reject, strict)));
        assert_eq!(policy(zone, "nyt.forening.example"), Some((DmarcPolicy::Quarantine, relaxed)));
        assert_eq!(policy(zone, "a.b.forening.example"), Some((DmarcPolicy::None, strict)));
        assert_eq!(found(zone, "other.example"), DmarcFinding::Missing { other_texts: 0 });
    }

    #[test]
    fn a_record_that_does_not_count_is_found() {
        let wildcard = "_dmarc.forening.example TXT v=spf1 -all\n_dmarc.forening.example TXT v=dmarc1; p=none\n";
        assert_eq!(found(wildcard, "forening.example"), DmarcFinding::Missing { other_texts: 2 });
        let twice = "_dmarc.forening.example TXT v=DMARC1; p=none; rua=mailto:a@forening.example\n\
                     _dmarc.forening.example TXT v=DMARC1; p=reject; adkim=x\n";
        let DmarcFinding::Several { texts, .. } = found(twice, "forening.example") else { panic!("several") };
        assert_eq!(repaired(&texts), "v=DMARC1; p=reject; rua=mailto:a@forening.example");
        for (text, wrong) in [("v=DMARC1", "p"), ("v=DMARC1; p=nonee", "p"), ("v=DMARC1; p=none; aspf=q", "aspf")] {
            let zone = format!("_dmarc.forening.example TXT {text}");
            let DmarcFinding::Invalid { tag, .. } = found(&zone, "forening.example") else { panic!("{text}") };
            assert_eq!(tag, wrong, "{text}");
        }
    }

    #[test]
    fn alignment_is_by_organisation_or_by_name() {
        let domain = |text: &str| Domain::parse(text).unwrap();
        for (proved, sender, relaxed, strict) in [
            ("forening.example", "forening.example", true, true),
            ("mail.forening.example", "forening.example", true, false),
            ("relay.example", "forening.example", false, false),
            ("a.co.uk", "b.co.uk", false, false),
        ] {
            let (proved, sender) = (domain(proved), domain(sender));
            assert_eq!(AlignmentMode::Relaxed.aligns(&proved, &sender), relaxed, "{proved} {sender}");
            assert_eq!(AlignmentMode::Strict.aligns(&proved, &sender), strict, "{proved} {sender}");
        }
    }
}
