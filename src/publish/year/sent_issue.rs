//! An issue that was sent, as a report counts it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::issue::IssueId;
use crate::publish::year::figures::LetterFigures;

/// An issue that was sent. It contains no addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentIssue {
    /// The issue.
    pub id: IssueId,
    /// Its subject as its author wrote it; absent: its file is gone, or cannot be read.
    pub subject: Option<String>,
    /// The day on which the first of its letters was sent, in the project's zone.
    pub day: Date,
    /// How many editions had letters.
    pub editions: u64,
    /// The results of its letters.
    pub figures: LetterFigures,
    /// The letters of each audience, by its id. A reader in several is counted in the one whose edition they got.
    pub audiences: BTreeMap<String, AudienceLetters>,
    /// Whether it went to all of its audiences.
    pub reach: IssueReach,
    /// Its topics as they are written.
    pub tags: Vec<String>,
    /// The source of its figures.
    pub record: FigureRecord,
}

/// Whether an issue went to all readers of its audiences, so that their number is that of the audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueReach {
    /// It did.
    Whole,
    /// It was for some of them only, or this is not known.
    Unknown,
}

/// The letters of one issue to one audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AudienceLetters {
    /// All of them.
    pub recipients: u64,
    /// Those that a mail server accepted.
    pub sent: u64,
}

/// The record that figures are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureRecord {
    /// The ledger.
    Ledger,
    /// The issue's receipt: the ledger does not have the issue, or knows of fewer letters.
    Receipt,
}
