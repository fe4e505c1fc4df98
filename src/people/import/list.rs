//! The list of people that an import goes into: a CSV file, of which nothing is lost.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::base::csv::row::ListRow;
use crate::people::import::csv;
use crate::people::import::{ImportError, ImportedPeople, ImportedPerson};
use crate::people::lists::column::Column;
use crate::people::lists::mapping::{CellFormat, ColumnRole, Mapping};
use crate::people::person::Address;

/// A list of people as it is written: every column and every row, also those that nobody can read.
#[derive(Clone, Debug)]
pub struct CsvList {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    roles: Vec<ColumnRole>,
    dialect: Dialect,
}

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    separator: char,
    line_end: &'static str,
    start: &'static str,
}

/// What an import does with the people of the list whom it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingPolicy {
    /// They stay.
    Kept,
    /// They are taken out.
    Removed,
}

/// What an import changed in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// How many people came in.
    pub new: usize,
    /// How many have other values than before.
    pub changed: usize,
    /// How many are as they were.
    pub same: usize,
    /// How many of the list are not in the import.
    pub missing: usize,
    /// How many of the list were taken out.
    pub removed: usize,
    /// Who reads according to the import and left before: they do not come back.
    pub stay_out: Vec<Address>,
    /// The columns that the list did not have.
    pub columns: Vec<String>,
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl Default for Dialect {
    /// What Excel opens right in Denmark when a file is clicked on.
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
    /// Reads a list; `mapping` says what its audience's file says of its columns.
    ///
    /// # Errors
    ///
    /// It cannot be read to its end, has no column of addresses, or a row has more cells than the header.
    pub fn parse(file: &str, bytes: &[u8], mapping: &Mapping) -> Result<Self, ImportError> {
        let (first, below) = csv::read(file, bytes)?;
        let header: Vec<String> = first.cells.iter().map(|it| it.text.clone()).collect();
        let roles: Vec<ColumnRole> = header.iter().map(|it| mapping.role(it)).collect();
        if !roles.contains(&ColumnRole::Fills(Column::Email)) {
            return Err(ImportError::NoAddresses { file: file.to_owned(), columns: header });
        }
        let columns = header.len();
        if let Some(row) = below.iter().find(|it| it.cells.len() != columns) {
            let cells = row.cells.len();
            return Err(ImportError::Ragged { file: file.to_owned(), line: row.line, cells, columns });
        }
        let between = first.cells.first().zip(first.cells.get(1)).map(|(one, two)| one.span.end..two.span.start);
        let between = between.and_then(|it| first.text.get(it)).unwrap_or_default();
        let dialect = Dialect {
            separator: between.chars().find(|it| matches!(it, ';' | ',' | '\t' | '|')).unwrap_or(';'),
            line_end: if bytes.windows(2).any(|it| it == b"\r\n") { "\r\n" } else { "\n" },
            start: if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) { BYTE_ORDER_MARK } else { "" },
        };
        let rows = below.into_iter().map(|row| row.cells.into_iter().map(|it| it.text).collect()).collect();
        Ok(Self { header, rows, roles, dialect })
    }

    /// Takes in what an import says. `left` are the keys of those who left before: they do not come in, and where they
    /// stand in the list they are left as they are, since nobody writes to them anyway.
    ///
    /// A value of the import counts, and where it has none the list's own stays; columns that the import does not have
    /// are not touched.
    pub fn merge(&mut self, incoming: &ImportedPeople, left: &HashSet<String>, others: MissingPolicy) -> ListChanges {
        let mut change = ListChanges::default();
        let columns = self.columns(incoming, &mut change);
        let mut rows: HashMap<String, usize> = HashMap::new();
        for (number, row) in self.rows.iter().enumerate() {
            if let Some(key) = self.key(row) {
                rows.entry(key).or_insert(number);
            }
        }
        let mut named: HashSet<String> = HashSet::new();
        for entry in &incoming.entries {
            let key = entry.address.key();
            match rows.get(&key) {
                _ if left.contains(&key) => change.stay_out.push(entry.address.clone()),
                Some(number) if merge_value(&mut self.rows[*number], entry, &columns) => change.changed += 1,
                Some(_) => change.same += 1,
                None => {
                    self.add(entry, &columns);
                    change.new += 1;
                }
            }
            named.insert(key);
        }
        let gone: HashSet<String> = incoming.departures.iter().map(|it| it.address.key()).collect();
        let known = |key: &String| named.contains(key) || gone.contains(key);
        change.missing = rows.keys().filter(|it| !known(it)).count();
        if others == MissingPolicy::Removed {
            let before = self.rows.len();
            let keys: Vec<Option<String>> = self.rows.iter().map(|row| self.key(row)).collect();
            let mut keys = keys.into_iter();
            self.rows.retain(|_| keys.next().flatten().is_none_or(|key| named.contains(&key)));
            change.removed = before - self.rows.len();
        }
        change
    }

    /// The list's column of each field of the import; where there is none, one is added.
    fn columns(&mut self, incoming: &ImportedPeople, change: &mut ListChanges) -> Vec<(Column, usize)> {
        let told: Vec<&Column> = incoming.columns.iter().filter(|it| !self.implies(it, incoming)).collect();
        let mut columns = Vec::new();
        for column in told {
            let role = ColumnRole::Fills(column.clone());
            let at = self.roles.iter().position(|it| *it == role).unwrap_or_else(|| {
                change.columns.push(column.to_string());
                self.header.push(column.to_string());
                self.roles.push(role);
                self.rows.iter_mut().for_each(|row| row.push(String::new()));
                self.header.len() - 1
            });
            columns.push((column.clone(), at));
        }
        columns
    }

    /// Whether a name that the list has no column for says nothing but what the names say that it has.
    fn implies(&self, column: &Column, incoming: &ImportedPeople) -> bool {
        let has = |it: &Column| self.roles.contains(&ColumnRole::Fills(it.clone()));
        let by_parts = *column == Column::Name && has(&Column::FirstName) && has(&Column::LastName);
        let by_whole = matches!(column, Column::FirstName | Column::LastName) && has(&Column::Name);
        !has(column) && (by_parts || by_whole) && incoming.entries.iter().all(|it| it.is_implied(column))
    }

    fn key(&self, row: &[String]) -> Option<String> {
        let at = self.email()?;
        row.get(at).and_then(|it| Address::parse(it).ok()).map(|it| it.key())
    }

    fn email(&self) -> Option<usize> {
        self.roles.iter().position(|it| *it == ColumnRole::Fills(Column::Email))
    }

    fn add(&mut self, entry: &ImportedPerson, columns: &[(Column, usize)]) {
        let mut row = vec![String::new(); self.header.len()];
        if let Some(at) = self.email() {
            row[at] = entry.address.to_string();
        }
        merge_value(&mut row, entry, columns);
        self.rows.push(row);
    }

    /// Which of these fields of several values the audience's file does not know to be such.
    pub fn untold<'a>(lists: &'a BTreeSet<String>, mapping: &Mapping) -> Vec<&'a str> {
        let told = |it: &&String| matches!(mapping.reading(it), CellFormat::List(_));
        lists.iter().filter(|it| !told(it)).map(String::as_str).collect()
    }

    /// The file.
    pub fn to_csv(&self) -> String {
        let mut text = self.dialect.start.to_owned();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            line(&mut text, row, self.dialect.separator);
            text.push_str(self.dialect.line_end);
        }
        text
    }
}

impl ImportedPerson {
    /// Whether a name is what the other names make of it, as they do when the list is read.
    fn is_implied(&self, column: &Column) -> bool {
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
    /// The rows that nobody can use, as a CSV file with the reason of each.
    pub fn rejected_csv(&self) -> String {
        let Dialect { separator, line_end, start } = Dialect::default();
        let mut text = start.to_owned();
        let header = ["file", "line", "reason", "row"].map(str::to_owned);
        let rows =
            self.rejected.iter().map(|it| [it.file.clone(), it.line.to_string(), it.reason.clone(), it.row.clone()]);
        for row in std::iter::once(header).chain(rows) {
            line(&mut text, &row, separator);
            text.push_str(line_end);
        }
        text
    }
}

/// The rows that nobody can use without some of them, of which `goes` is true for a cell; `None` where no row is left.
///
/// # Errors
///
/// The file is none that [`ImportedPeople::rejected_csv`] wrote.
pub fn fewer_rejected(file: &str, bytes: &[u8], goes: impl Fn(&str) -> bool) -> Result<Option<String>, ImportError> {
    let (header, rows) = csv::read(file, bytes)?;
    let Dialect { separator, line_end, start } = Dialect::default();
    let stays: Vec<&ListRow> = rows.iter().filter(|row| !row.cells.iter().any(|it| goes(&it.text))).collect();
    if stays.is_empty() {
        return Ok(None);
    }
    let mut text = start.to_owned();
    for row in std::iter::once(&header).chain(stays) {
        let cells: Vec<String> = row.cells.iter().map(|it| it.text.clone()).collect();
        line(&mut text, &cells, separator);
        text.push_str(line_end);
    }
    Ok(Some(text))
}

/// Whether a value of the import is another one than the list's.
fn merge_value(row: &mut [String], entry: &ImportedPerson, columns: &[(Column, usize)]) -> bool {
    let mut changed = false;
    for (column, at) in columns {
        if let Some(value) = entry.values.get(column).filter(|it| **it != row[*at]) {
            row[*at].clone_from(value);
            changed = true;
        }
    }
    changed
}

/// A row without its end (RFC 4180, 2).
fn line(text: &mut String, cells: &[String], separator: char) {
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            text.push(separator);
        }
        if cell.contains([separator, '"', '\n', '\r']) || cell.starts_with("sep=") {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
}
