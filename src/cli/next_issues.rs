//! Prints what happens next to the issues with a `send_at`: for `status` after what was sent, and as JSON for
//! `schedule` too.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::terminal::Terminal;
use crate::issue::IssueId;
use crate::ops::outlook::{self, BlockedReason, IssueOutlook, SendOutlook};
use crate::ops::text::local_time;
use crate::project::Project;

/// Prints the issues with a `send_at` that are not among those that were sent.
pub(super) fn print(
    terminal: &Terminal,
    project: &Project,
    sent: &BTreeSet<IssueId>,
    now: Timestamp,
) -> Result<(), Error> {
    let zone = &project.settings().timezone;
    for next in outlook::all(project, now)?.into_iter().filter(|next| !sent.contains(&next.issue)) {
        terminal.json(&json(&next));
        let at = next.send_at.map(|at| Message::verbatim(local_time(at, zone)));
        let at = at.unwrap_or_else(|| message!("unknown", "et ukendt tidspunkt"));
        let is_due = next.send_at.is_some_and(|at| at <= now);
        let line = match &next.outlook {
            SendOutlook::Letters(letters) if is_due => {
                let letters = noun::LETTER.count(*letters);
                message!(
                    "due since {at}; the next `newsletter run` sends {letters}",
                    "skulle sendes {at}; næste `newsletter run` sender {letters}"
                )
            }
            SendOutlook::Letters(letters) => {
                let letters = noun::LETTER.count(*letters);
                message!("`newsletter run` sends {letters} at {at}", "`newsletter run` sender {letters} {at}")
            }
            SendOutlook::Blocked { reason: BlockedReason::Draft, .. } => {
                message!("draft, `send_at` {at}", "kladde, `send_at` {at}")
            }
            SendOutlook::Blocked { text, .. } if is_due => {
                message!("not sent at {at}: {text}", "ikke sendt {at}: {text}")
            }
            SendOutlook::Blocked { text, .. } => {
                message!("would not be sent at {at}: {text}", "ville ikke blive sendt {at}: {text}")
            }
        };
        terminal.print_line(composed!("{}: {line}", next.issue));
    }
    Ok(())
}

/// What happens next to an issue, for programs.
pub(super) fn json(issue: &IssueOutlook) -> serde_json::Value {
    let (state, letters, why) = match &issue.outlook {
        SendOutlook::Letters(letters) => ("scheduled", Some(letters), None),
        SendOutlook::Blocked { reason, text } => (reason.name(), None, Some(text)),
    };
    let send_at = issue.send_at.map(|at| at.to_string());
    serde_json::json!({ "issue": issue.issue, "send_at": send_at, "state": state, "letters": letters, "reason": why })
}
