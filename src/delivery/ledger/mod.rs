//! What happened to each letter: durable, and the only place that knows.

pub mod claim;
pub mod erasure;
pub mod error;
pub mod location;
mod lock;
mod postgres;
pub mod rate_limits;
pub mod record;
pub mod row;
mod sqlite;
pub mod state;
pub mod suppression;
pub mod writer;

use std::time::Duration;

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::delivery::ledger::claim::{Claim, ClaimFilter, LetterNumber, LetterUpdate};
use crate::delivery::ledger::erasure::Erasures;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::postgres::Postgres;
use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits};
use crate::delivery::ledger::record::{FreezeContext, LetterRecord, PlanId, PlanRecord, Resolution};
use crate::delivery::ledger::row::{PlanRow, RowVisitor};
use crate::delivery::ledger::sqlite::Sqlite;
use crate::delivery::ledger::state::Totals;
use crate::delivery::ledger::suppression::Suppressions;
use crate::issue::IssueId;
use crate::letter::plan::{Plan, PlannedLetter, TransportKind};

/// The letters of a plan as they are made, one after the other: a list need not be in memory as a whole.
pub type LetterIterator<'a> = dyn Iterator<Item = Result<PlannedLetter, Error>> + 'a;

/// Who got what, wherever it is kept.
///
/// Whoever holds one may write only what its methods say; what a run tries goes through [`write()`].
pub trait Ledger: Suppressions + Erasures + Send {
    /// Keeps other hosts from planning until this ledger is written by a run or let go of.
    fn begin_planning(&mut self) -> Result<(), LedgerError>;

    /// Freezes a plan in one transaction: all of it is there afterwards, or nothing.
    ///
    /// Where a plan of the same issue and transport is in force, this one takes its place (`--replan`): who has had an
    /// answer for good keeps it, and nobody is written to again. The letters are the ones given, not the plan's own.
    ///
    /// # Errors
    ///
    /// A letter could not be made, or the ledger not written; nothing is changed then.
    fn freeze(&mut self, plan: &Plan, terms: &FreezeContext, letters: &mut LetterIterator<'_>)
    -> Result<PlanId, Error>;

    /// The plan in force for an issue and a kind of transport.
    fn plan(&mut self, issue: &IssueId, transport: TransportKind) -> Result<Option<PlanRecord>, LedgerError>;

    /// Every plan in force, the oldest first.
    fn plans_in_force(&mut self) -> Result<Vec<PlanRecord>, LedgerError>;

    /// Every plan, also those that others have taken the place of, the oldest first.
    fn every_plan(&mut self) -> Result<Vec<PlanRow>, LedgerError>;

    /// The plan of another issue with the same content, of which something was sent by this kind of transport.
    fn same_content(
        &mut self,
        content: &Digest,
        issue: &IssueId,
        transport: TransportKind,
    ) -> Result<Option<PlanRecord>, LedgerError>;

    /// What the plan's letters add up to.
    fn totals(&mut self, plan: PlanId) -> Result<Totals, LedgerError>;

    /// Whether a letter of the plan may be tried at this moment.
    fn is_due(&mut self, plan: PlanId, now: Timestamp) -> Result<bool, LedgerError>;

    /// Whether a run is under way: what is in flight may have an answer yet.
    fn is_running(&mut self) -> Result<bool, LedgerError>;

    /// Shows every letter of a plan, in order.
    fn each_letter(&mut self, plan: PlanId, visit: &mut dyn FnMut(LetterRecord)) -> Result<(), LedgerError>;

    /// The letter to one address, by the key it is compared by.
    fn letter(&mut self, plan: PlanId, key: &str) -> Result<Option<LetterRecord>, LedgerError>;

    /// What a run that was killed left behind: letters that were in flight to a relay are in doubt; those on their way
    /// into a folder are planned again, for there a second delivery takes the place of the first.
    fn recover(&mut self) -> Result<u64, LedgerError>;

    /// Ends what is over its time: letters first tried before `oldest`, or all that are open where `send_until` has
    /// passed.
    fn expire(&mut self, plan: &PlanRecord, oldest: Timestamp, now: Timestamp) -> Result<u64, LedgerError>;

    /// Says what became of letters in doubt: of one address each, or of all of them where none is named. What is to be
    /// sent again and is nobody's any more is held back.
    fn resolve(
        &mut self,
        plan: PlanId,
        keys: &[String],
        resolution: Resolution,
        now: Timestamp,
    ) -> Result<u64, LedgerError>;

    /// Shows every row, plans before letters, in their order and as of one moment.
    ///
    /// # Errors
    ///
    /// What `visit` fails with, or the ledger cannot be read at all; a row that cannot be read is shown as such.
    fn each_row(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error>;

    /// What is wrong beyond the single row, in words.
    fn faults(&mut self) -> Result<Vec<String>, LedgerError>;

    /// Takes over everything that another ledger holds, in one transaction; this one must be empty.
    fn take_over(&mut self, from: &mut dyn Ledger) -> Result<(), Error>;

    /// Begins to send letters of a plan.
    fn begin(&mut self, plan: PlanId) -> Result<Box<dyn RunSession + '_>, LedgerError>;
}

/// One run's turn at a plan: what it claims is nobody else's, until it ends.
pub trait RunSession {
    /// The next letters to try: never tried ones first, then those that have been tried least, if they are due.
    fn claim(&mut self, wanted: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError>;

    /// Writes all of these, in this order where they are about one letter; they are on the disk when it returns. The
    /// letters that may not be sent after all, because their claim has gone to somebody else.
    fn write(&mut self, changes: &[LetterUpdate]) -> Result<Vec<LetterNumber>, LedgerError>;

    /// How often the run must be [kept](Self::keep) while nothing else is asked of it; absent: never.
    fn pulse(&self) -> Option<Duration>;

    /// Says that the run is alive: what it has claimed stays its own.
    fn keep(&mut self) -> Result<(), LedgerError>;

    /// Counts a letter to this domain among those that left, if it may leave at this moment.
    fn depart(&mut self, rate: &RateLimits, domain: &str, now: Timestamp) -> Result<RateDecision, LedgerError>;

    /// When the next letter is due that is not due yet.
    fn next_due(&mut self, audience: Option<&AudienceId>, now: Timestamp) -> Result<Option<Timestamp>, LedgerError>;

    /// Gives back what was claimed and not tried.
    fn end(self: Box<Self>) -> Result<(), LedgerError>;
}

/// Every letter of a plan, in order; for plans that are known to be small.
pub fn letters(ledger: &mut dyn Ledger, plan: PlanId) -> Result<Vec<LetterRecord>, LedgerError> {
    let mut letters = Vec::new();
    ledger.each_letter(plan, &mut |it| letters.push(it))?;
    Ok(letters)
}

/// Every letter to one address, by the key it is compared by, each with its plan.
pub fn letters_to(ledger: &mut dyn Ledger, key: &str) -> Result<Vec<(PlanRow, LetterRecord)>, LedgerError> {
    let mut letters = Vec::new();
    for plan in ledger.every_plan()? {
        if let Some(letter) = ledger.letter(plan.record.id, key)? {
            letters.push((plan, letter));
        }
    }
    Ok(letters)
}

/// A ledger that is gone with the run: a dry run's.
pub fn in_memory() -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(Box::new(Sqlite::in_memory()?))
}

/// Opens the ledger of a run, and makes it where there is none; [`LedgerError::Locked`] where another run has it to itself.
pub fn open_to_write(place: &LedgerLocation) -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(match place {
        LedgerLocation::File(path) => Box::new(Sqlite::open_to_write(path)?),
        LedgerLocation::Server(shared) => Box::new(Postgres::open_to_write(shared)?),
    })
}

/// Opens a ledger to say who is not written to, and makes it where there is none: also while a run is under way.
pub fn open_to_suppress(place: &LedgerLocation) -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(match place {
        LedgerLocation::File(path) => Box::new(Sqlite::open_to_share(path)?),
        LedgerLocation::Server(shared) => Box::new(Postgres::open_to_write(shared)?),
    })
}

/// Opens a ledger to look at it; `None` where there is none yet.
pub fn open_to_read(place: &LedgerLocation) -> Result<Option<Box<dyn Ledger>>, LedgerError> {
    Ok(match place {
        LedgerLocation::File(path) if path.exists() => Some(Box::new(Sqlite::open_to_read(path)?)),
        LedgerLocation::File(_) => None,
        LedgerLocation::Server(shared) => match Postgres::open_to_read(shared)? {
            Some(ledger) => Some(Box::new(ledger)),
            None => None,
        },
    })
}
