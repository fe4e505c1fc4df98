//! Checks when `newsletter run` was last started, if issues wait for it.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::issue::front_matter::DraftStatus;
use crate::ops::doctor::files::quoted;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::doctor::order::DoctorOrder;
use crate::ops::schedule::{self, RunDecision};
use crate::ops::text::{local_time, visible};
use crate::project::Project;
use crate::project::run_history::{LastRun, RunHistory};

const CHECK: DoctorCheck = DoctorCheck::Runs;
/// A daily timer that is a little late.
const LATELY: SignedDuration = SignedDuration::from_hours(26);
/// How long after its time an issue may wait for the next run: most are started every five minutes.
const BETWEEN_RUNS: SignedDuration = SignedDuration::from_mins(30);

/// The last run, and whether one is needed.
pub(super) fn examine(project: &Project, order: &DoctorOrder) -> Vec<DoctorFinding> {
    let now = order.now;
    let last = RunHistory::read(project.root()).last;
    let zone = &project.settings().timezone;
    let finding = match missed(project, last.as_ref(), now) {
        Some(send_at) => {
            let at = local_time(send_at, zone);
            let message = message!(
                "an issue is due since {at}, and nothing has started `newsletter run` since",
                "et nyhedsbrev skulle være sendt {at}, og intet har startet `newsletter run` siden"
            );
            DoctorFinding::fail(CHECK, message).advice(start_it())
        }
        None => judge(last.as_ref(), waiting(project, now), now, zone),
    };
    let line = format!("*/5 * * * * {} -C {} run", quoted(&order.program), quoted(project.root()));
    vec![match finding.advice {
        Some(_) => finding.write(RemedyPlace::Crontab, line),
        None => finding,
    }]
}

/// Judges the last `send` or `run`, given how many issues wait for a `run`. The finding has advice if nothing starts
/// it.
fn judge(last: Option<&LastRun>, waiting: u64, now: Timestamp, zone: &TimeZone) -> DoctorFinding {
    let start = start_it();
    let Some(run) = last.filter(|run| run.command == "run") else {
        let is_recent = last.is_some_and(|run| now.duration_since(run.at) <= LATELY);
        return if waiting == 0 {
            DoctorFinding::pass(
                CHECK,
                message!(
                    "no issue waits for cron or a timer: none has a `send_at` to come",
                    "intet nyhedsbrev venter på cron eller en timer: ingen har en kommende `send_at`"
                ),
            )
        } else if is_recent {
            // It is stored in place of the previous run.
            DoctorFinding::unknown(
                CHECK,
                message!(
                    "{} a `send_at`, and the last command was `newsletter send`",
                    "{} `send_at`, og den seneste kommando var `newsletter send`",
                    have(waiting)
                ),
            )
        } else {
            let message = message!(
                "nothing has started `newsletter run` lately, and {} a `send_at`",
                "intet har startet `newsletter run` for nylig, og {} `send_at`",
                have(waiting)
            );
            DoctorFinding::warn(CHECK, message).advice(start)
        };
    };
    let started = message!(
        "`newsletter run` was last started {}",
        "`newsletter run` blev sidst startet {}",
        local_time(run.at, zone)
    );
    if now.duration_since(run.at) > LATELY {
        let finding = if waiting > 0 {
            DoctorFinding::fail(
                CHECK,
                message!("{started}, and {} a `send_at`", "{started}, og {} `send_at`", have(waiting)),
            )
        } else {
            DoctorFinding::warn(
                CHECK,
                message!("{started}: cron or the timer may be off", "{started}: cron eller timeren er måske slået fra"),
            )
        };
        finding.advice(start)
    } else if run.exit_status == 0 {
        DoctorFinding::pass(CHECK, started)
    } else {
        let problem = run.messages().first().map(|problem| composed!(": {problem}").map(visible)).unwrap_or_default();
        DoctorFinding::warn(
            CHECK,
            message!(
                "{started}, and ended with status {}{problem}",
                "{started} og endte med status {}{problem}",
                run.exit_status
            ),
        )
    }
}

/// The advice on how to start a run.
fn start_it() -> Message {
    message!(
        "if nothing starts it, add this line with `crontab -e`, or start a timer: `newsletter schedule --systemd`",
        "hvis intet starter den, så tilføj denne linje med `crontab -e`, eller start en timer: `newsletter schedule --systemd`"
    )
}

/// When the first issue that a `run` would send now should have been sent, if no run was started since.
fn missed(project: &Project, last: Option<&LastRun>, now: Timestamp) -> Option<Timestamp> {
    let paths = project.issues().unwrap_or_default();
    let is_due = |path: &PathBuf| matches!(schedule::decide(project, path, now), Ok(RunDecision::Send));
    let due =
        paths.iter().filter(|path| is_due(path)).filter_map(|path| project.issue(path).ok()?.issue?.front.send_at);
    let is_missed = |send_at: &Timestamp| {
        now.duration_since(*send_at) > BETWEEN_RUNS && last.is_none_or(|run| run.command != "run" || run.at < *send_at)
    };
    due.filter(is_missed).min()
}

fn have(issues: u64) -> Message {
    let issues_text = noun::ISSUE.count(issues);
    if issues == 1 {
        message!("{issues_text} has", "{issues_text} har")
    } else {
        message!("{issues_text} have", "{issues_text} har")
    }
}

/// How many issues have a future `send_at`.
fn waiting(project: &Project, now: Timestamp) -> u64 {
    let paths = project.issues().unwrap_or_default();
    let issues = paths.iter().filter_map(|path| project.issue(path).ok()?.issue);
    let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at > now);
    issues.filter(|issue| issue.front.draft == DraftStatus::No && is_due(issue.front.send_at)).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::doctor::finding::DoctorVerdict;

    #[test]
    fn a_run_is_missed_where_issues_wait_for_it() {
        let now: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        for (last, waiting, verdict, text) in [
            (None, 0, DoctorVerdict::Pass, "no issue waits"),
            (None, 1, DoctorVerdict::Warn, "lately, and 1 issue has a"),
            (Some(("send", 1, 0)), 0, DoctorVerdict::Pass, "no issue waits"),
            (Some(("send", 1, 3)), 2, DoctorVerdict::Unknown, "2 issues have a `send_at`, and the last command"),
            (Some(("send", 50, 0)), 2, DoctorVerdict::Warn, "nothing has started"),
            (Some(("run", 1, 0)), 2, DoctorVerdict::Pass, "last started 2026-12-01 07:00"),
            (Some(("run", 1, 77)), 0, DoctorVerdict::Warn, "ended with status 77: the relay is gone"),
            (Some(("run", 50, 0)), 2, DoctorVerdict::Fail, "2026-11-29 06:00, and 2 issues have"),
            (Some(("run", 50, 0)), 0, DoctorVerdict::Warn, "may be off"),
        ] {
            let run = last.map(|(command, hours, exit_status): (&str, i64, u8)| {
                let ended = LastRun::new(command, now - SignedDuration::from_hours(hours), exit_status);
                ended.with_problems(&[Message::verbatim("the relay is gone")])
            });
            let finding = judge(run.as_ref(), waiting, now, &TimeZone::UTC);
            assert_eq!(finding.verdict, verdict, "{}", finding.message);
            assert!(finding.message.english().contains(text), "{}", finding.message);
        }
    }
}
