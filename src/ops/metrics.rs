//! Metrics for Prometheus, as the textfile collector of `node_exporter` reads them.

use std::fmt::{Display, Write};
use std::time::Duration;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::ops::schedule::{self, RunDecision};
use crate::ops::{ledgers, status};
use crate::project::Project;

/// How many finished plans are reported. Each label set is a time series in Prometheus, so all would be too many.
const MAX_FINISHED: usize = 10;

/// A run that has ended, however it ended.
#[derive(Clone, Copy, Debug)]
pub struct FinishedRun {
    /// `send` or `run`.
    pub command: &'static str,
    /// How long it took.
    pub took: Duration,
    /// The exit status.
    pub exit_status: u8,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// The text of the metrics file; without a project only the run itself is reported.
pub fn page(run: &FinishedRun, project: Option<&Project>) -> String {
    let mut page = MetricsPage::default();
    let labels = [("command", run.command)];
    page.family("last_run_timestamp_seconds", "When the last run ended, in Unix time.");
    page.sample(&labels, run.ended_at.as_second());
    page.family("last_run_duration_seconds", "How long the last run took.");
    page.sample(&labels, format_args!("{:.3}", run.took.as_secs_f64()));
    page.family("last_run_exit_status", "The exit status of the last run; 0 is success.");
    page.sample(&labels, run.exit_status);
    if let Some(project) = project {
        add_blocked(&mut page, project, run.ended_at);
        add_letters(&mut page, project);
    }
    page.text
}

/// Adds the issues that are still due after a run: something blocked them.
fn add_blocked(page: &mut MetricsPage, project: &Project, now: Timestamp) {
    let issues = project.issues().unwrap_or_default();
    let due = issues.iter().filter(|path| matches!(schedule::decide(project, path, now), Ok(RunDecision::Send)));
    let ids: Vec<_> = due.filter_map(|path| ledgers::issue_id(project, path).ok()).collect();
    page.family("blocked_issues", "Number of issues that were due and could not be sent, or not completely.");
    page.sample(&[], ids.len());
    page.family("issue_blocked", "1 for each issue that was due and could not be sent, or not completely.");
    for id in &ids {
        page.sample(&[("issue", id.as_str())], 1);
    }
}

/// Adds the letters of unfinished plans, and of the newest finished ones.
fn add_letters(page: &mut MetricsPage, project: &Project) {
    // Metrics are written even if the ledger cannot be read: the exit status shows it.
    let Ok(plans) = reported_plans(project) else { return };
    page.family("letters", "Number of letters of an issue in each state; together they are its plan.");
    for (plan, totals) in &plans {
        for state in LetterState::ALL {
            let labels =
                [("issue", plan.issue.as_str()), ("transport", plan.transport.as_str()), ("state", state.as_str())];
            page.sample(&labels, totals.of(state));
        }
    }
}

fn reported_plans(project: &Project) -> Result<Vec<(PlanRecord, Totals)>, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(Vec::new()) };
    let mut records = ledger.plans_in_force()?;
    records.sort_by_key(|record| std::cmp::Reverse(record.frozen_at));
    let mut plans = Vec::new();
    let mut finished = 0;
    for record in records {
        let totals = status::totals(&mut *ledger, &record)?;
        finished += usize::from(totals.is_finished());
        if !totals.is_finished() || finished <= MAX_FINISHED {
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
    /// Starts a family of samples; the format requires that its lines are together.
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
        // Writing to a string in memory cannot fail.
        _ = writeln!(self.text, "{line}");
    }
}

/// A label value, whose backslashes, quotation marks and line feeds the format escapes.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
