//! `test`: sends editions, as recipients will get them, to your own addresses.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::base::message::{composed, message};
use crate::cli::delivery::attempt;
use crate::cli::exit::Exit;
use crate::cli::observer::EventOutput;
use crate::cli::report;
use crate::cli::send_issue::print_new_pictures;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::record::LetterRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::stored_reason::in_words;
use crate::letter::plan::TransportKind;
use crate::ops::blocked::Blocked;
use crate::ops::test_letters::{FrozenTest, TestMailing, TestReaders};
use crate::ops::text::visible;
use crate::ops::{ledgers, plan};
use crate::people::person::Address;
use crate::project::Project;

/// Arguments of `test`.
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// The issue's file, for example issues/november.md; drafts are allowed
    pub(super) issue: PathBuf,
    /// Address to send the test to; can be repeated
    #[arg(long, required = true, value_name = "ADDRESS", value_delimiter = ',')]
    to: Vec<String>,
    /// Send only what this recipient gets, or the editions of one audience [default: every edition]
    #[arg(long = "as", value_name = "ADDRESS|audience:AUDIENCE")]
    reader: Option<String>,
}

/// What happened to one letter of a test.
#[derive(Serialize)]
struct TestJson<'a> {
    edition: &'a str,
    to: &'a str,
    state: LetterState,
    reply: Option<&'a str>,
    message_id: &'a str,
}

/// Sends each edition that was asked for to each address; the project's ledger is not touched.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &TestArgs) -> Result<Exit, Blocked> {
    let Some(testers) = parse_testers(terminal, &args.to) else { return Ok(Exit::Blocked) };
    let (prepared, warnings) = plan::prepare(project, &project.issue_path(&args.issue))?;
    terminal.diagnostics(&warnings);
    let readers = TestReaders::of(&prepared, args.reader.as_deref())?;
    print_new_pictures(terminal, prepared.publish()?.as_ref());
    let mailing = TestMailing::compose(prepared, &readers, &testers, Timestamp::now())?;
    terminal.diagnostics(&mailing.composition.warnings);
    let transport = ledgers::transport(project)?;
    let mut totals = Totals::default();
    for frozen in mailing.freeze() {
        let FrozenTest { mut ledger, record } = frozen?;
        let request = mailing.request(project, &record, &*transport);
        let early = attempt(terminal, &mut *ledger, &request, EventOutput::Hidden)?.early;
        for letter in &ledger.letters(record.id)? {
            totals.add(letter.state, 1);
            print_letter(terminal, letter, record.transport);
        }
        if let Some(exit) = early {
            return Ok(exit);
        }
    }
    if ledgers::transport_kind(project) == TransportKind::Outbox {
        terminal.print_line(report::written_to_outbox());
    }
    Ok(Exit::of_totals(&totals))
}

/// The addresses that were typed, each once; reports the first that is invalid.
fn parse_testers(terminal: &Terminal, typed: &[String]) -> Option<Vec<Address>> {
    let mut testers: Vec<Address> = Vec::new();
    for text in typed {
        match Address::parse(text) {
            Ok(address) if testers.iter().any(|other| other.key() == address.key()) => {}
            Ok(address) => testers.push(address),
            Err(error) => {
                terminal.problem(composed!("--to {text}: {error}"));
                return None;
            }
        }
    }
    Some(testers)
}

fn print_letter(terminal: &Terminal, record: &LetterRecord, transport: TransportKind) {
    let letter = &record.letter;
    let to = letter.person.address.as_str();
    let reply = record.reason.as_ref().map(ToString::to_string);
    let reply = reply.as_deref();
    let (edition, message_id) = (letter.edition.as_str(), letter.message_id.as_str());
    terminal.json(&TestJson { edition, to, state: record.state, reply, message_id });
    let word = report::word(record.state, transport);
    let reply =
        reply.filter(|_| transport == TransportKind::Smtp).map(|reply| composed!(": {}", in_words(reply).map(visible)));
    let reply = reply.unwrap_or_default();
    terminal.print_line(message!("{edition} to {to}: {word}{reply}", "{edition} til {to}: {word}{reply}"));
}
