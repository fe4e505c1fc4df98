//! Reads exports row by row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::base::csv::encoding::Encoding;
use crate::base::csv::row::ListRow;
use crate::people::import::csv;
use crate::people::import::date;
use crate::people::import::layout::{ExportLayout, ImportColumn};
use crate::people::import::object_cell;
use crate::people::import::subscription_status::{SubscriptionStatus, is_yes};
use crate::people::import::{
    ExportFile, ImportError, ImportedFile, ImportedPeople, ImportedPerson, RejectedRow, SEPARATOR,
};
use crate::people::lists::column::{Column, ConsentColumn};
use crate::people::lists::unexpected_character;
use crate::people::person::Address;
use crate::people::person::suppression_reason::SuppressionRequest;

/// So many texts are shown of a file whose encoding was guessed.
const GUESSED: usize = 3;

/// Reads exports of one list; `from` names the system where it was typed.
///
/// Who left according to any row of any file has left, whatever other rows say.
///
/// # Errors
///
/// A file cannot be read to its end, or nobody knows what its columns mean.
pub fn read(exports: &[ExportFile<'_>], from: Option<&str>) -> Result<ImportedPeople, ImportError> {
    let mut intake = ExportReader::default();
    for export in exports {
        let (header, rows, encoding) = csv::decoded(export.name, export.bytes)?;
        let layout = ExportLayout::of(export.name, (&header, &rows), from)?;
        intake.file(export.name, &layout, &rows);
        if let (Encoding::Windows1252, Some(told)) = (encoding, intake.incoming.files.last_mut()) {
            told.guessed = uncertain_texts(&layout, &rows);
        }
    }
    Ok(intake.finish())
}

/// Some texts with letters beyond ASCII, for somebody to look at; names, where there are any.
fn uncertain_texts(layout: &ExportLayout, rows: &[ListRow]) -> Vec<String> {
    let is_name =
        |part: &ImportColumn| matches!(part, ImportColumn::Field(Column::Name | Column::FirstName | Column::LastName));
    let mut texts: Vec<String> = Vec::new();
    for wanted in [true, false] {
        for row in rows {
            let cells = row.cells.iter().zip(&layout.parts).filter(|(_, part)| is_name(part) == wanted);
            for (cell, _) in cells.filter(|(cell, _)| !cell.text.is_ascii()) {
                let text: String = cell.text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
                if texts.len() < GUESSED && !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
        if !texts.is_empty() {
            break;
        }
    }
    texts
}

/// What is known so far.
#[derive(Default)]
struct ExportReader {
    incoming: ImportedPeople,
    /// Where in the entries everybody stands who reads, and in which file and line.
    readers: HashMap<String, RowLocation>,
    left: BTreeSet<String>,
}

/// Where a reader was found.
struct RowLocation {
    entry: usize,
    file: usize,
    line: usize,
}

/// What one row says.
struct ParsedRow {
    address: Address,
    values: BTreeMap<Column, String>,
    standing: SubscriptionStatus,
    left_at: Option<Date>,
}

impl ExportReader {
    fn file(&mut self, name: &str, layout: &ExportLayout, rows: &[ListRow]) {
        let number = self.incoming.files.len();
        let columns = layout.parts.iter().filter_map(|part| match part {
            ImportColumn::Field(column) | ImportColumn::List(column, _) => Some(column.clone()),
            _ => None,
        });
        columns.collect::<Vec<_>>().iter().for_each(|it| self.column(it));
        self.incoming.files.push(ImportedFile {
            name: name.to_owned(),
            system: layout.system.name,
            system_id: layout.system.id,
            columns: Vec::new(),
            rows: rows.len(),
            readers: 0,
            left: 0,
            rejected: 0,
            guessed: Vec::new(),
        });
        let mut fields = Vec::new();
        for row in rows {
            match (draft(layout, row, &mut fields), unsubscribed_person(name, layout, row)) {
                (Ok(draft), _) | (Err(_), Some(draft)) => self.take(number, draft, row),
                (Err(reason), None) => self.reject(number, reason, row),
            }
        }
        let names: Vec<String> = fields.iter().map(ToString::to_string).collect();
        self.incoming.files[number].columns = layout.told(&names);
        self.lists(layout);
    }

    fn column(&mut self, column: &Column) {
        if *column != Column::Email && !self.incoming.columns.contains(column) {
            self.incoming.columns.push(column.clone());
        }
    }

    fn lists(&mut self, layout: &ExportLayout) {
        let lists = layout.parts.iter().filter_map(|part| match part {
            ImportColumn::List(column, _) => Some(column.field().to_owned()),
            _ => None,
        });
        self.incoming.lists.extend(lists);
    }

    fn take(&mut self, file: usize, draft: ParsedRow, row: &ListRow) {
        let standing =
            SubscriptionStatus::of_file(&self.incoming.files[file].name).unwrap_or(SubscriptionStatus::Reads);
        let key = draft.address.key();
        match standing.max(draft.standing) {
            SubscriptionStatus::Left(reason) => {
                self.incoming.files[file].left += 1;
                if self.left.insert(key) {
                    let source = self.incoming.files[file].name.clone();
                    let departure = SuppressionRequest { address: draft.address, reason, at: draft.left_at, source };
                    self.incoming.departures.push(departure);
                }
            }
            SubscriptionStatus::Unconfirmed => {
                self.reject(file, "they never confirmed that they want to read".to_owned(), row);
            }
            SubscriptionStatus::Paused => self.reject(file, "the other system did not write to them".to_owned(), row),
            SubscriptionStatus::Reads => self.reader(file, draft, row),
        }
    }

    fn reader(&mut self, file: usize, draft: ParsedRow, row: &ListRow) {
        if let Some(place) = self.readers.get(&draft.address.key()) {
            let other = &self.incoming.files[place.file].name;
            let reason = format!("the address stands on line {} of {other} already", place.line);
            self.reject(file, reason, row);
            return;
        }
        let place = RowLocation { entry: self.incoming.entries.len(), file, line: row.line };
        self.readers.insert(draft.address.key(), place);
        self.incoming.files[file].readers += 1;
        draft.values.keys().for_each(|it| self.column(it));
        self.incoming.entries.push(ImportedPerson { address: draft.address, values: draft.values });
    }

    fn reject(&mut self, file: usize, reason: String, row: &ListRow) {
        self.reject_text(file, reason, (row.line, row.text.trim_end()));
    }

    fn reject_text(&mut self, file: usize, reason: String, (line, row): (usize, &str)) {
        let told = &mut self.incoming.files[file];
        told.rejected += 1;
        self.incoming.rejected.push(RejectedRow { file: told.name.clone(), line, reason, row: row.to_owned() });
    }

    /// Takes out those of whom another row says that they left.
    fn finish(mut self) -> ImportedPeople {
        let mut gone: Vec<RowLocation> = self.left.iter().filter_map(|key| self.readers.remove(key)).collect();
        gone.sort_by_key(|it| (it.file, it.line));
        for place in &gone {
            self.incoming.files[place.file].readers -= 1;
            let address = self.incoming.entries[place.entry].address.to_string();
            self.reject_text(place.file, "another row says that they left".to_owned(), (place.line, &address));
        }
        let gone: BTreeSet<usize> = gone.iter().map(|it| it.entry).collect();
        let mut position = 0..;
        self.incoming.entries.retain(|_| position.next().is_some_and(|it| !gone.contains(&it)));
        let mut incoming = self.incoming;
        let named: BTreeSet<&Column> = incoming.entries.iter().flat_map(|it| it.values.keys()).collect();
        incoming.columns.retain(|it| named.contains(it));
        incoming.lists.retain(|list| incoming.columns.iter().any(|it| it.field() == list));
        incoming
    }
}

/// What a row says, or why it says nothing; `fields` are those that objects held so far.
fn draft(layout: &ExportLayout, row: &ListRow, fields: &mut Vec<Column>) -> Result<ParsedRow, String> {
    let expected = layout.parts.len();
    if row.cells.iter().skip(expected).any(|it| !it.text.is_empty()) || row.cells.len() < expected {
        return Err(format!("it has {} cells, and the first line has {expected}", row.cells.len()));
    }
    let mut values = BTreeMap::new();
    let mut address = None;
    let mut standing = SubscriptionStatus::Reads;
    let (mut left_at, mut changed, mut opted_in) = (None, None, None);
    for (part, cell) in layout.parts.iter().zip(&row.cells).filter(|(_, cell)| !cell.text.is_empty()) {
        let text = cell.text.as_str();
        let mut put = |column: &Column, text: String| set_value(&mut values, column, text);
        match part {
            ImportColumn::Field(Column::Email) => {
                address = Some(Address::parse(text).map_err(|error| error.to_string())?);
            }
            ImportColumn::Field(column) => put(column, text.to_owned())?,
            ImportColumn::List(column, separator) => put(column, list(text, separator))?,
            ImportColumn::Object(notation) => {
                let found = object_cell::fields(text, *notation).ok_or("its attributes cannot be read")?;
                for (name, text) in found {
                    let Some(column) = Column::named(&name).filter(|it| *it != Column::Email) else { continue };
                    set_value(&mut values, &column, text)?;
                    if !fields.contains(&column) {
                        fields.push(column);
                    }
                }
            }
            ImportColumn::Status => {
                let word = SubscriptionStatus::of_word(text);
                standing = standing.max(word.ok_or_else(|| format!("nobody knows what the status {text:?} means"))?);
            }
            ImportColumn::Yes(then) if parse_yes(text)? => standing = standing.max(*then),
            ImportColumn::No(then) if !parse_yes(text)? => standing = standing.max(*then),
            ImportColumn::Filled(then) if is_yes(text) != Some(false) => {
                standing = standing.max(*then);
                left_at = left_at.or(date::read(text));
            }
            ImportColumn::Changed => changed = date::read(text),
            ImportColumn::OptedIn => opted_in = date::read(text).or(opted_in),
            ImportColumn::Yes(_)
            | ImportColumn::No(_)
            | ImportColumn::Filled(_)
            | ImportColumn::Nothing
            | ImportColumn::Again(_) => {}
        }
    }
    if layout.lacks_status(row) {
        return Err("it does not say whether they read".to_owned());
    }
    let address = address.ok_or("it has no e-mail address")?;
    if let Some(since) = opted_in {
        record_consent(&mut values, since, layout.system.name);
    }
    Ok(ParsedRow { address, values, standing, left_at: left_at.or(changed) })
}

/// Who left by a row that says nothing else: in a file of those who left, an address is enough, lest they be written to.
fn unsubscribed_person(name: &str, layout: &ExportLayout, row: &ListRow) -> Option<ParsedRow> {
    let standing = SubscriptionStatus::of_file(name)?;
    let at = layout.parts.iter().position(|it| *it == ImportColumn::Field(Column::Email))?;
    let address = Address::parse(&row.cells.get(at)?.text).ok()?;
    Some(ParsedRow { address, values: BTreeMap::new(), standing, left_at: None })
}

/// Keeps a value, the first of a field; a control character would be obeyed where it is printed.
fn set_value(values: &mut BTreeMap<Column, String>, column: &Column, text: String) -> Result<(), String> {
    if let Some(unexpected_character) = unexpected_character(column, &text) {
        return Err(format!("there is {unexpected_character} in {column}"));
    }
    if !text.is_empty() {
        values.entry(column.clone()).or_insert(text);
    }
    Ok(())
}

/// Several values, with our own separator between them; some systems put each in quotation marks.
fn list(text: &str, separator: &str) -> String {
    let parts = text.split(separator).map(|it| it.trim().trim_matches('"').trim());
    parts.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(SEPARATOR)
}

fn parse_yes(text: &str) -> Result<bool, String> {
    is_yes(text).ok_or_else(|| format!("{text:?} is neither yes nor no"))
}

/// Records that they said so themselves, unless the list records a ground of its own.
fn record_consent(values: &mut BTreeMap<Column, String>, since: Date, system: &str) {
    if values.contains_key(&Column::Consent(ConsentColumn::Basis)) {
        return;
    }
    for (name, value) in [("consent", "opt-in"), ("consent_at", &since.to_string()), ("consent_source", system)] {
        values.extend(Column::named(name).map(|column| (column, value.to_owned())));
    }
}
