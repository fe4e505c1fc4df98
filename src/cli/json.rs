//! The JSON that `--json` prints.

use serde::Serialize;

use crate::cli::timing::{RunTiming, SlowDomain};
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::letter::plan::TransportKind;
use crate::ops::plan_overview::PlanOverview;
use crate::ops::reason_counts::ReasonCount;

/// How many slow domains `--json` lists.
const SLOWEST: usize = 10;

/// What is printed of a run as it happens: an object per line, the last one with the totals.
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
    /// A new plan, before it is confirmed and frozen.
    Overview(&'a PlanOverview),
    /// The first connection is about to be opened.
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
    /// What a plan that is finished does not send.
    SinceSent {
        issue: &'a str,
        joined: u64,
        text_changed: bool,
    },
    Report(&'a ReportJson<'a>),
    Totals(TotalsJson<'a>),
}

/// How fast a run was, and why letters were not accepted.
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

/// The totals of one plan. The states add up to `recipients`.
#[derive(Debug, Serialize)]
pub(super) struct TotalsJson<'a> {
    issue: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    transport: TransportKind,
    recipients: u64,
    planned: u64,
    accepted: u64,
    bounced: u64,
    complained: u64,
    left: u64,
    deferred: u64,
    refused: u64,
    in_doubt: u64,
    suppressed: u64,
    expired: u64,
    cancelled: u64,
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

impl<'a> TotalsJson<'a> {
    pub(super) fn new(issue: &'a str, transport: TransportKind, totals: &Totals) -> Self {
        Self {
            issue,
            subject: None,
            transport,
            recipients: totals.recipients(),
            planned: totals.of(LetterState::Planned) + totals.of(LetterState::InFlight),
            accepted: totals.of(LetterState::Accepted),
            bounced: totals.of(LetterState::Bounced),
            complained: totals.of(LetterState::Complained),
            left: totals.of(LetterState::Left),
            deferred: totals.of(LetterState::Deferred),
            refused: totals.of(LetterState::Refused),
            in_doubt: totals.of(LetterState::InDoubt),
            suppressed: totals.of(LetterState::Suppressed),
            expired: totals.of(LetterState::Expired),
            cancelled: totals.of(LetterState::Cancelled),
        }
    }

    /// With the issue's subject, where it is known.
    pub(super) fn named(self, subject: Option<&'a str>) -> Self {
        Self { subject, ..self }
    }
}
