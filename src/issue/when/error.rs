//! Why a text cannot be read as a time.

use std::ops::Range;

use jiff::civil::Date;

/// Why a text cannot be read as a time, and which bytes of it are wrong.
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
    /// It is not part of a time.
    NotUnderstood,
    /// It is nearly this name of a day or a month.
    Misspelt(&'static str),
    /// A week is named, and no day in it.
    Week {
        /// Its number (ISO 8601).
        number: i8,
        /// Its year, if that is written.
        year: Option<i16>,
    },
    /// The calendar has no such day.
    NoSuchDay,
    /// The clock has no such hour.
    NoSuchTime,
    /// No day is named.
    NoDay,
    /// No year is named, and none follows from the rest.
    NoYear,
    /// The date has another weekday: the day is that of this date.
    OtherWeekday(Date),
    /// More than two days or two times.
    TooMany,
    /// Two days that do not follow each other.
    Apart,
    /// It does not end after it begins.
    EndsBefore,
    /// It ends on another day, without a time.
    NoEnd,
}
