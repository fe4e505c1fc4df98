//! `person erase`: takes somebody out of the ledger and of every file that the program wrote, for good.

use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::cli::commands::person::data_report::PersonalData;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::report::count;
use crate::cli::terminal::{Terminal, visible};
use crate::cli::typed;
use crate::delivery::ledger::erasure::ErasureRemnant;
use crate::delivery::ledger::suppression::Suppression;
use crate::letter::plan::TransportKind;
use crate::ops::personal_data::{AddressTrace, AddressTraceKind};
use crate::people::person::Address;
use crate::people::person::address_matcher::AddressMatcher;
use crate::people::person::suppression_reason::{SuppressionReason, SuppressionRequest};
use crate::project::settings::ledger::LedgerSettings;

/// Arguments of `person erase`.
#[derive(Args, Debug)]
pub(crate) struct PersonEraseArgs {
    /// The address
    address: String,
    /// Erase without confirmation
    #[arg(short, long)]
    yes: bool,
}

/// What was done, and what is left to be done.
#[derive(Debug, Serialize)]
struct ErasureReport {
    address: Address,
    /// Letters of the ledger that are nobody's now.
    letters: u64,
    /// Files that were taken away, or written anew without the address.
    files: Vec<String>,
    /// What must be edited by hand: files with their lines, and rows of other systems.
    by_hand: Vec<String>,
    /// Copies that cannot be reached from here.
    not_reached: Vec<&'static str>,
    /// An answer to send.
    reply: String,
}

/// Forgets them, if that is wanted; again and again, with the same end.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, args: &PersonEraseArgs) -> Result<Exit, Error> {
    let Some(address) = typed::address(terminal, &args.address) else { return Ok(Exit::Blocked) };
    if !is_wanted(terminal, args, &address) {
        return Ok(Exit::Blocked);
    }
    let mut ledgers = opened.ledgers_to_write()?;
    let (held, exit) = PersonalData::gather(terminal, opened, &address)?;
    let (key, now) = (opened.project.key()?, Timestamp::now());
    let departure = SuppressionRequest {
        address: address.clone(),
        reason: SuppressionReason::Erased,
        at: None,
        source: "person erase".to_owned(),
    };
    let suppression = Suppression::new(&departure, None, &key, now);
    let mut letters = 0;
    for ledger in &mut ledgers {
        // First, so that whoever breaks it off here wrote to them for the last time.
        ledger.suppress(std::slice::from_ref(&suppression), now)?;
        letters += ledger.erase(&address.key())?;
    }
    let trace = AddressMatcher::new(&address);
    let files = opened.project.erase_traces(&trace, &opened.project.traces(&trace)?)?;
    // Last, for it needs room on the disk for the ledger once more.
    let mut remains = ErasureRemnant::Nothing;
    for ledger in &mut ledgers {
        remains = Some(ledger.overwrite_free_space()?).filter(|it| *it != ErasureRemnant::Nothing).unwrap_or(remains);
    }
    let by_hand = manual_steps(&held, &opened.project.traces(&trace)?);
    let not_reached = not_reached(opened, &held, remains);
    let reply = reply(opened, &held);
    print_report(terminal, &ErasureReport { address, letters, files, by_hand, not_reached, reply });
    if remains == ErasureRemnant::WhileRead {
        terminal
            .note("another program reads the ledger, and keeps old pages of it there: run this again when it is done");
        return Ok(exit.min(Exit::RetryLater));
    }
    Ok(exit)
}

fn is_wanted(terminal: &Terminal, args: &PersonEraseArgs, address: &Address) -> bool {
    if args.yes {
        return true;
    }
    if !terminal.can_ask() {
        terminal.problem("nothing was done, since nobody is here to ask: say --yes to do it");
        return false;
    }
    let wanted = Terminal::agrees(&format!("Forget {address}? This cannot be taken back. [y/N]"));
    if !wanted {
        terminal.problem("nothing was done");
    }
    wanted
}

/// What the program does not write: lists, audiences, issues, and rows that others answer.
fn manual_steps(held: &PersonalData, left: &[AddressTrace]) -> Vec<String> {
    let mut places = Vec::new();
    for listed in &held.lists {
        places.push(listed.person.origin.to_string());
    }
    for trail in left {
        let is_told = places.iter().any(|it| it.starts_with(&format!("{}:", trail.file)));
        match (trail.kind, trail.lines.as_slice()) {
            (AddressTraceKind::Own, lines @ [_, ..]) => {
                places.extend(lines.iter().map(|it| format!("{}:{it}", trail.file)));
            }
            (_, _) if is_told => {}
            (_, _) => places.push(trail.file.clone()),
        }
    }
    places.sort();
    places.dedup();
    places
}

fn not_reached(opened: &OpenProject, held: &PersonalData, remains: ErasureRemnant) -> Vec<&'static str> {
    let mut copies = Vec::new();
    if opened.project.root().join(".git").exists() {
        copies.push("Git: whatever was committed with the address, here and in every clone");
    }
    copies.push("backups and snapshots of this folder, logs of the shell, and files that were copied out of it");
    if let LedgerSettings::Server(_) = opened.project.settings().ledger {
        copies.push("the database server's write-ahead log, backups and replicas");
    }
    if remains == ErasureRemnant::UntilVacuum {
        copies.push("old rows in the database: the server did not let us write its tables anew; VACUUM FULL does it");
    }
    if opened.transport() == TransportKind::Smtp || held.letters.iter().any(|it| it.transport == TransportKind::Smtp) {
        copies.push("the relay's log and queue, and the mail that was delivered");
    }
    copies
}

fn reply(opened: &OpenProject, held: &PersonalData) -> String {
    let settings = opened.project.settings();
    let text = held.lang.language().forgotten;
    text.replace("{name}", &settings.name).replace("{postal_address}", &settings.postal_address)
}

fn print_report(terminal: &Terminal, done: &ErasureReport) {
    terminal.json(done);
    terminal.say(&format!("{} is forgotten: written to no more, and known by a keyed hash only", done.address));
    terminal.say(&format!(
        "  the ledger: {} made nobody's; what they add up to is as before",
        count(done.letters, "letter")
    ));
    let list = |heading: &str, lines: &mut dyn Iterator<Item = &str>| {
        let lines = lines.fold(String::new(), |mut text, it| {
            _ = write!(text, "\n  {}", visible(it));
            text
        });
        if !lines.is_empty() {
            terminal.say(&format!("\n{heading}{lines}"));
        }
    };
    list("taken away, or written without the address", &mut done.files.iter().map(String::as_str));
    list("yours to edit by hand", &mut done.by_hand.iter().map(String::as_str));
    list("copies that cannot be reached from here", &mut done.not_reached.iter().copied());
    terminal.say(&format!("\nan answer to send, when that is done\n\n{}", done.reply));
}
