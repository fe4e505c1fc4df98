//! Reads exports.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::base::csv::encoding::Encoding;
use crate::base::csv::row::ListRow;
use crate::base::message::{Message, message};
use crate::people::import::csv::{self, CsvFile};
use crate::people::import::date;
use crate::people::import::layout::{ExportLayout, ImportColumn};
use crate::people::import::object_cell;
use crate::people::import::subscription_status::{SubscriptionStatus, parse_yes_no};
use crate::people::import::{
    ExportFile, ImportError, ImportedFile, ImportedPeople, ImportedPerson, RejectedRow, SEPARATOR,
};
use crate::people::lists::column::{Column, ConsentColumn};
use crate::people::lists::person_builder::unexpected_character;
use crate::people::person::Address;
use crate::people::person::suppression_reason::SuppressionRequest;

/// How many texts are shown of a file whose encoding was guessed.
const GUESSED: usize = 3;

/// Reads the exports of one list; `from` names the system.
///
/// An address that any row of any file suppresses is suppressed, whatever other rows say.
///
/// # Errors
///
/// A file cannot be read, or the meaning of its columns is unknown.
pub fn read(exports: &[ExportFile<'_>], from: Option<&str>) -> Result<ImportedPeople, ImportError> {
    let mut reader = ExportReader::default();
    for export in exports {
        let csv = csv::read(export.name, export.bytes)?;
        let layout = ExportLayout::of(export.name, &csv, from)?;
        reader.file(export.name, &layout, &csv);
    }
    Ok(reader.finish())
}

/// Some texts beyond ASCII for the user to check; names, if there are any.
fn guessed_texts(layout: &ExportLayout, csv: &CsvFile) -> Vec<String> {
    if csv.encoding != Encoding::Windows1252 {
        return Vec::new();
    }
    let names = [Column::Name, Column::FirstName, Column::LastName].map(ImportColumn::Field);
    let mut texts: [Vec<String>; 2] = [Vec::new(), Vec::new()];
    for row in &csv.rows {
        for (cell, column) in row.cells.iter().zip(&layout.columns).filter(|(cell, _)| !cell.text.is_ascii()) {
            let text = cell.text.replace(char::is_control, " ");
            let texts = &mut texts[usize::from(!names.contains(column))];
            if texts.len() < GUESSED && !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    let [names, others] = texts;
    if names.is_empty() { others } else { names }
}

/// What was read so far.
#[derive(Default)]
struct ExportReader {
    import: ImportedPeople,
    /// Where each subscriber was found, by the key of their address.
    locations: HashMap<String, PersonLocation>,
    /// The keys of suppressed addresses.
    suppressed: BTreeSet<String>,
}

/// Where a subscriber was found.
struct PersonLocation {
    /// Their index among the people of the import.
    person: usize,
    /// The index of the file.
    file: usize,
    line: usize,
}

/// The content of one row.
struct ParsedRow {
    address: Address,
    values: BTreeMap<Column, String>,
    status: SubscriptionStatus,
    suppressed_at: Option<Date>,
}

impl ExportReader {
    fn file(&mut self, name: &str, layout: &ExportLayout, csv: &CsvFile) {
        let file = self.import.files.len();
        for column in &layout.columns {
            match column {
                ImportColumn::Field(field) => self.add_field(field),
                ImportColumn::List(field, _) => {
                    self.add_field(field);
                    self.import.lists.insert(field.field().to_owned());
                }
                _ => {}
            }
        }
        self.import.files.push(ImportedFile {
            name: name.to_owned(),
            system: layout.system.name,
            system_id: layout.system.id,
            columns: Vec::new(),
            rows: csv.rows.len(),
            readers: 0,
            left: 0,
            rejected: 0,
            guessed: guessed_texts(layout, csv),
        });
        let mut object_fields = Vec::new();
        for row in &csv.rows {
            match (parse_row(layout, row, &mut object_fields), suppressed_person(name, layout, row)) {
                (Ok(parsed), _) | (Err(_), Some(parsed)) => self.add(file, parsed, row),
                (Err(reason), None) => self.reject(file, reason, row),
            }
        }
        let names: Vec<String> = object_fields.iter().map(ToString::to_string).collect();
        self.import.files[file].columns = layout.mappings(&names);
    }

    fn add_field(&mut self, field: &Column) {
        if *field != Column::Email && !self.import.columns.contains(field) {
            self.import.columns.push(field.clone());
        }
    }

    fn add(&mut self, file: usize, parsed: ParsedRow, row: &ListRow) {
        let name = &self.import.files[file].name;
        let status = SubscriptionStatus::of_file(name).unwrap_or(SubscriptionStatus::Subscribed).max(parsed.status);
        match status {
            SubscriptionStatus::Suppressed(reason) => {
                let source = name.clone();
                self.import.files[file].left += 1;
                if self.suppressed.insert(parsed.address.key()) {
                    let (address, at) = (parsed.address, parsed.suppressed_at);
                    self.import.suppressions.push(SuppressionRequest { address, reason, at, source });
                }
            }
            SubscriptionStatus::Unconfirmed => {
                self.reject(file, message!("the address was never confirmed", "adressen blev aldrig bekræftet"), row);
            }
            SubscriptionStatus::Paused => self.reject(
                file,
                message!("the other system did not send to this address", "det andet system sendte ikke til adressen"),
                row,
            ),
            SubscriptionStatus::Subscribed => self.add_subscriber(file, parsed, row),
        }
    }

    fn add_subscriber(&mut self, file: usize, parsed: ParsedRow, row: &ListRow) {
        let key = parsed.address.key();
        if let Some(first) = self.locations.get(&key) {
            let reason = message!(
                "the address is already on line {} of {}",
                "adressen står allerede på linje {} i {}",
                first.line,
                self.import.files[first.file].name
            );
            self.reject(file, reason, row);
            return;
        }
        self.locations.insert(key, PersonLocation { person: self.import.people.len(), file, line: row.line });
        self.import.files[file].readers += 1;
        parsed.values.keys().for_each(|field| self.add_field(field));
        self.import.people.push(ImportedPerson { address: parsed.address, values: parsed.values });
    }

    fn reject(&mut self, file: usize, reason: Message, row: &ListRow) {
        // On one line: a line of a cell could look like a separate row, and the file of rejected rows would be
        // unreadable.
        self.reject_text(file, reason, row.line, &row.text.trim_end().replace('\n', " "));
    }

    fn reject_text(&mut self, file: usize, reason: Message, line: usize, row: &str) {
        let summary = &mut self.import.files[file];
        summary.rejected += 1;
        let (file, row) = (summary.name.clone(), row.to_owned());
        self.import.rejected.push(RejectedRow { file, line, reason, row });
    }

    /// Removes the subscribers whom another row suppresses, and the fields that only they have.
    fn finish(mut self) -> ImportedPeople {
        let keys = self.suppressed.iter();
        let mut removed: Vec<PersonLocation> = keys.filter_map(|key| self.locations.remove(key)).collect();
        removed.sort_by_key(|location| (location.file, location.line));
        for PersonLocation { person, file, line } in &removed {
            self.import.files[*file].readers -= 1;
            let address = self.import.people[*person].address.to_string();
            self.reject_text(
                *file,
                message!("another row suppresses this address", "en anden række spærrer adressen"),
                *line,
                &address,
            );
        }
        let removed: BTreeSet<usize> = removed.iter().map(|location| location.person).collect();
        let mut import = self.import;
        let mut index = 0..;
        import.people.retain(|_| index.next().is_some_and(|index| !removed.contains(&index)));
        let used: BTreeSet<&Column> = import.people.iter().flat_map(|person| person.values.keys()).collect();
        import.columns.retain(|column| used.contains(column));
        import.lists.retain(|list| import.columns.iter().any(|column| column.field() == list));
        import
    }
}

/// Parses a row; `object_fields` collects the fields in objects.
///
/// # Errors
///
/// The row cannot be used, with the reason in a clause.
fn parse_row(layout: &ExportLayout, row: &ListRow, object_fields: &mut Vec<Column>) -> Result<ParsedRow, Message> {
    let expected = layout.columns.len();
    if row.cells.iter().skip(expected).any(|cell| !cell.text.is_empty()) || row.cells.len() < expected {
        return Err(message!(
            "it has {} cells, and the first line has {expected}",
            "den har {} celler, og første linje har {expected}",
            row.cells.len()
        ));
    }
    let mut values = BTreeMap::new();
    let mut address = None;
    let mut status = SubscriptionStatus::Subscribed;
    let (mut suppressed_at, mut changed, mut opted_in) = (None, None, None);
    for (column, cell) in layout.columns.iter().zip(&row.cells).filter(|(_, cell)| !cell.text.is_empty()) {
        let text = cell.text.as_str();
        match column {
            ImportColumn::Field(Column::Email) => {
                address = Some(Address::parse(text).map_err(|error| Message::shown(&error))?);
            }
            ImportColumn::Field(field) => set_value(&mut values, field, text.to_owned())?,
            ImportColumn::List(field, separator) => set_value(&mut values, field, join_list(text, separator))?,
            ImportColumn::Object(notation) => {
                let fields = object_cell::fields(text, *notation)
                    .ok_or_else(|| message!("its attributes cannot be read", "dens attributter kan ikke læses"))?;
                for (name, text) in fields {
                    let Some(field) = Column::named(&name).filter(|field| *field != Column::Email) else { continue };
                    set_value(&mut values, &field, text)?;
                    if !object_fields.contains(&field) {
                        object_fields.push(field);
                    }
                }
            }
            ImportColumn::Status => {
                let word = SubscriptionStatus::of_word(text);
                status = status.max(word.ok_or_else(|| message!("unknown status {text:?}", "ukendt status {text:?}"))?);
            }
            ImportColumn::Yes(then) if is_yes(text)? => status = status.max(*then),
            ImportColumn::No(then) if !is_yes(text)? => status = status.max(*then),
            ImportColumn::Filled(then) if parse_yes_no(text) != Some(false) => {
                status = status.max(*then);
                suppressed_at = suppressed_at.or(date::parse(text));
            }
            ImportColumn::Changed => changed = date::parse(text),
            ImportColumn::OptedIn => opted_in = date::parse(text).or(opted_in),
            ImportColumn::Yes(_)
            | ImportColumn::No(_)
            | ImportColumn::Filled(_)
            | ImportColumn::Ignored
            | ImportColumn::Repeated(_) => {}
        }
    }
    if layout.lacks_status(row) {
        return Err(message!("its subscription status is empty", "abonnementets status er tom"));
    }
    let address = address.ok_or_else(|| message!("it has no e-mail address", "den har ingen mailadresse"))?;
    if let Some(since) = opted_in {
        record_consent(&mut values, since, layout.system.name);
    }
    Ok(ParsedRow { address, values, status, suppressed_at: suppressed_at.or(changed) })
}

/// The person of a row in a file of suppressed people, even if the rest of the row is invalid: if it were rejected,
/// they would get mail.
fn suppressed_person(name: &str, layout: &ExportLayout, row: &ListRow) -> Option<ParsedRow> {
    let status = SubscriptionStatus::of_file(name)?;
    let at = layout.columns.iter().position(|column| *column == ImportColumn::Field(Column::Email))?;
    let address = Address::parse(&row.cells.get(at)?.text).ok()?;
    Some(ParsedRow { address, values: BTreeMap::new(), status, suppressed_at: None })
}

/// Sets a field, unless an earlier column has.
fn set_value(values: &mut BTreeMap<Column, String>, field: &Column, text: String) -> Result<(), Message> {
    if let Some(unexpected_character) = unexpected_character(field, &text) {
        return Err(message!("{field} has {unexpected_character}", "{field} har {unexpected_character}"));
    }
    if !text.is_empty() {
        values.entry(field.clone()).or_insert(text);
    }
    Ok(())
}

/// The values of a list, separated by [`SEPARATOR`](super::SEPARATOR). Some systems put quotation marks around each.
fn join_list(text: &str, separator: &str) -> String {
    let values = text.split(separator).map(|value| value.trim().trim_matches('"').trim());
    values.filter(|value| !value.is_empty()).collect::<Vec<_>>().join(SEPARATOR)
}

fn is_yes(text: &str) -> Result<bool, Message> {
    parse_yes_no(text).ok_or_else(|| message!("{text:?} is neither yes nor no", "{text:?} er hverken ja eller nej"))
}

/// Records that they opted in, unless the list has its own basis.
fn record_consent(values: &mut BTreeMap<Column, String>, since: Date, system: &str) {
    if values.contains_key(&Column::Consent(ConsentColumn::Basis)) {
        return;
    }
    values.extend([
        (Column::Consent(ConsentColumn::Basis), "opt-in".to_owned()),
        (Column::Consent(ConsentColumn::At), since.to_string()),
        (Column::Consent(ConsentColumn::Source), system.to_owned()),
    ]);
}
