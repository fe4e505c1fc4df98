//! Plans and runs in words.

use crate::base::byte_size::ByteSize;
use crate::cli::exit::Exit;
use crate::cli::json::EventJson;
use crate::cli::terminal::Terminal;
use crate::cli::timing::RunTiming;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::refusal_limit::RefusalLimit;
use crate::delivery::run::RunEnd;
use crate::feedback::spool::UnreadSpoolFile;
use crate::issue::series::SeriesId;
use crate::letter::plan::TransportKind;
use crate::ops::reason_counts::ReasonCount;
use crate::ops::refusals;
use crate::ops::status::SendingStatus;
use crate::ops::text::{count, visible, with_causes};

/// How many reasons are listed.
const MAX_REPORTED: usize = 5;
/// A domain is reported as slow from this many milliseconds per letter, if it also takes twice as long as the others.
const SLOW: u128 = 500;

/// Why a run ended.
pub(super) fn end(end: &RunEnd) -> EventJson<'static> {
    let (why, reason) = end_status(end);
    EventJson::End { why, reason }
}

/// The same on one line.
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
        RunEnd::NotOpened(error) => ("not_connected", Some(with_causes(error))),
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
pub(super) fn reason_lines(reasons: &[ReasonCount], transport: TransportKind) -> Vec<String> {
    let line = |reason: &ReasonCount| {
        format!("{} {}: {}", reason.letters, word(reason.state, transport), visible(&reason.text))
    };
    let mut lines: Vec<String> = reasons.iter().take(MAX_REPORTED).map(line).collect();
    if reasons.len() > MAX_REPORTED {
        lines.push(format!("and {} more reasons", reasons.len() - MAX_REPORTED));
    }
    lines
}

/// The files of a spool that are left in it.
pub(super) fn unread_requests(terminal: &Terminal, unread: &[UnreadSpoolFile]) {
    for file in unread {
        terminal.note(format!("warning: {} {}; it is left there", file.path.display(), with_causes(&file.fault)));
    }
}

/// How fast a run was, and which domains were slow: `5000 attempts in 4 s, 1250 per second, on 4 connections`.
pub(super) fn pace(timing: &RunTiming) -> String {
    let attempts = count(timing.attempts, "attempt");
    let connections = count(timing.connections, "connection");
    let line = format!("{attempts} in {:.0} s, {:.0} per second, on {connections}", timing.seconds(), timing.rate());
    let threshold = timing.mean().as_millis().saturating_mul(2).max(SLOW);
    let slow = timing.slowest(3).into_iter().filter(|domain| domain.milliseconds >= threshold);
    let slow: Vec<String> = slow.map(|domain| format!("{} {} ms", domain.domain, domain.milliseconds)).collect();
    if slow.is_empty() { line } else { format!("{line}; slowest: {}", slow.join(", ")) }
}

/// One line: `48 recipients: 45 accepted, 2 deferred, 1 refused`.
pub(super) fn line(totals: &Totals, transport: TransportKind) -> String {
    let states: Vec<String> = LetterState::ALL
        .into_iter()
        .filter(|state| totals.of(*state) > 0)
        .map(|state| format!("{} {}", totals.of(state), word(state, transport)))
        .collect();
    let states = if states.is_empty() { "none".to_owned() } else { states.join(", ") };
    format!("{}: {states}", count(totals.recipients(), "recipient"))
}

/// A state in words; a letter in the outbox must not look as if a relay had accepted it.
pub(super) fn word(state: LetterState, transport: TransportKind) -> &'static str {
    match (state, transport) {
        (LetterState::Planned, _) => "not sent yet",
        (LetterState::InFlight, _) => "being sent",
        (LetterState::Accepted, TransportKind::Smtp) => "accepted by the relay",
        (LetterState::Accepted, TransportKind::Outbox) => "in the outbox",
        (LetterState::Accepted, TransportKind::Folder) => "written",
        (LetterState::Bounced, _) => "bounced",
        (LetterState::Complained, _) => "reported as spam",
        (LetterState::Left, _) => "unsubscribed",
        (LetterState::Deferred, _) => "deferred",
        (LetterState::Refused, _) => "refused",
        (LetterState::InDoubt, _) => "in doubt",
        (LetterState::Suppressed, _) => "suppressed",
        (LetterState::Expired, _) => "expired",
        (LetterState::Cancelled, _) => "cancelled",
    }
}

/// What a state means for the recipient of a letter: whether they got it, and what happens next.
pub(super) fn meaning(state: LetterState, transport: TransportKind) -> &'static str {
    match (state, transport) {
        (LetterState::Planned, _) => "it is sent when `newsletter send` or `run` runs again",
        (LetterState::InFlight, _) => "a run is sending it at this moment",
        (LetterState::Accepted, TransportKind::Smtp) => "accepted by the relay, which does not prove delivery",
        (LetterState::Accepted, TransportKind::Outbox | TransportKind::Folder) => "it is in a folder and was not sent",
        (LetterState::Bounced, _) => "it did not arrive: the relay accepted it, and it came back later",
        (LetterState::Complained, _) => "it arrived, and they reported it as spam",
        (LetterState::Left, _) => "it arrived; it is the last one that they got before they unsubscribed",
        (LetterState::Deferred, _) => "it did not arrive yet; it is tried again when it is due",
        (LetterState::Refused, _) => "it did not arrive, and is not tried again",
        (LetterState::InDoubt, _) => {
            "it may have arrived; it is not sent again unless you run `newsletter resolve --resend`"
        }
        (LetterState::Suppressed, _) => {
            "it was not sent, as the address gets no letters: see `newsletter suppression list`"
        }
        (LetterState::Expired, _) => "it did not arrive: its time was over before the relay accepted it",
        (LetterState::Cancelled, _) => "it was not sent, as the issue was cancelled",
    }
}

/// What the user has to know or do next, if anything. `limit` is the limit for refusals that is in force, and `early` is the
/// exit status of a run that ended early.
pub(super) fn advice(
    plan: &PlanRecord,
    totals: &Totals,
    limit: Option<RefusalLimit>,
    sending: SendingStatus,
    early: Option<Exit>,
) -> Vec<String> {
    let issue = plan.issue.as_str();
    let mut lines = Vec::new();
    if plan.transport == TransportKind::Folder {
        return lines;
    }
    if plan.transport == TransportKind::Outbox && totals.ever_accepted() > 0 {
        lines.push(
            "written to outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay".to_owned(),
        );
    }
    let (planned, deferred) = (totals.of(LetterState::Planned), totals.of(LetterState::Deferred));
    let open = planned + deferred > 0;
    let command = format!("`newsletter send {issue} --yes`");
    match sending {
        SendingStatus::Running if open => lines.push("a run is sending at this moment".to_owned()),
        SendingStatus::Idle if refusals::is_over(limit, totals) => lines.push(if open {
            format!(
                "paused: more are refused than `limits.refused` allows. If the addresses are really closed, run `newsletter \
                 send {issue} --over-limit` to send the rest"
            )
        } else {
            format!(
                "more are refused than `limits.refused` allows, so nobody was suppressed. If the addresses are really \
                 closed, run `newsletter send {issue} --over-limit`"
            )
        }),
        SendingStatus::Idle if open => lines.push(match early {
            Some(Exit::Sender | Exit::Settings | Exit::Ledger | Exit::Blocked) => {
                format!("after fixing this, run {command} to send the rest; nobody gets a second letter")
            }
            _ if planned == 0 => format!("run {command} again later, or add `--wait`, to retry the deferred letters"),
            _ => format!("run {command} again to send the rest; nobody gets a second letter"),
        }),
        SendingStatus::Running | SendingStatus::Idle => {}
    }
    let failed = [LetterState::Refused, LetterState::Bounced, LetterState::Expired];
    if failed.into_iter().any(|state| totals.of(state) > 0) {
        lines.push(format!("see `newsletter status {issue} --failed` for the addresses and the reasons"));
    }
    if totals.of(LetterState::InDoubt) > 0 {
        lines.push(format!(
            "in doubt: the connection was lost before the relay replied. Ask the relay's administrator, then run \
             `newsletter resolve {issue} --sent` (they arrived) or `--resend`"
        ));
    }
    lines
}

/// ` in the series X`; empty for all letters of the project.
pub(super) fn in_series(series: Option<&SeriesId>) -> String {
    series.map(|series| format!(" in the series {series}")).unwrap_or_default()
}
