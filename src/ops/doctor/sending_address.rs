//! The address that letters come from, as receiving servers see it: it decides on SPF, and must have a name.

use std::net::IpAddr;

use crate::base::message::{Message, message};
use crate::delivery::dns::lookup::{self, DnsSource};
use crate::delivery::dns::name::DnsName;
use crate::delivery::dns::outgoing;
use crate::delivery::sender_domain::spf_remedy::SpfNeed;
use crate::project::Project;
use crate::project::online::public_address::is_public;
use crate::project::settings::mail_server::is_this_machine;
use crate::project::settings::relay::RelaySettings;

/// What is known about the address that letters come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SendingAddress {
    /// It was given with `--sends-from`, or is that of this machine, on which the relay is.
    Known(IpAddr),
    /// The relay belongs to a service whose addresses are in this SPF record.
    Service(SpfNeed),
    /// The relay receives letters at these addresses; it may send from others.
    Guess(SpfNeed),
    /// Nothing, for this reason.
    Unknown(Message),
}

/// Services, by the end of their relays' names, and the domain whose SPF record has their addresses.
///
/// <https://learn.microsoft.com/defender-office-365/email-authentication-spf-configure>,
/// <https://support.google.com/a/answer/33786>
const SERVICES: [(&str, &str); 3] = [
    ("smtp.office365.com", "spf.protection.outlook.com"),
    ("mail.protection.outlook.com", "spf.protection.outlook.com"),
    ("smtp.gmail.com", "_spf.google.com"),
];

/// What is known about the address that letters of the project come from.
pub(super) fn of(project: &Project, given: Option<IpAddr>, dns: &impl DnsSource) -> SendingAddress {
    let relay = project.settings().smtp.as_ref();
    match (given, relay) {
        (Some(address), _) => SendingAddress::Known(address),
        (None, None) => SendingAddress::Unknown(message!("no relay is set", "der er ingen mailserver")),
        (None, Some(relay)) if is_this_machine(&relay.host) => own(),
        (None, Some(relay)) => of_relay(relay, dns),
    }
}

/// That of this machine. One in a private network is translated on its way out.
fn own() -> SendingAddress {
    match outgoing::address().filter(|address| is_public(*address)) {
        Some(address) => SendingAddress::Known(address),
        None => SendingAddress::Unknown(message!(
            "this machine has no public address, so its relay sends from another one",
            "maskinen har ingen offentlig adresse, så dens mailserver sender fra en anden"
        )),
    }
}

fn of_relay(relay: &RelaySettings, dns: &impl DnsSource) -> SendingAddress {
    let host = relay.host.to_ascii_lowercase();
    let is_of = |service: &str| host.strip_suffix(service).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let service = SERVICES.iter().find(|(end, _)| is_of(end)).and_then(|(_, domain)| DnsName::parse(domain));
    if let Some(domain) = service {
        return SendingAddress::Service(SpfNeed::Include(domain));
    }
    if let Ok(address) = host.parse() {
        return SendingAddress::Guess(SpfNeed::Address(address));
    }
    let unknown = SendingAddress::Unknown(message!(
        "the relay has no address in the DNS",
        "mailserveren har ingen adresse i DNS"
    ));
    let Some(name) = DnsName::parse(&host) else { return unknown };
    match lookup::addresses(dns, &name) {
        Ok(addresses) if !addresses.is_empty() => SendingAddress::Guess(SpfNeed::Host { name, addresses }),
        Ok(_) | Err(_) => unknown,
    }
}
