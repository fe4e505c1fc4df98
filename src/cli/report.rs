//! What a plan adds up to, in words and as JSON.

use serde::Serialize;

use crate::ledger::{PlanRecord, State, Totals};
use crate::plan::TransportKind;
use crate::source::{Diagnostic, Place, Severity};

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

impl<'a> TotalsJson<'a> {
    pub(super) fn new(issue: &'a str, transport: TransportKind, totals: &Totals) -> Self {
        Self {
            issue,
            transport,
            recipients: totals.recipients(),
            planned: totals.of(State::Planned) + totals.of(State::InFlight),
            accepted: totals.of(State::Accepted),
            deferred: totals.of(State::Deferred),
            refused: totals.of(State::Refused),
            in_doubt: totals.of(State::InDoubt),
            suppressed: totals.of(State::Suppressed),
            expired: totals.of(State::Expired),
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
            path: place.map(Place::path),
            line: place.map(Place::line),
            column: place.map(Place::column),
            hint: diagnostic.hint.as_deref(),
            turned_off: diagnostic.off.as_deref(),
        }
    }
}

/// One line: `48 recipients: 45 accepted, 2 deferred, 1 refused`.
pub(super) fn line(totals: &Totals, transport: TransportKind) -> String {
    let told: Vec<String> = State::ALL
        .into_iter()
        .filter(|state| totals.of(*state) > 0)
        .map(|state| format!("{} {}", totals.of(state), word(state, transport)))
        .collect();
    let states = if told.is_empty() { "nobody".to_owned() } else { told.join(", ") };
    format!("{}: {states}", count(totals.recipients(), "recipient"))
}

/// A state in words; what lies in the outbox is not told as if a relay had it.
pub(super) fn word(state: State, transport: TransportKind) -> &'static str {
    match (state, transport) {
        (State::Planned, _) => "not tried yet",
        (State::InFlight, _) => "on the way",
        (State::Accepted, TransportKind::Smtp) => "accepted by the relay",
        (State::Accepted, TransportKind::Outbox) => "in the outbox",
        (State::Accepted, TransportKind::Folder) => "written",
        (State::Deferred, _) => "deferred",
        (State::Refused, _) => "refused",
        (State::InDoubt, _) => "in doubt",
        (State::Suppressed, _) => "suppressed",
        (State::Expired, _) => "expired",
    }
}

/// What a person has to know or do after this, if anything.
pub(super) fn advice(plan: &PlanRecord, totals: &Totals, issue: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if plan.transport == TransportKind::Folder {
        return lines;
    }
    if plan.transport == TransportKind::Outbox && totals.of(State::Accepted) > 0 {
        lines.push(
            "these letters lie in outbox/: nobody has received them. Set smtp in newsletter.yaml to send by a relay"
                .to_owned(),
        );
    }
    if totals.of(State::Deferred) + totals.of(State::Planned) > 0 {
        lines.push(format!("run `newsletter send {issue} --yes` again to try the others; nobody gets a second letter"));
    }
    if totals.of(State::Refused) + totals.of(State::Expired) > 0 {
        lines.push(format!("`newsletter status {issue} --failed` names them, with the relay's words"));
    }
    if totals.of(State::InDoubt) > 0 {
        lines.push(format!(
            "in doubt: the line was cut before the relay answered. Ask whoever runs the relay, then say \
             `newsletter resolve {issue} --sent` (they arrived) or `--resend`"
        ));
    }
    lines
}

/// `1 recipient`, `2 recipients`.
pub(super) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
