//! `person erase`: erases a person from the ledger and from every file that the program wrote, for good.

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::{self, Terminal};
use crate::cli::typed;
use crate::delivery::ledger::erasure::ErasureRemnant;
use crate::ops::personal_data::erase::{ErasureReport, erase};
use crate::ops::receipts;
use crate::ops::text::visible;
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
    // Their open letters are settled by now.
    receipts::keep_all(project)?;
    if report.remnant == ErasureRemnant::WhileRead {
        terminal.note(message!(
            "another program is reading the ledger, which keeps old pages: run again when it has finished",
            "et andet program læser sendebogen (ledger), som derfor gemmer gamle sider: kør igen, når det er færdigt"
        ));
        return Ok(exit.min(Exit::RetryLater));
    }
    Ok(exit)
}

fn is_confirmed(terminal: &Terminal, args: &PersonEraseArgs, address: &Address) -> bool {
    if args.yes {
        return true;
    }
    if !terminal.can_ask() {
        terminal.problem(terminal::cannot_ask());
        return false;
    }
    let confirmed = terminal.confirms(message!(
        "Erase {address}? This cannot be undone. [y/N]",
        "Slet {address}? Det kan ikke fortrydes. [j/N]"
    ));
    if !confirmed {
        terminal.problem(message!("nothing was erased", "intet er slettet"));
    }
    confirmed
}

fn print_report(terminal: &Terminal, report: &ErasureReport) {
    terminal.json(report);
    let (address, reply) = (&report.address, &report.reply);
    terminal.print_line(message!(
        "{address} is erased: they get no more letters, and only a keyed hash is kept",
        "{address} er slettet: der sendes ikke flere mails, og kun et fingeraftryk med nøgle er gemt"
    ));
    let letters = noun::LETTER.count(report.letters);
    terminal.print_line(message!(
        "  ledger: {letters} anonymised; the totals stay the same",
        "  sendebogen (ledger): {letters} anonymiseret; tallene i alt er de samme"
    ));
    let list = |heading: Message, lines: &[Message]| {
        let lines = Message::joined(lines.iter().map(|line| composed!("\n  {line}").map(visible)), "");
        if !lines.english().is_empty() {
            terminal.print_line(composed!("\n{heading}{lines}"));
        }
    };
    let files: Vec<Message> = report.files.iter().map(Message::verbatim).collect();
    list(message!("deleted, or rewritten without the address", "slettet eller skrevet om uden adressen"), &files);
    list(message!("to edit by hand", "skal rettes i hånden"), &report.by_hand);
    list(message!("copies that cannot be reached from here", "kopier, der ikke kan nås herfra"), &report.not_reached);
    terminal.print_line(message!(
        "\na reply to send when that is done\n\n{reply}",
        "\net svar, du kan sende, når det er gjort\n\n{reply}"
    ));
}
