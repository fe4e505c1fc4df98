//! Reads people from where they are kept, outside Git.

pub(crate) mod column;
mod csv;
pub(crate) mod encoding;
pub(crate) mod entries;
pub(crate) mod found;
pub(crate) mod intake;
mod json;
pub mod kept;
pub mod mapping;
pub(crate) mod row;
pub(crate) mod rows;
mod sqlite;
#[cfg(test)]
mod tests;
mod workbook;

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

use crate::language::Lang;
use crate::people::column::Column;
use crate::people::intake::{Intake, Taken};
use crate::people::kept::{Format, Table};
use crate::people::mapping::Mapping;
use crate::recipient::values::Names;
use crate::recipient::{Address, Consent, Origin, Person, Shape, Value};
use crate::source::{Diagnostics, Source};

/// The fields of some people, each with whether it holds several values for any of them.
pub type Fields = BTreeMap<String, Shape>;

/// Everybody in one list, each address once.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// In the order of the list.
    pub persons: Vec<Arc<Person>>,
    /// Every field that anybody has or the list has a column for.
    pub fields: Fields,
    /// The names of its columns, as they are written.
    pub headers: Vec<String>,
}

impl People {
    /// Reads a whole file; what is wrong in it is told, and the other rows are read all the same.
    pub fn from_file(
        path: &Arc<str>,
        input: impl Read + Seek,
        table: &Table,
        mapping: &Mapping,
    ) -> (Self, Diagnostics) {
        match table.format {
            Format::Workbook(kind) => {
                Self::taken(path, mapping, |intake| workbook::read(input, (kind, table.sheet.as_deref()), intake))
            }
            Format::Csv | Format::JsonLines | Format::Json => Self::from_stream(path, input, table.format, mapping),
            Format::Yaml => Self::from_yaml(path, input),
        }
    }

    /// Reads a list as it comes; only formats that are read from the beginning to the end.
    pub fn from_stream(path: &Arc<str>, input: impl Read, format: Format, mapping: &Mapping) -> (Self, Diagnostics) {
        Self::taken(path, mapping, |intake| match format {
            Format::Csv | Format::Yaml | Format::Workbook(_) => csv::read(input, intake),
            Format::JsonLines => json::read_lines(input, intake),
            Format::Json => json::read_list(input, intake),
        })
    }

    /// Reads what a query answers of an SQLite file, which it cannot change.
    pub fn from_sqlite(path: &Arc<str>, file: &Path, query: &str, mapping: &Mapping) -> (Self, Diagnostics) {
        Self::taken(path, mapping, |intake| sqlite::read(file, query, intake))
    }

    fn from_yaml(path: &Arc<str>, mut input: impl Read) -> (Self, Diagnostics) {
        let mut bytes = Vec::new();
        let read = input.read_to_end(&mut bytes).map_err(|error| error.to_string());
        let text = read.and_then(|_| String::from_utf8(bytes).map_err(|error| error.utf8_error().to_string()));
        match text {
            Ok(text) => entries::read_file(&Source::new(Arc::clone(path), text)),
            Err(reason) => (Self::default(), entries::unreadable(path, &reason)),
        }
    }

    fn taken(path: &Arc<str>, mapping: &Mapping, read: impl FnOnce(&mut Intake<'_>)) -> (Self, Diagnostics) {
        let mut persons = Vec::new();
        let mut keep = |person| persons.push(Arc::new(person));
        let mut intake = Intake::new(path, mapping, &mut keep);
        read(&mut intake);
        let Taken { fields, headers, diagnostics } = intake.finish();
        (Self { persons, fields, headers }, diagnostics)
    }
}
/// What is known of somebody while their fields are read one by one.
#[derive(Debug, Default)]
pub(crate) struct Card {
    /// The text fields that are known, and the user's own.
    pub(crate) fields: BTreeMap<String, Value>,
    /// The language they chose.
    pub(crate) lang: Option<Lang>,
    /// Why they may be written to.
    pub(crate) consent: Option<Box<Consent>>,
}

impl Card {
    /// The person, their `name` made from its parts or the parts from the name where one of them is missing.
    pub(crate) fn person(mut self, address: Address, origin: Origin, names: &mut Names) -> Person {
        match (self.text("first_name"), self.text("last_name"), self.text("name")) {
            (None, None, Some(name)) => {
                let (first, last) = name.split_once(char::is_whitespace).unwrap_or((&name, ""));
                self.keep("first_name", first);
                self.keep("last_name", last);
            }
            (first, last, None) => {
                let parts: Vec<String> = [first, last].into_iter().flatten().collect();
                self.keep("name", &parts.join(" "));
            }
            (_, _, Some(_)) => {}
        }
        Person { address, lang: self.lang, fields: names.share(self.fields), consent: self.consent, origin }
    }

    fn text(&self, field: &str) -> Option<String> {
        self.fields.get(field).map(Value::to_string)
    }

    fn keep(&mut self, field: &str, text: &str) {
        if !text.trim().is_empty() {
            self.fields.insert(field.to_owned(), Value::Text(text.trim().to_owned()));
        }
    }
}

/// The first character of a text that does not belong in a letter, in words; a name stands in headers, where a line
/// break would begin another header, and in terminals, which obey control characters.
pub(crate) fn intruder(column: &Column, text: &str) -> Option<&'static str> {
    let breaks_allowed = matches!(column, Column::Own(_));
    let stranger = text.chars().find(|it| it.is_control() && !(breaks_allowed && matches!(it, '\n' | '\t')))?;
    Some(match stranger {
        '\n' | '\r' => "a line break",
        '\t' => "a tab",
        '\0' => "a NUL character",
        '\u{1b}' => "an escape character (ESC)",
        _ => "a control character",
    })
}
