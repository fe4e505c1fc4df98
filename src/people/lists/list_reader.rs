//! The step that all lists share: from a row to a person.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::base::csv::row::{Cell, ListRow};
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::nearest::nearest;
use crate::base::source::span::Span;
use crate::base::value::Value;
use crate::people::lists::capped_diagnostics::CappedDiagnostics;
use crate::people::lists::column::Column;
use crate::people::lists::mapping::{CellFormat, ColumnRole, Mapping};
use crate::people::lists::{FieldShapes, PersonBuilder, unexpected_character};
use crate::people::person::suspicious_address::SuspiciousAddress;
use crate::people::person::values::FieldNameSets;
use crate::people::person::{Address, FieldShape, Person, PersonOrigin};
use crate::people::store::PersonStore;
use crate::people::store::address_interner::{AddressId, AddressInterner};
use crate::people::store::id_set::IdSet;

const NO_HEADER: Code = Code("NL202");
const NO_EMAIL_COLUMN: Code = Code("NL203");
const COLUMN_TWICE: Code = Code("NL204");
const RAGGED: Code = Code("NL205");
const NO_COLUMN_NAME: Code = Code("NL207");
const DECODED: Code = Code("NL208");
const NO_ROOM: Code = Code("NL219");
const TYPO: Code = Code("NL261");
const HOMOGLYPH: Code = Code("NL262");
const WRONG_KIND: Code = Code("NL209");
/// The codes of what is wrong with a person are the same in every list.
pub(crate) const ADDRESS: Code = Code("NL210");
pub(crate) const NO_ADDRESS: Code = Code("NL211");
pub(crate) const CONTROL: Code = Code("NL212");
pub(crate) const TWICE: Code = Code("NL213");
pub(crate) const LANGUAGE: Code = Code("NL214");

/// So many names are shown of a list whose encoding was guessed.
const NAMES: usize = 3;

/// A list while it is read: takes rows, keeps people, and notes all that is wrong.
pub(crate) struct ListReader<'a> {
    path: Arc<str>,
    mapping: &'a Mapping,
    columns: Vec<ColumnRole>,
    headers: Vec<String>,
    fields: FieldShapes,
    /// The names of fields, shared by all who have the same ones.
    names: FieldNameSets,
    /// The languages that were told to be unknown.
    languages: BTreeSet<String>,
    /// Some texts with letters beyond ASCII, and the first place of one, where the encoding was guessed.
    letters: (Vec<String>, Option<Span>),
    found: CappedDiagnostics,
    registry: &'a mut AddressInterner,
    /// The numbers of those who stand in the list.
    met: IdSet,
    roll: PersonStore,
    /// Why there is no room for more people.
    full: Option<io::Error>,
}

/// What was learnt of a list.
pub(crate) struct ListContents {
    /// Its people.
    pub(crate) roll: PersonStore,
    /// The fields that its people may have.
    pub(crate) fields: FieldShapes,
    /// The names of its columns, as they are written.
    pub(crate) headers: Vec<String>,
    /// All that is wrong.
    pub(crate) diagnostics: Diagnostics,
}

impl<'a> ListReader<'a> {
    /// Keeps each valid person, the first of those with the same address.
    pub(crate) fn new(path: &Arc<str>, mapping: &'a Mapping, registry: &'a mut AddressInterner) -> Self {
        Self {
            roll: PersonStore::new(registry.scratch()),
            met: IdSet::default(),
            registry,
            full: None,
            path: Arc::clone(path),
            mapping,
            columns: Vec::new(),
            headers: Vec::new(),
            fields: FieldShapes::new(),
            names: FieldNameSets::default(),
            languages: BTreeSet::new(),
            letters: (Vec::new(), None),
            found: CappedDiagnostics::default(),
        }
    }

    /// What the list is called.
    pub(crate) fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// What is said of its columns.
    pub(crate) fn mapping(&self) -> &Mapping {
        self.mapping
    }

    /// The same list goes on under another name: the sheet of a file.
    pub(crate) fn rename(&mut self, path: Arc<str>) {
        self.path = path;
    }

    /// One more thing is wrong.
    pub(crate) fn mistake(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// There is not even a header.
    pub(crate) fn empty(&mut self) {
        let message = format!("{} is empty", self.path);
        self.found.push(Diagnostic::error(NO_HEADER, message).hint(HEADER_HINT));
    }

    /// Takes the row that names the columns; whether the rows below can be read by it. What is wrong is told.
    pub(crate) fn header(&mut self, header: &ListRow) -> bool {
        let mut first: BTreeMap<Column, &Cell> = BTreeMap::new();
        let mut sound = true;
        for cell in &header.cells {
            if let Some(unexpected_character) = unexpected_character(&Column::Name, &cell.text) {
                self.cell_error(
                    header,
                    cell,
                    CONTROL,
                    format!("there is {unexpected_character} in the name of this column"),
                );
                return false;
            }
            let ColumnRole::Fills(column) = self.column(&cell.text) else { continue };
            if let Some(other) = first.insert(column.clone(), cell) {
                let message = format!("the columns {:?} and {:?} are both {column}", other.text, cell.text);
                let hint = "give one of them another name in the first line, or remove it";
                self.found.push(Diagnostic::error(COLUMN_TWICE, message).at(self.place(header, &cell.span)).hint(hint));
                sound = false;
            }
        }
        if !first.contains_key(&Column::Email) {
            self.found.push(self.no_email_column(header));
            sound = false;
        }
        sound
    }

    /// Takes the names of the columns that a query answers, as [`header`](Self::header) does those of a file; what is
    /// wrong with them is wrong with the query, and has no line.
    pub(crate) fn answer<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> bool {
        let found = std::mem::take(&mut self.found);
        let sound = self.header(&ListRow::of_values(1, names.into_iter().map(|it| Some(Value::Text(it.to_owned())))));
        let told = std::mem::replace(&mut self.found, found).finish();
        for told in &told {
            let hint =
                if told.code == NO_EMAIL_COLUMN { ANSWER_HINT } else { "give one of them another name in the query" };
            self.found.push(Diagnostic { place: None, hint: Some(hint.to_owned()), ..told.clone() });
        }
        sound
    }

    /// One more column.
    pub(crate) fn column(&mut self, header: &str) -> ColumnRole {
        let role = self.mapping.role(header);
        if let ColumnRole::Fills(column) = &role {
            self.lead_to(column);
        }
        if !header.trim().is_empty() {
            self.headers.push(header.trim().to_owned());
        }
        self.columns.push(role.clone());
        role
    }

    /// The field that a column leads to; where there is a name or a part of one, the others are made from it.
    fn lead_to(&mut self, column: &Column) {
        match column {
            Column::Email | Column::Lang | Column::Consent(_) => {}
            Column::Name | Column::FirstName | Column::LastName => {
                let names = [Column::Name, Column::FirstName, Column::LastName];
                self.fields.extend(names.map(|name| (name.field().to_owned(), FieldShape::Single)));
            }
            Column::Own(name) => {
                let shape = self.mapping.shape(name);
                self.fields.entry(name.clone()).and_modify(|it| *it = shape.max(*it)).or_insert(shape);
            }
        }
    }

    fn no_email_column(&self, header: &ListRow) -> Diagnostic {
        let names: Vec<&str> = header.cells.iter().map(|cell| cell.text.as_str()).filter(|it| !it.is_empty()).collect();
        let message = format!("no column holds the e-mail address; the columns are {}", names.join(", "));
        let hint = match names.iter().find(|name| nearest(name, ["email", "e-mail", "e-mailadresse"]).is_some()) {
            Some(near) => format!("did you mean email instead of {near}?"),
            None if names.iter().any(|name| name.contains('@')) => {
                format!("the first line seems to be a person; {HEADER_HINT}")
            }
            None => HEADER_HINT.to_owned(),
        };
        Diagnostic::error(NO_EMAIL_COLUMN, message)
            .at(self.place(header, &(0..header.text.trim_end().len())))
            .hint(hint)
    }

    /// Takes the row of a person.
    pub(crate) fn row(&mut self, row: &ListRow) {
        if row.cells.len() != self.columns.len() {
            self.ragged(row);
        } else if let Some(person) = self.person(row) {
            self.keep(&person, row);
        }
    }

    /// Keeps somebody, unless their address stood further up.
    fn keep(&mut self, person: &Person, row: &ListRow) {
        let number = self.registry.give(&person.address);
        if !self.met.insert(number) {
            self.twice(person, number, row);
        } else if self.full.is_none() {
            self.full = self.roll.push(person, number).err();
        }
    }

    /// Tells that an address stood further up. Only what is shown says where: it has to be looked for.
    fn twice(&mut self, person: &Person, number: AddressId, row: &ListRow) {
        if self.found.is_full() {
            self.found.count(Severity::Warning);
            return;
        }
        let first = self.roll.row_of(number).and_then(|it| self.roll.person(it).ok());
        let first = first.map_or(0, |it| it.origin.line);
        let message = format!("{} stands on line {first} and again on line {}", person.address, row.line);
        let place = self.place(row, &(0..row.text.trim_end().len()));
        self.found.push(Diagnostic::warning(TWICE, message).at(place).hint(TWICE_HINT));
    }

    fn ragged(&mut self, row: &ListRow) {
        let (cells, columns) = (row.cells.len(), self.columns.len());
        let message = format!("this row has {cells} cells, the first line has {columns}");
        let hint =
            "a separator is missing or too many; a cell that holds the separator needs quotation marks around it";
        let place = self.place(row, &(0..row.text.trim_end().len()));
        self.found.push(Diagnostic::error(RAGGED, message).at(place).hint(hint));
    }

    /// The person of a row, if nothing is wrong with it.
    fn person(&mut self, row: &ListRow) -> Option<Person> {
        let mut card = PersonBuilder::default();
        let mut address = None;
        let mut sound = true;
        let columns = std::mem::take(&mut self.columns);
        for (cell, role) in row.cells.iter().zip(&columns).filter(|(cell, _)| !cell.text.is_empty()) {
            match role {
                ColumnRole::Nameless => {
                    sound = false;
                    self.cell_error(row, cell, NO_COLUMN_NAME, "this column has no name in the first line");
                }
                ColumnRole::Passed => {}
                ColumnRole::Fills(Column::Email) => address = Some(cell),
                ColumnRole::Fills(column) => {
                    if let Some(unexpected_character) = unexpected_character(column, &cell.text) {
                        sound = false;
                        self.cell_error(row, cell, CONTROL, format!("there is {unexpected_character} in {column}"));
                    } else {
                        self.fill(&mut card, (row, cell), column);
                    }
                }
            }
        }
        self.columns = columns;
        let address = self.address(row, address)?;
        let line = row.line;
        let origin = PersonOrigin { path: Arc::clone(&self.path), line };
        sound.then(|| card.person(address, origin, &mut self.names))
    }

    fn fill(&mut self, card: &mut PersonBuilder, (row, cell): (&ListRow, &Cell), column: &Column) {
        let text = cell.text.as_str();
        match column {
            Column::Email => {}
            Column::Lang => {
                card.lang = Lang::parse(text);
                if card.lang.is_none() && self.languages.insert(text.to_owned()) {
                    self.found.push(unknown_language(text).at(self.place(row, &cell.span)));
                }
            }
            Column::Consent(proof) => {
                if let Err(expected) = card.grounds.note(*proof, text, cell.value.as_ref()) {
                    self.wrong_kind((row, cell), column, expected);
                }
            }
            Column::Name | Column::FirstName | Column::LastName => {
                card.fields.insert(column.field().to_owned(), Value::Text(text.to_owned()));
            }
            Column::Own(name) => {
                let reading: &CellFormat = self.mapping.reading(name);
                match reading.read(text, cell.value.as_ref()) {
                    Ok(value) => {
                        if value.is_list() && self.fields.get(name) != Some(&FieldShape::List) {
                            self.fields.insert(name.clone(), FieldShape::List);
                        }
                        card.fields.insert(name.clone(), value);
                    }
                    Err(expected) => self.wrong_kind((row, cell), column, expected),
                }
            }
        }
    }

    fn wrong_kind(&mut self, (row, cell): (&ListRow, &Cell), column: &Column, expected: &str) {
        let message = format!("{:?} in {column} is not {expected}", cell.text);
        let hint = "the field is missing for them until it is written so";
        let place = self.place(row, &cell.span);
        self.found.push(Diagnostic::warning(WRONG_KIND, message).at(place).hint(hint));
    }

    fn address(&mut self, row: &ListRow, cell: Option<&Cell>) -> Option<Address> {
        let Some(cell) = cell else {
            let place = self.place(row, &(0..row.text.trim_end().len()));
            let hint = "write the address in the column for it, or remove the row";
            self.found.push(Diagnostic::error(NO_ADDRESS, "this row has no e-mail address").at(place).hint(hint));
            return None;
        };
        let address = Address::parse(&cell.text);
        let address = address.map_err(|error| self.cell_error(row, cell, ADDRESS, error.to_string())).ok()?;
        if let Some(doubt) = SuspiciousAddress::of(&cell.text) {
            self.found.push(suspicious_address(&doubt).at(self.place(row, &cell.span)));
        }
        Some(address)
    }

    /// Notes what a row of a list whose encoding was guessed says with letters beyond ASCII, for somebody to look at.
    pub(crate) fn note_letters(&mut self, row: &ListRow) {
        if self.letters.0.len() == NAMES || row.text.is_ascii() {
            return;
        }
        let cells = row.cells.iter().zip(&self.columns).filter(|(cell, _)| !cell.text.is_ascii());
        let is_name =
            |role: &ColumnRole| matches!(role, ColumnRole::Fills(Column::Name | Column::FirstName | Column::LastName));
        let Some((cell, _)) = cells.max_by_key(|(_, role)| is_name(role)) else { return };
        if !self.letters.0.contains(&cell.text) {
            self.letters.0.push(cell.text.clone());
            let place = self.place(row, &cell.span);
            self.letters.1.get_or_insert(place);
        }
    }

    fn cell_error(&mut self, row: &ListRow, cell: &Cell, code: Code, message: impl Into<String>) {
        let place = self.place(row, &cell.span);
        self.found.push(Diagnostic::error(code, message).at(place));
    }

    /// The place of a range of a row's text, in the line where it begins.
    fn place(&self, row: &ListRow, span: &Range<usize>) -> Span {
        let start = row.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = row.text[..start].matches('\n').count();
        let line = row.text[start..].lines().next().unwrap_or("");
        Span::in_line(&self.path, row.line + before, line, span.start - start..span.end - start)
    }

    /// All that was learnt.
    pub(crate) fn finish(mut self) -> ListContents {
        if let (names, Some(place)) = self.letters {
            let names: Vec<String> = names.iter().map(|it| one_line(it)).collect();
            let message = format!("{} is not UTF-8, and was read as Windows-1252: {}", self.path, names.join(", "));
            let hint = "look whether these names are right; saved as \"CSV UTF-8\", nothing has to be guessed";
            self.found.push(Diagnostic::warning(DECODED, message).at(place).hint(hint));
        }
        let mut diagnostics = self.found.finish();
        if let Some(error) = self.full {
            diagnostics.push(no_room(self.registry, &error));
        }
        ListContents { roll: self.roll, fields: self.fields, headers: self.headers, diagnostics }
    }
}

/// A long list is laid aside while the program runs, and there is no room for it.
pub(crate) fn no_room(registry: &AddressInterner, error: &io::Error) -> Diagnostic {
    let folder = registry.scratch().display();
    Diagnostic::error(NO_ROOM, format!("a list this long is laid aside in {folder}, and cannot be: {error}"))
        .hint("make room on the disk, and run the command again")
}

/// A text on one line of a message.
fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

const HEADER_HINT: &str = "the first line names the columns, such as email;fornavn;efternavn;organisation";
const ANSWER_HINT: &str = "name the column in the query: SELECT mail AS email, fornavn, efternavn FROM medlemmer";
pub(crate) const TWICE_HINT: &str = "the first one counts; remove the other";

/// The diagnostic for an address that is valid, and hardly what was meant.
pub(crate) fn suspicious_address(doubt: &SuspiciousAddress) -> Diagnostic {
    let code = match doubt {
        SuspiciousAddress::Slip { .. } => TYPO,
        SuspiciousAddress::Homoglyph { .. } => HOMOGLYPH,
    };
    Diagnostic::warning(code, doubt.to_string()).hint(doubt.hint())
}

/// The diagnostic for a language that no edition is written in.
pub(crate) fn unknown_language(text: &str) -> Diagnostic {
    Diagnostic::warning(LANGUAGE, format!("{text:?} is no language that editions are written in"))
        .hint(format!("write one of {}; until then they read what their audience reads", Lang::known()))
}
