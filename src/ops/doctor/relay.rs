//! Checks the relay: whether it can be reached, is trusted, and accepts letters from the sender.

use jiff::{SignedDuration, Timestamp};

use crate::base::byte_size::ByteLimit;
use crate::base::message::message;
use crate::base::noun;
use crate::delivery::outcome::SmtpStep;
use crate::delivery::smtp::options::Security;
use crate::delivery::smtp::probe::{ProbeError, ProbeFault, ProbeReply, RelayProbe, SenderAnswer};
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::sender_domains;
use crate::ops::text::with_causes;
use crate::project::Project;
use crate::project::settings::mail_server::is_this_machine;
use crate::project::settings::relay::RelaySettings;

/// Certificates are renewed some 30 days before they expire, so that a shorter time means that the renewal fails.
const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(24 * 14);
/// A relay with a smaller limit refuses letters with pictures.
const SMALL: usize = 2_000_000;

/// The findings about the relay of the settings.
pub(super) fn examine(project: &Project, now: Timestamp) -> Vec<DoctorFinding> {
    let check = DoctorCheck::Relay;
    let Some(settings) = &project.settings().smtp else {
        let message = message!(
            "no relay is set: letters are written to outbox/, and nobody receives them",
            "der er ingen mailserver: mails skrives til outbox/, og ingen modtager dem"
        );
        let domain = project.settings().from.address.domain();
        let lines = format!(
            "smtp:\n  host: smtp.{domain}\n  username: {}\n  password_file: .newsletter/smtp-password",
            project.settings().from.address
        );
        return vec![
            DoctorFinding::warn(check, message)
                .advice(message!("name the relay of your organisation", "skriv jeres mailserver"))
                .write(RemedyPlace::Settings, lines),
        ];
    };
    let transport = match project.relay() {
        Ok(Some(transport)) => transport,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![DoctorFinding::fail(check, with_causes(&error))],
    };
    let sender = sender_domains::sample_return_path(project);
    match transport.probe(&sender, &project.settings().from.address) {
        Ok(probe) => of_probe(settings, &probe, now),
        Err(error) => vec![of_error(settings, &error)],
    }
}

fn of_error(settings: &RelaySettings, error: &ProbeError) -> DoctorFinding {
    let check = match error.fault() {
        ProbeFault::Connection => DoctorCheck::Relay,
        ProbeFault::Encryption => DoctorCheck::Tls,
        ProbeFault::Login => DoctorCheck::Login,
    };
    let command = match (settings.security, error.fault()) {
        (_, ProbeFault::Connection | ProbeFault::Login) | (Security::None, _) => None,
        (Security::StartTls, ProbeFault::Encryption) => Some(" -starttls smtp"),
        (Security::Tls, ProbeFault::Encryption) => Some(""),
    };
    let finding = DoctorFinding::fail(check, with_causes(error));
    match command {
        Some(start) => finding
            .advice(message!("this command shows its certificate", "denne kommando viser dens certifikat"))
            .write(
                RemedyPlace::Shell,
                format!("openssl s_client -connect {}:{}{start} -showcerts </dev/null", settings.host, settings.port),
            ),
        None => finding,
    }
}

fn of_probe(settings: &RelaySettings, probe: &RelayProbe, now: Timestamp) -> Vec<DoctorFinding> {
    let reached = message!("{}, port {}, greets", "{}, port {}, svarer", settings.host, settings.port);
    vec![
        DoctorFinding::pass(DoctorCheck::Relay, reached),
        encryption(settings, probe, now),
        login(settings, probe),
        size(probe.size_limit),
        sender(&probe.sender),
    ]
}

fn encryption(settings: &RelaySettings, probe: &RelayProbe, now: Timestamp) -> DoctorFinding {
    let check = DoctorCheck::Tls;
    let how = match settings.security {
        Security::StartTls => message!("encrypted with STARTTLS", "krypteret med STARTTLS"),
        Security::Tls => message!("encrypted from the start", "krypteret fra starten"),
        Security::None if is_this_machine(&settings.host) => {
            return DoctorFinding::pass(
                check,
                message!("not encrypted; the relay is this machine", "ikke krypteret; mailserveren er denne maskine"),
            );
        }
        Security::None => {
            return DoctorFinding::warn(
                check,
                message!(
                    "not encrypted: everyone on the way can read the letters, and who gets them",
                    "ikke krypteret: alle undervejs kan læse mails, og hvem der får dem"
                ),
            )
            .advice(message!(
                "use this, unless the relay is in your own network",
                "brug dette, medmindre mailserveren er på jeres eget netværk"
            ))
            .write(RemedyPlace::Settings, "smtp:\n  security: starttls\n  port: 587");
        }
    };
    let Some(until) = probe.certificate_until else {
        return DoctorFinding::unknown(
            check,
            message!(
                "{how}; until when the certificate is valid cannot be read",
                "{how}; det kan ikke ses, hvor længe certifikatet gælder"
            ),
        );
    };
    let left = until.duration_since(now);
    let day = until.strftime("%Y-%m-%d");
    let days = noun::DAY.count(u64::try_from(left.as_hours() / 24).unwrap_or(0));
    let text = message!(
        "{how}; the certificate is trusted, and valid for {days}, until {day}",
        "{how}; certifikatet er betroet og gælder i {days}, til {day}"
    );
    if left < EXPIRES_SOON {
        DoctorFinding::warn(check, text).advice(message!(
            "ask who runs the relay whether its renewal works",
            "spørg dem, der driver mailserveren, om fornyelsen virker"
        ))
    } else {
        DoctorFinding::pass(check, text)
    }
}

fn login(settings: &RelaySettings, probe: &RelayProbe) -> DoctorFinding {
    let offered = &probe.mechanisms;
    // A session without an error was logged in.
    let text = match &settings.login {
        Some(_) => message!("accepted (it offers: {offered})", "godkendt (den tilbyder: {offered})"),
        None if offered == "none" => message!("not set, and not offered", "ikke sat op og tilbydes ikke"),
        None => message!("not set (it offers: {offered})", "ikke sat op (den tilbyder: {offered})"),
    };
    DoctorFinding::pass(DoctorCheck::Login, text)
}

fn size(limit: Option<usize>) -> DoctorFinding {
    let check = DoctorCheck::Size;
    match limit {
        None => DoctorFinding::unknown(
            check,
            message!(
                "the relay does not say how large a letter may be",
                "mailserveren oplyser ikke, hvor stor en mail må være"
            ),
        ),
        Some(limit) if limit < SMALL => {
            let message = message!(
                "the relay takes letters of at most {}",
                "mailserveren tager kun mails på højst {}",
                ByteLimit::of_length(limit)
            );
            DoctorFinding::warn(check, message).advice(message!(
                "keep pictures small, or put them on the web with `public_url`",
                "hold billederne små, eller læg dem på nettet med `public_url`"
            ))
        }
        Some(limit) => DoctorFinding::pass(
            check,
            message!(
                "the relay takes letters of up to {}",
                "mailserveren tager mails på op til {}",
                ByteLimit::of_length(limit)
            ),
        ),
    }
}

fn sender(answer: &SenderAnswer) -> DoctorFinding {
    let check = DoctorCheck::Sender;
    let about = |refused: &ProbeReply| {
        if refused.at == SmtpStep::Recipient {
            message!("letters to the sender's own address", "mails til afsenderens egen adresse")
        } else {
            message!("letters of this sender", "mails fra denne afsender")
        }
    };
    match answer {
        SenderAnswer::Accepted => DoctorFinding::pass(
            check,
            message!(
                "the relay takes letters of this sender; none was sent",
                "mailserveren tager mails fra denne afsender; der er ikke sendt nogen"
            ),
        ),
        SenderAnswer::Lost(reason) => DoctorFinding::fail(
            check,
            message!(
                "the connection broke when the sender was given: {reason}",
                "forbindelsen røg, da afsenderen blev oplyst: {reason}"
            ),
        ),
        SenderAnswer::Deferred(deferred) => {
            let message = message!(
                "the relay does not take {} now: {}",
                "mailserveren tager ikke {} lige nu: {}",
                about(deferred),
                deferred.reply
            );
            DoctorFinding::warn(check, message)
                .advice(message!("run the command again in some minutes", "kør kommandoen igen om nogle minutter"))
        }
        SenderAnswer::Refused(refused) => {
            let message =
                message!("the relay refuses {}: {}", "mailserveren afviser {}: {}", about(refused), refused.reply);
            DoctorFinding::fail(check, message)
                .advice(message!("ask who runs the relay to let this login send as `from` and `bounces_to`, or correct these", "bed dem, der driver mailserveren, om at lade dette login sende som `from` og `bounces_to`, eller ret dem"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::doctor::finding::DoctorVerdict;

    fn settings(security: Security, host: &str) -> RelaySettings {
        let usual = crate::delivery::smtp::options::SmtpOptions::new(host.to_owned());
        RelaySettings {
            host: host.to_owned(),
            port: 587,
            security,
            login: None,
            connections: 1,
            letters_per_connection: usual.letters_per_connection,
            hello: None,
            ca_file: None,
            timeouts: usual.timeouts,
            retry: crate::delivery::retry::RetryPolicy::default(),
            rate: crate::delivery::ledger::rate_limits::RateLimits::default(),
        }
    }

    #[test]
    fn a_certificate_that_expires_soon_is_a_warning() {
        let now: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let probe = |until: Option<&str>| RelayProbe {
            certificate_until: until.map(|until| until.parse().unwrap()),
            mechanisms: "none".to_owned(),
            size_limit: None,
            sender: SenderAnswer::Accepted,
        };
        for (security, host, until, verdict, text) in [
            (
                Security::StartTls,
                "r.example",
                Some("2027-02-01T09:00:00Z"),
                DoctorVerdict::Pass,
                "62 days, until 2027-02-01",
            ),
            (
                Security::Tls,
                "r.example",
                Some("2026-12-14T09:00:00Z"),
                DoctorVerdict::Warn,
                "13 days, until 2026-12-14",
            ),
            (Security::Tls, "r.example", None, DoctorVerdict::Unknown, "cannot be read"),
            (Security::None, "localhost", None, DoctorVerdict::Pass, "this machine"),
            (Security::None, "r.example", None, DoctorVerdict::Warn, "everyone on the way"),
        ] {
            let finding = encryption(&settings(security, host), &probe(until), now);
            assert_eq!(finding.verdict, verdict, "{}", finding.message);
            assert!(finding.message.english().contains(text), "{}", finding.message);
        }
    }
}
