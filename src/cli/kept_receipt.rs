//! Writes the receipt of a plan, and says so.

use crate::base::message::message;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::PlanRecord;
use crate::ops::receipts::{self, SentFrom};
use crate::ops::text::with_causes;
use crate::project::Project;

/// Writes the receipt of a plan. Letters are sent even if it cannot be written; the error is reported last.
pub(super) fn keep_receipt(
    terminal: &Terminal,
    project: &Project,
    ledger: &mut dyn Ledger,
    record: &PlanRecord,
    from: SentFrom,
) -> Exit {
    match receipts::keep(project, ledger, record, from) {
        Ok(Some(path)) => {
            let path = path.display();
            terminal.letter(|| message!("receipt written: {path}", "kvittering skrevet: {path}"));
            Exit::Done
        }
        Ok(None) => Exit::Done,
        Err(error) => {
            let (issue, why) = (&record.issue, with_causes(&error));
            terminal.problem(message!(
                "{issue} was sent, but it has no receipt: {why}",
                "{issue} er sendt, men har ingen kvittering: {why}"
            ));
            Exit::of_error(&error)
        }
    }
}
