//! `cancel`: cancels the letters of an issue that are not sent yet.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::kept_receipt::keep_receipt;
use crate::cli::report;
use crate::cli::terminal::{self, Terminal};
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::ops::cancel::{self, CancelReport};
use crate::ops::receipts::SentFrom;
use crate::ops::status::SendingStatus;
use crate::ops::{ledgers, refusals};
use crate::project::Project;

/// Arguments of `cancel`.
#[derive(Args, Debug)]
pub(crate) struct CancelArgs {
    /// The issue's file, for example issues/november.md
    pub(super) issue: PathBuf,
    /// Cancel without confirmation
    #[arg(short, long)]
    yes: bool,
}

/// Cancels the letters that are not sent yet; success means that none is left.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &CancelArgs) -> Result<Exit, Error> {
    let issue = ledgers::issue_id(project, &project.issue_path(&args.issue))?;
    let found = match ledgers::open_to_read(project)? {
        Some(mut ledger) => match ledgers::plan_of(project, &mut *ledger, &issue)? {
            Some(plan) => Some((ledger.totals(plan.id)?, plan)),
            None => None,
        },
        None => None,
    };
    let Some((totals, plan)) = found else {
        terminal.problem(message!(
            "{issue}: not sent yet. To keep it from being sent, write `draft: true` in its front matter",
            "{issue}: ikke sendt endnu. Skal det ikke sendes, så skriv `draft: true` i front matter"
        ));
        return Ok(Exit::Blocked);
    };
    if totals.is_finished() {
        print_nothing_left(terminal, project, &plan, &totals);
        return Ok(Exit::Done);
    }
    if !args.yes && !is_confirmed(terminal, &plan, &totals) {
        return Ok(Exit::Blocked);
    }
    let report = cancel::cancel(project, &plan, Timestamp::now())?;
    // A run may have ended meanwhile, or its last letters may have been in flight when it was killed.
    if report.cancelled == 0 && report.totals.of(LetterState::InFlight) == 0 {
        print_nothing_left(terminal, project, &plan, &report.totals);
    } else {
        print(terminal, project, &plan, &report);
    }
    match ledgers::open_to_read(project)? {
        Some(mut ledger) => Ok(keep_receipt(terminal, project, &mut *ledger, &plan, SentFrom::Unknown)),
        None => Ok(Exit::Done),
    }
}

fn is_confirmed(terminal: &Terminal, plan: &PlanRecord, totals: &Totals) -> bool {
    if !terminal.can_ask() {
        terminal.problem(terminal::cannot_ask());
        return false;
    }
    terminal.note(composed!("{}: {}", plan.issue, report::line(totals, plan.transport)));
    let confirmed = terminal.confirms(message!(
        "Cancel the letters that are not sent yet? This cannot be undone. [y/N]",
        "Annullér de mails, der ikke er sendt endnu? Det kan ikke fortrydes. [j/N]"
    ));
    if !confirmed {
        terminal.problem(message!("nothing was cancelled", "intet er annulleret"));
    }
    confirmed
}

/// Reports that a plan has ended already; it is not changed.
fn print_nothing_left(terminal: &Terminal, project: &Project, plan: &PlanRecord, totals: &Totals) {
    terminal.json(&serde_json::json!({ "issue": plan.issue.as_str(), "letters": 0 }));
    let why = if plan.cancelled {
        message!("it was cancelled before", "det er annulleret i forvejen")
    } else {
        message!("no letter is left to send", "der er ikke flere mails at sende")
    };
    terminal.print_line(message!("nothing to cancel: {why}", "intet at annullere: {why}"));
    terminal.print_line(composed!("{}: {}", plan.issue, report::line(totals, plan.transport)));
    for line in report::advice(plan, totals, refusals::limit_of(project, plan), SendingStatus::Idle, None) {
        terminal.print_line(composed!("  {line}"));
    }
}

fn print(terminal: &Terminal, project: &Project, plan: &PlanRecord, report: &CancelReport) {
    let CancelReport { cancelled, totals, sending } = report;
    terminal.json(&serde_json::json!({ "issue": plan.issue.as_str(), "letters": cancelled }));
    let letters = noun::LETTER.count(*cancelled);
    terminal.print_line(message!("{letters} cancelled", "{letters} annulleret"));
    terminal.print_line(composed!("{}: {}", plan.issue, report::line(totals, plan.transport)));
    if *sending == SendingStatus::Running && totals.of(LetterState::InFlight) > 0 {
        terminal.print_line(message!(
            "  a run is sending at this moment; it ends with the letters that are being sent",
            "  en kørsel er i gang med at sende; den slutter efter de påbegyndte mails"
        ));
    }
    for line in report::advice(plan, totals, refusals::limit_of(project, plan), *sending, None) {
        terminal.print_line(composed!("  {line}"));
    }
}
