//! Finds issues whose text has changed since they were sent, such as a file that is used for the next newsletter: the
//! new text is not sent.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::issue::{Issue, IssueId};
use crate::letter::plan::TransportKind;
use crate::ops::text::said_time;
use crate::ops::{ledgers, receipts, schedule, status};
use crate::project::Project;
use crate::project::receipt::Receipt;

const CHANGED: Code = Code("NL763");

/// Whether the text of an issue differs from the planned text. `false` if the issue cannot be read.
///
/// # Errors
///
/// The file cannot be read.
pub fn is_changed(project: &Project, path: &Path, record: &PlanRecord) -> Result<bool, Error> {
    Ok(receipts::identity(project, path)?.content.is_some_and(|content| content != record.content))
}

/// Reports those of some issues that were sent to all their readers, by the ledger or a receipt, with another text.
///
/// # Errors
///
/// The receipts cannot be read. A ledger or an issue that cannot be read is skipped: a check may run without a ledger.
pub(crate) fn check(project: &Project, checked: &[PathBuf], now: Timestamp) -> Result<Diagnostics, Error> {
    let (mut receipts, _) = project.receipts()?;
    receipts.retain(|receipt| !project.is_foreign(receipt));
    let mut ledger = ledgers::open_to_read(project).ok().flatten();
    let mut diagnostics = Diagnostics::new();
    for path in checked {
        let Some(issue) = project.issue(path).ok().and_then(|files| files.issue) else { continue };
        let Some(sending) = Sending::of(ledger.as_deref_mut(), &receipts, &issue.id) else { continue };
        let content = receipts::identity(project, path).ok().and_then(|identity| identity.content);
        if content.is_none_or(|content| content == sending.content) {
            continue;
        }
        let is_reused = match &sending.plan {
            Some(plan) => schedule::is_reused(project, path, plan, now)?,
            None => false,
        };
        let diagnostic = changed(project, &issue, &sending);
        let severity = if is_reused { Severity::Error } else { diagnostic.severity };
        let mut found = Diagnostics::from_iter([Diagnostic { severity, ..diagnostic }]);
        issue.front.ignore.apply(&mut found);
        diagnostics.extend(found);
    }
    Ok(diagnostics)
}

/// What was sent of an issue.
struct Sending {
    content: Digest,
    at: Timestamp,
    /// Absent: it is known from a receipt only.
    plan: Option<PlanRecord>,
}

impl Sending {
    /// The sending of an issue that is finished and reached someone, by a relay.
    fn of(ledger: Option<&mut (dyn Ledger + 'static)>, receipts: &[Receipt], id: &IssueId) -> Option<Self> {
        if let Some(ledger) = ledger
            && let Some(plan) = ledger.plan(id, TransportKind::Smtp).ok().flatten()
        {
            let totals = status::totals(ledger, &plan).ok()?;
            let is_sent = totals.is_finished() && totals.ever_accepted() > 0 && !plan.cancelled;
            return is_sent.then(|| Self { content: plan.content.clone(), at: plan.frozen_at, plan: Some(plan) });
        }
        let receipt = receipts.iter().find(|receipt| receipt.issue == *id)?;
        let is_sent = receipt.totals.is_finished() && receipt.totals.ever_accepted() > 0;
        let content = receipt.content.clone().filter(|_| is_sent)?;
        Some(Self { content, at: receipt.planned, plan: None })
    }
}

fn changed(project: &Project, issue: &Issue, sending: &Sending) -> Diagnostic {
    let at = said_time(sending.at, &project.settings().timezone);
    let message = message!(
        "this issue was sent on {at}, and its text has changed since: nobody gets the new text",
        "nyhedsbrevet er sendt {at}, og teksten er ændret siden: ingen får den nye tekst"
    );
    let hint = message!(
        "the next newsletter needs a new file: `newsletter new`; a correction for readers: `newsletter new --correction-of {0}`; if \
         only the page on the web is corrected, turn this off with `ignore`",
        "det næste nyhedsbrev skal have sin egen fil: `newsletter new`; en rettelse til læserne: `newsletter new --correction-of {0}`; \
         er det kun siden på nettet, der er rettet, så slå advarslen fra med `ignore`",
        issue.id
    );
    let place =
        issue.front.subject.texts().next().map_or_else(|| issue.source.line(1), |subject| subject.place.clone());
    Diagnostic::warning(CHANGED, message).at(place).hint(hint)
}
