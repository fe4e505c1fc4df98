//! Figures for Prometheus: a file that the text file collector of `node_exporter` reads, written at the end of every run.

use std::fmt::{Display, Write};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::cli::commands::run;
use crate::cli::exit::Exit;
use crate::cli::project::{self, OpenProject};
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};

/// How many finished plans are told: every plan there ever was would be more series from year to year.
const FINISHED: usize = 10;

/// A run that has ended, however it ended.
pub(super) struct FinishedRun {
    /// `send` or `run`.
    pub(super) command: &'static str,
    /// How long it took.
    pub(super) took: Duration,
    /// How it ended.
    pub(super) exit: Exit,
}

/// Writes the file in one step. That it cannot be written is told, and is no failure of the run.
pub(super) fn write(terminal: &Terminal, path: &Path, ran: &FinishedRun, opened: Option<&OpenProject>) {
    let mut page = MetricsPage::default();
    let labels = [("command", ran.command)];
    let now = Timestamp::now();
    page.family("last_run_timestamp_seconds", "When the last run ended, in Unix time.");
    page.sample(&labels, now.as_second());
    page.family("last_run_duration_seconds", "How long the last run took.");
    page.sample(&labels, format_args!("{:.3}", ran.took.as_secs_f64()));
    page.family("last_run_exit_status", "The exit status of the last run; 0 is good.");
    page.sample(&labels, ran.exit.code());
    if let Some(opened) = opened {
        blocked(&mut page, opened, now);
        letters(&mut page, opened);
    }
    if let Err(error) = crate::project::files::replace(path, page.text.as_bytes()) {
        terminal.error(&error);
    }
}

/// Issues that a run should have finished. It has just been tried: what is due even now was held up by something.
fn blocked(page: &mut MetricsPage, opened: &OpenProject, now: Timestamp) {
    let issues = opened.project.issues().unwrap_or_default();
    let due = issues.iter().filter(|it| matches!(run::due(opened, it, now), Ok(run::RunDecision::Send)));
    let ids: Vec<_> = due.filter_map(|it| opened.issue_id(it).ok()).collect();
    page.family("blocked_issues", "How many issues were due and could not be sent, or not to the end.");
    page.sample(&[], ids.len());
    page.family("issue_blocked", "1 for each issue that was due and could not be sent, or not to the end.");
    for id in &ids {
        page.sample(&[("issue", id.as_str())], 1);
    }
}

/// The letters of plans that are not finished, and of the newest others.
fn letters(page: &mut MetricsPage, opened: &OpenProject) {
    let Ok(plans) = plans(opened) else { return };
    page.family("letters", "How many letters of an issue are in each state; together they are its plan.");
    for (plan, totals) in &plans {
        for state in LetterState::ALL {
            let labels =
                [("issue", plan.issue.as_str()), ("transport", plan.transport.as_str()), ("state", state.as_str())];
            page.sample(&labels, totals.of(state));
        }
    }
}

fn plans(opened: &OpenProject) -> Result<Vec<(PlanRecord, Totals)>, Error> {
    let Some(mut ledger) = opened.ledger()? else { return Ok(Vec::new()) };
    let mut records = ledger.plans_in_force()?;
    records.sort_by_key(|it| std::cmp::Reverse(it.frozen_at));
    let mut plans = Vec::new();
    let mut finished = 0;
    for record in records {
        let totals = project::totals(&mut *ledger, &record)?;
        finished += usize::from(totals.is_finished());
        if !totals.is_finished() || finished <= FINISHED {
            plans.push((record, totals));
        }
    }
    Ok(plans)
}

/// A page in Prometheus' text format, version 0.0.4.
#[derive(Default)]
struct MetricsPage {
    text: String,
    name: &'static str,
}

impl MetricsPage {
    /// Begins a family of samples: all of its lines stand together.
    fn family(&mut self, name: &'static str, help: &str) {
        self.name = name;
        self.line(format_args!("# HELP newsletter_{name} {help}"));
        self.line(format_args!("# TYPE newsletter_{name} gauge"));
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels.iter().map(|(key, text)| format!("{key}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let name = self.name;
        self.line(format_args!("newsletter_{name}{labels} {value}"));
    }

    fn line(&mut self, line: impl Display) {
        // A text in memory takes all that is written.
        _ = writeln!(self.text, "{line}");
    }
}

/// The value of a label as it stands between quotation marks.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
