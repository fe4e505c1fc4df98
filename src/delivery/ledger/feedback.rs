//! Feedback on letters that were sent: readers who unsubscribe, bounces and complaints.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::delivery::ledger::columns::ResultColumns;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::reader::ReaderKeys;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::outcome::StateReason;
use crate::letter::unsubscribe_token::LeaveTarget;
use crate::people::person::Address;

/// A reader's request to unsubscribe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaveRequest {
    /// The reader, and what they unsubscribe from.
    pub target: LeaveTarget,
    /// When they asked for it.
    pub at: Timestamp,
    /// How they asked for it, such as `one-click`, `mail` or `access log`.
    pub source: String,
}

/// The result of a request to unsubscribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveResult {
    /// They get no more letters from now on.
    Left,
    /// They had unsubscribed before, or were allowed to get letters again later; nothing changed.
    AlreadyLeft,
    /// No letter of this ledger has the token.
    Unknown,
}

/// Identifies a letter in its envelope sender (VERP): the first 24 digits of its Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterToken(String);

impl LetterToken {
    /// How many hexadecimal digits it has.
    pub(crate) const DIGITS: usize = 24;

    /// Reads a token, upper or lower case, as mail servers may change it; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The token of the letter with this Message-ID, with or without its angle brackets; `None` if none of our letters can
    /// have it.
    pub fn of_message_id(message_id: &str) -> Option<Self> {
        let id = message_id.trim().trim_start_matches('<');
        let (local, _) = id.split_once('@')?;
        // A tag of `HmacKey` has 40 digits; the Message-ID of a test letter begins with `test-`.
        let is_ours = local.len() == 40 && local.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_ours { Self::parse(local.get(..Self::DIGITS)?) } else { None }
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LetterToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a report says about a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// It did not arrive.
    Failed(FailureClass),
    /// It has not arrived yet, and is still being tried.
    Delayed,
    /// The reader reported it as spam.
    Complained,
}

/// Whose fault it is that a letter did not arrive, the least certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Ours: policy, content or authentication. Nothing is known of the mailbox.
    Ours,
    /// The mailbox is full, or its server was away for too long.
    Soft,
    /// The mailbox does not exist.
    Hard,
}

impl FailureClass {
    const ALL: [Self; 3] = [Self::Ours, Self::Soft, Self::Hard];

    /// Its name in the ledger and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }

    /// Reads the column `failure`, which is NULL where nothing is known.
    pub(crate) fn read(row: &dyn ResultColumns, index: usize) -> Result<Option<Self>, LedgerError> {
        let parse = |name: &str| Self::ALL.into_iter().find(|class| class.as_str() == name);
        let damaged = LedgerError::Damaged { column: "delivery.failure" };
        row.text(index)?.map(|name| parse(&name).ok_or(damaged)).transpose()
    }
}

/// A report on a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterReport {
    /// The letter.
    pub letter: LetterToken,
    /// What the report says.
    pub kind: ReportKind,
    /// When it was made.
    pub at: Timestamp,
    /// The receiver's words.
    pub reason: StateReason,
}

/// The result of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportResult {
    /// The ledger has changed: the report is news about the letter or its reader.
    Recorded,
    /// The ledger had this already, or the letter is only delayed; nothing changed.
    AlreadyKnown,
    /// The ledger knows no such letter, or has erased its reader.
    Unknown,
}

/// When a reader whose letters do not arrive is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BounceLimits {
    /// How many letters in a row must fail softly.
    pub soft_limit: u32,
}

impl Default for BounceLimits {
    fn default() -> Self {
        Self { soft_limit: 5 }
    }
}

/// A letter that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLetter {
    /// The reader's address.
    pub address: Address,
    /// The letter's state.
    pub state: LetterState,
}

/// A letter that a relay refused, whose cause is not classified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The letter.
    pub letter: LetterToken,
    /// When it was refused.
    pub at: Timestamp,
    /// The relay's reply.
    pub reason: StateReason,
}

/// Records feedback, in either database. This is possible during a run.
///
/// Feedback suppresses, and never lifts a suppression. One that was removed after the feedback was given stays removed.
pub trait Feedback {
    /// Unsubscribes readers, and suppresses letters to them that are not sent yet. It is one transaction, and on disk when
    /// it returns. The results are in the order of the requests.
    ///
    /// The newest letter of what they leave that was accepted is [`LetterState::Left`] from then on.
    fn leave(&mut self, requests: &[LeaveRequest]) -> Result<Vec<LeaveResult>, LedgerError>;

    /// Records reports on letters, and suppresses readers who complained or whose mailbox does not exist, or has not
    /// accepted letters for long. It is one transaction, and on disk when it returns. The results are in the order of the
    /// reports.
    fn report(&mut self, reports: &[LetterReport], limits: &BounceLimits) -> Result<Vec<ReportResult>, LedgerError>;

    /// Which of these are letters that were sent; letters of erased people are not known any more. It reads the ledger
    /// once: up to 10,000 tokens are asked for together.
    fn letters_of(&mut self, tokens: &BTreeSet<LetterToken>)
    -> Result<BTreeMap<LetterToken, KnownLetter>, LedgerError>;

    /// The refused letters of a plan on which there was no [`report`](Self::report) yet. A report on one says whose fault it
    /// is; the letter stays refused.
    fn refusals(&mut self, plan: PlanId) -> Result<Vec<Refusal>, LedgerError>;

    /// Makes the readers of letters that are not sent yet known under other keys than those that the plan was frozen with.
    fn add_readers(&mut self, plan: PlanId, keys: &ReaderKeys) -> Result<(), LedgerError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_id_of_ours_has_a_token() {
        let id = "<0123456789ABCDEF0123456789abcdef01234567@a.example>";
        assert_eq!(LetterToken::of_message_id(id).unwrap().as_str(), "0123456789abcdef01234567");
        for other in [
            "<test-0123456789abcdef0123456789abcdef01234567@a.example>",
            "<0123456789abcdef0123456789abcdef0123456@a.example>",
            "<0123456789abcdef0123456789abcdef0123456z@a.example>",
            "0123456789abcdef0123456789abcdef01234567",
            "<@>",
            "",
        ] {
            assert_eq!(LetterToken::of_message_id(other), None, "{other}");
        }
    }
}
