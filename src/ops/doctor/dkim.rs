//! Looks at the published halves of the keys that sign letters (RFC 6376 §3.6).

use crate::delivery::dns::lookup::{self, DnsSource};
use crate::delivery::dns::name::DnsName;
use crate::letter::dkim::record::{DkimRecord, PublishedKey, TestMode};
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::text::with_causes;
use crate::project::Project;

const CHECK: DoctorCheck = DoctorCheck::Dkim;

/// One finding for each key.
pub(super) fn examine(project: &Project, dns: &impl DnsSource) -> Vec<DoctorFinding> {
    let keys = &project.settings().dkim;
    if keys.is_empty() {
        let message = "letters are not signed here; whether the relay signs them cannot be known";
        let finding =
            DoctorFinding::unknown(CHECK, message).advice("if it does not, make a key, and publish its record");
        return vec![finding.write(RemedyPlace::Shell, "newsletter dkim keygen")];
    }
    let records = keys.iter().map(|key| {
        let signer = project.signer(key).map_err(|error| with_causes(&error))?;
        DkimRecord::of(&signer).map_err(|error| with_causes(&error))
    });
    records
        .map(|record| record.map_or_else(|problem| DoctorFinding::fail(CHECK, problem), |own| of_record(&own, dns)))
        .collect()
}

fn of_record(own: &DkimRecord, dns: &impl DnsSource) -> DoctorFinding {
    let name = &own.name;
    let texts = match DnsName::parse(name).map(|name| lookup::texts(dns, &name)) {
        None => return DoctorFinding::fail(CHECK, format!("{name} is too long for a name of the DNS")),
        Some(Err(failure)) => return DoctorFinding::unknown(CHECK, format!("{name}: {failure}")),
        Some(Ok(texts)) => texts,
    };
    let to_publish = |finding: DoctorFinding| finding.write(RemedyPlace::Dns, own.zone_line());
    let expected = PublishedKey::parse(&own.value).ok();
    let published: Vec<_> = texts.iter().map(|text| PublishedKey::parse(text)).collect();
    let is_own = |key: &&PublishedKey| expected.as_ref().is_some_and(|own| own.public_half == key.public_half);
    let matching = published.iter().flatten().find(is_own);
    match (matching, published.as_slice()) {
        (Some(key), [_]) if key.test_mode == TestMode::InForce => {
            DoctorFinding::pass(CHECK, format!("{name} has the key that letters are signed with"))
        }
        (Some(_), [_]) => to_publish(
            DoctorFinding::warn(CHECK, format!("{name} has t=y (testing): many servers ignore the signature"))
                .advice("publish the record without it"),
        ),
        // RFC 6376 §3.6.2.2: what happens then is not defined.
        (_, [_, _, ..]) => to_publish(
            DoctorFinding::fail(
                CHECK,
                format!("{name} has {} TXT records: receivers may take the wrong one", published.len()),
            )
            .advice("publish this record in place of all of them"),
        ),
        (_, []) => to_publish(
            DoctorFinding::fail(CHECK, format!("{name} has no record: receivers cannot verify the signature"))
                .advice("publish this record"),
        ),
        (None, [Err(error)]) => {
            to_publish(DoctorFinding::fail(CHECK, format!("the record at {name} is of no use: {error}")).advice(
                "publish this record in its place; if every name below the domain has such a text, a wildcard gives it",
            ))
        }
        (None, [Ok(_)]) => to_publish(
            DoctorFinding::fail(CHECK, format!("{name} has another key than the one that letters are signed with"))
                .advice("publish this record in its place"),
        ),
    }
}
