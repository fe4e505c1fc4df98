//! What the columns of one file are for.

use std::collections::BTreeSet;

use crate::base::csv::row::ListRow;
use crate::people::import::object_cell::ObjectNotation;
use crate::people::import::subscription_status::{SubscriptionStatus, letters};
use crate::people::import::system::{self, ExportSystem, SystemColumn};
use crate::people::import::{ColumnMapping, ImportError};
use crate::people::lists::column::Column;

/// A file whose header was understood.
pub(super) struct ExportLayout {
    pub(super) system: &'static ExportSystem,
    /// One for each column.
    pub(super) parts: Vec<ImportColumn>,
    headers: Vec<String>,
}

/// What a column gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ImportColumn {
    /// A field.
    Field(Column),
    /// A field of several values, with this between them.
    List(Column, &'static str),
    /// More fields.
    Object(ObjectNotation),
    /// Where somebody stands, as a word.
    Status,
    /// Where they stand after a yes.
    Yes(SubscriptionStatus),
    /// Where they stand after a no.
    No(SubscriptionStatus),
    /// Where they stand if there is anything, and perhaps since when.
    Filled(SubscriptionStatus),
    /// When the row was changed last.
    Changed,
    /// When they said that they want to read.
    OptedIn,
    /// Nothing that is kept.
    Nothing,
    /// A field that another column gives already.
    Again(Column),
}

impl ExportLayout {
    /// Understands a header; `rows` decide whether words say where somebody stands.
    pub(super) fn of(
        file: &str,
        (header, rows): (&ListRow, &[ListRow]),
        from: Option<&str>,
    ) -> Result<Self, ImportError> {
        let headers: Vec<String> = header.cells.iter().map(|it| it.text.clone()).collect();
        let lettered: Vec<String> = headers.iter().map(|it| letters(it)).collect();
        let system = system::recognise(file, &lettered, from)?;
        let mut given = BTreeSet::new();
        let parts = headers.iter().zip(&lettered).enumerate().map(|(at, (header, letters))| {
            // Only a last column is known by having no name.
            let named = system.named_use(letters).filter(|_| at + 1 == headers.len() || !letters.is_empty());
            let part = match named {
                Some(SystemColumn::MaybeStatus) if all_words(rows, at) => ImportColumn::Status,
                named => part(named, header),
            };
            match part {
                ImportColumn::Field(column) | ImportColumn::List(column, _) if !given.insert(column.clone()) => {
                    ImportColumn::Again(column)
                }
                part => part,
            }
        });
        let parts: Vec<ImportColumn> = parts.collect();
        if !parts.contains(&ImportColumn::Field(Column::Email)) {
            return Err(ImportError::NoAddresses { file: file.to_owned(), columns: headers });
        }
        Ok(Self { system, parts, headers })
    }

    /// Whether a row leaves out the word that says where somebody stands.
    pub(super) fn lacks_status(&self, row: &ListRow) -> bool {
        self.parts.iter().zip(&row.cells).any(|(part, cell)| *part == ImportColumn::Status && cell.text.is_empty())
    }

    /// What becomes of each column, for people; `fields` are those that objects turned out to hold.
    pub(super) fn told(&self, fields: &[String]) -> Vec<ColumnMapping> {
        let told = |(header, part): (&String, &ImportColumn)| ColumnMapping {
            header: header.clone(),
            becomes: part.told(fields),
        };
        self.headers.iter().zip(&self.parts).map(told).collect()
    }
}

fn part(named: Option<SystemColumn>, header: &str) -> ImportColumn {
    match named {
        None | Some(SystemColumn::MaybeStatus) => {
            Column::named(header).map_or(ImportColumn::Nothing, ImportColumn::Field)
        }
        Some(SystemColumn::Field(name)) => Column::named(name).map_or(ImportColumn::Nothing, ImportColumn::Field),
        Some(SystemColumn::List(name, separator)) => {
            Column::named(name).map_or(ImportColumn::Nothing, |it| ImportColumn::List(it, separator))
        }
        Some(SystemColumn::Object(notation)) => ImportColumn::Object(notation),
        Some(SystemColumn::Status) => ImportColumn::Status,
        Some(SystemColumn::Yes(standing)) => ImportColumn::Yes(standing),
        Some(SystemColumn::No(standing)) => ImportColumn::No(standing),
        Some(SystemColumn::Filled(standing)) => ImportColumn::Filled(standing),
        Some(SystemColumn::Changed) => ImportColumn::Changed,
        Some(SystemColumn::OptedIn) => ImportColumn::OptedIn,
        Some(SystemColumn::Nothing) => ImportColumn::Nothing,
    }
}

/// Whether every cell of a column says where somebody stands.
fn all_words(rows: &[ListRow], at: usize) -> bool {
    let mut cells = rows.iter().filter_map(|row| row.cells.get(at)).filter(|it| !it.text.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|it| SubscriptionStatus::of_word(&it.text).is_some())
}

impl ImportColumn {
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
