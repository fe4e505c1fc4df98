//! The roles of the columns of one export.

use std::collections::BTreeSet;

use crate::base::csv::row::ListRow;
use crate::base::message::{Message, message};
use crate::people::import::csv::CsvFile;
use crate::people::import::object_cell::ObjectNotation;
use crate::people::import::subscription_status::{SubscriptionStatus, letters};
use crate::people::import::system::{ExportSystem, SystemColumn};
use crate::people::import::systems;
use crate::people::import::{ColumnMapping, ImportError};
use crate::people::lists::column::Column;

/// The columns of an export.
pub(super) struct ExportLayout {
    pub(super) system: &'static ExportSystem,
    /// One per column.
    pub(super) columns: Vec<ImportColumn>,
    headers: Vec<String>,
}

/// The role of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ImportColumn {
    /// A field.
    Field(Column),
    /// A field of several values, with this separator.
    List(Column, &'static str),
    /// More fields.
    Object(ObjectNotation),
    /// The status of the person, as a word.
    Status,
    /// This status if yes.
    Yes(SubscriptionStatus),
    /// This status if no.
    No(SubscriptionStatus),
    /// This status if not empty; the content may be the date.
    Filled(SubscriptionStatus),
    /// The date of the last change.
    Changed,
    /// The date when they signed up.
    OptedIn,
    /// Ignored.
    Ignored,
    /// Ignored: another column has the same field.
    Repeated(Column),
}

impl ExportLayout {
    /// Recognises the columns of a file; `from` names its system.
    pub(super) fn of(file: &str, csv: &CsvFile, from: Option<&str>) -> Result<Self, ImportError> {
        let headers: Vec<String> = csv.header.cells.iter().map(|cell| cell.text.clone()).collect();
        let normalised: Vec<String> = headers.iter().map(|header| letters(header)).collect();
        let system = systems::recognise(file, &normalised, from)?;
        let mut known = BTreeSet::new();
        let columns = headers.iter().zip(&normalised).enumerate().map(|(at, (header, letters))| {
            // phpList's last column has no header; any other column without one is unknown.
            let described = system.column(letters).filter(|_| at + 1 == headers.len() || !letters.is_empty());
            let column = match described {
                Some(SystemColumn::MaybeStatus) if has_only_status_words(&csv.rows, at) => ImportColumn::Status,
                described => import_column(described, header),
            };
            match column {
                ImportColumn::Field(field) | ImportColumn::List(field, _) if !known.insert(field.clone()) => {
                    ImportColumn::Repeated(field)
                }
                column => column,
            }
        });
        let columns: Vec<ImportColumn> = columns.collect();
        if !columns.contains(&ImportColumn::Field(Column::Email)) {
            return Err(ImportError::NoAddresses { file: file.to_owned(), columns: headers });
        }
        Ok(Self { system, columns, headers })
    }

    /// Whether the word for the status is missing in a row.
    pub(super) fn lacks_status(&self, row: &ListRow) -> bool {
        let mut cells = self.columns.iter().zip(&row.cells);
        cells.any(|(column, cell)| *column == ImportColumn::Status && cell.text.is_empty())
    }

    /// The use of each column, for people; `fields` are those in its objects.
    pub(super) fn mappings(&self, fields: &[String]) -> Vec<ColumnMapping> {
        let columns = self.headers.iter().zip(&self.columns);
        let mappings = columns
            .map(|(header, column)| ColumnMapping { header: header.clone(), becomes: column.description(fields) });
        mappings.collect()
    }
}

fn import_column(described: Option<SystemColumn>, header: &str) -> ImportColumn {
    match described {
        None | Some(SystemColumn::MaybeStatus) => {
            Column::named(header).map_or(ImportColumn::Ignored, ImportColumn::Field)
        }
        Some(SystemColumn::Field(name)) => Column::named(name).map_or(ImportColumn::Ignored, ImportColumn::Field),
        Some(SystemColumn::List(name, separator)) => {
            Column::named(name).map_or(ImportColumn::Ignored, |field| ImportColumn::List(field, separator))
        }
        Some(SystemColumn::Object(notation)) => ImportColumn::Object(notation),
        Some(SystemColumn::Status) => ImportColumn::Status,
        Some(SystemColumn::Yes(status)) => ImportColumn::Yes(status),
        Some(SystemColumn::No(status)) => ImportColumn::No(status),
        Some(SystemColumn::Filled(status)) => ImportColumn::Filled(status),
        Some(SystemColumn::Changed) => ImportColumn::Changed,
        Some(SystemColumn::OptedIn) => ImportColumn::OptedIn,
        Some(SystemColumn::Ignored) => ImportColumn::Ignored,
    }
}

/// Whether every word in a column is a known status.
fn has_only_status_words(rows: &[ListRow], at: usize) -> bool {
    let cells = rows.iter().filter_map(|row| row.cells.get(at));
    let mut words = cells.map(|cell| cell.text.as_str()).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| SubscriptionStatus::of_word(word).is_some())
}

impl ImportColumn {
    fn description(&self, fields: &[String]) -> Message {
        match self {
            Self::Field(column) => Message::verbatim(column.to_string()),
            Self::List(column, separator) => message!(
                "{column}, several values separated by {separator}",
                "{column}, flere værdier adskilt af {separator}"
            ),
            Self::Object(_) if fields.is_empty() => message!("more fields (none found)", "flere felter (ingen fundet)"),
            Self::Object(_) => message!("more fields: {}", "flere felter: {}", fields.join(", ")),
            Self::Status | Self::Yes(_) | Self::No(_) => message!("subscription status", "abonnementets status"),
            Self::Filled(_) => message!("date of unsubscribing", "datoen for afmelding"),
            Self::Changed => message!(
                "date of unsubscribing, if no other column has it",
                "datoen for afmelding, hvis ingen anden kolonne har den"
            ),
            Self::OptedIn => message!("consent and its date", "samtykke og datoen for det"),
            Self::Ignored => message!("ignored", "bruges ikke"),
            Self::Repeated(column) => {
                message!("ignored: another column is {column}", "bruges ikke: en anden kolonne er {column}")
            }
        }
    }
}
