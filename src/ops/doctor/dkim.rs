//! Checks the published halves of the keys that sign letters (RFC 6376 §3.6).

use crate::base::message::{composed, message};
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
        let message = message!(
            "letters are not signed here; whether the relay signs them cannot be known",
            "mails signeres ikke her; om mailserveren gør det, kan ikke ses herfra"
        );
        let finding = DoctorFinding::unknown(CHECK, message).advice(message!(
            "if it does not, make a key, and publish its record",
            "gør den ikke det, så lav en nøgle, og læg dens post i DNS"
        ));
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

#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
fn of_record(own: &DkimRecord, dns: &impl DnsSource) -> DoctorFinding {
    let name = &own.name;
    let texts = match DnsName::parse(name).map(|name| lookup::texts(dns, &name)) {
        None => {
            return DoctorFinding::fail(
                CHECK,
                message!("{name} is too long for a name of the DNS", "{name} er for langt til et DNS-navn"),
            );
        }
        Some(Err(failure)) => return DoctorFinding::unknown(CHECK, composed!("{name}: {failure}")),
        Some(Ok(texts)) => texts,
    };
    let to_publish = |finding: DoctorFinding| finding.write(RemedyPlace::Dns, own.zone_line());
    let expected = PublishedKey::parse(&own.value).ok();
    let published: Vec<_> = texts.iter().map(|text| PublishedKey::parse(text)).collect();
    let is_own = |key: &&PublishedKey| expected.as_ref().is_some_and(|own| own.public_half == key.public_half);
    let matching = published.iter().flatten().find(is_own);
    match (matching, published.as_slice()) {
        (Some(key), [_]) if key.test_mode == TestMode::InForce => DoctorFinding::pass(
            CHECK,
            message!("{name} has the key that letters are signed with", "{name} har nøglen, som mails signeres med"),
        ),
        (Some(_), [_]) => to_publish(
            DoctorFinding::warn(
                CHECK,
                message!(
                    "{name} has t=y (testing): many servers ignore the signature",
                    "{name} har t=y (test): mange servere ser bort fra signaturen"
                ),
            )
            .advice(message!("publish the record without it", "læg posten i DNS uden t=y")),
        ),
        // RFC 6376 §3.6.2.2: what happens then is not defined.
        (_, [_, _, ..]) => to_publish(
            DoctorFinding::fail(
                CHECK,
                message!(
                    "{name} has {} TXT records: receivers may take the wrong one",
                    "{name} har {} TXT-poster: modtagerne kan tage den forkerte",
                    published.len()
                ),
            )
            .advice(message!(
                "publish this record in place of all of them",
                "læg denne post i DNS i stedet for dem alle"
            )),
        ),
        (_, []) => to_publish(
            DoctorFinding::fail(
                CHECK,
                message!(
                    "{name} has no record: receivers cannot verify the signature",
                    "{name} har ingen post: modtagerne kan ikke kontrollere signaturen"
                ),
            )
            .advice(message!("publish this record", "læg denne post i DNS")),
        ),
        (None, [Err(error)]) => to_publish(
            DoctorFinding::fail(
                CHECK,
                message!("the record at {name} is of no use: {error}", "posten på {name} kan ikke bruges: {error}"),
            )
            .advice(message!(
                "publish this record in its place; if every name below the domain has such a text, a wildcard gives it",
                "læg denne post i stedet; har alle navne under domænet sådan en tekst, kommer den fra en wildcard-post"
            )),
        ),
        (None, [Ok(_)]) => to_publish(
            DoctorFinding::fail(
                CHECK,
                message!(
                    "{name} has another key than the one that letters are signed with",
                    "{name} har en anden nøgle end den, mails signeres med"
                ),
            )
            .advice(message!("publish this record in its place", "læg denne post i stedet")),
        ),
    }
}
