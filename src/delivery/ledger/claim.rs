//! A letter on its way through a run: claimed, in flight, settled.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::delivery::ledger::rate_limits::{RateLimits, RateSlot};
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::outcome::Outcome;
use crate::letter::plan::PlannedLetter;

/// Which letters of a plan a run tries.
#[derive(Clone, Debug)]
pub struct RunScope {
    /// The plan.
    pub plan: PlanId,
    /// Only this audience's; absent: everyone.
    pub audience: Option<AudienceId>,
    /// At most so many letters; absent: all.
    pub limit: Option<usize>,
    /// How often one letter is tried within one run, where its retry is due at once.
    pub tries: u8,
    /// How many letters may leave in which time.
    pub rate: RateLimits,
}

/// Which letters are to be claimed next.
#[derive(Debug)]
pub struct ClaimFilter<'a> {
    /// Only this audience's; absent: everyone.
    pub audience: Option<&'a AudienceId>,
    /// What is not due at this moment is left alone.
    pub now: Timestamp,
    /// At most so many.
    pub many: usize,
    /// Not these, whatever they are.
    pub not: HashSet<i64>,
    /// Only these; absent: any.
    pub only: Option<HashSet<i64>>,
}

/// A letter that may be attempted, once, by whoever holds this value; settling consumes it.
#[derive(Debug)]
pub struct Claim {
    pub(crate) number: i64,
    pub(crate) tries: u32,
    /// Under which number it is held, where several hosts may hold letters; else 0.
    pub(crate) holder: i64,
    /// Where it is counted among those that left; absent: they are not counted.
    pub(crate) departure: Option<RateSlot>,
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

/// A letter whose state `in flight` is on the disk: only with one may a body be written.
#[derive(Debug)]
pub struct InFlight {
    pub(crate) claim: Claim,
}

impl InFlight {
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

    /// Ends the flight: what the ledger is to know of it.
    #[must_use]
    pub fn settled(self, settlement: &Settlement<'_>) -> Settled {
        Settled { claim: self.claim, step: LetterChange::Settle(AttemptRecord::of(settlement)) }
    }
}

/// A letter whose attempt has ended, on its way to the ledger.
#[derive(Debug)]
pub struct Settled {
    pub(crate) claim: Claim,
    pub(crate) step: LetterChange,
}

/// What is written of an attempt.
#[derive(Debug)]
pub struct Settlement<'a> {
    /// How it ended.
    pub outcome: &'a Outcome,
    /// When it ended.
    pub at: Timestamp,
    /// Not tried again before this moment; for a deferred letter.
    pub due: Timestamp,
}

/// One change of a letter's row.
#[derive(Debug)]
pub struct LetterUpdate {
    /// The letter.
    pub number: LetterNumber,
    /// How often it was tried, this attempt included.
    pub tries: u32,
    /// Who claimed it, where several hosts claim; else 0.
    pub holder: i64,
    /// What happens to it.
    pub step: LetterChange,
}

/// What happens to a letter's row.
#[derive(Debug)]
pub enum LetterChange {
    /// Its body is about to be sent.
    Mark(Timestamp, Option<RateSlot>),
    /// Its attempt ended, after it was marked.
    Settle(AttemptRecord),
    /// Its attempt ended before it was marked.
    SettleUnsent(AttemptRecord),
    /// It is not to be tried before this moment, and was not tried by now.
    PutOff(Timestamp),
    /// What was said of it before was wrong: it was the sender's fault.
    Correct(AttemptRecord),
}

/// What is written in a letter's row.
#[derive(Debug)]
pub struct AttemptRecord {
    /// Where it stands now.
    pub state: LetterState,
    /// Why.
    pub reply: String,
    /// Since when.
    pub at: Timestamp,
    /// Not tried again before this moment.
    pub due: Timestamp,
}

impl LetterUpdate {
    pub(crate) fn of(claim: &Claim, step: LetterChange) -> Self {
        Self { number: claim.number(), tries: claim.tries + 1, holder: claim.holder, step }
    }
}

impl AttemptRecord {
    pub(crate) fn of(settlement: &Settlement<'_>) -> Self {
        let Settlement { outcome, at, due } = *settlement;
        Self { state: outcome.into(), reply: outcome.words(), at, due }
    }
}
