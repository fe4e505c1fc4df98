//! All that a ledger holds, row by row: to be looked through, to be exported, and to be taken over by another one.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord, time};
use crate::delivery::ledger::state::LetterState;
use crate::letter::plan::PlannedLetter;

/// Shown every row, or why it cannot be read.
pub type RowVisitor<'a> = dyn FnMut(RowId, Result<LedgerRow, LedgerError>) -> Result<(), Error> + 'a;

/// Which row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowId {
    /// The plan's number.
    pub plan: i64,
    /// The letter's number in it; absent: the plan itself.
    pub letter: Option<i64>,
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.letter {
            Some(letter) => write!(f, "plan {}, letter {letter}", self.plan),
            None => write!(f, "plan {}", self.plan),
        }
    }
}

/// A row; as JSON, a line of an export.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerRow {
    /// A plan.
    Plan(Box<PlanRow>),
    /// A letter of a plan that was shown before.
    Letter(Box<LetterRow>),
}

/// A plan, in force or not.
#[derive(Debug, Serialize)]
pub struct PlanRow {
    /// The plan.
    #[serde(flatten)]
    pub record: PlanRecord,
    /// Whether another plan has taken its place.
    pub replaced: bool,
}

/// A letter, and all that became of it.
#[derive(Debug, Serialize)]
pub struct LetterRow {
    /// The plan's number.
    pub plan: i64,
    /// Its number in the plan.
    pub number: i64,
    /// The address.
    pub address: String,
    /// What was planned.
    #[serde(flatten)]
    pub letter: PlannedLetter,
    /// Where it stands.
    pub state: LetterState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was first tried; absent: never.
    pub first_try: Option<Timestamp>,
    /// Not tried before this moment.
    pub due: Timestamp,
    /// When its state last changed; absent: never.
    pub at: Option<Timestamp>,
    /// The relay's last words; absent: it was not tried.
    pub reply: Option<String>,
}

/// The columns of a letter that nobody else reads, as both databases hold them.
pub(crate) struct LetterRowColumns {
    pub(crate) plan: i64,
    pub(crate) number: i64,
    pub(crate) address: String,
    pub(crate) key: String,
    pub(crate) first_try: Option<i64>,
    pub(crate) due: i64,
}

impl LetterRowColumns {
    pub(crate) fn of(self, record: LetterRecord) -> Result<LedgerRow, LedgerError> {
        let LetterRecord { letter, state, tries, at, reply } = record;
        if letter.person.address.as_str() != self.address {
            return Err(LedgerError::Damaged { column: "letter.address" });
        }
        if letter.person.address.key() != self.key {
            return Err(LedgerError::Damaged { column: "letter.key" });
        }
        Ok(LedgerRow::Letter(Box::new(LetterRow {
            plan: self.plan,
            number: self.number,
            address: self.address,
            letter,
            state,
            tries,
            first_try: self.first_try.map(time).transpose()?,
            due: time(self.due)?,
            at,
            reply,
        })))
    }
}
