//! Imports exports of other systems: subscribers, suppressions, and rows that cannot be used.

mod csv;
mod date;
pub mod export_reader;
mod layout;
pub mod list;
mod object_cell;
mod subscription_status;
mod system;
mod systems;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error as ThisError;

use crate::base::message::{Message, message};
use crate::people::lists::column::Column;
use crate::people::person::Address;
use crate::people::person::suppression_reason::SuppressionRequest;

/// A file that another system exported.
#[derive(Clone, Copy, Debug)]
pub struct ExportFile<'a> {
    /// The file's name, without its folder: in some systems it says that these people unsubscribed.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// The people of one or several exports.
#[derive(Clone, Debug, Default)]
pub struct ImportedPeople {
    /// A summary of each file, in order.
    pub files: Vec<ImportedFile>,
    /// The fields that hold several values in a cell, separated by [`SEPARATOR`].
    pub lists: BTreeSet<String>,
    /// Who must not get mail: each address once.
    pub suppressions: Vec<SuppressionRequest>,
    /// The rows that cannot be used.
    pub rejected: Vec<RejectedRow>,
    /// The fields of the subscribers, in the order of the files.
    columns: Vec<Column>,
    people: Vec<ImportedPerson>,
}

impl ImportedPeople {
    /// The addresses of the subscribers.
    pub fn readers(&self) -> impl Iterator<Item = &Address> {
        self.people.iter().map(|person| &person.address)
    }
}

/// Separates the values of a cell that holds several.
pub const SEPARATOR: &str = "|";

/// A subscriber.
#[derive(Clone, Debug)]
struct ImportedPerson {
    address: Address,
    /// Their fields; no value is empty.
    values: BTreeMap<Column, String>,
}

/// A summary of one file. Each of its rows is a subscriber, a suppression or rejected.
#[derive(Clone, Debug)]
pub struct ImportedFile {
    /// The file's name.
    pub name: String,
    /// The name of the system that exported it.
    pub system: &'static str,
    /// The value of `--from` for this system.
    pub system_id: &'static str,
    /// The use of each column, in order.
    pub columns: Vec<ColumnMapping>,
    /// How many rows are not empty.
    pub rows: usize,
    /// How many of them are subscribers.
    pub readers: usize,
    /// How many of them are suppressions.
    pub left: usize,
    /// How many of them are rejected.
    pub rejected: usize,
    /// Some of its texts, if it is not UTF-8 and was read as Windows-1252.
    pub guessed: Vec<String>,
}

/// A column of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMapping {
    /// Its header.
    pub header: String,
    /// Its use, in words.
    pub becomes: Message,
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// The file's name.
    pub file: String,
    /// The line where the row begins, counted from 1.
    pub line: usize,
    /// Why, in a clause.
    pub reason: Message,
    /// The row.
    pub row: String,
}

/// Why a file cannot be imported at all.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum ImportError {
    /// It has no rows.
    #[error("{}", message!("{file} is empty", "{file} er tom"))]
    Empty {
        /// The file.
        file: String,
    },
    /// It is an archive, as some systems export.
    #[error("{}", message!(
        "{file} is a ZIP archive: unpack it, and import all its CSV files in one command",
        "{file} er en ZIP-fil: pak den ud, og importér alle dens CSV-filer i én kommando"
    ))]
    Archive {
        /// The file.
        file: String,
    },
    /// It is a spreadsheet.
    #[error("{}", message!(
        "{file} is a spreadsheet: save it as CSV UTF-8 (Excel: Save As, \"CSV UTF-8\") and import that file; a list that is kept in Excel needs no import: `people: people/{file}` in the audience's file",
        "{file} er et regneark: gem det som CSV UTF-8 (Excel: Gem som, \"CSV UTF-8\"), og importér den fil; en liste, der bliver i Excel, skal ikke importeres: skriv `people: people/{file}` i målgruppens fil"
    ))]
    Spreadsheet {
        /// The file.
        file: String,
    },
    /// It is not a valid CSV file.
    #[error("{file}:{line}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// Why.
        reason: Message,
    },
    /// It has no column of addresses.
    #[error("{}", message!(
        "{file} has no column of e-mail addresses; its columns are {}",
        "{file} har ingen kolonne med mailadresser; kolonnerne er {}",
        columns.join(", ")
    ))]
    NoAddresses {
        /// The file.
        file: String,
        /// The headers of its columns.
        columns: Vec<String>,
    },
    /// Several systems export such columns.
    #[error("{}", message!(
        "{file} may be from {}: choose one, such as --from {}",
        "{file} kan være fra {}: vælg en, f.eks. --from {}",
        Message::either(candidates), candidates[0]
    ))]
    Ambiguous {
        /// The file.
        file: String,
        /// The values of `--from` for them; at least two.
        candidates: Vec<&'static str>,
    },
    /// The system is unknown.
    #[error("{}", message!(
        "unknown system `{name}`; expected one of: {}",
        "ukendt system `{name}`; skriv et af: {}",
        known.join(", ")
    ))]
    UnknownSystem {
        /// What was typed.
        name: String,
        /// The known systems.
        known: Vec<&'static str>,
    },
    /// The list that is to be changed has a row with too many or too few cells.
    #[error("{}", message!(
        "{file}:{line}: this row has {cells} cells, and the first line has {columns}; fix it first",
        "{file}:{line}: rækken har {cells} celler, og første linje har {columns}; ret det først"
    ))]
    Ragged {
        /// The list.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The row's cells.
        cells: usize,
        /// The header's cells.
        columns: usize,
    },
}
