//! Lists of people: each format produces rows, which one reader turns into people.

mod capped_diagnostics;
pub(crate) mod column;
mod consent_columns;
mod csv;
mod json;
mod list_problems;
mod list_reader;
pub mod list_source;
pub mod mapping;
pub(crate) mod person_builder;
pub mod postgres;
pub mod sqlite;
mod suspicious_texts;
#[cfg(test)]
mod tests;
mod workbook;
pub(crate) mod yaml;

use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::error::Error;
use crate::base::io_reason::io_reason;
use crate::base::language::Lang;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::people::lists::list_reader::{ListContents, ListReader};
use crate::people::lists::list_source::{FileOptions, ListFormat};
use crate::people::lists::mapping::Mapping;
use crate::people::lists::postgres::QueryMessage;
use crate::people::lists::sqlite::Interrupt;
use crate::people::person::{FieldShape, FieldShapes, Person};
use crate::people::store::address_interner::{AddressId, AddressInterner};
use crate::people::store::{PersonStore, RowIndex};

/// The people of one list, each address once.
#[derive(Debug)]
pub struct People {
    name: Arc<str>,
    store: PersonStore,
    /// Every field that anyone has or the list has a column for.
    pub fields: FieldShapes,
    /// The names of its columns, as they are written.
    pub headers: Vec<String>,
}

/// A list's name in messages, and how its columns become fields.
#[derive(Clone, Copy, Debug)]
pub struct ListOptions<'a> {
    /// The name.
    pub name: &'a Arc<str>,
    /// How its columns become fields.
    pub mapping: &'a Mapping,
}

impl People {
    /// Reads a file. Invalid rows are reported, and the others are still read.
    pub fn from_file(
        list: ListOptions<'_>,
        input: impl Read + Seek + Send,
        file: &FileOptions,
        interner: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        match file.format {
            ListFormat::Workbook(kind) => {
                Self::read_with(list, interner, |reader| workbook::read(input, kind, file.sheet.as_deref(), reader))
            }
            ListFormat::Csv | ListFormat::JsonLines | ListFormat::Json => {
                Self::from_stream(list, input, file.format, interner)
            }
            ListFormat::Yaml => Self::from_yaml(list.name, input, interner),
        }
    }

    /// Reads a stream, of a format for which [`ListFormat::is_stream`] is true.
    pub fn from_stream(
        list: ListOptions<'_>,
        input: impl Read + Send,
        format: ListFormat,
        interner: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        Self::read_with(list, interner, |reader| match format {
            // The callers exclude YAML and workbooks, which are read as a whole.
            ListFormat::Csv | ListFormat::Yaml | ListFormat::Workbook(_) => csv::read(input, reader),
            ListFormat::JsonLines => json::read_lines(input, reader),
            ListFormat::Json => json::read_list(input, reader),
        })
    }

    /// Reads the result of a query of an SQLite file, which is opened read-only. `watch` receives a handle that stops
    /// the query if it takes too long.
    pub fn from_sqlite(
        list: ListOptions<'_>,
        file: &Path,
        query: &str,
        watch: impl FnOnce(Interrupt),
        interner: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        Self::read_with(list, interner, |reader| sqlite::read(file, query, watch, reader))
    }

    /// Reads the result of a query of a PostgreSQL server.
    pub fn from_query(
        list: ListOptions<'_>,
        messages: impl Iterator<Item = QueryMessage>,
        interner: &mut AddressInterner,
    ) -> (Self, Diagnostics) {
        Self::read_with(list, interner, |reader| postgres::read(messages, reader))
    }

    /// Makes a list of people.
    ///
    /// # Errors
    ///
    /// They cannot be spilled to disk.
    pub fn of<'p>(
        name: &Arc<str>,
        persons: impl IntoIterator<Item = &'p Person>,
        interner: &mut AddressInterner,
    ) -> Result<Self, Error> {
        let mut people = Self::empty(name, interner);
        for person in persons {
            people.push(person, interner)?;
        }
        Ok(people)
    }

    /// An empty list, to which people are added one by one.
    pub(crate) fn empty(name: &Arc<str>, interner: &AddressInterner) -> Self {
        let store = PersonStore::new(interner.scratch());
        Self { name: Arc::clone(name), store, fields: FieldShapes::new(), headers: Vec::new() }
    }

    /// Adds a person, whose address the list does not have yet.
    ///
    /// # Errors
    ///
    /// The list cannot be spilled to disk.
    pub(crate) fn push(&mut self, person: &Person, interner: &mut AddressInterner) -> Result<(), Error> {
        self.add(person, interner).map_err(|source| Error::Write { path: interner.scratch().into(), source })
    }

    /// Its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a consent is recorded for anyone.
    pub(crate) fn has_consents(&self) -> bool {
        self.store.has_consents()
    }

    /// Each person, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = Result<Person, Error>> {
        self.rows().map(|row| self.person(row))
    }

    /// The row of each person.
    pub(crate) fn rows(&self) -> impl Iterator<Item = RowIndex> + use<> {
        // A store refuses more records than its 32-bit offsets can address.
        0..RowIndex::try_from(self.len()).unwrap_or(RowIndex::MAX)
    }

    /// The person of a row.
    ///
    /// # Errors
    ///
    /// A list that was spilled to disk cannot be read again.
    pub(crate) fn person(&self, row: RowIndex) -> Result<Person, Error> {
        self.store.person(row).map_err(|source| Error::Read { path: PathBuf::from(&*self.name), source })
    }

    /// The number of the address of a row.
    pub(crate) fn address_id(&self, row: RowIndex) -> AddressId {
        self.store.address_id(row)
    }

    /// The row of the address with a number.
    pub(crate) fn row_of(&self, address: AddressId) -> Option<RowIndex> {
        self.store.row_of(address)
    }

    /// The language that the person of a row chose.
    pub(crate) fn lang(&self, row: RowIndex) -> Option<Lang> {
        self.store.lang(row)
    }

    fn add(&mut self, person: &Person, interner: &mut AddressInterner) -> io::Result<()> {
        for (name, value) in person.fields.iter() {
            let shape = if value.is_list() { FieldShape::List } else { FieldShape::Single };
            self.fields.entry(name.to_owned()).and_modify(|known| *known = shape.max(*known)).or_insert(shape);
        }
        self.store.push(person, interner.intern(&person.address))
    }

    fn from_yaml(name: &Arc<str>, input: impl Read, interner: &mut AddressInterner) -> (Self, Diagnostics) {
        let mut bytes = Vec::new();
        let read = input.take(limits::TEXT + 1).read_to_end(&mut bytes).map_err(|error| io_reason(&error));
        let is_short = |length: &usize| *length as u64 <= limits::TEXT;
        let read = read.and_then(|length| {
            Some(length)
                .filter(is_short)
                .ok_or_else(|| message!("it has more than {} MB", "den fylder mere end {} MB", limits::TEXT >> 20))
        });
        let text = read.and_then(|_| String::from_utf8(bytes).map_err(|error| Message::shown(&error.utf8_error())));
        let (persons, mut diagnostics) = match text {
            Ok(text) => yaml::read_file(&Source::new(Arc::clone(name), text)),
            Err(reason) => (Vec::new(), yaml::unreadable(name, &reason)),
        };
        let mut people = Self::empty(name, interner);
        if let Some(error) = persons.iter().find_map(|person| people.add(person, interner).err()) {
            diagnostics.push(list_problems::spill_error(interner, &error));
        }
        (people, diagnostics)
    }

    fn read_with(
        list: ListOptions<'_>,
        interner: &mut AddressInterner,
        read: impl FnOnce(&mut ListReader<'_>),
    ) -> (Self, Diagnostics) {
        let mut reader = ListReader::new(list.name, list.mapping, interner);
        read(&mut reader);
        let ListContents { store, fields, headers, diagnostics } = reader.finish();
        (Self { name: Arc::clone(list.name), store, fields, headers }, diagnostics)
    }
}
