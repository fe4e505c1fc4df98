//! Mails the state of an issue to the addresses in `notify`.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use crate::base::message::{Message, message};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::issue::IssueId;
use crate::ops::ledgers;
use crate::ops::notices::{self, IssueNews};
use crate::ops::refusals;
use crate::ops::text::with_causes;
use crate::project::Project;

/// Mails the changes of one run, where the settings name someone to mail them to.
pub(super) struct Notifier<'a> {
    terminal: &'a Terminal,
    project: &'a Project,
    /// The issues that were last mailed as blocked.
    blocked: BTreeSet<IssueId>,
}

impl<'a> Notifier<'a> {
    /// For a run; absent if there is no one to mail.
    pub(super) fn new(terminal: &'a Terminal, project: &'a Project) -> Option<Self> {
        if project.settings().sending.notify.is_empty() {
            return None;
        }
        let blocked = notices::blocked_issues(project).unwrap_or_else(|error| {
            // The run itself stops if the ledger cannot be read.
            tracing::warn!("{}", with_causes(&error));
            BTreeSet::new()
        });
        Some(Self { terminal, project, blocked })
    }

    /// Mails the state of an issue. A failure is printed once, and has no other effect.
    pub(super) fn mail(&self, path: &Path, news: &IssueNews) {
        let mailed = ledgers::issue_id(self.project, path).and_then(|issue| {
            if *news == IssueNews::Recovered && !self.blocked.contains(&issue) {
                return Ok(Vec::new());
            }
            // The rest was sent by hand, or cancelled: the totals are more useful than a mail that nothing blocks the
            // issue.
            let is_settled = *news == IssueNews::Recovered && notices::is_finished(self.project, &issue)?;
            notices::mail(self.project, &issue, if is_settled { &IssueNews::Done } else { news }, Timestamp::now())
        });
        match mailed {
            Ok(failed) => failed.iter().for_each(|why| self.terminal.as_news(|| self.failed(why))),
            Err(error) => self.failed(&with_causes(&error)),
        }
    }

    /// Mails the state of an issue that was sent by hand: done, paused, or refused by the relay. The sender sees
    /// everything else on the screen.
    pub(super) fn mail_after_send(&self, path: &Path, exit: Exit, problems: Vec<Message>) {
        let is_paused = || {
            let checked =
                ledgers::issue_id(self.project, path).and_then(|issue| refusals::is_paused(self.project, &issue));
            checked.unwrap_or(false)
        };
        match exit {
            // A plan of which a part is left is not mailed as done.
            Exit::Done | Exit::SomeFailed | Exit::Ledger => self.mail(path, &IssueNews::Done),
            Exit::Sender => self.mail(path, &IssueNews::Blocked(problems)),
            Exit::RetryLater if is_paused() => self.mail(path, &IssueNews::Blocked(problems)),
            _ => {}
        }
    }

    fn failed(&self, why: &Message) {
        self.terminal.note(message!(
            "warning: an address in `notify` was not mailed: {why}",
            "advarsel: en adresse i `notify` fik ingen mail: {why}"
        ));
    }
}
