//! The ledger: the durable and only record of what happened to each letter.

pub mod announcements;
pub mod claim;
mod columns;
pub mod due_time;
pub mod erasure;
pub mod error;
pub mod feedback;
mod feedback_store;
pub mod freeze_context;
pub mod identity;
pub mod location;
mod lock;
pub mod open;
mod postgres;
pub mod rate_limits;
pub mod read;
pub mod reader;
mod reader_store;
pub mod record;
pub mod retention;
pub mod row;
mod sqlite;
pub mod state;
mod stored_letter;
pub mod suppression;
pub mod tally;
mod turn_queue;
pub mod writer;

use std::time::Duration;

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::delivery::ledger::announcements::Announcement;
use crate::delivery::ledger::claim::{Claim, ClaimFilter, LetterNumber, LetterUpdate};
use crate::delivery::ledger::due_time::DueTime;
use crate::delivery::ledger::erasure::Erasures;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::Feedback;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits};
use crate::delivery::ledger::read::LedgerReader;
use crate::delivery::ledger::record::{PlanId, PlanRecord, Resolution};
use crate::delivery::ledger::row::RowVisitor;
use crate::delivery::ledger::state::Totals;
use crate::delivery::ledger::suppression::Suppressions;
use crate::issue::IssueId;
use crate::letter::plan::{Plan, PlannedLetter};

/// The letters of a plan, made one after the other by another thread than the one that stores them, so that they are never all in
/// memory.
pub type LetterIterator<'a> = dyn Iterator<Item = Result<PlannedLetter, Error>> + Send + 'a;

/// A ledger in either database.
///
/// Its methods write what may be written without a run; a run writes through [`write()`](writer::write).
pub trait Ledger: LedgerReader + Suppressions + Feedback + Erasures + Send {
    /// Keeps other hosts from planning until a run begins on this ledger, or it is dropped.
    fn begin_planning(&mut self) -> Result<(), LedgerError>;

    /// The fingerprint of the project's key that the ledger belongs to; absent until a key was used with it.
    fn key_fingerprint(&mut self) -> Result<Option<String>, LedgerError>;

    /// Binds the ledger to the key with this fingerprint, in place of any other.
    fn bind_key(&mut self, fingerprint: &str) -> Result<(), LedgerError>;

    /// Freezes a plan in one transaction: afterwards all of it is stored, or nothing.
    ///
    /// It replaces the plan in force of the same issue and transport (`--replan`): letters with a final outcome are
    /// kept, and their recipients get no second letter. The letters are the ones given, not the plan's own.
    ///
    /// # Errors
    ///
    /// A letter could not be made, or the ledger not written; nothing is changed then.
    fn freeze(
        &mut self,
        plan: &Plan,
        context: &FreezeContext,
        letters: &mut LetterIterator<'_>,
    ) -> Result<PlanId, Error>;

    /// Whether a letter of the plan may be tried at this moment.
    fn is_due(&mut self, plan: PlanId, time: DueTime) -> Result<bool, LedgerError>;

    /// Makes letters due whose next try is later than any retry from now: the clock was ahead when they were deferred.
    /// Their first try was not later than now either.
    fn correct_times(&mut self, plan: PlanId, time: DueTime) -> Result<u64, LedgerError>;

    /// Whether a run is active: letters in flight may still be settled.
    fn is_running(&mut self) -> Result<bool, LedgerError>;

    /// Settles what a killed run left in flight: letters to a relay are in doubt; those to a folder are planned again,
    /// since there a second delivery replaces the first.
    fn recover(&mut self) -> Result<u64, LedgerError>;

    /// Settles open letters that are not tried any more: those first tried before `oldest` expire, or all of them if
    /// `send_until` has passed; those of a cancelled plan are cancelled.
    fn expire(&mut self, plan: &PlanRecord, oldest: Timestamp, now: Timestamp) -> Result<u64, LedgerError>;

    /// Resolves letters in doubt: those of the addresses with these keys, or all of them if there are none. A letter to
    /// send again whose person was erased is suppressed.
    fn resolve(
        &mut self,
        plan: PlanId,
        keys: &[String],
        resolution: Resolution,
        now: Timestamp,
    ) -> Result<u64, LedgerError>;

    /// Records that a plan is sent on, however many of its letters are refused.
    fn accept_refusals(&mut self, plan: PlanId) -> Result<(), LedgerError>;

    /// Cancels a plan, also while it is being sent: its open letters are cancelled, and no run claims one any more. A letter in
    /// flight is settled by its run. A plan without such letters stays as it is. Returns how many letters were cancelled.
    fn cancel(&mut self, plan: PlanId, now: Timestamp) -> Result<u64, LedgerError>;

    /// Records the state of an issue that is to be announced; returns whether it is new: only then is it announced.
    fn announce(&mut self, announcement: &Announcement) -> Result<bool, LedgerError>;

    /// The issues whose announced state begins with this word.
    fn announced(&mut self, word: &str) -> Result<Vec<IssueId>, LedgerError>;

    /// Calls `visit` with every row of one snapshot: plans, then letters, then readers, in their order.
    ///
    /// # Errors
    ///
    /// The error of `visit`, or the ledger cannot be read at all; a row that cannot be read is passed on as an error.
    fn each_row(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error>;

    /// What is wrong with the database beyond single rows.
    fn check_integrity(&mut self) -> Result<Vec<String>, LedgerError>;

    /// Imports every row of another ledger, in one transaction; this one must be empty.
    fn import(&mut self, from: &mut dyn Ledger) -> Result<(), Error>;

    /// Begins to send letters of a plan.
    fn begin(&mut self, plan: PlanId) -> Result<Box<dyn RunSession + '_>, LedgerError>;
}

/// One run on a plan: a letter that it has claimed belongs to no other run until it ends.
pub trait RunSession: Send {
    /// The next letters to try, if they are due: the least tried first.
    fn claim(&mut self, filter: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError>;

    /// Writes these updates, those of one letter in this order; they are on disk when it returns. Returns the
    /// letters that must not be sent after all, since their claim was lost.
    fn write(&mut self, updates: &[LetterUpdate]) -> Result<Vec<LetterNumber>, LedgerError>;

    /// How often [`renew_lease`](Self::renew_lease) must be called while the run is idle; absent: never.
    fn renewal_interval(&self) -> Option<Duration>;

    /// Renews the lease on what the run has claimed.
    fn renew_lease(&mut self) -> Result<(), LedgerError>;

    /// Counts a letter to this domain against the rate limits, if they allow it at this moment.
    fn reserve_slot(&mut self, limits: &RateLimits, domain: &str, now: Timestamp) -> Result<RateDecision, LedgerError>;

    /// When the next letter is due that is not due yet.
    fn next_due(&mut self, audience: Option<&AudienceId>, now: Timestamp) -> Result<Option<Timestamp>, LedgerError>;

    /// Whether the plan was cancelled. The connection is not repaired for that.
    fn is_cancelled(&mut self) -> Result<bool, LedgerError>;

    /// How many letters of the plan are in each state, where other hosts may send it as well; absent: this run alone does.
    fn shared_totals(&mut self) -> Result<Option<Totals>, LedgerError>;

    /// Gives back what was claimed and not tried.
    fn end(self: Box<Self>) -> Result<(), LedgerError>;
}
