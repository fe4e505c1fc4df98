//! Checks the name of the address that letters come from: many servers refuse one without a name, or with a name that
//! does not lead back (RFC 8601 §2.7.3, iprev).

use std::net::IpAddr;

use crate::base::message::{composed, message};
use crate::delivery::dns::lookup::{self, DnsFailure, DnsFinding, DnsSource};
use crate::delivery::dns::message::{RecordData, RecordType};
use crate::delivery::dns::name::DnsName;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::sending_address::{self, SendingAddress};
use crate::project::Project;
use crate::project::host_name;

const CHECK: DoctorCheck = DoctorCheck::Ptr;

/// One finding; for a relay on another machine, this is its operator's task.
pub(super) fn examine(project: &Project, given: Option<IpAddr>, dns: &impl DnsSource) -> Vec<DoctorFinding> {
    let address = match sending_address::of(project, given, dns) {
        SendingAddress::Known(address) => address,
        SendingAddress::Service(_) => return Vec::new(),
        SendingAddress::Guess(_) => {
            return vec![DoctorFinding::unknown(
                CHECK,
                message!(
                    "the relay is another machine: whether its address has a name is up to who runs it",
                    "mailserveren er en anden maskine: dem, der driver den, sørger for navnet på dens adresse"
                ),
            )];
        }
        SendingAddress::Unknown(reason) => return vec![DoctorFinding::unknown(CHECK, reason)],
    };
    let relay = project.settings().smtp.as_ref();
    let hello = relay.and_then(|relay| relay.hello.clone()).or_else(host_name::full_name);
    let hello = hello.map(|name| name.client_id().to_string()).and_then(|name| DnsName::parse(&name));
    let from = DnsName::parse(&format!("mail.{}", project.settings().from.address.domain()));
    vec![of_address(address, hello.or(from).as_ref(), dns)]
}

fn of_address(address: IpAddr, own_name: Option<&DnsName>, dns: &impl DnsSource) -> DoctorFinding {
    let reverse = DnsName::reverse(address);
    let names = match names(&reverse, dns) {
        Ok(names) => names,
        Err(failure) => return DoctorFinding::unknown(CHECK, composed!("{address}: {failure}")),
    };
    let mut failure = None;
    for name in &names {
        match lookup::addresses(dns, name) {
            Ok(addresses) if addresses.contains(&address) => {
                return DoctorFinding::pass(
                    CHECK,
                    message!(
                        "{address} is {name}, which leads back to it",
                        "{address} er {name}, som fører tilbage til den"
                    ),
                );
            }
            Ok(_) => {}
            Err(error) => failure = Some(error),
        }
    }
    if let Some(failure) = failure {
        return DoctorFinding::unknown(
            CHECK,
            message!(
                "whether the name of {address} leads back to it: {failure}",
                "om navnet på {address} fører tilbage til den: {failure}"
            ),
        );
    }
    let Some(first) = names.first() else {
        let finding = DoctorFinding::fail(
            CHECK,
            message!(
                "{address} has no name in the DNS (PTR): many servers refuse its letters",
                "{address} har intet navn i DNS (PTR): mange servere afviser dens mails"
            ),
        )
        .advice(message!(
            "ask who gave you the address to publish this record; the name must have the address, too",
            "bed dem, I har adressen fra, om at lægge denne post i DNS; navnet skal også pege på adressen"
        ));
        return match own_name {
            Some(name) => finding.write(RemedyPlace::Dns, format!("{reverse}. IN PTR {name}.")),
            None => finding,
        };
    };
    let kind = if address.is_ipv4() { "A" } else { "AAAA" };
    DoctorFinding::fail(
        CHECK,
        message!(
            "{address} is {first} in the DNS, but that name does not have the address: many servers refuse its letters",
            "{address} er {first} i DNS, men det navn har ikke adressen: mange servere afviser dens mails"
        ),
    )
    .advice(message!("publish this record", "læg denne post i DNS"))
    .write(RemedyPlace::Dns, format!("{first}. IN {kind} {address}"))
}

fn names(reverse: &DnsName, dns: &impl DnsSource) -> Result<Vec<DnsName>, DnsFailure> {
    Ok(match lookup::records(dns, reverse, RecordType::Ptr)? {
        DnsFinding::Found(found) => found
            .into_iter()
            .filter_map(|data| match data {
                RecordData::Pointer(name) => Some(name),
                RecordData::Address(_) | RecordData::Alias(_) | RecordData::Exchange { .. } | RecordData::Text(_) => {
                    None
                }
            })
            .collect(),
        DnsFinding::NoData | DnsFinding::NoName => Vec::new(),
    })
}
