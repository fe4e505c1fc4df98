//! Checks what receivers do with letters that fail, and whether the sender's own letters can pass (DMARC, RFC 7489).

use crate::base::message::{Message, composed, message};
use crate::delivery::dns::lookup::DnsSource;
use crate::delivery::dns::name::DnsName;
use crate::delivery::sender_domain::dmarc::{self, AlignmentMode, DmarcFinding, DmarcPolicy, DmarcRecord};
use crate::letter::dkim::name::Domain;
use crate::letter::dkim::record::txt_line;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::sender_domains;
use crate::project::Project;

const CHECK: DoctorCheck = DoctorCheck::Dmarc;

/// The domains that can prove that letters are the sender's.
struct ProvedDomains {
    /// The domains that sign.
    dkim: Vec<Domain>,
    /// The domain of the envelope; absent: that of the sender.
    spf: Option<Domain>,
}

/// One finding for each sender's domain.
pub(super) fn examine(project: &Project, dns: &impl DnsSource) -> Vec<DoctorFinding> {
    let settings = project.settings();
    let proved = ProvedDomains {
        dkim: settings.dkim.iter().map(|key| key.domain.clone()).collect(),
        spf: settings.bounces_to.as_ref().and_then(|path| Domain::parse(path.domain()).ok()),
    };
    sender_domains::from(project).iter().map(|sender| of_sender(sender, &proved, dns)).collect()
}

fn of_sender(sender: &Domain, proved: &ProvedDomains, dns: &impl DnsSource) -> DoctorFinding {
    let publish = |finding: DoctorFinding, name: &DnsName, record: &str| {
        finding.write(RemedyPlace::Dns, txt_line(name.as_str(), record))
    };
    match dmarc::find(dns, sender) {
        Err(failure) => DoctorFinding::unknown(CHECK, composed!("{sender}: {failure}")),
        Ok(DmarcFinding::Missing { other_texts }) => {
            let wildcard = if other_texts == 0 {
                Message::default()
            } else {
                message!(
                    " (its name has another text, which a wildcard may give)",
                    " (navnet har en anden tekst, måske fra en wildcard-post)"
                )
            };
            let message = message!(
                "{sender} has no DMARC record{wildcard}: Gmail, Yahoo and Outlook ask for one",
                "{sender} har ingen DMARC-post{wildcard}: Gmail, Yahoo og Outlook kræver en"
            );
            let finding = DoctorFinding::warn(CHECK, message).advice(message!(
                "publish this record; it changes nothing for your letters",
                "læg denne post i DNS; den ændrer intet for jeres mails"
            ));
            let record = format!("v=DMARC1; p=none; rua=mailto:postmaster@{sender}");
            match DnsName::parse(&format!("_dmarc.{sender}")) {
                Some(name) => publish(finding, &name, &record),
                None => finding,
            }
        }
        Ok(DmarcFinding::Several { name, texts }) => {
            let message = message!(
                "{name} has {} DMARC records: receivers ignore all of them",
                "{name} har {} DMARC-poster: modtagerne ser bort fra dem alle",
                texts.len()
            );
            let finding = DoctorFinding::fail(CHECK, message).advice(message!(
                "publish this record in place of all of them",
                "læg denne post i DNS i stedet for dem alle"
            ));
            publish(finding, &name, &dmarc::repaired(&texts))
        }
        Ok(DmarcFinding::Invalid { name, text, tag }) => {
            let message = message!(
                "the DMARC record at {name} is ignored: its `{tag}=` is missing or not valid",
                "DMARC-posten på {name} virker ikke: dens `{tag}=` mangler eller er ugyldig"
            );
            let finding = DoctorFinding::fail(CHECK, message)
                .advice(message!("publish this record in its place", "læg denne post i stedet"));
            publish(finding, &name, &dmarc::repaired(&[text]))
        }
        Ok(DmarcFinding::Found { name, record }) => of_record(sender, proved, &name, &record),
    }
}

fn of_record(sender: &Domain, proved: &ProvedDomains, name: &DnsName, record: &DmarcRecord) -> DoctorFinding {
    let envelope = proved.spf.as_ref().unwrap_or(sender);
    let signs = proved.dkim.iter().find(|domain| record.dkim.aligns(domain, sender));
    let is_spf_aligned = record.spf.aligns(envelope, sender);
    let policy = message!("{name} has p={}", "{name} har p={}", record.policy.word());
    match (signs, is_spf_aligned) {
        (Some(domain), true) => DoctorFinding::pass(
            CHECK,
            message!(
                "{policy}; {sender} is aligned with DKIM ({domain}) and SPF ({envelope})",
                "{policy}; {sender} passer til DKIM ({domain}) og SPF ({envelope})"
            ),
        ),
        (Some(domain), false) => DoctorFinding::pass(
            CHECK,
            message!(
                "{policy}; {sender} is aligned with DKIM ({domain}), not with SPF ({envelope})",
                "{policy}; {sender} passer til DKIM ({domain}), ikke til SPF ({envelope})"
            ),
        ),
        (None, true) => {
            let message = message!(
                "{policy}; {sender} is aligned with SPF ({envelope}) only: a letter that a reader forwards fails",
                "{policy}; {sender} passer kun til SPF ({envelope}): en mail, som en læser videresender, dumper"
            );
            DoctorFinding::warn(CHECK, message).advice(message!(
                "sign letters for {sender}: newsletter dkim keygen",
                "signér mails for {sender}: newsletter dkim keygen"
            ))
        }
        (None, false) => {
            let signers = proved.dkim.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let by = if signers.is_empty() {
                message!("no key signs", "ingen nøgle signerer")
            } else {
                message!("the signatures are of {signers}", "signaturerne er fra {signers}")
            };
            let strict = if record.dkim == AlignmentMode::Strict {
                message!(" (adkim=s asks for the same name)", " (adkim=s kræver samme navn)")
            } else {
                Message::default()
            };
            let message = message!(
                "{policy}, and letters of {sender} fail: {by}{strict}, and bounces go to {envelope}",
                "{policy}, og mails fra {sender} dumper: {by}{strict}, og afvisninger går til {envelope}"
            );
            let finding = if record.policy == DmarcPolicy::None {
                DoctorFinding::warn(CHECK, message)
            } else {
                DoctorFinding::fail(CHECK, message)
            };
            finding
                .advice(message!("sign letters for {sender}", "signér mails for {sender}"))
                .write(RemedyPlace::Shell, format!("newsletter dkim keygen --domain {sender}"))
        }
    }
}
