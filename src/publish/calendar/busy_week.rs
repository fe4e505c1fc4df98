//! Coming weeks in which readers get more letters than the limit in `newsletter.yaml`.

use serde::Serialize;

use crate::audience::AudienceId;
use crate::base::message::{Message, message};

/// The letters that readers get in the coming weeks: sent, planned, and promised by the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadersLoad {
    /// How many letters a week a reader should get at most.
    pub limit: u64,
    /// The weeks in which some get more, in their order.
    pub weeks: Vec<BusyWeek>,
    /// How many promised letters belong to no week, since they are promised for a month or more: they are not counted.
    pub without_week: usize,
    /// Whether suppressed readers are counted.
    pub suppressed: SuppressedReaders,
}

/// Whether suppressed readers are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressedReaders {
    /// They are left out, since they get no letter; or there are none.
    LeftOut,
    /// They are counted, since the project's key, by which they are known, is not on this machine.
    Counted,
}

impl SuppressedReaders {
    /// Why the figures are too high; absent: they are exact.
    pub fn remark(self) -> Option<Message> {
        match self {
            Self::LeftOut => None,
            Self::Counted => Some(message!(
                "suppressed readers are counted too, since the project's key is not on this machine",
                "spærrede læsere er talt med, da projektets nøgle ikke er på denne maskine"
            )),
        }
    }
}

/// A week (ISO 8601) in which readers get more letters than the limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BusyWeek {
    /// The year that the week belongs to.
    pub year: i16,
    /// Its number, from 1 to 53.
    pub week: i8,
    /// The letters of the week: issues, and entries of the calendar.
    pub letters: Vec<BusyLetter>,
    /// The audiences that have such readers, by name.
    pub audiences: Vec<BusyAudience>,
}

/// A letter of a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BusyLetter {
    /// The id of the issue, or else the name of the entry, such as `nyhedsbrev/2027-03`.
    pub name: String,
    /// The subject of the issue, or the title of the entry.
    pub title: String,
}

/// An audience with readers who get more letters than the limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BusyAudience {
    /// The audience.
    pub audience: AudienceId,
    /// How many of its readers get more than the limit.
    pub over: u64,
    /// How many of its readers get a letter that week.
    pub readers: u64,
    /// The most letters that one of them gets.
    pub most: u8,
}
