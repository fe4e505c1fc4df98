//! When letters are due.

use jiff::Timestamp;

/// The moment at which it is decided which letters are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueTime {
    /// The moment.
    pub now: Timestamp,
    /// The latest moment that a retry can be due at. If the next try is later than this, the clock was ahead when it
    /// was set: the letter is due.
    pub latest: Timestamp,
}
