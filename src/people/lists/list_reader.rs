//! Makes people of the rows of any list.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::base::csv::row::{Cell, ListRow};
use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::nearest::nearest;
use crate::base::source::span::{Span, Spanned};
use crate::base::value::Value;
use crate::people::lists::capped_diagnostics::CappedDiagnostics;
use crate::people::lists::column::Column;
use crate::people::lists::list_problems::{spill_error, suspicious_address, unknown_language};
use crate::people::lists::mapping::{ColumnRole, Mapping};
use crate::people::lists::person_builder::{PersonBuilder, unexpected_character};
use crate::people::lists::suspicious_texts::SuspiciousTexts;
use crate::people::person::suspicious_address::SuspiciousAddress;
use crate::people::person::values::FieldNameSets;
use crate::people::person::{Address, FieldShape, FieldShapes, Person, PersonOrigin};
use crate::people::store::PersonStore;
use crate::people::store::address_interner::{AddressId, AddressInterner};
use crate::people::store::id_set::IdSet;

const NO_HEADER: Code = Code("NL202");
const NO_EMAIL_COLUMN: Code = Code("NL203");
const COLUMN_TWICE: Code = Code("NL204");
const RAGGED: Code = Code("NL205");
const NO_COLUMN_NAME: Code = Code("NL207");
const DECODED: Code = Code("NL208");
const WRONG_KIND: Code = Code("NL209");
/// Problems with a person have the same codes in YAML.
pub(crate) const ADDRESS: Code = Code("NL210");
pub(crate) const NO_ADDRESS: Code = Code("NL211");
pub(crate) const CONTROL: Code = Code("NL212");
pub(crate) const TWICE: Code = Code("NL213");

/// How many texts are shown of a list whose encoding was guessed.
const SHOWN_TEXTS: usize = 3;

/// Reads one list: takes its rows, keeps the valid people, and collects all problems.
pub(crate) struct ListReader<'a> {
    path: Arc<str>,
    mapping: &'a Mapping,
    columns: Vec<ColumnRole>,
    headers: Vec<String>,
    fields: FieldShapes,
    /// The names of fields, shared by all who have the same ones.
    names: FieldNameSets,
    /// The unknown languages that were reported.
    languages: BTreeSet<String>,
    suspicious: SuspiciousTexts,
    /// Some texts beyond ASCII, if the encoding was guessed.
    guessed: Vec<Spanned<String>>,
    diagnostics: CappedDiagnostics,
    interner: &'a mut AddressInterner,
    /// The addresses of the list so far.
    addresses: IdSet,
    store: PersonStore,
    /// Why no more people can be stored.
    store_error: Option<io::Error>,
}

/// A cell and its row.
struct RowCell<'a> {
    row: &'a ListRow,
    cell: &'a Cell,
}

/// What is in a list.
pub(crate) struct ListContents {
    /// Its people.
    pub(crate) store: PersonStore,
    /// The fields that its people may have.
    pub(crate) fields: FieldShapes,
    /// The names of its columns, as they are written.
    pub(crate) headers: Vec<String>,
    /// All problems.
    pub(crate) diagnostics: Diagnostics,
}

impl<'a> ListReader<'a> {
    /// A reader that keeps each valid person, the first of those with the same address.
    pub(crate) fn new(path: &Arc<str>, mapping: &'a Mapping, interner: &'a mut AddressInterner) -> Self {
        Self {
            store: PersonStore::new(interner.scratch()),
            addresses: IdSet::default(),
            interner,
            store_error: None,
            path: Arc::clone(path),
            mapping,
            columns: Vec::new(),
            headers: Vec::new(),
            fields: FieldShapes::new(),
            names: FieldNameSets::default(),
            languages: BTreeSet::new(),
            suspicious: SuspiciousTexts::default(),
            guessed: Vec::new(),
            diagnostics: CappedDiagnostics::default(),
        }
    }

    /// The list's name in messages.
    pub(crate) fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// How its columns become fields.
    pub(crate) fn mapping(&self) -> &Mapping {
        self.mapping
    }

    /// Changes the list's name in messages, to include the sheet of a file.
    pub(crate) fn rename(&mut self, path: Arc<str>) {
        self.path = path;
    }

    /// Reports a problem.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports that the list has not even a header.
    pub(crate) fn report_empty(&mut self) {
        let message = message!("{} is empty", "{} er tom", self.path);
        self.diagnostics.push(Diagnostic::error(NO_HEADER, message).hint(HEADER_HINT));
    }

    /// Reads the row that names the columns. Returns whether it is valid; problems are reported.
    pub(crate) fn header(&mut self, header: &ListRow) -> bool {
        let mut first: BTreeMap<Column, &Cell> = BTreeMap::new();
        let mut is_valid = true;
        for cell in &header.cells {
            if let Some(unexpected_character) = unexpected_character(&Column::Name, &cell.text) {
                self.cell_error(
                    header,
                    cell,
                    CONTROL,
                    message!(
                        "the name of this column has {unexpected_character}",
                        "kolonnens navn har {unexpected_character}"
                    ),
                );
                return false;
            }
            let ColumnRole::Fills(column) = self.column(&cell.text) else { continue };
            if let Some(other) = first.insert(column.clone(), cell) {
                let message = message!(
                    "the columns {:?} and {:?} are both {column}",
                    "kolonnerne {:?} og {:?} er begge {column}",
                    other.text,
                    cell.text
                );
                let hint = message!(
                    "rename one of them in the first line, or remove it",
                    "omdøb den ene i første linje, eller slet den"
                );
                self.diagnostics
                    .push(Diagnostic::error(COLUMN_TWICE, message).at(self.place(header, &cell.span)).hint(hint));
                is_valid = false;
            }
        }
        if !first.contains_key(&Column::Email) {
            self.diagnostics.push(self.no_email_column(header));
            is_valid = false;
        }
        is_valid
    }

    /// Reads the names of the columns of a query, as [`header`](Self::header) does those of a file. Problems with them
    /// have no location: they are problems of the query.
    pub(crate) fn query_header<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> bool {
        let before = std::mem::take(&mut self.diagnostics);
        let names = names.into_iter().map(|name| Some(Value::Text(name.to_owned())));
        let is_valid = self.header(&ListRow::of_values(1, names));
        for diagnostic in &std::mem::replace(&mut self.diagnostics, before).finish() {
            let is_email = diagnostic.code == NO_EMAIL_COLUMN;
            let hint = if is_email {
                QUERY_HINT
            } else {
                message!("rename one of them in the query", "omdøb den ene i forespørgslen")
            };
            self.diagnostics.push(Diagnostic { place: None, hint: Some(hint), ..diagnostic.clone() });
        }
        is_valid
    }

    /// Adds a column.
    pub(crate) fn column(&mut self, header: &str) -> ColumnRole {
        let role = self.mapping.role(header);
        if let ColumnRole::Fills(column) = &role {
            self.add_fields(column);
        }
        if !header.trim().is_empty() {
            self.headers.push(header.trim().to_owned());
        }
        self.columns.push(role.clone());
        role
    }

    /// Adds the fields that a column fills; a name and its parts are derived from each other.
    fn add_fields(&mut self, column: &Column) {
        match column {
            Column::Email | Column::Lang | Column::Consent(_) => {}
            Column::Name | Column::FirstName | Column::LastName => {
                let names = [Column::Name, Column::FirstName, Column::LastName];
                self.fields.extend(names.map(|name| (name.field().to_owned(), FieldShape::Single)));
            }
            Column::Own(name) => {
                let shape = self.mapping.shape(name);
                self.fields.entry(name.clone()).and_modify(|known| *known = shape.max(*known)).or_insert(shape);
            }
        }
    }

    fn no_email_column(&self, header: &ListRow) -> Diagnostic {
        let names: Vec<&str> =
            header.cells.iter().map(|cell| cell.text.as_str()).filter(|name| !name.is_empty()).collect();
        let message = message!(
            "no column of e-mail addresses; the columns are {}",
            "ingen kolonne med mailadresser; kolonnerne er {}",
            names.join(", ")
        );
        let hint = match names.iter().find(|name| nearest(name, ["email", "e-mail", "e-mailadresse"]).is_some()) {
            Some(near) => message!("did you mean email instead of {near}?", "mente du email i stedet for {near}?"),
            None if names.iter().any(|name| name.contains('@')) => {
                message!(
                    "the first line looks like a person; name the columns on the first line, such as email;fornavn;efternavn;organisation",
                    "første linje ligner en person; skriv kolonnernes navne på første linje, f.eks. email;fornavn;efternavn;organisation"
                )
            }
            None => HEADER_HINT,
        };
        Diagnostic::error(NO_EMAIL_COLUMN, message).at(self.row_span(header)).hint(hint)
    }

    /// Reads the row of a person.
    pub(crate) fn row(&mut self, row: &ListRow) {
        if row.cells.len() != self.columns.len() {
            self.report_cell_count(row);
        } else if let Some(person) = self.person(row) {
            self.keep(&person, row);
        }
    }

    /// Stores a person, unless their address is already in the list.
    fn keep(&mut self, person: &Person, row: &ListRow) {
        let address = self.interner.intern(&person.address);
        // The store is not searched: with a bit for each address, a repeated one is found at once.
        if !self.addresses.insert(address) {
            self.report_repeated(person, address, row);
        } else if self.store_error.is_none() {
            self.store_error = self.store.push(person, address).err();
        }
    }

    fn report_repeated(&mut self, person: &Person, address: AddressId, row: &ListRow) {
        // Finding the first line takes a search through the list, which would be slow for each of a million.
        if self.diagnostics.is_full_of(Severity::Warning) {
            self.diagnostics.count(Severity::Warning);
            return;
        }
        let first = self.store.row_of(address).and_then(|first| self.store.person(first).ok());
        let first = first.map_or(0, |first| first.origin.line);
        let message = message!(
            "{} is on line {first} and again on line {}",
            "{} står på linje {first} og igen på linje {}",
            person.address,
            row.line
        );
        let place = self.row_span(row);
        self.diagnostics.push(Diagnostic::warning(TWICE, message).at(place).hint(TWICE_HINT));
    }

    fn report_cell_count(&mut self, row: &ListRow) {
        let (cells, columns) = (row.cells.len(), self.columns.len());
        let message = message!(
            "this row has {cells} cells, the first line has {columns}",
            "rækken har {cells} celler, første linje har {columns}"
        );
        let hint = message!(
            "look for a missing or extra separator; a cell that contains the separator needs quotation marks around it",
            "se efter et manglende eller ekstra skilletegn; en celle med skilletegnet i skal have anførselstegn om"
        );
        let place = self.row_span(row);
        self.diagnostics.push(Diagnostic::error(RAGGED, message).at(place).hint(hint));
    }

    /// The person of a row; `None` if it has errors.
    fn person(&mut self, row: &ListRow) -> Option<Person> {
        let mut builder = PersonBuilder::default();
        let mut address = None;
        let mut is_valid = true;
        // Taken out, so that reporting a problem may borrow the whole reader in the loop.
        let columns = std::mem::take(&mut self.columns);
        for (cell, role) in row.cells.iter().zip(&columns).filter(|(cell, _)| !cell.text.is_empty()) {
            match role {
                ColumnRole::Unnamed => {
                    is_valid = false;
                    self.cell_error(
                        row,
                        cell,
                        NO_COLUMN_NAME,
                        message!(
                            "this column has no name on the first line",
                            "kolonnen har intet navn på første linje"
                        ),
                    );
                }
                ColumnRole::Ignored => {}
                ColumnRole::Fills(Column::Email) => address = Some(cell),
                ColumnRole::Fills(column) => {
                    if let Some(unexpected_character) = unexpected_character(column, &cell.text) {
                        is_valid = false;
                        self.cell_error(
                            row,
                            cell,
                            CONTROL,
                            message!("{column} has {unexpected_character}", "{column} har {unexpected_character}"),
                        );
                    } else {
                        self.fill(&mut builder, column, &RowCell { row, cell });
                    }
                }
            }
        }
        self.columns = columns;
        let address = self.address(row, address)?;
        let origin = PersonOrigin { path: Arc::clone(&self.path), line: row.line };
        is_valid.then(|| builder.person(address, origin, &mut self.names))
    }

    fn fill(&mut self, builder: &mut PersonBuilder, column: &Column, at: &RowCell<'_>) {
        let RowCell { row, cell } = *at;
        let text = cell.text.as_str();
        if matches!(column, Column::Name | Column::FirstName | Column::LastName | Column::Own(_)) {
            let mut suspicious = std::mem::take(&mut self.suspicious);
            suspicious.note(column.field(), text, || self.place(row, &cell.span));
            self.suspicious = suspicious;
        }
        match column {
            Column::Email => {}
            Column::Lang => {
                builder.lang = Lang::parse(text);
                // A list usually has one such word in many rows.
                if builder.lang.is_none() && self.languages.insert(text.to_owned()) {
                    self.diagnostics.push(unknown_language(text).at(self.place(row, &cell.span)));
                }
            }
            Column::Consent(part) => {
                if let Err(expected) = builder.consent.read(*part, text, cell.value.as_ref()) {
                    self.report_wrong_type(column, &expected, at);
                }
            }
            Column::Name | Column::FirstName | Column::LastName => {
                builder.fields.insert(column.field().to_owned(), Value::Text(text.to_owned()));
            }
            Column::Own(name) => match self.mapping.format(name).read(text, cell.value.as_ref()) {
                Ok(value) => {
                    if value.is_list() && self.fields.get(name) != Some(&FieldShape::List) {
                        self.fields.insert(name.clone(), FieldShape::List);
                    }
                    builder.fields.insert(name.clone(), value);
                }
                Err(expected) => self.report_wrong_type(column, &expected, at),
            },
        }
    }

    fn report_wrong_type(&mut self, column: &Column, expected: &Message, at: &RowCell<'_>) {
        let RowCell { row, cell } = *at;
        let message = message!("{:?} in {column} is not {expected}", "{:?} i {column} er ikke {expected}", cell.text);
        let hint = message!(
            "correct it; until then this person lacks the field",
            "ret det; indtil da mangler personen feltet"
        );
        let place = self.place(row, &cell.span);
        self.diagnostics.push(Diagnostic::warning(WRONG_KIND, message).at(place).hint(hint));
    }

    fn address(&mut self, row: &ListRow, cell: Option<&Cell>) -> Option<Address> {
        let Some(cell) = cell else {
            let place = self.row_span(row);
            let hint = message!("fill in the address, or remove the row", "udfyld adressen, eller slet rækken");
            self.diagnostics.push(
                Diagnostic::error(
                    NO_ADDRESS,
                    message!("this row has no e-mail address", "rækken har ingen mailadresse"),
                )
                .at(place)
                .hint(hint),
            );
            return None;
        };
        let address = Address::parse(&cell.text);
        let address = address.map_err(|error| self.cell_error(row, cell, ADDRESS, Message::shown(&error))).ok()?;
        if let Some(suspicious) = SuspiciousAddress::of(&cell.text) {
            self.diagnostics.push(suspicious_address(&suspicious).at(self.place(row, &cell.span)));
        }
        Some(address)
    }

    /// Notes a non-ASCII text in a row of a list whose encoding was guessed, so that the user can check it.
    pub(crate) fn note_guessed(&mut self, row: &ListRow) {
        if self.guessed.len() == SHOWN_TEXTS || row.text.is_ascii() {
            return;
        }
        let cells = row.cells.iter().zip(&self.columns).filter(|(cell, _)| !cell.text.is_ascii());
        let is_name =
            |role: &ColumnRole| matches!(role, ColumnRole::Fills(Column::Name | Column::FirstName | Column::LastName));
        // A wrongly decoded name is easier to recognise than any other text.
        let Some((cell, _)) = cells.max_by_key(|(_, role)| is_name(role)) else { return };
        if self.guessed.iter().all(|known| known.value != cell.text) {
            let place = self.place(row, &cell.span);
            self.guessed.push(Spanned { value: cell.text.clone(), place });
        }
    }

    fn cell_error(&mut self, row: &ListRow, cell: &Cell, code: Code, message: impl Into<Message>) {
        let place = self.place(row, &cell.span);
        self.diagnostics.push(Diagnostic::error(code, message).at(place));
    }

    /// The location of a whole row.
    fn row_span(&self, row: &ListRow) -> Span {
        self.place(row, &(0..row.text.trim_end().len()))
    }

    /// The location of a range of a row's text, on the line where it begins.
    fn place(&self, row: &ListRow, span: &Range<usize>) -> Span {
        let start = row.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = row.text[..start].matches('\n').count();
        let line = row.text[start..].lines().next().unwrap_or("");
        Span::in_line(&self.path, row.line + before, line, span.start - start..span.end - start)
    }

    /// What was read.
    pub(crate) fn finish(mut self) -> ListContents {
        if let Some(first) = self.guessed.first() {
            let texts: Vec<String> = self.guessed.iter().map(|text| one_line(&text.value)).collect();
            let message = message!(
                "{} is not UTF-8, and was read as Windows-1252: {}",
                "{} er ikke UTF-8 og blev læst som Windows-1252: {}",
                self.path,
                texts.join(", ")
            );
            let hint = message!(
                "check the spelling of these texts; save the file as \"CSV UTF-8\" to avoid guessing",
                "se efter, om teksterne er stavet rigtigt; gem filen som \"CSV UTF-8\" for at undgå gætteri"
            );
            self.diagnostics.push(Diagnostic::warning(DECODED, message).at(first.place.clone()).hint(hint));
        }
        let mut diagnostics = self.diagnostics.finish();
        self.suspicious.finish().for_each(|diagnostic| diagnostics.push(diagnostic));
        if let Some(error) = self.store_error {
            diagnostics.push(spill_error(self.interner, &error));
        }
        ListContents { store: self.store, fields: self.fields, headers: self.headers, diagnostics }
    }
}

/// A text on one line of a message.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

const HEADER_HINT: Message = Message::fixed(
    "name the columns on the first line, such as email;fornavn;efternavn;organisation",
    "skriv kolonnernes navne på første linje, f.eks. email;fornavn;efternavn;organisation",
);
const QUERY_HINT: Message = Message::fixed(
    "rename the column in the query: SELECT mail AS email, fornavn, efternavn FROM medlemmer",
    "omdøb kolonnen i forespørgslen: SELECT mail AS email, fornavn, efternavn FROM medlemmer",
);
pub(crate) const TWICE_HINT: Message =
    Message::fixed("remove one of them; the first counts", "slet en af dem; den første gælder");
