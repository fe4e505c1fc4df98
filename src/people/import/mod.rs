//! Lists that other systems export: who reads, who has left, and which rows nobody can use.

mod csv;
mod date;
pub mod export_reader;
mod layout;
pub mod list;
mod object_cell;
mod subscription_status;
pub mod system;
mod systems;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error as ThisError;

use crate::people::import::system::names;
use crate::people::lists::column::Column;
use crate::people::person::Address;
use crate::people::person::suppression_reason::SuppressionRequest;

/// A file that another system wrote.
#[derive(Clone, Copy, Debug)]
pub struct ExportFile<'a> {
    /// The file's name, without its folder: some systems say there who left.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// What one or several exports say.
#[derive(Clone, Debug, Default)]
pub struct ImportedPeople {
    /// What was made of each file, in their order.
    pub files: Vec<ImportedFile>,
    /// Fields that hold several values in a cell, with `|` between them.
    pub lists: BTreeSet<String>,
    /// Who left: each address once.
    pub departures: Vec<SuppressionRequest>,
    /// The rows that nobody can use.
    pub rejected: Vec<RejectedRow>,
    columns: Vec<Column>,
    entries: Vec<ImportedPerson>,
}

impl ImportedPeople {
    /// Those who read.
    pub fn readers(&self) -> impl Iterator<Item = &Address> {
        self.entries.iter().map(|it| &it.address)
    }
}

/// Between the values of a cell that holds several.
pub const SEPARATOR: &str = "|";

/// Somebody who reads.
#[derive(Clone, Debug)]
struct ImportedPerson {
    address: Address,
    /// What is known of them, never empty.
    values: BTreeMap<Column, String>,
}

/// What was made of one file; its rows are those that read, left and were rejected.
#[derive(Clone, Debug)]
pub struct ImportedFile {
    /// The file's name.
    pub name: String,
    /// The system that wrote it, as people call it.
    pub system: &'static str,
    /// The same, as it is typed after `--from`.
    pub system_id: &'static str,
    /// What each column becomes, in the order of the file.
    pub columns: Vec<ColumnMapping>,
    /// How many rows it has that are not empty.
    pub rows: usize,
    /// How many of them are people who read.
    pub readers: usize,
    /// How many of them are people who left.
    pub left: usize,
    /// How many of them nobody can use.
    pub rejected: usize,
    /// Some of its texts, where it is not UTF-8 and was read as Windows-1252.
    pub guessed: Vec<String>,
}

/// A column of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMapping {
    /// Its header, as it is written.
    pub header: String,
    /// What it becomes, in words.
    pub becomes: String,
}

/// A row that nobody can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// The file's name.
    pub file: String,
    /// The line where the row begins, counted from 1.
    pub line: usize,
    /// Why, in one clause.
    pub reason: String,
    /// The row, as it is written.
    pub row: String,
}

/// Why a file cannot be imported at all.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum ImportError {
    /// There is nothing in it.
    #[error("{file} is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// It is an archive: exports of some systems come as one.
    #[error("{file} is a ZIP archive: unpack it, and import the CSV files in it, all in one command")]
    Archive {
        /// The file.
        file: String,
    },
    /// It is no CSV file from some line on.
    #[error("{file} cannot be read from line {line} on: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// Why.
        reason: &'static str,
    },
    /// No column holds addresses.
    #[error("{file} has no column of e-mail addresses; its columns are {}", columns.join(", "))]
    NoAddresses {
        /// The file.
        file: String,
        /// The headers of its columns.
        columns: Vec<String>,
    },
    /// Two systems write such columns.
    #[error("{file} may be from {}: say which, such as --from {}", candidates.join(" or "), candidates[0])]
    Ambiguous {
        /// The file.
        file: String,
        /// Their names as they are typed; at least two.
        candidates: Vec<&'static str>,
    },
    /// There is no such system.
    #[error("there is no system {name}; the systems are {}", names().join(", "))]
    UnknownSystem {
        /// What was typed.
        name: String,
    },
    /// The list that is to be changed has a row with too many or too few cells.
    #[error("line {line} of {file} has {cells} cells, and the first line has {columns}: mend it first")]
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
