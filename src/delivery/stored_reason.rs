//! Translates the reasons that the ledger stores into the user's language.
//!
//! What a mail server replied is shown as it is. What happened instead of a reply is stored in English, and recognised here.

use std::time::Duration;

use crate::base::message::{Message, message};
use crate::delivery::outcome::{FailureReason, MalformedReply, SmtpStep};
use crate::people::person::suppression_reason::SuppressionReason;

/// Every step at which a session may fail.
const STEPS: [SmtpStep; 11] = [
    SmtpStep::Greeting,
    SmtpStep::Hello,
    SmtpStep::Tls,
    SmtpStep::Login,
    SmtpStep::Sender,
    SmtpStep::Recipient,
    SmtpStep::Data,
    SmtpStep::Body,
    SmtpStep::Dot,
    SmtpStep::Reset,
    SmtpStep::Quit,
];
/// Everything that may be wrong with a reply.
const MALFORMED: [MalformedReply; 5] = [
    MalformedReply::NoCode,
    MalformedReply::MixedCodes,
    MalformedReply::LineEnd,
    MalformedReply::TooLong,
    MalformedReply::OutOfStep,
];

/// The message for a reason, given as it was stored or shown in English.
pub fn in_words(reason: &str) -> Message {
    let of_session = STEPS.into_iter().find_map(|at| of_step(reason, at));
    let known = of_session.or_else(|| of_program(reason)).or_else(|| of_suppression(reason));
    known.unwrap_or_else(|| Message::verbatim(reason))
}

/// What happened at a step of a session.
fn of_step(reason: &str, at: SmtpStep) -> Option<Message> {
    let lost = FailureReason::ConnectionLost { at };
    let malformed = MALFORMED.map(|what| FailureReason::Malformed { at, what });
    let mut known = [lost].into_iter().chain(malformed).chain(timed_out(reason, at));
    let found = known.find_map(|failure| Some(Message::shown(&failure)).filter(|text| text.english() == reason));
    found.or_else(|| {
        let reply = reason.strip_prefix(&format!("unexpected reply to {at}: "))?;
        Some(message!("unexpected reply to {at}: {reply}", "uventet svar på {at}: {reply}"))
    })
}

fn timed_out(reason: &str, at: SmtpStep) -> Option<FailureReason> {
    let seconds = reason.strip_prefix(&format!("no reply to {at} within "))?.strip_suffix(" s")?;
    let waited = Duration::try_from_secs_f32(seconds.parse().ok()?).ok()?;
    Some(FailureReason::TimedOut { at, waited })
}

/// Why an address gets no letters.
fn of_suppression(reason: &str) -> Option<Message> {
    Some(match SuppressionReason::parse(reason)? {
        SuppressionReason::Unsubscribed => message!("unsubscribed", "har afmeldt sig"),
        SuppressionReason::Bounced => message!("bounced", "tidligere mails kom retur"),
        SuppressionReason::Complained => message!("complained", "har meldt en mail som spam"),
        SuppressionReason::Erased => message!("erased", "har bedt om at blive slettet"),
        SuppressionReason::Manual => message!("manual", "spærret i hånden"),
    })
}

/// The program's own reasons, where no mail server is involved.
fn of_program(reason: &str) -> Option<Message> {
    if let Some(name) = reason.strip_prefix("250 written to the outbox as ") {
        return Some(message!("250 written to the outbox as {name}", "250 lagt i outbox som {name}"));
    }
    if let Some(path) = reason.strip_prefix("250 written to ") {
        return Some(message!("250 written to {path}", "250 skrevet til {path}"));
    }
    let complaint = reason.strip_prefix("reported as ")?;
    Some(message!("reported as {complaint}", "meldt som {complaint}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::message::UserLanguage;
    use crate::delivery::outcome::Reply;

    #[test]
    fn each_failure_is_recognised_in_what_was_stored() {
        for at in STEPS {
            let reply = || Reply::new(354, "go on");
            let failures = [
                FailureReason::ConnectionLost { at },
                FailureReason::TimedOut { at, waited: Duration::from_secs(300) },
                FailureReason::TimedOut { at, waited: Duration::from_millis(1_500) },
                FailureReason::Unexpected { at, reply: reply() },
            ];
            for failure in failures.into_iter().chain(MALFORMED.map(|what| FailureReason::Malformed { at, what })) {
                let (stored, shown) = (failure.to_string(), Message::shown(&failure));
                assert_eq!(in_words(&stored), shown, "{stored}");
                assert_ne!(shown.english(), shown.in_language(UserLanguage::Danish));
            }
        }
    }

    #[test]
    fn replies_stay_as_they_are() {
        for reply in ["550 5.1.1 no such user", "connection lost", "no reply to DATA within a while s", ""] {
            assert_eq!(in_words(reply), Message::verbatim(reply));
        }
        let written = in_words("250 written to the outbox as a@b.example");
        assert_eq!(written.in_language(UserLanguage::Danish), "250 lagt i outbox som a@b.example");
    }
}
