//! Reads people from a CSV file, row by row.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use crate::language::Lang;
use crate::people::column::Column;
use crate::people::found::Found;
use crate::people::rows::{Cell, Row, RowError, Rows};
use crate::people::{Card, Fields, Lists, intruder};
use crate::recipient::{Address, Consent, Origin, Person, Shape, Value};
use crate::source::{Code, Diagnostic, Diagnostics, Place, nearest};

const UNREADABLE: Code = Code("NL201");
const NO_HEADER: Code = Code("NL202");
const NO_EMAIL_COLUMN: Code = Code("NL203");
const COLUMN_TWICE: Code = Code("NL204");
const RAGGED: Code = Code("NL205");
const OPEN_QUOTE: Code = Code("NL206");
const NO_COLUMN_NAME: Code = Code("NL207");
/// The codes of what is wrong with a person are the same in a CSV file and among an audience's recipients.
pub(crate) const ADDRESS: Code = Code("NL210");
pub(crate) const NO_ADDRESS: Code = Code("NL211");
pub(crate) const CONTROL: Code = Code("NL212");
pub(crate) const TWICE: Code = Code("NL213");
pub(crate) const LANGUAGE: Code = Code("NL214");

/// Reads the people of a CSV file and hands over each valid one, the first of those with the same address.
///
/// The file is UTF-8, with or without a byte-order mark; its first line names the columns and decides whether `;`, `,`
/// or a tab separates them. Gives the fields that these people may have in [`Person::fields`], and all that is wrong.
pub fn read_csv(
    path: &Arc<str>,
    input: impl Read,
    lists: &Lists,
    mut each: impl FnMut(Person),
) -> (Fields, Diagnostics) {
    let mut file = File { path, lists, seen: HashMap::new(), languages: BTreeSet::new(), found: Found::default() };
    let columns = match file.read(BufReader::new(input), &mut each) {
        Ok(columns) => columns,
        Err(error) => {
            file.found.push(file.unreadable(error));
            Vec::new()
        }
    };
    (fields(&columns, lists), file.found.finish())
}

/// The fields that the columns lead to; where there is a name or a part of one, the others are made from it.
fn fields(columns: &Columns, lists: &Lists) -> Fields {
    let mut fields = Fields::new();
    for column in columns.iter().flatten() {
        match column {
            Column::Email | Column::Lang | Column::Consent => {}
            Column::Name | Column::FirstName | Column::LastName => {
                let names = [Column::Name, Column::FirstName, Column::LastName];
                fields.extend(names.map(|name| (name.field().to_owned(), Shape::Single)));
            }
            Column::Own(name) => {
                let shape = if lists.contains_key(name) { Shape::List } else { Shape::Single };
                fields.insert(name.clone(), shape);
            }
        }
    }
    fields
}

/// A file while it is read.
struct File<'a> {
    path: &'a Arc<str>,
    lists: &'a Lists,
    /// The line of each address so far.
    seen: HashMap<String, usize>,
    /// The languages that were told to be unknown.
    languages: BTreeSet<String>,
    found: Found,
}

/// What each column holds; an unnamed one holds nothing.
type Columns = Vec<Option<Column>>;

impl File<'_> {
    fn read(&mut self, input: impl std::io::BufRead, each: &mut impl FnMut(Person)) -> Result<Columns, RowError> {
        let mut rows = Rows::new(input)?;
        let Some(header) = rows.next_row()? else {
            let message = format!("{} is empty", self.path);
            self.found.push(Diagnostic::error(NO_HEADER, message).hint(HEADER_HINT));
            return Ok(Vec::new());
        };
        let Some(columns) = self.header(&header) else { return Ok(Vec::new()) };
        while let Some(row) = rows.next_row()? {
            if row.is_blank() {
                continue;
            }
            if row.cells.len() == columns.len() {
                self.row(&row, &columns).into_iter().for_each(&mut *each);
            } else {
                self.ragged(&row, columns.len());
            }
        }
        Ok(columns)
    }

    /// What the columns hold; none, with what is wrong, where the rows below could not be read by them.
    fn header(&mut self, header: &Row) -> Option<Columns> {
        let columns: Columns = header.cells.iter().map(|cell| Column::named(&cell.text)).collect();
        let mut first: BTreeMap<&Column, &Cell> = BTreeMap::new();
        let mut sound = true;
        for (cell, column) in header.cells.iter().zip(&columns) {
            let Some(column) = column else { continue };
            if let Some(intruder) = intruder(&Column::Name, &cell.text) {
                self.cell_error(header, cell, CONTROL, format!("there is {intruder} in the name of this column"));
                return None;
            }
            if let Some(other) = first.insert(column, cell) {
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
        sound.then_some(columns)
    }

    fn no_email_column(&self, header: &Row) -> Diagnostic {
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

    fn ragged(&mut self, row: &Row, columns: usize) {
        let cells = row.cells.len();
        let message = format!("this row has {cells} cells, the first line has {columns}");
        let hint =
            "a separator is missing or too many; a cell that holds the separator needs quotation marks around it";
        let place = self.place(row, &(0..row.text.trim_end().len()));
        self.found.push(Diagnostic::error(RAGGED, message).at(place).hint(hint));
    }

    /// The person of a row, if nothing is wrong with it and the address is new.
    fn row(&mut self, row: &Row, columns: &Columns) -> Option<Person> {
        let mut card = Card::default();
        let mut address = None;
        let mut sound = true;
        for (cell, column) in row.cells.iter().zip(columns) {
            if cell.text.is_empty() {
                continue;
            }
            let Some(column) = column else {
                sound = false;
                self.cell_error(row, cell, NO_COLUMN_NAME, "this column has no name in the first line");
                continue;
            };
            if *column == Column::Email {
                address = Some(cell);
            } else if let Some(intruder) = intruder(column, &cell.text) {
                sound = false;
                self.cell_error(row, cell, CONTROL, format!("there is {intruder} in {column}"));
            } else {
                self.fill(&mut card, (row, cell), column);
            }
        }
        let address = self.address(row, address)?;
        let line = row.line;
        (sound && self.is_new(&address, row))
            .then(|| card.person(address, Origin { path: Arc::clone(self.path), line }))
    }

    fn fill(&mut self, card: &mut Card, (row, cell): (&Row, &Cell), column: &Column) {
        let text = cell.text.as_str();
        match column {
            Column::Email => {}
            Column::Lang => {
                card.lang = Lang::parse(text);
                if card.lang.is_none() && self.languages.insert(text.to_owned()) {
                    self.found.push(unknown_language(text).at(self.place(row, &cell.span)));
                }
            }
            Column::Consent => card.consent = Some(Consent { basis: text.to_owned(), at: None, source: None }),
            Column::Name | Column::FirstName | Column::LastName => {
                card.fields.insert(column.field().to_owned(), Value::Text(text.to_owned()));
            }
            Column::Own(name) => {
                let value = match self.lists.get(name) {
                    None => Value::Text(text.to_owned()),
                    Some(separator) => list(text, separator),
                };
                card.fields.insert(name.clone(), value);
            }
        }
    }

    fn address(&mut self, row: &Row, cell: Option<&Cell>) -> Option<Address> {
        let Some(cell) = cell else {
            let place = self.place(row, &(0..row.text.trim_end().len()));
            let hint = "write the address in the column for it, or remove the row";
            self.found.push(Diagnostic::error(NO_ADDRESS, "this row has no e-mail address").at(place).hint(hint));
            return None;
        };
        Address::parse(&cell.text).map_err(|error| self.cell_error(row, cell, ADDRESS, error.to_string())).ok()
    }

    fn is_new(&mut self, address: &Address, row: &Row) -> bool {
        let first = *self.seen.entry(address.key()).or_insert(row.line);
        if first != row.line {
            let message = format!("{address} stands on line {first} and again on line {}", row.line);
            let place = self.place(row, &(0..row.text.trim_end().len()));
            self.found.push(Diagnostic::warning(TWICE, message).at(place).hint(TWICE_HINT));
        }
        first == row.line
    }

    fn cell_error(&mut self, row: &Row, cell: &Cell, code: Code, message: impl Into<String>) {
        let place = self.place(row, &cell.span);
        self.found.push(Diagnostic::error(code, message).at(place));
    }

    /// The place of a range of a row's text, in the line where it begins.
    fn place(&self, row: &Row, span: &Range<usize>) -> Place {
        let start = row.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = row.text[..start].matches('\n').count();
        let line = row.text[start..].lines().next().unwrap_or("");
        Place::in_line(self.path, row.line + before, line, span.start - start..span.end - start)
    }

    fn unreadable(&self, error: RowError) -> Diagnostic {
        match error {
            RowError::Read(error) => Diagnostic::error(UNREADABLE, format!("{} cannot be read: {error}", self.path)),
            RowError::Encoding { line, text } => {
                Diagnostic::error(UNREADABLE, format!("{} is not a CSV file in UTF-8", self.path))
                    .at(Place::in_line(self.path, line, &text, 0..text.len()))
                    .hint("save it again: in Excel File, Save as, \"CSV UTF-8\"")
            }
            RowError::LongLine { line } => {
                Diagnostic::error(UNREADABLE, format!("line {line} of {} is longer than a megabyte", self.path))
                    .hint("a list of people has one line a person; is this another kind of file?")
            }
            RowError::OpenQuote { line, text } => {
                Diagnostic::error(OPEN_QUOTE, "a quotation mark opens a cell here and nothing closes it")
                    .at(Place::in_line(self.path, line, &text, 0..text.len()))
                    .hint("remove the mark, or close the cell with another; a mark inside a cell is written twice")
            }
        }
    }
}

const HEADER_HINT: &str = "the first line names the columns, such as email;fornavn;efternavn;organisation";
pub(crate) const TWICE_HINT: &str = "the first one counts; remove the other";

/// The diagnostic for a language that no edition is written in.
pub(crate) fn unknown_language(text: &str) -> Diagnostic {
    Diagnostic::warning(LANGUAGE, format!("{text:?} is no language that editions are written in"))
        .hint(format!("write one of {}; until then they read what their audience reads", Lang::known()))
}

fn list(text: &str, separator: &str) -> Value {
    let parts = text.split(separator).map(str::trim).filter(|part| !part.is_empty());
    Value::List(parts.map(|part| Value::Text(part.to_owned())).collect())
}
