//! `audience show`: the members of an audience.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::base::value::Value;
use crate::cli::commands::audience::named::named;
use crate::cli::commands::audience::suppressed;
use crate::cli::csv_cell::CsvForm;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::ops::text::visible;
use crate::people::import::SEPARATOR;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::people::person::values::Values;
use crate::people::person::{Consent, Person};
use crate::project::Project;

/// Arguments of `audience show`.
#[derive(Args, Debug)]
pub(crate) struct AudienceShowArgs {
    /// Audience ID
    audience: String,
    /// Print the list as CSV
    #[arg(long, conflicts_with = "json", value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "excel")]
    csv: Option<CsvForm>,
    /// List at most N members
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Skip the first N members
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
}

/// The columns of a consent, which are not fields.
const CONSENT: [&str; 4] = ["consent", "consent_at", "consent_source", "consent_text"];
/// The width at which a cell of the table is truncated.
const MAX_WIDTH: usize = 32;

#[derive(Serialize)]
struct PersonJson<'a> {
    email: &'a str,
    lang: Option<&'a str>,
    fields: &'a Values,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<&'a Consent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<SuppressionReason>,
    origin: String,
}

/// Lists the members of an audience, or a page of them.
pub(super) fn run(terminal: &Terminal, project: &Project, show: &AudienceShowArgs) -> Result<Exit, Error> {
    let (readers, diagnostics) = project.readers()?;
    let exit = terminal.list_diagnostics(project, diagnostics);
    let Some(audience) = named(terminal, &readers, &show.audience) else { return Ok(Exit::Blocked) };
    let members = readers.membership.of(&audience.id).skip(show.offset).take(show.limit.unwrap_or(usize::MAX));
    let page = members.map(|member| member.person()).collect::<Result<Vec<Person>, Error>>()?;
    let fields: BTreeSet<&str> = page.iter().flat_map(|person| person.fields.keys()).collect();
    let consent = if page.iter().any(|person| person.consent.is_some()) { CONSENT.as_slice() } else { &[] };
    let consent = consent.iter().copied();
    let header: Vec<&str> = ["email", "lang"].into_iter().chain(fields).chain(consent).collect();
    let addresses = suppressed::read(project)?;
    if let Some(csv) = show.csv {
        print_csv(terminal, csv, &header, &page, &addresses);
        return Ok(exit);
    }
    for person in &page {
        let lang = person.lang.map(Lang::tag);
        let (origin, consent) = (person.origin.to_string(), person.consent.as_deref());
        let (email, suppressed) = (person.address.as_str(), addresses.reason(&person.address));
        terminal.json(&PersonJson { email, lang, fields: &person.fields, consent, suppressed, origin });
    }
    let notes: Vec<String> = page.iter().map(|person| note(terminal, &addresses, person)).collect();
    for line in table(&header, &page, &notes) {
        terminal.print_line(Message::verbatim(line));
    }
    let members = readers.membership.size(&audience.id);
    let total = noun::MEMBER.count(members as u64);
    let total = match suppressed::count(&readers, &audience.id, &addresses)? {
        0 => total,
        held_back => message!(
            "{total}, {held_back} of them suppressed: see `newsletter suppression list`",
            "{total}, heraf {held_back} spærret: se `newsletter suppression list`"
        ),
    };
    if page.len() == members {
        terminal.print_line(total);
    } else {
        let (first, last) = (show.offset + 1, show.offset + page.len());
        terminal.print_line(message!(
            "{first} to {last} of {total}; next page: --offset {last}",
            "{first} til {last} af {total}; næste side: --offset {last}"
        ));
    }
    Ok(exit)
}

/// Prints the members so that they can be imported again: suppressions are not among the columns.
fn print_csv(terminal: &Terminal, csv: CsvForm, header: &[&str], page: &[Person], addresses: &SuppressedAddresses) {
    csv.print_header(header);
    for person in page {
        let cells: Vec<String> = header.iter().map(|field| csv_value(person, field, csv)).collect();
        csv.print_row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let held_back = page.iter().filter(|person| addresses.reason(&person.address).is_some()).count();
    if held_back > 0 {
        let members = noun::MEMBER.count(held_back as u64);
        terminal.note(message!(
            "{members} of this list suppressed: see `newsletter suppression list`",
            "{members} på listen er spærret: se `newsletter suppression list`"
        ));
    }
}

fn value(person: &Person, field: &str) -> String {
    match field {
        "email" => person.address.to_string(),
        "lang" => person.lang.map(|lang| lang.tag().to_owned()).unwrap_or_default(),
        column if CONSENT.contains(&column) => {
            person.consent.as_ref().and_then(|consent| consent_value(consent, column)).unwrap_or_default()
        }
        field => person.fields.get(field).map(ToString::to_string).unwrap_or_default(),
    }
}

fn consent_value(consent: &Consent, column: &str) -> Option<String> {
    match column {
        "consent" => Some(consent.basis.clone()),
        "consent_at" => consent.at.map(|at| at.to_string()),
        "consent_source" => consent.source.clone(),
        _ => consent.text.clone(),
    }
}

/// The value for a file that can be imported again: an import splits several values at this separator, not at commas.
fn csv_value(person: &Person, field: &str, csv: CsvForm) -> String {
    match person.fields.get(field) {
        Some(Value::List(values)) => values.iter().map(|value| csv.text(value)).collect::<Vec<_>>().join(SEPARATOR),
        Some(number @ Value::Number(_)) => csv.text(number),
        Some(_) | None => value(person, field),
    }
}

/// Why a person gets no letter; empty: they get letters.
fn note(terminal: &Terminal, addresses: &SuppressedAddresses, person: &Person) -> String {
    let Some(reason) = addresses.reason(&person.address) else { return String::new() };
    let reason = report::suppression_reason(reason);
    message!("suppressed: {reason}", "spærret: {reason}").in_language(terminal.language()).to_owned()
}

/// The lines of a table, each column as wide as its widest cell; empty columns are left out. A note is at the end of its line.
fn table(header: &[&str], page: &[Person], notes: &[String]) -> Vec<String> {
    let column = |field: &&str| {
        let cells: Vec<String> = page.iter().map(|person| truncated(&value(person, field))).collect();
        let is_used = cells.iter().any(|cell| !cell.is_empty());
        let cells: Vec<String> = [(*field).to_owned()].into_iter().chain(cells).collect();
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        is_used.then(|| cells.into_iter().map(|cell| format!("{cell:<width$}")).collect::<Vec<_>>())
    };
    let columns: Vec<Vec<String>> = header.iter().filter_map(column).collect();
    let rows = columns.first().map_or(0, Vec::len);
    let line = |row: usize| {
        let note = row.checked_sub(1).and_then(|row| notes.get(row)).map(String::as_str);
        let cells = columns.iter().map(|column| column[row].as_str()).chain(note);
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    (0..rows).map(line).collect()
}

fn truncated(text: &str) -> String {
    let text = visible(text).replace(['\n', '\t'], " ");
    if text.chars().count() <= MAX_WIDTH { text } else { text.chars().take(MAX_WIDTH - 1).chain(['…']).collect() }
}
