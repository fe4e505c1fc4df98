//! What is wrong with a text that says no time.

use std::ops::Range;

use jiff::civil::Date;

/// Why a text is no time, and which bytes of it are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WhenError {
    /// What is wrong.
    pub(crate) mistake: WhenErrorKind,
    /// Where.
    pub(crate) span: Range<usize>,
}

/// What can be wrong with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenErrorKind {
    /// It is no part of a time.
    NotUnderstood,
    /// It is nearly this name of a day or a month.
    Misspelt(&'static str),
    /// The calendar has no such day.
    NoSuchDay,
    /// The clock has no such hour.
    NoSuchTime,
    /// No day is named.
    NoDay,
    /// No year is named, and nothing tells which one.
    NoYear,
    /// The day is called otherwise in that year.
    OtherWeekday(Date),
    /// More days or times than a first and a last.
    TooMany,
    /// Two days that do not follow each other.
    Apart,
    /// It ends before it begins, or as it begins.
    EndsBefore,
    /// It ends on another day, and nothing tells at what time.
    NoEnd,
}
