//! Prints what is due, and what is too late.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::cli::terminal::Terminal;
use crate::issue::IssueId;
use crate::issue::front_matter::DraftStatus;
use crate::ops::schedule::RunDecision;
use crate::ops::scheduled;
use crate::ops::text::local_time;
use crate::project::Project;

/// Prints the issues with a `send_at` that were not sent yet.
pub(super) fn print(
    terminal: &Terminal,
    project: &Project,
    sent: &BTreeSet<IssueId>,
    now: Timestamp,
) -> Result<(), Error> {
    let zone = &project.settings().timezone;
    for next in scheduled::scheduled(project, sent, now)? {
        let at = local_time(next.send_at, zone);
        let path = next.path.strip_prefix(project.root()).unwrap_or(&next.path).display();
        let (state, line) = match (next.decision, next.draft) {
            (_, DraftStatus::Yes) => ("draft", format!("draft, `send_at` {at}")),
            (RunDecision::Early(_), _) => ("scheduled", format!("`newsletter run` sends it at {at}")),
            (RunDecision::Late(_), _) => {
                ("late", format!("not sent at {at}; to send it now, use `newsletter send {path}`"))
            }
            (RunDecision::Expired { send_until, .. }, _) => {
                let until = local_time(send_until, zone);
                ("expired", format!("not sent at {at}, and its `send_until` passed at {until}"))
            }
            (RunDecision::SentElsewhere(_), _) => ("sent_elsewhere", "sent with another ledger".to_owned()),
            (RunDecision::Send | RunDecision::Wait | RunDecision::Skip, _) => {
                ("due", format!("due since {at}; the next `newsletter run` sends it"))
            }
        };
        terminal.json(&serde_json::json!({ "issue": next.issue, "send_at": next.send_at.to_string(), "state": state }));
        terminal.print_line(&format!("{}: {line}", next.issue));
    }
    Ok(())
}
