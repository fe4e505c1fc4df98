//! Plans and runs in words.

use crate::base::byte_size::ByteSize;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::json::EventJson;
use crate::cli::terminal::Terminal;
use crate::cli::timing::RunTiming;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::refusal_limit::RefusalLimit;
use crate::delivery::run::RunEnd;
use crate::delivery::stored_reason::in_words;
use crate::feedback::spool::UnreadSpoolFile;
use crate::issue::series::SeriesId;
use crate::letter::plan::TransportKind;
use crate::ops::reason_counts::ReasonCount;
use crate::ops::refusals;
use crate::ops::status::SendingStatus;
use crate::ops::text::{visible, with_causes};
use crate::people::person::suppression_reason::SuppressionReason;

/// How many reasons are listed.
const MAX_REPORTED: usize = 5;
/// From how many attempts on the pace of a run is worth a line.
const MIN_TIMED: u64 = 100;
/// A domain is reported as slow from this many milliseconds per letter, if it also takes twice as long as the others.
const SLOW: u128 = 500;

/// Why a run ended.
pub(super) fn end(end: &RunEnd) -> EventJson<'static> {
    let (why, reason) = end_status(end);
    EventJson::End { why, reason }
}

/// The same on one line, for logs.
pub(super) fn why(end: &RunEnd) -> String {
    match end_status(end) {
        (why, Some(reason)) => format!("{why}: {reason}"),
        (why, None) => why.to_owned(),
    }
}

fn end_status(end: &RunEnd) -> (&'static str, Option<String>) {
    match end {
        RunEnd::Done => ("done", None),
        RunEnd::Interrupted => ("interrupted", None),
        RunEnd::Cancelled => ("cancelled", None),
        RunEnd::Unreachable(reason) => ("unreachable", Some(reason.to_string())),
        RunEnd::NotOpened(error) => ("not_connected", Some(with_causes(error).to_string())),
        RunEnd::SenderRefused(reply) => ("sender_refused", Some(reply.to_string())),
        RunEnd::Paused(reply) => ("paused", Some(reply.to_string())),
        RunEnd::TooManyRefused(counts) => {
            ("too_many_refused", Some(format!("{} of {} letters", counts.refused, counts.attempted)))
        }
        RunEnd::RateLimited(until) => ("rate_limited", Some(format!("no further letter before {until}"))),
        RunEnd::TooLarge { size, .. } => ("too_large", Some(format!("a letter has {}", ByteSize::of_length(*size)))),
    }
}

/// The reasons in words: `2 refused: 550 5.1.1 <…>: no such user`.
pub(super) fn reason_lines(reasons: &[ReasonCount], transport: TransportKind) -> Vec<Message> {
    let line = |reason: &ReasonCount| {
        let (word, text) = (word(reason.state, transport), in_words(&reason.text).map(visible));
        composed!("{} {word}: {text}", reason.letters)
    };
    let mut lines: Vec<Message> = reasons.iter().take(MAX_REPORTED).map(line).collect();
    if reasons.len() > MAX_REPORTED {
        let more = reasons.len() - MAX_REPORTED;
        lines.push(message!("and {more} more reasons", "og {more} andre årsager"));
    }
    lines
}

/// The files of a spool that are left in it.
pub(super) fn unread_requests(terminal: &Terminal, unread: &[UnreadSpoolFile]) {
    for file in unread {
        let (path, fault) = (file.path.display(), with_causes(&file.fault));
        terminal.note(message!(
            "warning: {path} {fault}; it is left there",
            "advarsel: {path} {fault}; den er blevet liggende"
        ));
    }
}

/// How fast a run was, and which domains were slow: `5000 attempts in 4 s, 1250 per second, on 4 connections`. Absent where that says
/// nothing: for a few letters to relays that are not slow.
pub(super) fn pace(timing: &RunTiming) -> Option<Message> {
    let attempts = noun::ATTEMPT.count(timing.attempts);
    let connections = noun::CONNECTION.count(timing.connections);
    let (seconds, rate) = (timing.seconds(), timing.rate());
    let line = message!(
        "{attempts} in {seconds:.0} s, {rate:.0} per second, on {connections}",
        "{attempts} på {seconds:.0} sek., {rate:.0} i sekundet, {connections}"
    );
    let threshold = timing.mean().as_millis().saturating_mul(2).max(SLOW);
    let slow = timing.slowest(3).into_iter().filter(|domain| domain.milliseconds >= threshold);
    let slow: Vec<String> = slow.map(|domain| format!("{} {} ms", domain.domain, domain.milliseconds)).collect();
    let slow = slow.join(", ");
    if slow.is_empty() {
        return (timing.attempts >= MIN_TIMED).then_some(line);
    }
    Some(message!("{line}; slowest: {slow}", "{line}; langsomst: {slow}"))
}

/// One line: `48 recipients: 45 accepted, 2 deferred, 1 refused`.
pub(super) fn line(totals: &Totals, transport: TransportKind) -> Message {
    let states: Vec<Message> = LetterState::ALL
        .into_iter()
        .filter(|state| totals.of(*state) > 0)
        .map(|state| composed!("{} {}", totals.of(state), word(state, transport)))
        .collect();
    let states = if states.is_empty() { message!("none", "ingen") } else { Message::joined(states, ", ") };
    composed!("{}: {states}", noun::RECIPIENT.count(totals.recipients()))
}

/// A state in words; a letter in the outbox must not look as if a relay had accepted it.
pub(super) fn word(state: LetterState, transport: TransportKind) -> Message {
    match (state, transport) {
        (LetterState::Planned, _) => message!("not sent yet", "ikke sendt endnu"),
        (LetterState::InFlight, _) => message!("being sent", "ved at blive sendt"),
        (LetterState::Accepted, TransportKind::Smtp) => message!("accepted by the relay", "modtaget af mailserveren"),
        (LetterState::Accepted, TransportKind::Outbox) => message!("in the outbox", "lagt i outbox"),
        (LetterState::Accepted, TransportKind::Folder) => message!("written", "skrevet"),
        (LetterState::Bounced, _) => message!("bounced", "kom retur"),
        (LetterState::Complained, _) => message!("reported as spam", "meldt som spam"),
        (LetterState::Left, _) => message!("unsubscribed", "afmeldt"),
        (LetterState::Deferred, _) => message!("deferred", "udsat"),
        (LetterState::Refused, _) => message!("refused", "afvist"),
        (LetterState::InDoubt, _) => message!("in doubt", "i tvivl"),
        (LetterState::Suppressed, _) => message!("suppressed", "spærret"),
        (LetterState::Expired, _) => message!("expired", "udløbet"),
        (LetterState::Cancelled, _) => message!("cancelled", "annulleret"),
    }
}

/// What a state means for the recipient of a letter: whether they got it, and what happens next.
pub(super) fn meaning(state: LetterState, transport: TransportKind) -> Message {
    match (state, transport) {
        (LetterState::Planned, _) => message!(
            "it is sent when `newsletter send` or `run` runs again",
            "den bliver sendt, næste gang `newsletter send` eller `run` kører"
        ),
        (LetterState::InFlight, _) => {
            message!("a run is sending it at this moment", "en kørsel er i gang med at sende den")
        }
        (LetterState::Accepted, TransportKind::Smtp) => message!(
            "accepted by the relay, which does not prove delivery",
            "mailserveren har taget imod den; det er ikke et bevis for, at den er nået frem"
        ),
        (LetterState::Accepted, TransportKind::Outbox | TransportKind::Folder) => {
            message!("it is in a folder and was not sent", "den ligger i en mappe og er ikke sendt")
        }
        (LetterState::Bounced, _) => message!(
            "it did not arrive: the relay accepted it, and it bounced later",
            "den er ikke nået frem: mailserveren tog imod den, men den kom retur"
        ),
        (LetterState::Complained, _) => {
            message!("it arrived, and they reported it as spam", "den er nået frem, men er meldt som spam")
        }
        (LetterState::Left, _) => message!(
            "it arrived; it is the last one that they got before they unsubscribed",
            "den er nået frem; det er den sidste, modtageren fik før sin afmelding"
        ),
        (LetterState::Deferred, _) => message!(
            "it did not arrive yet; it is tried again when it is due",
            "den er ikke nået frem endnu; den bliver prøvet igen senere"
        ),
        (LetterState::Refused, _) => {
            message!("it did not arrive, and is not tried again", "den er ikke nået frem og bliver ikke prøvet igen")
        }
        (LetterState::InDoubt, _) => message!(
            "it may have arrived; it is not sent again unless you run `newsletter resolve --resend`",
            "den er måske nået frem; den bliver kun sendt igen, hvis du kører `newsletter resolve --resend`"
        ),
        (LetterState::Suppressed, _) => message!(
            "it was not sent, as the address gets no letters: see `newsletter suppression list`",
            "den er ikke sendt, for adressen er spærret: se `newsletter suppression list`"
        ),
        (LetterState::Expired, _) => message!(
            "it did not arrive: its time was over before the relay accepted it",
            "den er ikke nået frem: fristen udløb, før mailserveren tog imod den"
        ),
        (LetterState::Cancelled, _) => message!(
            "it was not sent, as the issue was cancelled",
            "den er ikke sendt, for nyhedsbrevet blev annulleret"
        ),
    }
}

/// Advice on what to do next, if anything. `limit` is the limit for refusals that is in force, and `early` is the
/// exit status of a run that ended early.
pub(super) fn advice(
    plan: &PlanRecord,
    totals: &Totals,
    limit: Option<RefusalLimit>,
    sending: SendingStatus,
    early: Option<Exit>,
) -> Vec<Message> {
    let issue = plan.issue.as_str();
    let mut lines = Vec::new();
    if plan.transport == TransportKind::Folder {
        return lines;
    }
    if plan.transport == TransportKind::Outbox && totals.ever_accepted() > 0 {
        lines.push(written_to_outbox());
    }
    let (planned, deferred) = (totals.of(LetterState::Planned), totals.of(LetterState::Deferred));
    let open = planned + deferred > 0;
    let command = format!("`newsletter send {issue} --yes`");
    match sending {
        SendingStatus::Running if open => {
            lines.push(message!("a run is sending at this moment", "en kørsel er i gang med at sende"));
        }
        SendingStatus::Idle if refusals::is_over(limit, totals) && open => lines.push(message!(
            "paused: more are refused than `limits.refused` allows. If the addresses are really closed, run `newsletter \
             send {issue} --over-limit` to send the rest",
            "sat på pause: flere er afvist, end `limits.refused` tillader. Er adresserne virkelig nedlagt, så kør \
             `newsletter send {issue} --over-limit` for at sende resten"
        )),
        SendingStatus::Idle if refusals::is_over(limit, totals) => lines.push(message!(
            "more are refused than `limits.refused` allows, so nobody was suppressed. If the addresses are really \
             closed, run `newsletter send {issue} --over-limit`",
            "flere er afvist, end `limits.refused` tillader, så ingen er spærret. Er adresserne virkelig nedlagt, så kør \
             `newsletter send {issue} --over-limit`"
        )),
        SendingStatus::Idle if open => lines.push(match early {
            Some(Exit::Sender | Exit::Settings | Exit::Ledger | Exit::Blocked) => message!(
                "after fixing this, run {command} to send the rest; nobody gets a second letter",
                "når det er rettet, så kør {command} for at sende resten; ingen får mailen to gange"
            ),
            _ if planned == 0 => message!(
                "run {command} again later, or add `--wait`, to retry the deferred letters",
                "kør {command} igen senere, eller tilføj `--wait`, for at prøve de udsatte mails igen"
            ),
            _ => message!(
                "run {command} again to send the rest; nobody gets a second letter",
                "kør {command} igen for at sende resten; ingen får mailen to gange"
            ),
        }),
        SendingStatus::Running | SendingStatus::Idle => {}
    }
    let failed = [LetterState::Refused, LetterState::Bounced, LetterState::Expired];
    if failed.into_iter().any(|state| totals.of(state) > 0) {
        lines.push(message!(
            "see `newsletter status {issue} --failed` for the addresses and the reasons",
            "se adresser og årsager med `newsletter status {issue} --failed`"
        ));
    }
    if totals.of(LetterState::InDoubt) > 0 {
        lines.push(message!(
            "in doubt: the connection was lost before the relay replied. Ask the relay's administrator, then run \
             `newsletter resolve {issue} --sent` (they arrived) or `--resend`",
            "i tvivl: forbindelsen gik tabt, før mailserveren svarede. Spørg den, der passer mailserveren, og kør så \
             `newsletter resolve {issue} --sent` (de er nået frem) eller `--resend`"
        ));
    }
    lines
}

/// Why an address is suppressed, in words.
pub(super) fn suppression_reason(reason: SuppressionReason) -> Message {
    match reason {
        SuppressionReason::Unsubscribed => message!("unsubscribed", "afmeldt"),
        SuppressionReason::Bounced => message!("bounced", "kom retur"),
        SuppressionReason::Complained => message!("complained", "meldt som spam"),
        SuppressionReason::Erased => message!("erased", "slettet"),
        SuppressionReason::Manual => message!("manual", "i hånden"),
    }
}

/// What recorded a suppression, in words. What an import recorded is the name of its file.
pub(super) fn suppression_source(source: &str) -> Message {
    match source {
        "mail" => message!("mail", "en mail"),
        "spool" => message!("spool", "afmeldelsessiden"),
        "access log" => message!("access log", "webserverens log"),
        "complaint" => message!("complaint", "en klage over spam"),
        "bounce" => message!("bounce", "en mail, der kom retur"),
        "bounces in a row" => message!("bounces in a row", "flere mails i træk, der kom retur"),
        "unsubscribe" | "suppression add" | "person erase" => message!("{source}", "`newsletter {source}`"),
        other => Message::verbatim(visible(other)),
    }
}

/// Where no relay is set, letters are written to a folder.
pub(super) fn written_to_outbox() -> Message {
    message!(
        "written to outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay",
        "skrevet til outbox/; intet er sendt. Skriv `smtp` i newsletter.yaml for at sende gennem en mailserver"
    )
}

/// ` in the series X`; empty for all letters of the project.
pub(super) fn in_series(series: Option<&SeriesId>) -> Message {
    series.map(|series| message!(" in the series {series}", " i serien {series}")).unwrap_or_default()
}
