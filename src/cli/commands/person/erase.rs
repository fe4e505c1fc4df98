//! `person erase`: erases a person from the ledger and from every file that the program wrote, for good.

use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::cli::typed;
use crate::delivery::ledger::erasure::ErasureRemnant;
use crate::ops::personal_data::erase::{ErasureReport, erase};
use crate::ops::receipts;
use crate::ops::text::{count, visible};
use crate::people::person::Address;
use crate::project::Project;

/// Arguments of `person erase`.
#[derive(Args, Debug)]
pub(crate) struct PersonEraseArgs {
    /// E-mail address
    address: String,
    /// Erase without confirmation
    #[arg(short, long)]
    yes: bool,
}

/// Erases them, once it is confirmed; it can be repeated with the same result.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &PersonEraseArgs) -> Result<Exit, Error> {
    let Some(address) = typed::address(terminal, &args.address) else { return Ok(Exit::Blocked) };
    if !is_confirmed(terminal, args, &address) {
        return Ok(Exit::Blocked);
    }
    let report = erase(project, &address, Timestamp::now())?;
    let exit = terminal.list_diagnostics(project, report.diagnostics.clone());
    print_report(terminal, &report);
    // Open letters of theirs are settled by now.
    receipts::keep_all(project)?;
    if report.remnant == ErasureRemnant::WhileRead {
        terminal.note("another program is reading the ledger, which keeps old pages: run again when it has finished");
        return Ok(exit.min(Exit::RetryLater));
    }
    Ok(exit)
}

fn is_confirmed(terminal: &Terminal, args: &PersonEraseArgs, address: &Address) -> bool {
    if args.yes {
        return true;
    }
    if !terminal.can_ask() {
        terminal.problem("cannot ask for confirmation without a terminal; use `--yes`");
        return false;
    }
    let confirmed = terminal.confirms(format!("Erase {address}? This cannot be undone. [y/N]"));
    if !confirmed {
        terminal.problem("nothing was erased");
    }
    confirmed
}

fn print_report(terminal: &Terminal, report: &ErasureReport) {
    terminal.json(report);
    terminal
        .print_line(format!("{} is erased: they get no more letters, and only a keyed hash is kept", report.address));
    terminal.print_line(format!("  ledger: {} anonymised; the totals stay the same", count(report.letters, "letter")));
    let list = |heading: &str, lines: &mut dyn Iterator<Item = &str>| {
        let lines = lines.fold(String::new(), |mut text, line| {
            _ = write!(text, "\n  {}", visible(line));
            text
        });
        if !lines.is_empty() {
            terminal.print_line(format!("\n{heading}{lines}"));
        }
    };
    list("deleted, or rewritten without the address", &mut report.files.iter().map(String::as_str));
    list("to edit by hand", &mut report.by_hand.iter().map(String::as_str));
    list("copies that cannot be reached from here", &mut report.not_reached.iter().copied());
    terminal.print_line(format!("\na reply to send when that is done\n\n{}", report.reply));
}
