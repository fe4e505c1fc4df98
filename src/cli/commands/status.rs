//! `status`: who got what.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::project::{self, OpenProject};
use crate::cli::report::{self, SendingStatus, TotalsJson};
use crate::cli::terminal::{Terminal, visible};
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::letter::plan::TransportKind;
use crate::people::person::Address;

/// Arguments of `status`.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The issue [default: all issues that were sent]
    pub(super) issue: Option<PathBuf>,
    /// Show only this recipient's letter
    address: Option<String>,
    /// List all letters
    #[arg(long)]
    letters: bool,
    /// List letters that were not accepted
    #[arg(long)]
    failed: bool,
    /// Print the list as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Serialize)]
struct LetterJson<'a> {
    address: &'a str,
    state: LetterState,
    edition: &'a str,
    at: Option<String>,
    reply: Option<String>,
    message_id: &'a str,
}

impl<'a> LetterJson<'a> {
    fn new(record: &'a LetterRecord) -> Self {
        Self {
            address: record.letter.person.address.as_str(),
            state: record.state,
            edition: &record.letter.edition,
            at: record.at.map(|it| it.to_string()),
            reply: record.reason.as_ref().map(ToString::to_string),
            message_id: &record.letter.message_id,
        }
    }
}

/// Tells the totals of one plan or of all, or what became of each letter.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, status: &StatusArgs) -> Result<Exit, Error> {
    let mut ledger = opened.ledger()?;
    let Some(typed) = &status.issue else {
        return all(terminal, ledger);
    };
    let issue = opened.issue_id(&opened.project.issue_path(typed))?;
    let plan = match ledger.as_deref_mut() {
        Some(ledger) => opened.plan(ledger, &issue)?.map(|plan| (ledger, plan)),
        None => None,
    };
    let Some((ledger, plan)) = plan else {
        terminal.json(&TotalsJson::new(issue.as_str(), opened.transport(), &Totals::default()));
        terminal.say(&format!("{issue}: nothing of it was sent yet"));
        return Ok(Exit::Done);
    };
    if let Some(address) = &status.address {
        return report_recipient(terminal, (ledger, &plan), address);
    }
    if status.letters || status.failed {
        return list(terminal, (ledger, &plan), status);
    }
    print_report(terminal, ledger, &plan)
}

fn all(terminal: &Terminal, ledger: Option<Box<dyn Ledger>>) -> Result<Exit, Error> {
    let Some(mut ledger) = ledger else {
        terminal.say("nothing was sent yet");
        return Ok(Exit::Done);
    };
    let plans = ledger.plans_in_force()?;
    if plans.is_empty() {
        terminal.say("nothing was sent yet");
    }
    for plan in plans {
        print_report(terminal, &mut *ledger, &plan)?;
    }
    Ok(Exit::Done)
}

fn print_report(terminal: &Terminal, ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<Exit, Error> {
    let sending = sending(ledger)?;
    let totals = project::totals(ledger, plan)?;
    terminal.json(&TotalsJson::new(plan.issue.as_str(), plan.transport, &totals));
    terminal.say(&format!("{}: {}", plan.issue, report::line(&totals, plan.transport)));
    for line in report::advice(plan, &totals, sending) {
        terminal.say(&format!("  {line}"));
    }
    if ledger.is_erased(plan.id)? {
        terminal.say("  who got it is forgotten");
    }
    Ok(Exit::Done)
}

fn report_recipient(
    terminal: &Terminal,
    (ledger, plan): (&mut dyn Ledger, &PlanRecord),
    address: &str,
) -> Result<Exit, Error> {
    let key = match Address::parse(address) {
        Ok(address) => address.key(),
        Err(error) => {
            terminal.problem(&format!("{address}: {error}"));
            return Ok(Exit::Blocked);
        }
    };
    let sending = sending(ledger)?;
    let Some(record) = ledger.letter(plan.id, &key)? else {
        terminal.problem(&format!("{address} is no recipient of {}", plan.issue));
        return Ok(Exit::Blocked);
    };
    let record = seen(record, plan, sending);
    terminal.json(&LetterJson::new(&record));
    terminal.say(&format!("{}: {}", record.letter.person.address, report::word(record.state, plan.transport)));
    terminal.say(&format!("  edition {}, from {}", record.letter.edition, record.letter.person.origin));
    terminal.say(&format!("  Message-ID {}", record.letter.message_id));
    if let (Some(at), Some(reply)) = (record.at, &record.reason) {
        terminal.say(&format!("  {at}: {}", visible(&reply.to_string())));
    }
    if record.state == LetterState::Accepted && plan.transport == TransportKind::Smtp {
        terminal.say("  accepted by the relay, which is no proof of delivery");
    }
    Ok(Exit::Done)
}

fn list(
    terminal: &Terminal,
    (ledger, plan): (&mut dyn Ledger, &PlanRecord),
    status: &StatusArgs,
) -> Result<Exit, Error> {
    if status.csv {
        Terminal::answer("address,state,edition,at,reply,message_id");
    }
    let sending = sending(ledger)?;
    ledger.each_letter(plan.id, &mut |record| {
        let record = seen(record, plan, sending);
        if !status.failed || record.state != LetterState::Accepted {
            report_letter(terminal, &record, status, plan.transport);
        }
    })?;
    Ok(Exit::Done)
}

fn sending(ledger: &mut dyn Ledger) -> Result<SendingStatus, Error> {
    Ok(if ledger.is_running()? { SendingStatus::Now } else { SendingStatus::Over })
}

/// A letter as it stands for somebody who looks on: where no run is under way, nothing is in flight.
fn seen(record: LetterRecord, plan: &PlanRecord, sending: SendingStatus) -> LetterRecord {
    match (record.state, sending) {
        (LetterState::InFlight, SendingStatus::Over) => {
            LetterRecord { state: project::left_in_flight(plan.transport), ..record }
        }
        _ => record,
    }
}

fn report_letter(terminal: &Terminal, record: &LetterRecord, status: &StatusArgs, transport: TransportKind) {
    let json = LetterJson::new(record);
    let at = json.at.clone().unwrap_or_default();
    let reply = json.reply.as_deref().unwrap_or_default();
    if status.csv {
        let cells = [json.address, record.state.as_str(), json.edition, &at, reply, json.message_id];
        Terminal::answer(&cells.map(cell).join(","));
    } else {
        terminal.json(&json);
        let word = report::word(record.state, transport);
        terminal.say(&format!("{}\t{word}\t{}\t{at}\t{}", json.address, json.edition, visible(reply)));
    }
}

/// A cell of CSV (RFC 4180), in which no spreadsheet finds a formula.
pub(super) fn cell(text: &str) -> String {
    let text = visible(text);
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
