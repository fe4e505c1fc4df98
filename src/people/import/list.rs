//! The list that an import is merged into: a CSV file, of which nothing else changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::base::csv::formula;
use crate::base::csv::row::ListRow;
use crate::base::message::UserLanguage;
use crate::people::import::csv::{self, CsvFile};
use crate::people::import::{ImportError, ImportedPeople, ImportedPerson, RejectedRow};
use crate::people::lists::column::Column;
use crate::people::lists::mapping::{CellFormat, ColumnRole, Mapping};
use crate::people::person::Address;

/// A list with all its columns and rows, including those that are invalid.
#[derive(Clone, Debug)]
pub struct CsvList {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    roles: Vec<ColumnRole>,
    dialect: Dialect,
}

/// The notation of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    separator: char,
    line_end: &'static str,
    start: &'static str,
}

/// What an import does with people of the list who are not in the export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingPolicy {
    /// They are kept.
    Kept,
    /// They are removed.
    Removed,
}

/// The changes of an import to a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// How many people were added.
    pub new: usize,
    /// How many have new values.
    pub changed: usize,
    /// How many are unchanged.
    pub same: usize,
    /// How many people of the list are not in the import.
    pub missing: usize,
    /// How many people were removed.
    pub removed: usize,
    /// How many people were in the list before.
    pub before: usize,
    /// Subscribers of the import who unsubscribed here: they are not added again.
    pub stay_out: Vec<Address>,
    /// The columns that were added.
    pub columns: Vec<String>,
}

impl ListChanges {
    /// Whether enough people were removed to suggest that the export is incomplete: all of them, or several and more than a
    /// fifth.
    pub fn removes_many(&self) -> bool {
        self.removed > 0 && (self.removed >= self.before || (self.removed > 1 && self.removed * 5 > self.before))
    }
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl Default for Dialect {
    /// The notation that Danish Excel opens correctly: without the mark it reads Windows-1252, and `,` is its decimal
    /// sign.
    fn default() -> Self {
        Self { separator: ';', line_end: "\r\n", start: BYTE_ORDER_MARK }
    }
}

impl Default for CsvList {
    fn default() -> Self {
        let roles = vec![ColumnRole::Fills(Column::Email)];
        Self { header: vec!["email".to_owned()], rows: Vec::new(), roles, dialect: Dialect::default() }
    }
}

impl CsvList {
    /// Reads a list with the mapping of its audience.
    ///
    /// # Errors
    ///
    /// It cannot be read, has no column of addresses, or has a row with more or fewer cells than the header.
    pub fn parse(file: &str, bytes: &[u8], mapping: &Mapping) -> Result<Self, ImportError> {
        let CsvFile { header: first, rows, .. } = csv::read(file, bytes)?;
        let header: Vec<String> = first.cells.iter().map(|cell| cell.text.clone()).collect();
        let roles: Vec<ColumnRole> = header.iter().map(|header| mapping.role(header)).collect();
        if !roles.contains(&ColumnRole::Fills(Column::Email)) {
            return Err(ImportError::NoAddresses { file: file.to_owned(), columns: header });
        }
        let columns = header.len();
        if let Some(row) = rows.iter().find(|row| row.cells.len() != columns) {
            let cells = row.cells.len();
            return Err(ImportError::Ragged { file: file.to_owned(), line: row.line, cells, columns });
        }
        // The separator is between the first two cells of the header; a list of one column has none.
        let between = first.cells.first().zip(first.cells.get(1)).map(|(one, two)| one.span.end..two.span.start);
        let between = between.and_then(|range| first.text.get(range)).unwrap_or_default();
        let dialect = Dialect {
            separator: between.chars().find(|letter| matches!(letter, ';' | ',' | '\t' | '|')).unwrap_or(';'),
            line_end: if bytes.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" },
            start: if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) { BYTE_ORDER_MARK } else { "" },
        };
        let rows = rows.into_iter().map(|row| row.cells.into_iter().map(|cell| cell.text).collect()).collect();
        Ok(Self { header, rows, roles, dialect })
    }

    /// Merges an import. `suppressed` are the keys of addresses that must not get mail: they are not added, and their
    /// rows stay as they are.
    ///
    /// Values of the import replace those of the list; if it has none, the list's own stay.
    pub fn merge(
        &mut self,
        import: &ImportedPeople,
        suppressed: &HashSet<String>,
        missing: MissingPolicy,
    ) -> ListChanges {
        let mut changes = ListChanges::default();
        let fields = self.add_fields(import, &mut changes);
        // Of rows with the same address, the first counts, as when the list is read.
        let mut rows: HashMap<String, usize> = HashMap::new();
        for (number, row) in self.rows.iter().enumerate() {
            if let Some(key) = self.key(row) {
                rows.entry(key).or_insert(number);
            }
        }
        let mut subscribed: HashSet<String> = HashSet::new();
        for person in &import.people {
            let key = person.address.key();
            match rows.get(&key) {
                // Even if the other system still sends to them: they unsubscribed here.
                _ if suppressed.contains(&key) => changes.stay_out.push(person.address.clone()),
                Some(number) if merge_values(&mut self.rows[*number], person, &fields) => changes.changed += 1,
                Some(_) => changes.same += 1,
                None => {
                    self.add(person, &fields);
                    changes.new += 1;
                }
            }
            subscribed.insert(key);
        }
        let unsubscribed: HashSet<String> = import.suppressions.iter().map(|request| request.address.key()).collect();
        changes.missing = rows.keys().filter(|key| !subscribed.contains(*key) && !unsubscribed.contains(*key)).count();
        if missing == MissingPolicy::Removed {
            changes.before = rows.len();
            let before = self.rows.len();
            let keys: Vec<Option<String>> = self.rows.iter().map(|row| self.key(row)).collect();
            let mut keys = keys.into_iter();
            // A row without a valid address is not a person who could be missing.
            self.rows.retain(|_| keys.next().flatten().is_none_or(|key| subscribed.contains(&key)));
            changes.removed = before - self.rows.len();
        }
        changes
    }

    /// The list's column of each field of the import; missing columns are added.
    fn add_fields(&mut self, import: &ImportedPeople, changes: &mut ListChanges) -> Vec<MergedField> {
        let fields: Vec<&Column> = import.columns.iter().filter(|field| !self.implies(field, import)).collect();
        let mut merged = Vec::new();
        for column in fields {
            let role = ColumnRole::Fills(column.clone());
            let at = self.roles.iter().position(|known| *known == role).unwrap_or_else(|| {
                changes.columns.push(column.to_string());
                self.header.push(column.to_string());
                self.roles.push(role);
                self.rows.iter_mut().for_each(|row| row.push(String::new()));
                self.header.len() - 1
            });
            merged.push(MergedField { column: column.clone(), at });
        }
        merged
    }

    /// Whether the list needs no column for a name, since reading the list makes it of the names in other columns.
    fn implies(&self, column: &Column, import: &ImportedPeople) -> bool {
        let has = |field: &Column| self.roles.contains(&ColumnRole::Fills(field.clone()));
        let by_parts = *column == Column::Name && has(&Column::FirstName) && has(&Column::LastName);
        let by_whole = matches!(column, Column::FirstName | Column::LastName) && has(&Column::Name);
        !has(column) && (by_parts || by_whole) && import.people.iter().all(|person| person.implies(column))
    }

    fn key(&self, row: &[String]) -> Option<String> {
        let address = Address::parse(row.get(self.email_column()?)?).ok()?;
        Some(address.key())
    }

    fn email_column(&self) -> Option<usize> {
        self.roles.iter().position(|role| *role == ColumnRole::Fills(Column::Email))
    }

    fn add(&mut self, person: &ImportedPerson, fields: &[MergedField]) {
        let mut row = vec![String::new(); self.header.len()];
        if let Some(at) = self.email_column() {
            row[at] = person.address.to_string();
        }
        merge_values(&mut row, person, fields);
        self.rows.push(row);
    }

    /// The fields of several values that a mapping reads as single ones.
    pub fn undeclared_lists<'a>(lists: &'a BTreeSet<String>, mapping: &Mapping) -> Vec<&'a str> {
        let is_declared = |field: &&String| matches!(mapping.format(field), CellFormat::List(_));
        lists.iter().filter(|field| !is_declared(field)).map(String::as_str).collect()
    }

    /// The text of the file.
    pub fn to_csv(&self) -> String {
        self.dialect.write([&self.header].into_iter().chain(&self.rows))
    }
}

impl ImportedPerson {
    /// Whether reading the list makes a name of the other names, as `PersonBuilder` does.
    fn implies(&self, column: &Column) -> bool {
        let text = |column: &Column| self.values.get(column).map_or("", String::as_str);
        let whole = text(&Column::Name);
        let (first, last) = whole.split_once(char::is_whitespace).unwrap_or((whole, ""));
        match column {
            Column::Name => whole == format!("{} {}", text(&Column::FirstName), text(&Column::LastName)).trim(),
            Column::FirstName => text(column) == first,
            Column::LastName => text(column) == last,
            Column::Email | Column::Lang | Column::Consent(_) | Column::Own(_) => false,
        }
    }
}

impl ImportedPeople {
    /// The rejected rows as a CSV file, with the reason of each, in the reader's language.
    pub fn rejected_csv(&self, language: UserLanguage) -> String {
        let header = match language {
            UserLanguage::English => ["file", "line", "reason", "row"],
            UserLanguage::Danish => ["fil", "linje", "årsag", "række"],
        };
        let header = header.map(str::to_owned);
        let rows = self.rejected.iter().map(|RejectedRow { file, line, reason, row }| {
            [file.clone(), line.to_string(), reason.in_language(language).to_owned(), row.clone()]
        });
        Dialect::default().write([header].into_iter().chain(rows))
    }
}

/// A file of rejected rows without the rows of which a cell is to be `removed`; `None` if no row is left.
///
/// # Errors
///
/// The file is not one that [`ImportedPeople::rejected_csv`] wrote.
pub fn without_rejected(
    file: &str,
    bytes: &[u8],
    removed: impl Fn(&str) -> bool,
) -> Result<Option<String>, ImportError> {
    let CsvFile { header, rows, .. } = csv::read(file, bytes)?;
    let kept: Vec<&ListRow> = rows.iter().filter(|row| !row.cells.iter().any(|cell| removed(&cell.text))).collect();
    if kept.is_empty() {
        return Ok(None);
    }
    let cells = |row: &ListRow| row.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<String>>();
    Ok(Some(Dialect::default().write([&header].into_iter().chain(kept).map(cells))))
}

/// A field of an import, and its column in the list.
struct MergedField {
    column: Column,
    at: usize,
}

/// Replaces the values of a row. Returns whether any changed.
fn merge_values(row: &mut [String], person: &ImportedPerson, fields: &[MergedField]) -> bool {
    let mut changed = false;
    for MergedField { column, at } in fields {
        if let Some(value) = person.values.get(column).filter(|value| **value != row[*at]) {
            row[*at].clone_from(value);
            changed = true;
        }
    }
    changed
}

impl Dialect {
    fn write<R: AsRef<[String]>>(self, rows: impl Iterator<Item = R>) -> String {
        let mut text = self.start.to_owned();
        for row in rows {
            for (position, cell) in row.as_ref().iter().enumerate() {
                if position > 0 {
                    text.push(self.separator);
                }
                // Only the program and spreadsheets read the file, and the program restores the cell.
                let cell = formula::defused(cell);
                // RFC 4180, 2; and Excel would treat a first cell `sep=` as a line that names the separator.
                if cell.contains([self.separator, '"', '\n', '\r']) || cell.starts_with("sep=") {
                    text.extend(["\"", &cell.replace('"', "\"\""), "\""]);
                } else {
                    text.push_str(&cell);
                }
            }
            text.push_str(self.line_end);
        }
        text
    }
}
