//! `person show`: shows all data about one person.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::cli::commands::person::nothing;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::cli::typed;
use crate::delivery::stored_reason::in_words;
use crate::ops::personal_data::report::{FileMatch, LetterSummary, ListedPerson, PersonalData, SuppressionSummary};
use crate::ops::text::visible;
use crate::people::person::Person;
use crate::project::Project;

/// Arguments of `person show`.
#[derive(Args, Debug)]
pub(crate) struct PersonShowArgs {
    /// E-mail address
    address: String,
}

/// Prints it under headings.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &PersonShowArgs) -> Result<Exit, Error> {
    let Some(address) = typed::address(terminal, &args.address) else { return Ok(Exit::Blocked) };
    let (data, diagnostics) = PersonalData::gather(project, &address)?;
    let exit = terminal.list_diagnostics(project, diagnostics);
    terminal.json(&data);
    if data.is_empty() {
        nothing::print(terminal, &data);
        return Ok(exit);
    }
    let zone = &project.settings().timezone;
    terminal.print_line(Message::verbatim(address.as_str()));
    print_section(terminal, &message!("lists", "lister"), data.lists.iter().map(row).collect());
    let width = data.audiences.iter().map(|status| status.audience.chars().count()).max().unwrap_or(0);
    let statuses = data.audiences.iter().map(|status| {
        let member = if status.member { message!("in ", "med") } else { message!("out", "ude") };
        vec![composed!("{:width$}  {member}  {}", status.audience, status.because)]
    });
    print_section(terminal, &message!("audiences", "målgrupper"), statuses.collect());
    let suppressions = data.suppressions.iter().map(|suppression| self::suppression(suppression, zone));
    print_section(terminal, &message!("suppressions", "spærringer"), suppressions.collect());
    let letters = data.letters.iter().map(|sent| letter(sent, zone));
    print_section(terminal, &message!("letters", "mails"), letters.collect());
    let files = data.files.iter().map(|found| vec![file(found)]);
    print_section(terminal, &message!("files", "filer"), files.collect());
    Ok(exit)
}

/// Prints a heading and its entries, each on one line or more.
fn print_section(terminal: &Terminal, heading: &Message, entries: Vec<Vec<Message>>) {
    if !entries.is_empty() {
        terminal.print_line(composed!("\n{heading}"));
    }
    for (at, line) in entries.into_iter().flat_map(|lines| lines.into_iter().enumerate()) {
        let indent = if at == 0 { "  " } else { "      " };
        terminal.print_line(composed!("{indent}{line}").map(visible));
    }
}

fn row(listed: &ListedPerson) -> Vec<Message> {
    let person = &*listed.person;
    let (origin, address, audiences) = (&person.origin, &person.address, listed.in_list_of.join(", "));
    let mut lines = vec![message!("{origin}, for {audiences}: {address}", "{origin}, til {audiences}: {address}")];
    lines.extend(values(person));
    lines
}

/// A person's values besides the address.
fn values(person: &Person) -> Vec<Message> {
    let fields = person.fields.iter().map(|(name, value)| Message::verbatim(format!("{name}: {value}")));
    let mut lines: Vec<Message> = fields.collect();
    lines.extend(person.lang.map(|lang| Message::verbatim(format!("lang: {lang}"))));
    lines.extend(person.consent.iter().map(|consent| message!("consent: {consent}", "samtykke: {consent}")));
    lines
}

fn suppression(suppression: &SuppressionSummary, zone: &TimeZone) -> Vec<Message> {
    let hash = if suppression.address_is_kept {
        Message::default()
    } else {
        message!(", stored only as a keyed hash", ", kun gemt som et fingeraftryk med nøgle")
    };
    let removed = match (suppression.removed_at, &suppression.removed_because) {
        (Some(at), Some(because)) => {
            let day = day(at, zone);
            message!("; removed on {day}: {because}", "; ophævet {day}: {because}")
        }
        (Some(_) | None, _) => Message::default(),
    };
    let (reason, within) =
        (report::suppression_reason(suppression.reason), report::in_series(suppression.series.as_ref()));
    let (since, by) = (day(suppression.since, zone), &suppression.by);
    vec![message!(
        "{reason}{within} since {since}, by {by}{hash}{removed}",
        "{reason}{within} siden {since}, af {by}{hash}{removed}"
    )]
}

fn letter(sent: &LetterSummary, zone: &TimeZone) -> Vec<Message> {
    let replaced = if sent.replaced {
        message!(", in a plan that was replaced", ", i en plan, der er afløst")
    } else {
        Message::default()
    };
    let (issue, word, edition) = (&sent.issue, report::word(sent.state, sent.transport), &sent.letter.edition);
    let mut lines =
        vec![message!("{issue}: {word}, edition {edition}{replaced}", "{issue}: {word}, udgaven {edition}{replaced}")];
    if let Some(at) = sent.at {
        let at = at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M");
        let reply = sent.reply.as_deref().map(in_words);
        let reply = reply.unwrap_or_else(|| message!("no reply was stored", "intet svar er gemt"));
        lines.push(composed!("{at}: {reply}"));
    }
    lines.push(Message::verbatim(format!("Message-ID {}", sent.letter.message_id)));
    let (planned, origin) = (day(sent.planned_at, zone), &sent.letter.person.origin);
    lines.push(message!("planned on {planned}, from {origin}", "planlagt {planned}, fra {origin}"));
    lines.extend(values(&sent.letter.person));
    lines
}

fn file(found: &FileMatch) -> Message {
    let numbers: Vec<String> = found.lines.iter().map(ToString::to_string).collect();
    let lines = match numbers.as_slice() {
        [] => Message::default(),
        [line] => message!(", line {line}", ", linje {line}"),
        several => {
            let lines = several.join(", ");
            message!(", lines {lines}", ", linje {lines}")
        }
    };
    composed!("{}: {}{lines}", found.file, found.kind)
}

fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).date().to_string()
}
