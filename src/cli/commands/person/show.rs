//! `person show`: shows all data about one person.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::error::Error;
use crate::cli::commands::person::nothing;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::cli::typed;
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
    terminal.print_line(address.as_str());
    print_section(terminal, "lists", data.lists.iter().map(row).collect());
    let width = data.audiences.iter().map(|status| status.audience.chars().count()).max().unwrap_or(0);
    let statuses = data.audiences.iter().map(|status| {
        let member = if status.member { "in " } else { "out" };
        vec![format!("{:width$}  {member}  {}", status.audience, status.because)]
    });
    print_section(terminal, "audiences", statuses.collect());
    print_section(
        terminal,
        "suppressions",
        data.suppressions.iter().map(|suppression| self::suppression(suppression, zone)).collect(),
    );
    print_section(terminal, "letters", data.letters.iter().map(|sent| letter(sent, zone)).collect());
    print_section(terminal, "files", data.files.iter().map(|found| vec![file(found)]).collect());
    Ok(exit)
}

/// Prints a heading and its entries, each on one line or more.
fn print_section(terminal: &Terminal, heading: &str, entries: Vec<Vec<String>>) {
    if !entries.is_empty() {
        terminal.print_line(format!("\n{heading}"));
    }
    for (at, line) in entries.into_iter().flat_map(|lines| lines.into_iter().enumerate()) {
        let indent = if at == 0 { "  " } else { "      " };
        terminal.print_line(format!("{indent}{}", visible(&line)));
    }
}

fn row(listed: &ListedPerson) -> Vec<String> {
    let person = &*listed.person;
    let mut lines = vec![format!("{}, for {}: {}", person.origin, listed.in_list_of.join(", "), person.address)];
    lines.extend(values(person));
    lines
}

/// A person's values besides the address.
fn values(person: &Person) -> Vec<String> {
    let mut lines: Vec<String> = person.fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    lines.extend(person.lang.map(|lang| format!("lang: {lang}")));
    lines.extend(person.consent.iter().map(|consent| format!("consent: {consent}")));
    lines
}

fn suppression(suppression: &SuppressionSummary, zone: &TimeZone) -> Vec<String> {
    let hash = if suppression.address_is_kept { "" } else { ", stored only as a keyed hash" };
    let removed = match (suppression.removed_at, &suppression.removed_because) {
        (Some(at), Some(because)) => format!("; removed on {}: {because}", day(at, zone)),
        (Some(_) | None, _) => String::new(),
    };
    let within = report::in_series(suppression.series.as_ref());
    vec![format!(
        "{}{within} since {}, by {}{hash}{removed}",
        suppression.reason.as_str(),
        day(suppression.since, zone),
        suppression.by
    )]
}

fn letter(sent: &LetterSummary, zone: &TimeZone) -> Vec<String> {
    let replaced = if sent.replaced { ", in a plan that was replaced" } else { "" };
    let word = report::word(sent.state, sent.transport);
    let mut lines = vec![format!("{}: {word}, edition {}{replaced}", sent.issue, sent.letter.edition)];
    if let Some(at) = sent.at {
        let at = at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M");
        lines.push(format!("{at}: {}", sent.reply.as_deref().unwrap_or("no reply was stored")));
    }
    lines.push(format!("Message-ID {}", sent.letter.message_id));
    lines.push(format!("planned on {}, from {}", day(sent.planned_at, zone), sent.letter.person.origin));
    lines.extend(values(&sent.letter.person));
    lines
}

fn file(found: &FileMatch) -> String {
    let numbers: Vec<String> = found.lines.iter().map(ToString::to_string).collect();
    let lines = match numbers.as_slice() {
        [] => String::new(),
        [line] => format!(", line {line}"),
        several => format!(", lines {}", several.join(", ")),
    };
    format!("{}: {}{lines}", found.file, found.kind)
}

fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).date().to_string()
}
