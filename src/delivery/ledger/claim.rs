//! A letter's way through a run: claimed, in flight, settled.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::delivery::ledger::rate_limits::{RateLimits, RateSlot};
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::outcome::{Outcome, StateReason};
use crate::letter::plan::PlannedLetter;

/// Which letters of a plan a run tries.
#[derive(Clone, Debug)]
pub struct RunScope {
    /// The plan.
    pub plan: PlanId,
    /// Only this audience's letters; absent: all.
    pub audience: Option<AudienceId>,
    /// At most N letters; absent: all.
    pub limit: Option<usize>,
    /// How often one letter is tried within one run, where its retry is due at once.
    pub tries: u8,
    /// How many letters may be sent in which time.
    pub rate: RateLimits,
}

/// Which letters are to be claimed next.
#[derive(Debug)]
pub struct ClaimFilter<'a> {
    /// Only this audience's letters; absent: all.
    pub audience: Option<&'a AudienceId>,
    /// Only letters that are due at this moment.
    pub now: Timestamp,
    /// At most N letters.
    pub limit: usize,
    /// Not the letters with these numbers.
    pub except: HashSet<i64>,
    /// Only the letters with these numbers; absent: any.
    pub only: Option<HashSet<i64>>,
}

/// A letter that may be tried, once, by the owner of this value; settling consumes it.
#[derive(Debug)]
pub struct Claim {
    pub(crate) number: i64,
    pub(crate) tries: u32,
    /// The holder's number, where several hosts may hold letters; else 0.
    pub(crate) holder: i64,
    /// Its slot in the rate limits; absent: no limits are set.
    pub(crate) slot: Option<RateSlot>,
    /// The letter.
    pub letter: PlannedLetter,
}

impl Claim {
    /// How often the letter was tried before.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// The letter's number in its plan.
    pub fn number(&self) -> LetterNumber {
        LetterNumber(self.number)
    }
}

/// The number of a letter in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LetterNumber(pub(crate) i64);

/// A letter whose state `in flight` is on disk: a body may be written only with one.
#[derive(Debug)]
pub struct InFlight {
    pub(crate) claim: Claim,
}

impl InFlight {
    /// A mail of the program itself, which belongs to no plan. What it announces is on disk before, so that it is sent
    /// once.
    pub(crate) fn of_notice(letter: PlannedLetter) -> Self {
        Self { claim: Claim { number: 0, tries: 0, holder: 0, slot: None, letter } }
    }

    /// The letter.
    pub fn letter(&self) -> &PlannedLetter {
        &self.claim.letter
    }

    /// How often it was tried before.
    pub fn tries(&self) -> u32 {
        self.claim.tries
    }

    /// The letter's number in its plan.
    pub fn number(&self) -> LetterNumber {
        self.claim.number()
    }

    /// Ends the attempt with what the ledger is to record of it.
    #[must_use]
    pub fn settled(self, settlement: &Settlement<'_>) -> Settled {
        Settled { claim: self.claim, change: LetterChange::Settle(AttemptRecord::new(settlement)) }
    }
}

/// A letter whose attempt has ended, and is not recorded yet.
#[derive(Debug)]
pub struct Settled {
    pub(crate) claim: Claim,
    pub(crate) change: LetterChange,
}

/// What is recorded of an attempt.
#[derive(Debug)]
pub struct Settlement<'a> {
    /// How it ended.
    pub outcome: &'a Outcome,
    /// When it ended.
    pub at: Timestamp,
    /// Not tried again before this moment; for a deferred letter.
    pub due: Timestamp,
}

/// An update of a letter's row.
#[derive(Debug)]
pub struct LetterUpdate {
    /// The letter.
    pub number: LetterNumber,
    /// How often it was tried, this attempt included.
    pub tries: u32,
    /// The holder of the claim, where several hosts may hold letters; else 0.
    pub holder: i64,
    /// What changes.
    pub change: LetterChange,
}

/// What changes in a letter's row.
#[derive(Debug)]
pub enum LetterChange {
    /// Its body is about to be sent.
    Mark(Timestamp, Option<RateSlot>),
    /// Its attempt ended after it was marked as in flight.
    Settle(AttemptRecord),
    /// Its attempt ended before it was marked.
    SettleUnsent(AttemptRecord),
    /// It was not tried, and is not to be before this moment.
    Defer(Timestamp),
    /// What was recorded before is replaced: it was the sender's fault.
    Correct(AttemptRecord),
}

/// The values that an attempt leaves in a letter's row.
#[derive(Debug)]
pub struct AttemptRecord {
    /// The letter's new state.
    pub state: LetterState,
    /// Why.
    pub reason: StateReason,
    /// Since when.
    pub at: Timestamp,
    /// Not tried again before this moment.
    pub due: Timestamp,
}

impl LetterUpdate {
    pub(crate) fn new(claim: &Claim, change: LetterChange) -> Self {
        Self { number: claim.number(), tries: claim.tries + 1, holder: claim.holder, change }
    }
}

impl AttemptRecord {
    pub(crate) fn new(settlement: &Settlement<'_>) -> Self {
        let Settlement { outcome, at, due } = *settlement;
        Self { state: outcome.into(), reason: outcome.reason(), at, due }
    }
}
