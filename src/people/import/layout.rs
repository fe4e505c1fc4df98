//! What the columns of one file are for.

use std::collections::BTreeSet;

use crate::base::csv::row::Row;
use crate::people::import::object::Notation;
use crate::people::import::standing::{Standing, letters};
use crate::people::import::system::{self, System, Use};
use crate::people::import::{ImportError, Mapped};
use crate::people::lists::column::Column;

/// A file whose header was understood.
pub(super) struct Layout {
    pub(super) system: &'static System,
    /// One for each column.
    pub(super) parts: Vec<Part>,
    headers: Vec<String>,
}

/// What a column gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A field.
    Field(Column),
    /// A field of several values, with this between them.
    List(Column, &'static str),
    /// More fields.
    Object(Notation),
    /// Where somebody stands, as a word.
    Status,
    /// Where they stand after a yes.
    Yes(Standing),
    /// Where they stand after a no.
    No(Standing),
    /// Where they stand if there is anything, and perhaps since when.
    Filled(Standing),
    /// When the row was changed last.
    Changed,
    /// When they said that they want to read.
    OptedIn,
    /// Nothing that is kept.
    Nothing,
    /// A field that another column gives already.
    Again(Column),
}

impl Layout {
    /// Understands a header; `rows` decide whether words say where somebody stands.
    pub(super) fn of(file: &str, (header, rows): (&Row, &[Row]), from: Option<&str>) -> Result<Self, ImportError> {
        let headers: Vec<String> = header.cells.iter().map(|it| it.text.clone()).collect();
        let lettered: Vec<String> = headers.iter().map(|it| letters(it)).collect();
        let system = system::recognise(file, &lettered, from)?;
        let mut given = BTreeSet::new();
        let parts = headers.iter().zip(&lettered).enumerate().map(|(at, (header, letters))| {
            // Only a last column is known by having no name.
            let named = system.named_use(letters).filter(|_| at + 1 == headers.len() || !letters.is_empty());
            let part = match named {
                Some(Use::MaybeStatus) if all_words(rows, at) => Part::Status,
                named => part(named, header),
            };
            match part {
                Part::Field(column) | Part::List(column, _) if !given.insert(column.clone()) => Part::Again(column),
                part => part,
            }
        });
        let parts: Vec<Part> = parts.collect();
        if !parts.contains(&Part::Field(Column::Email)) {
            return Err(ImportError::NoAddresses { file: file.to_owned(), columns: headers });
        }
        Ok(Self { system, parts, headers })
    }

    /// Whether a row leaves out the word that says where somebody stands.
    pub(super) fn lacks_status(&self, row: &Row) -> bool {
        self.parts.iter().zip(&row.cells).any(|(part, cell)| *part == Part::Status && cell.text.is_empty())
    }

    /// What becomes of each column, for people; `fields` are those that objects turned out to hold.
    pub(super) fn told(&self, fields: &[String]) -> Vec<Mapped> {
        let told = |(header, part): (&String, &Part)| Mapped { header: header.clone(), becomes: part.told(fields) };
        self.headers.iter().zip(&self.parts).map(told).collect()
    }
}

fn part(named: Option<Use>, header: &str) -> Part {
    match named {
        None | Some(Use::MaybeStatus) => Column::named(header).map_or(Part::Nothing, Part::Field),
        Some(Use::Field(name)) => Column::named(name).map_or(Part::Nothing, Part::Field),
        Some(Use::List(name, separator)) => Column::named(name).map_or(Part::Nothing, |it| Part::List(it, separator)),
        Some(Use::Object(notation)) => Part::Object(notation),
        Some(Use::Status) => Part::Status,
        Some(Use::Yes(standing)) => Part::Yes(standing),
        Some(Use::No(standing)) => Part::No(standing),
        Some(Use::Filled(standing)) => Part::Filled(standing),
        Some(Use::Changed) => Part::Changed,
        Some(Use::OptedIn) => Part::OptedIn,
        Some(Use::Nothing) => Part::Nothing,
    }
}

/// Whether every cell of a column says where somebody stands.
fn all_words(rows: &[Row], at: usize) -> bool {
    let mut cells = rows.iter().filter_map(|row| row.cells.get(at)).filter(|it| !it.text.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|it| Standing::of_word(&it.text).is_some())
}

impl Part {
    fn told(&self, fields: &[String]) -> String {
        match self {
            Self::Field(column) => column.to_string(),
            Self::List(column, separator) => format!("{column}, several values with {separator} between them"),
            Self::Object(_) if fields.is_empty() => "its own fields (there are none)".to_owned(),
            Self::Object(_) => format!("its own fields: {}", fields.join(", ")),
            Self::Status | Self::Yes(_) | Self::No(_) => "who reads and who left".to_owned(),
            Self::Filled(_) => "who left, and when".to_owned(),
            Self::Changed => "since when those who left are away".to_owned(),
            Self::OptedIn => "consent, and since when".to_owned(),
            Self::Nothing => "left out".to_owned(),
            Self::Again(column) => format!("left out: {column} is there already"),
        }
    }
}
