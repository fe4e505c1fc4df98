//! The rows of a ledger, for checking, exporting, and importing into another ledger.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::message::message;
use crate::delivery::ledger::columns::ResultColumns;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::FailureClass;
use crate::delivery::ledger::reader::ReaderRow;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::state::LetterState;
use crate::delivery::outcome::StateReason;
use crate::letter::plan::PlannedLetter;

/// Called with every row, or with why it cannot be read.
pub type RowVisitor<'a> = dyn FnMut(RowId, Result<LedgerRow, LedgerError>) -> Result<(), Error> + 'a;

/// Which row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowId {
    /// The plan with this number.
    Plan(i64),
    /// A letter.
    Letter {
        /// The plan's number.
        plan: i64,
        /// The letter's number in it.
        number: i64,
    },
    /// A reader, who has no name but a token.
    Reader,
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(plan) => write!(f, "plan {plan}"),
            Self::Letter { plan, number } => {
                write!(f, "{}", message!("plan {plan}, letter {number}", "plan {plan}, mail {number}"))
            }
            Self::Reader => write!(f, "{}", message!("a reader", "en læser")),
        }
    }
}

/// A row; as JSON, a line of an export.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerRow {
    /// A plan.
    Plan(Box<PlanRow>),
    /// A letter of a plan that came before.
    Letter(Box<LetterRow>),
    /// A reader.
    Reader(ReaderRow),
}

/// A plan, in force or not.
#[derive(Debug, Serialize)]
pub struct PlanRow {
    /// The plan.
    #[serde(flatten)]
    pub record: PlanRecord,
    /// Whether another plan has replaced it.
    pub replaced: bool,
}

/// A letter, and all that is recorded of it.
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
    /// Its state.
    pub state: LetterState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was first tried; absent: never.
    pub first_try: Option<Timestamp>,
    /// Not tried before this moment.
    pub due: Timestamp,
    /// When its state last changed; absent: never.
    pub at: Option<Timestamp>,
    /// Why it is in its state; absent: it was not tried.
    pub reason: Option<StateReason>,
    /// Whose fault it is that it was refused or bounced; absent while that is not known.
    pub failure: Option<FailureClass>,
}

impl LetterRow {
    /// The columns that [`read`](Self::read) reads: those of the record first.
    pub(crate) fn columns() -> String {
        format!("{}, plan, number, address, key, first_try, due, failure", LetterRecord::COLUMNS)
    }

    /// The statement that stores what was planned, with its parameters in the order that SQLite numbers them by.
    pub(crate) const INSERT: &'static str =
        "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

    /// The statement that stores its delivery state, likewise.
    pub(crate) const INSERT_DELIVERY: &'static str =
        "INSERT INTO delivery (plan, number, state, tries, first_try, due, at, reason_code, reason_status, reason_text,
           failure)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    /// Where the plan's and the letter's number are among the columns.
    pub(crate) const PLAN: usize = 10;
    pub(crate) const NUMBER: usize = 11;

    pub(crate) fn read(row: &dyn ResultColumns) -> Result<Self, LedgerError> {
        let damaged = |column| LedgerError::Damaged { column };
        let LetterRecord { letter, state, tries, at, reason } = LetterRecord::read(row)?;
        let address = row.required_text(12, "letter.address")?;
        if letter.person.address.as_str() != address {
            return Err(damaged("letter.address"));
        }
        if letter.person.address.key() != row.required_text(13, "letter.key")? {
            return Err(damaged("letter.key"));
        }
        Ok(Self {
            plan: row.required_integer(Self::PLAN, "letter.plan")?,
            number: row.required_integer(Self::NUMBER, "letter.number")?,
            address,
            letter,
            state,
            tries,
            first_try: row.time(14)?,
            due: row.time(15)?.ok_or(damaged("delivery.due"))?,
            at,
            reason,
            failure: FailureClass::read(row, 16)?,
        })
    }
}
