//! What a plan adds up to, in words and as JSON.

use serde::Serialize;

use crate::base::source::diagnostic::{Diagnostic, Severity};
use crate::base::source::span::Span;
use crate::cli::reason_counts::ReasonCount;
use crate::cli::terminal::{visible, with_causes};
use crate::cli::timing::{RunTiming, SlowDomain};
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::run::RunEnd;
use crate::issue::series::SeriesId;
use crate::letter::plan::TransportKind;

/// How many domains `--json` names.
const SLOWEST: usize = 10;
/// How many reasons people are told.
const MAX_REPORTED: usize = 5;
/// A domain that is worth a word takes so many milliseconds a letter, and twice as many as the others.
const SLOW: u128 = 500;

/// What `--json` prints of a run as it happens: an object a line, the last one with the totals.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum EventJson<'a> {
    /// The plan is frozen, by this run or by one before it.
    Plan {
        issue: &'a str,
        transport: TransportKind,
        recipients: u64,
        frozen_at: String,
    },
    /// Letters begin to leave.
    Start {
        issue: &'a str,
        due: u64,
        connections: usize,
    },
    Connected {
        connection: usize,
        milliseconds: u128,
    },
    NotConnected {
        connection: usize,
        reason: String,
    },
    Letter {
        address: &'a str,
        state: LetterState,
        edition: &'a str,
        at: String,
        reply: String,
        message_id: &'a str,
        connection: usize,
        milliseconds: Option<u128>,
    },
    Wait {
        connection: usize,
        milliseconds: u128,
        reason: Option<String>,
    },
    Rest {
        connection: usize,
        until: String,
    },
    TakenBack {
        letters: usize,
        reply: String,
    },
    End {
        why: &'static str,
        reason: Option<String>,
    },
    Report(&'a ReportJson<'a>),
    Totals(TotalsJson<'a>),
}

/// How a run went.
#[derive(Debug, Serialize)]
pub(super) struct ReportJson<'a> {
    pub(super) issue: &'a str,
    pub(super) attempts: u64,
    pub(super) connections: u64,
    pub(super) seconds: f64,
    pub(super) per_second: f64,
    pub(super) slowest_domains: Vec<SlowDomain>,
    pub(super) reasons: &'a [ReasonCount],
}

/// The totals of one plan, as `--json` prints them. The states add up to `recipients`.
#[derive(Debug, Serialize)]
pub(super) struct TotalsJson<'a> {
    issue: &'a str,
    transport: TransportKind,
    recipients: u64,
    planned: u64,
    accepted: u64,
    deferred: u64,
    refused: u64,
    in_doubt: u64,
    suppressed: u64,
    expired: u64,
}

impl<'a> ReportJson<'a> {
    pub(super) fn new(issue: &'a str, timing: &RunTiming, reasons: &'a [ReasonCount]) -> Self {
        let rounded = |number: f64| (number * 1_000.0).round() / 1_000.0;
        Self {
            issue,
            attempts: timing.attempts,
            connections: timing.connections,
            seconds: rounded(timing.seconds()),
            per_second: rounded(timing.rate()),
            slowest_domains: timing.slowest(SLOWEST),
            reasons,
        }
    }
}

/// Why the run ended.
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
        RunEnd::Unreachable(reason) => ("unreachable", Some(reason.to_string())),
        RunEnd::NotOpened(error) => ("not_connected", Some(with_causes(error))),
        RunEnd::SenderRefused(reply) => ("sender_refused", Some(reply.to_string())),
        RunEnd::Paused(reply) => ("paused", Some(reply.to_string())),
        RunEnd::RateLimited(until) => ("paced", Some(format!("no further letter before {until}"))),
        RunEnd::TooLarge { size, .. } => ("too_large", Some(format!("a letter has {size} octets"))),
    }
}

/// The reasons in words: `2 refused: 550 5.1.1 <…>: no such user`.
pub(super) fn reason_lines(reasons: &[ReasonCount], transport: TransportKind) -> Vec<String> {
    let line = |it: &ReasonCount| format!("{} {}: {}", it.letters, word(it.state, transport), visible(&it.text));
    let mut lines: Vec<String> = reasons.iter().take(MAX_REPORTED).map(line).collect();
    if reasons.len() > MAX_REPORTED {
        lines.push(format!("and {} more reasons", reasons.len() - MAX_REPORTED));
    }
    lines
}

/// How fast it went, and who made it wait: `5000 attempts in 4 s, 1250 a second, by 4 connections`.
pub(super) fn pace(timing: &RunTiming) -> String {
    let attempts = count(timing.attempts, "attempt");
    let connections = count(timing.connections, "connection");
    let line = format!("{attempts} in {:.0} s, {:.0} a second, by {connections}", timing.seconds(), timing.rate());
    let worth_a_word = timing.mean().as_millis().saturating_mul(2).max(SLOW);
    let slow = timing.slowest(3).into_iter().filter(|it| it.milliseconds >= worth_a_word);
    let slow: Vec<String> = slow.map(|it| format!("{} {} ms", it.domain, it.milliseconds)).collect();
    if slow.is_empty() { line } else { format!("{line}; slowest to answer: {}", slow.join(", ")) }
}

impl<'a> TotalsJson<'a> {
    pub(super) fn new(issue: &'a str, transport: TransportKind, totals: &Totals) -> Self {
        Self {
            issue,
            transport,
            recipients: totals.recipients(),
            planned: totals.of(LetterState::Planned) + totals.of(LetterState::InFlight),
            accepted: totals.of(LetterState::Accepted),
            deferred: totals.of(LetterState::Deferred),
            refused: totals.of(LetterState::Refused),
            in_doubt: totals.of(LetterState::InDoubt),
            suppressed: totals.of(LetterState::Suppressed),
            expired: totals.of(LetterState::Expired),
        }
    }
}

/// A mistake, as `--json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct DiagnosticJson<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    path: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<&'a str>,
    turned_off: Option<&'a str>,
}

impl<'a> DiagnosticJson<'a> {
    pub(super) fn new(diagnostic: &'a Diagnostic) -> Self {
        let place = diagnostic.place.as_ref();
        Self {
            code: diagnostic.code.0,
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &diagnostic.message,
            path: place.map(Span::path),
            line: place.map(Span::line),
            column: place.map(Span::column),
            hint: diagnostic.hint.as_deref(),
            turned_off: diagnostic.off.as_deref(),
        }
    }
}

/// One line: `48 recipients: 45 accepted, 2 deferred, 1 refused`.
pub(super) fn line(totals: &Totals, transport: TransportKind) -> String {
    let told: Vec<String> = LetterState::ALL
        .into_iter()
        .filter(|state| totals.of(*state) > 0)
        .map(|state| format!("{} {}", totals.of(state), word(state, transport)))
        .collect();
    let states = if told.is_empty() { "nobody".to_owned() } else { told.join(", ") };
    format!("{}: {states}", count(totals.recipients(), "recipient"))
}

/// A state in words; what lies in the outbox is not told as if a relay had it.
pub(super) fn word(state: LetterState, transport: TransportKind) -> &'static str {
    match (state, transport) {
        (LetterState::Planned, _) => "not tried yet",
        (LetterState::InFlight, _) => "on the way",
        (LetterState::Accepted, TransportKind::Smtp) => "accepted by the relay",
        (LetterState::Accepted, TransportKind::Outbox) => "in the outbox",
        (LetterState::Accepted, TransportKind::Folder) => "written",
        (LetterState::Deferred, _) => "deferred",
        (LetterState::Refused, _) => "refused",
        (LetterState::InDoubt, _) => "in doubt",
        (LetterState::Suppressed, _) => "suppressed",
        (LetterState::Expired, _) => "expired",
    }
}

/// Whether letters may leave at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SendingStatus {
    /// A run is under way.
    Now,
    /// None is.
    Over,
}

/// What a person has to know or do after this, if anything.
pub(super) fn advice(plan: &PlanRecord, totals: &Totals, sending: SendingStatus) -> Vec<String> {
    let issue = plan.issue.as_str();
    let mut lines = Vec::new();
    if plan.transport == TransportKind::Folder {
        return lines;
    }
    if plan.transport == TransportKind::Outbox && totals.of(LetterState::Accepted) > 0 {
        lines.push(
            "these letters lie in outbox/: nobody has received them. Set smtp in newsletter.yaml to send by a relay"
                .to_owned(),
        );
    }
    let open = totals.of(LetterState::Deferred) + totals.of(LetterState::Planned) > 0;
    match sending {
        SendingStatus::Now if open => lines.push("a run is under way at this moment".to_owned()),
        SendingStatus::Over if open => lines
            .push(format!("run `newsletter send {issue} --yes` again to try the others; nobody gets a second letter")),
        SendingStatus::Now | SendingStatus::Over => {}
    }
    if totals.of(LetterState::Refused) + totals.of(LetterState::Expired) > 0 {
        lines.push(format!("`newsletter status {issue} --failed` names them, with the relay's words"));
    }
    if totals.of(LetterState::InDoubt) > 0 {
        lines.push(format!(
            "in doubt: the line was cut before the relay answered. Ask whoever runs the relay, then say \
             `newsletter resolve {issue} --sent` (they arrived) or `--resend`"
        ));
    }
    lines
}

/// Where somebody is not written to, said behind that; nothing where they are nowhere.
pub(super) fn in_series(series: Option<&SeriesId>) -> String {
    series.map(|it| format!(" in the series {it}")).unwrap_or_default()
}

/// `1 recipient`, `2 recipients`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let ending = if noun.ends_with('s') { "es" } else { "s" };
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}{ending}") }
}
