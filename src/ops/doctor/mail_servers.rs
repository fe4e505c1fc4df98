//! Checks which servers receive mail for the sender's domains (RFC 5321 §5.1, RFC 7505).

use std::net::IpAddr;

use crate::base::message::{Message, composed, message};
use crate::delivery::dns::lookup::{self, DnsFailure, DnsFinding, DnsSource};
use crate::delivery::dns::message::{RecordData, RecordType};
use crate::delivery::dns::name::DnsName;
use crate::letter::dkim::name::Domain;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::sender_domains;
use crate::project::Project;
use crate::project::settings::inbox::InboxSettings;

const CHECK: DoctorCheck = DoctorCheck::Mx;

/// One finding for each domain.
pub(super) fn examine(project: &Project, dns: &impl DnsSource) -> Vec<DoctorFinding> {
    // The server of the mailbox is the best guess of the one that receives.
    let guess = match &project.settings().inbox {
        Some(InboxSettings::Imap(imap)) => DnsName::parse(&imap.host).filter(|name| name.as_str().contains('.')),
        Some(InboxSettings::Maildir(_)) | None => None,
    };
    let domains = sender_domains::receiving(project);
    domains
        .iter()
        .map(|(domain, what)| {
            let what = Message::joined(what.iter().cloned(), ", ");
            of_domain(dns, domain, &what, guess.as_ref())
        })
        .collect()
}

fn of_domain(dns: &impl DnsSource, domain: &Domain, what: &Message, guess: Option<&DnsName>) -> DoctorFinding {
    let Some(name) = DnsName::parse(domain.as_str()) else {
        return DoctorFinding::fail(
            CHECK,
            message!("{domain} is not a name of the DNS", "{domain} er ikke et DNS-navn"),
        );
    };
    match exchanges(dns, &name) {
        Err(failure) => DoctorFinding::unknown(CHECK, composed!("{domain}: {failure}")),
        Ok(MailRoute::NoDomain) => DoctorFinding::fail(
            CHECK,
            message!(
                "{domain} does not exist in the DNS: {what} get lost",
                "{domain} findes ikke i DNS: {what} går tabt"
            ),
        )
        .advice(message!(
            "check `from`, `reply_to` and `bounces_to` in newsletter.yaml",
            "kontrollér `from`, `reply_to` og `bounces_to` i newsletter.yaml"
        )),
        Ok(MailRoute::Refused) => {
            let message = message!(
                "{domain} declares that it receives no mail (null MX): {what} get lost, and many servers refuse its letters",
                "{domain} oplyser, at det ikke modtager mail (null MX): {what} går tabt, og mange servere afviser dets mails"
            );
            remedy(DoctorFinding::fail(CHECK, message), &name, guess)
        }
        Ok(MailRoute::OwnAddress) => {
            let message = message!(
                "{domain} has no MX record; its own address is tried for {what}",
                "{domain} har ingen MX-post; {what} sendes til domænets egen adresse"
            );
            remedy(DoctorFinding::warn(CHECK, message), &name, guess)
        }
        Ok(MailRoute::Nowhere) => {
            let message = message!(
                "{domain} has no MX record and no address: {what} get lost",
                "{domain} har hverken en MX-post eller en adresse: {what} går tabt"
            );
            remedy(DoctorFinding::fail(CHECK, message), &name, guess)
        }
        Ok(MailRoute::Hosts(hosts)) => of_hosts(domain, what, &hosts),
    }
}

fn remedy(finding: DoctorFinding, name: &DnsName, guess: Option<&DnsName>) -> DoctorFinding {
    match guess {
        Some(host) => finding
            .advice(message!(
                "publish the server that receives its mail, if it is this one",
                "læg den server i DNS, der modtager dets mail, hvis det er denne"
            ))
            .write(RemedyPlace::Dns, format!("{name}. IN MX 10 {host}.")),
        None => finding.advice(message!(
            "publish the server that receives its mail: {name}. IN MX 10 SERVER.",
            "læg den server i DNS, der modtager dets mail: {name}. IN MX 10 SERVER."
        )),
    }
}

fn of_hosts(domain: &Domain, what: &Message, hosts: &[ExchangeHost]) -> DoctorFinding {
    let names = |wanted: fn(&ExchangeHost) -> bool| {
        hosts.iter().filter(|host| wanted(host)).map(|host| host.name.to_string()).collect::<Vec<_>>().join(", ")
    };
    let all = names(|_| true);
    let dead = names(|host| host.addresses.as_ref().is_ok_and(Vec::is_empty));
    let unanswered = hosts.iter().find_map(|host| host.addresses.as_ref().err());
    if hosts.iter().all(|host| host.addresses.as_ref().is_ok_and(Vec::is_empty)) {
        let message = message!(
            "the MX records of {domain} name hosts without an address ({all}): {what} get lost",
            "MX-posterne for {domain} nævner servere uden adresse ({all}): {what} går tabt"
        );
        let advice = message!(
            "give the host an A or AAAA record, or name another one; an MX record needs a host's name, not an IP address",
            "giv serveren en A- eller AAAA-post, eller nævn en anden; en MX-post skal have et servernavn, ikke en IP-adresse"
        );
        DoctorFinding::fail(CHECK, message).advice(advice)
    } else if let Some(failure) = unanswered {
        DoctorFinding::unknown(
            CHECK,
            message!("{domain} is received by {all}: {failure}", "mail til {domain} modtages af {all}: {failure}"),
        )
    } else if dead.is_empty() {
        DoctorFinding::pass(
            CHECK,
            message!("{domain} is received by {all} ({what})", "mail til {domain} modtages af {all} ({what})"),
        )
    } else {
        DoctorFinding::warn(
            CHECK,
            message!(
                "{domain} is received by {all}, but {dead} has no address",
                "mail til {domain} modtages af {all}, men {dead} har ingen adresse"
            ),
        )
        .advice(message!(
            "remove its MX record, or give it an A or AAAA record",
            "slet dens MX-post, eller giv den en A- eller AAAA-post"
        ))
    }
}

/// Where mail for a domain goes.
enum MailRoute {
    /// To these hosts, the preferred one first.
    Hosts(Vec<ExchangeHost>),
    /// To the domain's own address, since it has no MX record.
    OwnAddress,
    /// Nowhere: it has no address either.
    Nowhere,
    /// Nowhere: the domain declares that it receives no mail.
    Refused,
    /// Nowhere: the domain does not exist.
    NoDomain,
}

/// A host that receives mail.
struct ExchangeHost {
    name: DnsName,
    addresses: Result<Vec<IpAddr>, DnsFailure>,
}

fn exchanges(dns: &impl DnsSource, name: &DnsName) -> Result<MailRoute, DnsFailure> {
    let found = match lookup::records(dns, name, RecordType::Mx)? {
        DnsFinding::Found(found) => found,
        DnsFinding::NoName => return Ok(MailRoute::NoDomain),
        DnsFinding::NoData => {
            let has_address = !lookup::addresses(dns, name)?.is_empty();
            return Ok(if has_address { MailRoute::OwnAddress } else { MailRoute::Nowhere });
        }
    };
    let mut hosts: Vec<(u16, DnsName)> = found
        .into_iter()
        .filter_map(|data| match data {
            RecordData::Exchange { preference, host } => Some((preference, host)),
            RecordData::Address(_) | RecordData::Alias(_) | RecordData::Pointer(_) | RecordData::Text(_) => None,
        })
        .collect();
    hosts.sort();
    if hosts.iter().all(|(_, host)| host.is_root()) {
        return Ok(MailRoute::Refused);
    }
    let with_addresses = hosts.into_iter().map(|(_, name)| {
        let addresses = lookup::addresses(dns, &name);
        ExchangeHost { name, addresses }
    });
    Ok(MailRoute::Hosts(with_addresses.collect()))
}
