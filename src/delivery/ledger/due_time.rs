//! When letters are due.

use jiff::Timestamp;

/// The moment for which letters are due or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueTime {
    /// The moment.
    pub now: Timestamp,
    /// The latest moment that a retry can be due at. Where the next try is later than this, the clock was ahead: the letter
    /// is due.
    pub latest: Timestamp,
}
