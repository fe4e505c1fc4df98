//! Checks who may send for the domain of the envelope sender (SPF, RFC 7208).

use std::net::IpAddr;

use crate::base::message::{Message, composed, message};
use crate::delivery::dns::lookup::{self, DnsSource};
use crate::delivery::dns::name::DnsName;
use crate::delivery::sender_domain::spf_record::{SpfMechanism, SpfQualifier, is_spf};
use crate::delivery::sender_domain::spf_remedy::{self, SpfNeed};
use crate::delivery::sender_domain::spf_survey::{
    self, MOST_LOOKUPS, MOST_VOIDS, SpfFault, SpfNode, SpfResult, SpfSurvey,
};
use crate::letter::dkim::record::txt_line;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::sender_domains;
use crate::ops::doctor::sending_address::{self, SendingAddress};
use crate::project::Project;

const CHECK: DoctorCheck = DoctorCheck::Spf;

/// One or two findings for each domain: its record, and whether the relay is in it.
pub(super) fn examine(project: &Project, given: Option<IpAddr>, dns: &impl DnsSource) -> Vec<DoctorFinding> {
    let address = sending_address::of(project, given, dns);
    let domains = sender_domains::envelope(project);
    let names = domains.iter().filter_map(|domain| DnsName::parse(domain.as_str()));
    names.map(|domain| SpfExamination { dns, domain, address: &address }.finding()).collect()
}

/// Checks the record of one domain.
struct SpfExamination<'a, S> {
    dns: &'a S,
    domain: DnsName,
    address: &'a SendingAddress,
}

impl<S: DnsSource> SpfExamination<'_, S> {
    fn finding(&self) -> DoctorFinding {
        let survey = spf_survey::survey(self.dns, &self.domain);
        if let Some(fault) = survey.fault() {
            return self.of_fault(fault);
        }
        let domain = &self.domain;
        let lookups = survey.lookups;
        if lookups > MOST_LOOKUPS {
            let message = message!(
                "the SPF record of {domain} needs {lookups} DNS lookups, and at most {MOST_LOOKUPS} are allowed: receivers ignore it (RFC 7208 §4.6.4)",
                "SPF-posten for {domain} kræver {lookups} DNS-opslag, og højst {MOST_LOOKUPS} er tilladt: modtagerne ser bort fra den (RFC 7208 §4.6.4)"
            );
            return self.with_record(
                DoctorFinding::fail(CHECK, message),
                Some(message!(
                    "addresses replace what costs most; ask the services whether they have changed, once a year",
                    "adresser erstatter det, der koster mest; spørg tjenesterne en gang om året, om de er ændret"
                )),
            );
        }
        if survey.voids > MOST_VOIDS {
            let message = message!(
                "{} names in the SPF record of {domain} do not exist, and at most {MOST_VOIDS} may: receivers ignore it (RFC 7208 §4.6.4)",
                "{} navne i SPF-posten for {domain} findes ikke, og det må højst {MOST_VOIDS} gøre: modtagerne ser bort fra den (RFC 7208 §4.6.4)",
                survey.voids
            );
            return self.with_record(DoctorFinding::fail(CHECK, message), None);
        }
        let open = survey.root.as_ref().ok().and_then(open_end);
        match (open, self.is_let_pass(&survey)) {
            (_, Pass::No(message)) => self.with_record(DoctorFinding::fail(CHECK, message), None),
            (Some(message), _) => self.with_record(
                DoctorFinding::warn(
                    CHECK,
                    message!("the SPF record of {domain} {message}", "SPF-posten for {domain} {message}"),
                ),
                None,
            ),
            (None, Pass::Yes(text)) => DoctorFinding::pass(
                CHECK,
                message!(
                    "{domain}: {text} ({lookups} of {MOST_LOOKUPS} DNS lookups)",
                    "{domain}: {text} ({lookups} af {MOST_LOOKUPS} DNS-opslag)"
                ),
            ),
            (None, Pass::Unknown(text)) => DoctorFinding::unknown(
                CHECK,
                message!(
                    "{domain} has a valid SPF record ({lookups} of {MOST_LOOKUPS} DNS lookups), but {text}",
                    "{domain} har en gyldig SPF-post ({lookups} af {MOST_LOOKUPS} DNS-opslag), men {text}"
                ),
            )
            .advice(message!(
                "ask who runs the relay for the address that it sends from, and give it with --sends-from",
                "spørg dem, der driver mailserveren, hvilken adresse den sender fra, og skriv den med --sends-from"
            )),
        }
    }

    fn of_fault(&self, fault: &SpfFault) -> DoctorFinding {
        let domain = &self.domain;
        let of = |other: &DnsName| {
            if other == domain {
                Message::default()
            } else {
                message!(", which that of {domain} includes,", ", som posten for {domain} henter,")
            }
        };
        let message = match fault {
            SpfFault::Unanswered { domain: asked, failure } => {
                return DoctorFinding::unknown(
                    CHECK,
                    message!(
                        "the SPF record of {domain} cannot be read: {asked}: {failure}",
                        "SPF-posten for {domain} kan ikke læses: {asked}: {failure}"
                    ),
                );
            }
            SpfFault::NoRecord { domain: asked } if asked == domain => {
                message!(
                    "{domain} has no SPF record: receivers cannot tell its letters from forged ones",
                    "{domain} har ingen SPF-post: modtagerne kan ikke skelne dets mails fra forfalskede"
                )
            }
            SpfFault::NoRecord { domain: asked } => {
                message!(
                    "the SPF record of {domain} includes {asked}, which has none: receivers ignore it (RFC 7208 §5.2)",
                    "SPF-posten for {domain} henter {asked}, som ingen har: modtagerne ser bort fra den (RFC 7208 §5.2)"
                )
            }
            SpfFault::SeveralRecords { domain: asked, texts } => {
                message!(
                    "{asked}{} has {} SPF records: receivers ignore all of them (RFC 7208 §4.5)",
                    "{asked}{} har {} SPF-poster: modtagerne ser bort fra dem alle (RFC 7208 §4.5)",
                    of(asked),
                    texts.len()
                )
            }
            SpfFault::BadTerm { domain: asked, term } => {
                message!(
                    "`{term}` in the SPF record of {asked}{} is not valid: receivers ignore the record",
                    "`{term}` i SPF-posten for {asked}{} er ugyldigt: modtagerne ser bort fra posten",
                    of(asked)
                )
            }
            SpfFault::Circle { domain: asked } => {
                message!(
                    "the SPF record of {domain} includes that of {asked}, which is being read already: receivers ignore it",
                    "SPF-posten for {domain} henter posten for {asked}, som allerede er ved at blive læst: modtagerne ser bort fra den"
                )
            }
            SpfFault::TooManyExchanges { domain: asked } => {
                message!(
                    "`mx` in the SPF record of {domain} names more than 10 mail servers of {asked}: receivers ignore it",
                    "`mx` i SPF-posten for {domain} giver mere end 10 mailservere for {asked}: modtagerne ser bort fra den"
                )
            }
        };
        self.with_record(DoctorFinding::fail(CHECK, message), None)
    }

    /// The finding with the record that is to be published.
    fn with_record(&self, finding: DoctorFinding, advice: Option<Message>) -> DoctorFinding {
        let texts = match lookup::texts(self.dns, &self.domain) {
            Ok(texts) => texts.into_iter().filter(|text| is_spf(text)).collect::<Vec<_>>(),
            Err(_) => return finding,
        };
        let need = match self.address {
            SendingAddress::Known(address) => Some(SpfNeed::Address(*address)),
            SendingAddress::Service(need) => Some(need.clone()),
            SendingAddress::Guess(need) if texts.is_empty() => Some(need.clone()),
            SendingAddress::Guess(_) | SendingAddress::Unknown(_) => None,
        };
        if texts.is_empty() && need.is_none() {
            return finding.advice(message!("ask who runs the relay for the address that it sends from, and run the command again with --sends-from ADDRESS; the record begins with {}. IN TXT \"v=spf1 …\"", "spørg dem, der driver mailserveren, hvilken adresse den sender fra, og kør kommandoen igen med --sends-from ADRESSE; posten begynder med {}. IN TXT \"v=spf1 …\"",
                self.domain));
        }
        let record = spf_remedy::record(self.dns, &self.domain, &texts, need.as_ref());
        let usual = match texts.len() {
            0 => message!("publish this record", "læg denne post i DNS"),
            1 => message!("publish this record in its place", "læg denne post i stedet"),
            _ => message!("publish this record in place of all of them", "læg denne post i DNS i stedet for dem alle"),
        };
        let advice = advice.map_or_else(|| usual.clone(), |more| composed!("{usual}; {more}"));
        finding.advice(advice).write(RemedyPlace::Dns, txt_line(self.domain.as_str(), &record))
    }

    fn is_let_pass(&self, survey: &SpfSurvey) -> Pass {
        let domain = &self.domain;
        match self.address {
            SendingAddress::Unknown(reason) => Pass::Unknown(message!(
                "whether the relay is in it cannot be known: {reason}",
                "det kan ikke vides, om mailserveren er med: {reason}"
            )),
            SendingAddress::Service(need) if need.is_met_by(survey) => Pass::Yes(message!(
                "the relay's service is in its SPF record",
                "mailserverens tjeneste er med i SPF-posten"
            )),
            SendingAddress::Service(_) => Pass::No(message!(
                "the SPF record of {domain} does not have the relay's service",
                "SPF-posten for {domain} mangler mailserverens tjeneste"
            )),
            SendingAddress::Known(address) => match survey.result(*address) {
                SpfResult::Pass => {
                    Pass::Yes(message!("its SPF record lets {address} send", "SPF-posten lader {address} sende"))
                }
                SpfResult::Unknown => Pass::Unknown(message!(
                    "whether it lets {address} send depends on the letter",
                    "om {address} må sende, afhænger af den enkelte mail"
                )),
                result @ (SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral | SpfResult::Error) => {
                    Pass::No(message!(
                        "the SPF record of {domain} does not let {address} send ({})",
                        "SPF-posten for {domain} lader ikke {address} sende ({})",
                        word(result)
                    ))
                }
            },
            SendingAddress::Guess(need) if need.is_met_by(survey) => Pass::Yes(message!(
                "its SPF record lets the relay's addresses send",
                "SPF-posten lader mailserverens adresser sende"
            )),
            SendingAddress::Guess(_) => Pass::Unknown(message!(
                "the addresses at which the relay is reached are not in it: whether it sends from others cannot be known",
                "adresserne, som mailserveren nås på, er ikke med: det kan ikke vides, om den sender fra andre"
            )),
        }
    }
}

/// Whether the relay may send.
enum Pass {
    Yes(Message),
    No(Message),
    Unknown(Message),
}

/// The result as Authentication-Results has it (RFC 8601 §2.7.2).
fn word(result: SpfResult) -> &'static str {
    match result {
        SpfResult::Pass => "pass",
        SpfResult::Fail => "fail",
        SpfResult::SoftFail => "softfail",
        SpfResult::Neutral => "neutral",
        SpfResult::Error => "permerror",
        SpfResult::Unknown => "unknown",
    }
}

/// The problem of a record without an end that forbids other senders.
fn open_end(node: &SpfNode) -> Option<Message> {
    let all = node.terms.iter().find(|resolved| resolved.term.mechanism == SpfMechanism::All);
    match all.map(|resolved| resolved.term.qualifier) {
        Some(SpfQualifier::Pass) => Some(message!("lets everyone send (`+all`)", "lader alle sende (`+all`)")),
        Some(SpfQualifier::Neutral) => {
            Some(message!("does not restrict other senders (`?all`)", "siger intet om andre (`?all`)"))
        }
        Some(SpfQualifier::Fail | SpfQualifier::SoftFail) => None,
        None if node.redirect.is_some() => None,
        None => Some(message!(
            "does not restrict other senders: it has no `all` at its end",
            "siger intet om andre: den har ingen `all` til sidst"
        )),
    }
}
