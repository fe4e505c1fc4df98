//! What `send` prints if nothing of an issue is left to send, or nothing is due yet.

use std::path::Path;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::json::{EventJson, TotalsJson};
use crate::cli::kept_receipt::keep_receipt;
use crate::cli::report;
use crate::cli::send_options::{DeferredPolicy, SendOptions};
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::refusal_limit::RefusalLimit;
use crate::issue::IssueId;
use crate::letter::plan::TransportKind;
use crate::ops::blocked::Blocked;
use crate::ops::plan::ReplanPolicy;
use crate::ops::receipts::SentFrom;
use crate::ops::refusals::{self, OverLimitPolicy};
use crate::ops::status::{self, SendingStatus};
use crate::ops::text::{said_time, with_causes};
use crate::ops::{changed_issues, joined_readers, ledgers, schedule};
use crate::project::Project;

/// The exit status where the plan is finished or nothing of it is due yet. Errors in files are not reported, so that a finished
/// issue whose files have some by now is still a success.
pub(super) fn nothing_to_do(
    terminal: &Terminal,
    project: &Project,
    path: &Path,
    id: &IssueId,
    options: &SendOptions,
) -> Result<Option<Exit>, Blocked> {
    let now = Timestamp::now();
    if options.guards.replan == ReplanPolicy::Replan {
        return Ok(None);
    }
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(None) };
    let Some(mut record) = ledger.plan(id, ledgers::transport_kind(project))? else { return Ok(None) };
    let totals = status::totals(&mut *ledger, &record)?;
    let waits = options.deferred == DeferredPolicy::Leave
        && totals.of(LetterState::Planned) == 0
        && !ledger.is_due(record.id, project.retry().due_time(now))?;
    let is_expired = record.send_until.is_some_and(|until| until < now);
    // A paused plan expires like any other.
    if !is_expired && options.over_limit == OverLimitPolicy::Pause {
        refusals::check(project, &mut *ledger, &record)?;
    }
    if !totals.is_finished() && (!waits || is_expired) {
        return Ok(None);
    }
    if totals.is_finished() && schedule::is_reused(project, path, &record, now)? {
        return Err(schedule::reused_file(project, &record).into());
    }
    if options.over_limit == OverLimitPolicy::GoOn && totals.is_finished() {
        drop(ledger);
        refusals::accept(&mut *ledgers::open_to_write(project)?, record.id, &project.settings().failures.bounces)?;
        ledger = ledgers::open_to_write(project)?;
        record = ledger.plan(id, record.transport)?.unwrap_or(record);
    }
    let is_sent = totals.is_finished() && !record.cancelled;
    let since =
        if is_sent { SinceSent::of(terminal, project, path, &mut *ledger, &record)? } else { SinceSent::default() };
    since.print_json(terminal, &record);
    let limit = refusals::limit_of(project, &record);
    print_nothing_to_do(terminal, &record, &totals, limit);
    since.print(terminal, project, &record, &options.guards.typed);
    let kept = keep_receipt(terminal, project, &mut *ledger, &record, SentFrom::Unknown);
    Ok(Some(kept.min(Exit::of_totals(&totals))))
}

fn print_nothing_to_do(terminal: &Terminal, record: &PlanRecord, totals: &Totals, limit: Option<RefusalLimit>) {
    terminal.json(&EventJson::Totals(TotalsJson::new(record.issue.as_str(), record.transport, totals)));
    let what = if totals.is_finished() {
        message!("nothing left to send", "der er ikke mere at sende")
    } else {
        message!("nothing due yet", "intet skal sendes endnu")
    };
    terminal.print_line(composed!("{}: {what}. {}", record.issue, report::line(totals, record.transport)));
    for line in report::advice(record, totals, limit, SendingStatus::Idle, None) {
        terminal.print_line(composed!("  {line}"));
    }
}

/// What has changed since an issue was sent, which a finished plan does not take into account.
#[derive(Default)]
struct SinceSent {
    /// How many readers joined since, who would get it now.
    joined: u64,
    /// Whether it has another text now.
    is_changed: bool,
}

impl SinceSent {
    /// What has changed since a plan was finished. Lists that cannot be read are reported.
    fn of(
        terminal: &Terminal,
        project: &Project,
        path: &Path,
        ledger: &mut dyn Ledger,
        record: &PlanRecord,
    ) -> Result<Self, Error> {
        let is_changed = changed_issues::is_changed(project, path, record)?;
        let joined = joined_readers::count(project, ledger, path, record, Timestamp::now()).unwrap_or_else(|error| {
            let (issue, why) = (&record.issue, with_causes(&error));
            terminal.note(message!(
                "warning: it is not known whether readers have joined since {issue} was sent: {why}",
                "advarsel: det vides ikke, om der er kommet læsere til, siden {issue} blev sendt: {why}"
            ));
            0
        });
        Ok(Self { joined, is_changed })
    }

    fn print_json(&self, terminal: &Terminal, record: &PlanRecord) {
        if self.joined > 0 || self.is_changed {
            terminal.json(&EventJson::SinceSent {
                issue: record.issue.as_str(),
                joined: self.joined,
                text_changed: self.is_changed,
            });
        }
    }

    fn print(&self, terminal: &Terminal, project: &Project, record: &PlanRecord, typed: &str) {
        if self.is_changed {
            terminal.note(changed(project, record, typed));
        }
        if self.joined > 0 {
            let readers = noun::READER.count(self.joined);
            terminal.note(if self.is_changed {
                message!(
                    "{readers} in its audiences got nothing; to send the new text to them alone: newsletter send {typed} --replan",
                    "{readers} i målgrupperne har ikke fået noget; send den nye tekst kun til dem med: newsletter send {typed} --replan"
                )
            } else {
                message!(
                    "{readers} in its audiences got nothing; to send it to them alone: newsletter send {typed} --replan",
                    "{readers} i målgrupperne har ikke fået det; send det kun til dem med: newsletter send {typed} --replan"
                )
            });
        }
    }
}

/// The warning that the text as it is now is not sent to any reader.
fn changed(project: &Project, record: &PlanRecord, typed: &str) -> Message {
    let (issue, at) = (&record.issue, said_time(record.frozen_at, &project.settings().timezone));
    match record.transport {
        TransportKind::Smtp => message!(
            "warning: the text of {issue} has changed since it was sent on {at}: nobody gets the new text. The next newsletter needs a new file: newsletter new; a correction: newsletter new --correction-of {typed}",
            "advarsel: teksten i {issue} er ændret, siden det blev sendt {at}: ingen får den nye tekst. Det næste nyhedsbrev skal have \
             sin egen fil: newsletter new; en rettelse: newsletter new --correction-of {typed}"
        ),
        TransportKind::Outbox | TransportKind::Folder => message!(
            "warning: the text of {issue} has changed since it was written to outbox/ on {at}, where the old text stays; to see the \
             new one: newsletter preview {typed}",
            "advarsel: teksten i {issue} er ændret, siden den blev skrevet til outbox/ {at}, hvor den gamle bliver liggende; se den nye \
             med: newsletter preview {typed}"
        ),
    }
}
