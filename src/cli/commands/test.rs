//! `test`: editions as they will be sent, to an address of one's own.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::value::Value;
use crate::cli::deliver::{self, DeliveryRequest};
use crate::cli::exit::Exit;
use crate::cli::observer::EventOutput;
use crate::cli::plan as planning;
use crate::cli::project::OpenProject;
use crate::cli::report;
use crate::cli::terminal::{Terminal, visible};
use crate::delivery::ledger;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::rate_limits::RateLimits;
use crate::delivery::ledger::record::LetterRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::delivery::run::WaitPolicy;
use crate::delivery::transport::Transport;
use crate::issue::edition_key::EditionKey;
use crate::letter::compose::ComposedPlan;
use crate::letter::headers::CommonHeaders;
use crate::letter::message_id::MessageIds;
use crate::letter::plan::{Fingerprint, Plan, PlannedLetter, TransportKind};
use crate::letter::purpose::{LetterPurpose, TestLabel};
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::{Address, Person};

/// Arguments of `test`.
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// The issue, which may be a draft
    pub(super) issue: PathBuf,
    /// Address to send the test to; can be repeated
    #[arg(long, required = true, value_name = "ADDR", value_delimiter = ',')]
    to: Vec<String>,
    /// Send only what this recipient gets, or the editions of one audience [default: every edition]
    #[arg(long = "as", value_name = "EMAIL|audience:ID")]
    reader: Option<String>,
}

/// What became of one test.
#[derive(Serialize)]
struct TestJson<'a> {
    edition: &'a str,
    to: &'a str,
    state: LetterState,
    reply: Option<&'a str>,
    message_id: &'a str,
}

/// Somebody whose letter is tried out.
struct TestRecipient {
    person: Arc<Person>,
    edition: EditionKey,
}

/// Sends each edition that was asked for to each address; the project's ledger is not touched.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, test: &TestArgs) -> Result<Exit, Error> {
    let Some(testers) = addresses(terminal, &test.to) else { return Ok(Exit::Blocked) };
    let path = opened.project.issue_path(&test.issue);
    let Some(prepared) = planning::prepare(terminal, opened, &path)? else { return Ok(Exit::Blocked) };
    let Some((readers, mark)) = readers(terminal, &prepared, test.reader.as_deref())? else {
        return Ok(Exit::Blocked);
    };
    planning::publish(terminal, &prepared)?;
    let now = Timestamp::now();
    let mut masthead = prepared.masthead(prepared.moment(now))?;
    masthead.purpose = LetterPurpose::Test(mark);
    let plans: Vec<(Plan, Vec<PlannedLetter>)> = readers
        .iter()
        .map(|reader| plan(&prepared, &masthead, (reader, &testers), (opened.transport(), now)))
        .collect();
    let content = prepared.content.clone();
    let own: Vec<PlannedLetter> =
        readers.iter().zip(&plans).filter_map(|(it, (_, letters))| own_letter(it, letters)).collect();
    let guard = prepared.guard();
    let composed = match ComposedPlan::compose(masthead, prepared.editions, &own) {
        Ok(composed) => composed,
        Err(lacking) => {
            terminal.diagnostics(&planning::shortfalls(&lacking));
            return Ok(Exit::Blocked);
        }
    };
    // Whoever tries an edition out may be of its readers: what is not for them is not for a test either.
    let leaks = guard.check_letters(&composed, &own);
    terminal.diagnostics(&leaks);
    if leaks.has_errors() {
        return Ok(Exit::Blocked);
    }
    let transport = opened.way_out()?;
    let mut totals = Totals::default();
    for (plan, letters) in &plans {
        let terms = FreezeContext {
            content: content.clone(),
            send_until: None,
            now,
            suppressed: SuppressedAddresses::default(),
        };
        let (records, early) = send(terminal, opened, (plan, letters, &terms), (&composed, &*transport))?;
        for record in &records {
            totals.add(record.state, 1);
            print_report(terminal, record, plan.transport);
        }
        if let Some(exit) = early {
            return Ok(exit);
        }
    }
    if opened.transport() == TransportKind::Outbox {
        terminal.say("they lie in outbox/: nobody has received them. Set smtp in newsletter.yaml to send by a relay");
    }
    Ok(Exit::of_totals(&totals))
}

fn addresses(terminal: &Terminal, typed: &[String]) -> Option<Vec<Address>> {
    let mut addresses: Vec<Address> = Vec::new();
    for text in typed {
        match Address::parse(text) {
            Ok(address) if addresses.iter().any(|it| it.key() == address.key()) => {}
            Ok(address) => addresses.push(address),
            Err(error) => {
                terminal.problem(&format!("--to {text}: {error}"));
                return None;
            }
        }
    }
    Some(addresses)
}

/// Whose letters are asked for, and whether their subjects tell them apart.
fn readers(
    terminal: &Terminal,
    prepared: &PreparedIssue<'_>,
    wanted: Option<&str>,
) -> Result<Option<(Vec<TestRecipient>, TestLabel)>, Error> {
    let invented =
        |key: &EditionKey| Some(TestRecipient { person: prepared.invented(key).ok()?, edition: key.clone() });
    let Some(wanted) = wanted else {
        return Ok(Some((prepared.keys.values().filter_map(invented).collect(), TestLabel::Edition)));
    };
    if let Some(audience) = wanted.strip_prefix("audience:") {
        let editions = prepared.keys.values().filter(|it| it.audience.as_str() == audience);
        let goes = planning::is_addressed_to(terminal, prepared, audience);
        return Ok(goes.then(|| (editions.filter_map(invented).collect(), TestLabel::Edition)));
    }
    let found = planning::reader(terminal, prepared, wanted)?;
    Ok(found.map(|(person, edition)| (vec![TestRecipient { person, edition: edition.clone() }], TestLabel::Plain)))
}

/// One edition for each of the testers, with Message-IDs that no other letter has: a test may be sent again.
fn plan(
    prepared: &PreparedIssue<'_>,
    masthead: &CommonHeaders,
    (reader, testers): (&TestRecipient, &[Address]),
    (transport, now): (TransportKind, Timestamp),
) -> (Plan, Vec<PlannedLetter>) {
    let edition = reader.edition.id();
    let run = format!("{edition} {}", now.as_nanosecond());
    let domain = masthead.from.address.domain().to_owned();
    let message_ids = MessageIds { key: masthead.key.clone(), domain };
    let letters = testers.iter().map(|tester| PlannedLetter {
        person: Arc::new(as_reader(&reader.person, tester)),
        audience: reader.edition.audience.clone(),
        edition: edition.clone(),
        message_id: message_ids.test(&prepared.issue.id, &run, tester),
    });
    let plan = Plan {
        issue: prepared.issue.id.clone(),
        series: prepared.series().cloned(),
        transport,
        date: masthead.date.clone(),
        fingerprint: Fingerprint::new(),
        editions: vec![reader.edition.clone()],
    };
    (plan, letters.collect())
}

/// The tester with everything that is the reader's: no letter of a test can go to anybody else.
fn as_reader(reader: &Person, tester: &Address) -> Person {
    let mut person = reader.clone();
    person.fields = person.fields.with([("email".to_owned(), Value::Text(reader.address.to_string()))]);
    person.address = tester.clone();
    person
}

/// A letter of the plan under the reader's own name: whoever lacks a value is to be named.
fn own_letter(reader: &TestRecipient, letters: &[PlannedLetter]) -> Option<PlannedLetter> {
    let letter = letters.first()?.clone();
    Some(PlannedLetter { person: Arc::clone(&reader.person), ..letter })
}

fn send(
    terminal: &Terminal,
    opened: &OpenProject,
    (plan, letters, terms): (&Plan, &[PlannedLetter], &FreezeContext),
    (composed, transport): (&ComposedPlan, &dyn Transport),
) -> Result<(Vec<LetterRecord>, Option<Exit>), Error> {
    let mut ledger = ledger::open::in_memory()?;
    let id = ledger.freeze(plan, terms, &mut letters.iter().cloned().map(Ok))?;
    let mut early = None;
    if let Some(record) = ledger.plan(&plan.issue, plan.transport)? {
        let desk = RunScope { plan: id, audience: None, limit: None, tries: 1, rate: RateLimits::default() };
        let delivery = DeliveryRequest {
            record: &record,
            composed,
            transport,
            retry: opened.project.retry(),
            desk,
            patience: WaitPolicy::Brief,
        };
        early = deliver::attempt(terminal, &mut *ledger, &delivery, EventOutput::Untold)?.early;
    }
    Ok((ledger.letters(id)?, early))
}

fn print_report(terminal: &Terminal, record: &LetterRecord, transport: TransportKind) {
    let letter = &record.letter;
    let to = letter.person.address.as_str();
    let reply = record.reason.as_ref().map(ToString::to_string);
    let reply = reply.as_deref();
    terminal.json(&TestJson {
        edition: &letter.edition,
        to,
        state: record.state,
        reply,
        message_id: &letter.message_id,
    });
    let word = report::word(record.state, transport);
    let words = reply.filter(|_| transport == TransportKind::Smtp).map(|it| format!(": {}", visible(it)));
    terminal.say(&format!("{} to {to}: {word}{}", letter.edition, words.unwrap_or_default()));
}
