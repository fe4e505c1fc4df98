//! The results of letters, in figures.

use std::iter::Sum;

use serde::Serialize;

/// The results of the letters of one or several issues. A recipient has one letter of each issue; the figures except
/// `bounced`, `complained` and `left` add up to all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LetterFigures {
    /// A mail server accepted them, whatever was reported of them later.
    pub sent: u64,
    /// Of those sent: they did not arrive.
    pub bounced: u64,
    /// Of those sent: their readers reported them as spam.
    pub complained: u64,
    /// Of those sent: the last letters that their readers got before they unsubscribed.
    pub left: u64,
    /// The mail server refused them.
    pub refused: u64,
    /// Not sent, since their readers had unsubscribed or may get no letters for another reason.
    pub suppressed: u64,
    /// Not sent, since they had expired.
    pub expired: u64,
    /// Not sent, since their issue was cancelled.
    pub cancelled: u64,
    /// Whether they were sent is not known.
    pub in_doubt: u64,
    /// Not sent yet.
    pub open: u64,
}

impl LetterFigures {
    /// All letters, sent or not.
    pub fn recipients(&self) -> u64 {
        self.sent + self.refused + self.not_sent()
    }

    /// Those that no mail server has accepted or refused, for whatever reason.
    pub fn not_sent(&self) -> u64 {
        self.suppressed + self.expired + self.cancelled + self.in_doubt + self.open
    }
}

impl Sum for LetterFigures {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, next| Self {
            sent: sum.sent + next.sent,
            bounced: sum.bounced + next.bounced,
            complained: sum.complained + next.complained,
            left: sum.left + next.left,
            refused: sum.refused + next.refused,
            suppressed: sum.suppressed + next.suppressed,
            expired: sum.expired + next.expired,
            cancelled: sum.cancelled + next.cancelled,
            in_doubt: sum.in_doubt + next.in_doubt,
            open: sum.open + next.open,
        })
    }
}
