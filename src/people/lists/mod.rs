//! Reads people from where they are kept, outside Git.

mod capped_diagnostics;
pub(crate) mod column;
mod consent_columns;
mod csv;
mod json;
mod list_reader;
pub mod list_source;
pub mod mapping;
pub mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;
mod workbook;
pub(crate) mod yaml;

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::base::value::Value;
use crate::people::lists::column::Column;
use crate::people::lists::consent_columns::ConsentBuilder;
use crate::people::lists::list_reader::{ListContents, ListReader};
use crate::people::lists::list_source::{FileOptions, ListFormat};
use crate::people::lists::mapping::Mapping;
use crate::people::lists::postgres::QueryMessage;
use crate::people::person::values::FieldNameSets;
use crate::people::person::{Address, FieldShape, Person, PersonOrigin};
use crate::people::store::address_interner::{AddressId, AddressInterner};
use crate::people::store::{PersonStore, RowIndex};

/// The fields of some people, each with whether it holds several values for any of them.
pub type FieldShapes = BTreeMap<String, FieldShape>;

/// Everybody in one list, each address once.
#[derive(Debug)]
pub struct People {
    name: Arc<str>,
    roll: PersonStore,
    /// Every field that anybody has or the list has a column for.
    pub fields: FieldShapes,
    /// The names of its columns, as they are written.
    pub headers: Vec<String>,
}

impl People {
    /// Reads a whole file; what is wrong in it is told, and the other rows are read all the same.
    pub fn from_file(
        (path, mapping): (&Arc<str>, &Mapping),
        input: impl Read + Seek,
        table: &FileOptions,
        registry: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        match table.format {
            ListFormat::Workbook(kind) => Self::taken((path, mapping), registry, |intake| {
                workbook::read(input, (kind, table.sheet.as_deref()), intake);
            }),
            ListFormat::Csv | ListFormat::JsonLines | ListFormat::Json => {
                Self::from_stream((path, mapping), input, table.format, registry)
            }
            ListFormat::Yaml => Self::from_yaml(path, input, registry),
        }
    }

    /// Reads a list as it comes; only formats that are read from the beginning to the end.
    pub fn from_stream(
        (path, mapping): (&Arc<str>, &Mapping),
        input: impl Read,
        format: ListFormat,
        registry: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        Self::taken((path, mapping), registry, |intake| match format {
            ListFormat::Csv | ListFormat::Yaml | ListFormat::Workbook(_) => csv::read(input, intake),
            ListFormat::JsonLines => json::read_lines(input, intake),
            ListFormat::Json => json::read_list(input, intake),
        })
    }

    /// Reads what a query answers of an SQLite file, which it cannot change.
    pub fn from_sqlite(
        (path, mapping): (&Arc<str>, &Mapping),
        file: &Path,
        query: &str,
        registry: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        Self::taken((path, mapping), registry, |intake| sqlite::read(file, query, intake))
    }

    /// Takes what a server answers, piece by piece.
    pub fn from_answers(
        (name, mapping): (&Arc<str>, &Mapping),
        answers: impl Iterator<Item = QueryMessage>,
        registry: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        Self::taken((name, mapping), registry, |intake| postgres::read_answers(answers, intake))
    }

    /// People who are at hand, each address once, as a list of this name.
    ///
    /// # Errors
    ///
    /// There is no room for them on the disk.
    pub fn of<'p>(
        name: &Arc<str>,
        persons: impl IntoIterator<Item = &'p Person>,
        registry: &mut AddressInterner,
    ) -> Result<Self, Error> {
        let mut people = Self::nobody(name, registry);
        for person in persons {
            people.add(person, registry).map_err(|source| Error::Write { path: registry.scratch().into(), source })?;
        }
        Ok(people)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.roll.len()
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each of them, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = Result<Person, Error>> {
        self.rows().map(|row| self.person(row))
    }

    /// The row of each.
    pub(crate) fn rows(&self) -> impl Iterator<Item = RowIndex> + use<> {
        // A roll has no more people than rows have numbers.
        0..RowIndex::try_from(self.len()).unwrap_or(RowIndex::MAX)
    }

    /// Who stands in a row.
    ///
    /// # Errors
    ///
    /// The list was laid aside on the disk, which does not give it back.
    pub(crate) fn person(&self, row: RowIndex) -> Result<Person, Error> {
        self.roll.person(row).map_err(|source| Error::Read { path: PathBuf::from(&*self.name), source })
    }

    /// The number of who stands in a row.
    pub(crate) fn number(&self, row: RowIndex) -> AddressId {
        self.roll.number(row)
    }

    /// The row of the one with a number.
    pub(crate) fn row_of(&self, number: AddressId) -> Option<RowIndex> {
        self.roll.row_of(number)
    }

    /// The language that who stands in a row chose.
    pub(crate) fn lang(&self, row: RowIndex) -> Option<Lang> {
        self.roll.lang(row)
    }

    fn nobody(name: &Arc<str>, registry: &AddressInterner) -> Self {
        let roll = PersonStore::new(registry.scratch());
        Self { name: Arc::clone(name), roll, fields: FieldShapes::new(), headers: Vec::new() }
    }

    fn add(&mut self, person: &Person, registry: &mut AddressInterner) -> io::Result<()> {
        for (name, value) in person.fields.iter() {
            let shape = if value.is_list() { FieldShape::List } else { FieldShape::Single };
            self.fields.entry(name.to_owned()).and_modify(|it| *it = shape.max(*it)).or_insert(shape);
        }
        self.roll.push(person, registry.give(&person.address))
    }

    fn from_yaml(path: &Arc<str>, mut input: impl Read, registry: &mut AddressInterner) -> (Self, Diagnostics) {
        let mut bytes = Vec::new();
        let read = input.read_to_end(&mut bytes).map_err(|error| error.to_string());
        let text = read.and_then(|_| String::from_utf8(bytes).map_err(|error| error.utf8_error().to_string()));
        let (persons, mut diagnostics) = match text {
            Ok(text) => yaml::read_file(&Source::new(Arc::clone(path), text)),
            Err(reason) => (Vec::new(), yaml::unreadable(path, &reason)),
        };
        let mut people = Self::nobody(path, registry);
        if let Some(error) = persons.iter().find_map(|it| people.add(it, registry).err()) {
            diagnostics.push(list_reader::no_room(registry, &error));
        }
        (people, diagnostics)
    }

    fn taken(
        (path, mapping): (&Arc<str>, &Mapping),
        registry: &mut AddressInterner,
        read: impl FnOnce(&mut ListReader<'_>),
    ) -> (Self, Diagnostics) {
        let mut intake = ListReader::new(path, mapping, registry);
        read(&mut intake);
        let ListContents { roll, fields, headers, diagnostics } = intake.finish();
        (Self { name: Arc::clone(path), roll, fields, headers }, diagnostics)
    }
}

/// What is known of somebody while their fields are read one by one.
#[derive(Debug, Default)]
pub(crate) struct PersonBuilder {
    /// The text fields that are known, and the user's own.
    pub(crate) fields: BTreeMap<String, Value>,
    /// The language they chose.
    pub(crate) lang: Option<Lang>,
    /// Why they may be written to.
    pub(crate) grounds: ConsentBuilder,
}

impl PersonBuilder {
    /// The person, their `name` made from its parts or the parts from the name where one of them is missing.
    pub(crate) fn person(mut self, address: Address, origin: PersonOrigin, names: &mut FieldNameSets) -> Person {
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
        Person { address, lang: self.lang, fields: names.share(self.fields), consent: self.grounds.consent(), origin }
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
pub(crate) fn unexpected_character(column: &Column, text: &str) -> Option<&'static str> {
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
