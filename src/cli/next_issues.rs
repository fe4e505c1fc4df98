//! Prints what becomes of the issues with a `send_at`: for `status` behind what was sent, and as JSON for `schedule` too.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::cli::terminal::Terminal;
use crate::issue::IssueId;
use crate::ops::outlook::{self, BlockedReason, IssueOutlook, SendOutlook};
use crate::ops::text::{count, local_time};
use crate::project::Project;

/// Prints the issues with a `send_at` that are not among those that were sent.
pub(super) fn print(
    terminal: &Terminal,
    project: &Project,
    sent: &BTreeSet<IssueId>,
    now: Timestamp,
) -> Result<(), Error> {
    let zone = &project.settings().timezone;
    for next in outlook::all(project, now, Timestamp::MIN)?.into_iter().filter(|next| !sent.contains(&next.issue)) {
        terminal.json(&json(&next));
        let at = next.send_at.map_or_else(|| "unknown".to_owned(), |at| local_time(at, zone));
        let is_due = next.send_at.is_some_and(|at| at <= now);
        let line = match &next.outlook {
            SendOutlook::Letters(letters) if is_due => {
                format!("due since {at}; the next `newsletter run` sends {}", count(*letters, "letter"))
            }
            SendOutlook::Letters(letters) => {
                format!("`newsletter run` sends {} at {at}", count(*letters, "letter"))
            }
            SendOutlook::Blocked { reason: BlockedReason::Draft, .. } => format!("draft, `send_at` {at}"),
            SendOutlook::Blocked { text, .. } if is_due => format!("not sent at {at}: {text}"),
            SendOutlook::Blocked { text, .. } => format!("would not be sent at {at}: {text}"),
        };
        terminal.print_line(format!("{}: {line}", next.issue));
    }
    Ok(())
}

/// What becomes of an issue, for programs.
pub(super) fn json(issue: &IssueOutlook) -> serde_json::Value {
    let (state, letters, why) = match &issue.outlook {
        SendOutlook::Letters(letters) => ("scheduled", Some(letters), None),
        SendOutlook::Blocked { reason, text } => (reason.name(), None, Some(text)),
    };
    let send_at = issue.send_at.map(|at| at.to_string());
    serde_json::json!({ "issue": issue.issue, "send_at": send_at, "state": state, "letters": letters, "reason": why })
}
