//! `schedule`: what is sent next, and what will not be sent although it has a `send_at`.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::next_issues;
use crate::cli::terminal::Terminal;
use crate::ops::outlook::{self, SendOutlook};
use crate::ops::text::count;
use crate::project::Project;

/// An issue that was not sent in time is shown this long: an archive of years would hide what is next.
const SHOWN_WHEN_LATE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Lists the issues with a `send_at` that are not finished.
pub(super) fn run(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let zone = &project.settings().timezone;
    let now = Timestamp::now();
    let issues = outlook::all(project, now, now.checked_sub(SHOWN_WHEN_LATE).unwrap_or(Timestamp::MIN))?;
    let lines: Vec<(String, &str, String)> = issues
        .iter()
        .map(|issue| {
            let at = issue.send_at.map_or_else(|| "time unknown".to_owned(), |at| day_and_time(at, zone));
            let what = match &issue.outlook {
                SendOutlook::Letters(letters) => count(*letters, "letter"),
                SendOutlook::Blocked { text, .. } => format!("not sent: {text}"),
            };
            (at, issue.issue.as_str(), what)
        })
        .collect();
    for issue in &issues {
        terminal.json(&next_issues::json(issue));
    }
    if lines.is_empty() {
        terminal.print_line("nothing is scheduled: no issue has a `send_at` and is not sent");
        return Ok(Exit::Done);
    }
    let width = lines.iter().map(|(_, issue, _)| issue.chars().count()).max().unwrap_or_default();
    for (at, issue, what) in &lines {
        terminal.print_line(format!("{at:20}  {issue:width$}  {what}"));
    }
    terminal.print_line(format!("Times are in {}.", zone.iana_name().unwrap_or("the project's time zone")));
    Ok(Exit::Done)
}

/// A moment with its weekday: `Tue 2026-12-01 09:00`.
fn day_and_time(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned_datetime(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}
