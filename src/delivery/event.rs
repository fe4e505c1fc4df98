//! What happens in a run, as it happens: what is shown, logged and counted of it comes from here.

use std::time::Duration;

use jiff::Timestamp;

use crate::delivery::ledger::claim::LetterNumber;
use crate::delivery::outcome::{FailureReason, Outcome, Reply};
use crate::delivery::transport::OpenError;
use crate::letter::plan::PlannedLetter;

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub enum DeliveryEvent<'a> {
    /// A connection was opened.
    Connected {
        /// Which: they are counted from 0, and a lost one's successor has its number.
        connection: usize,
        /// How long it took until letters could be offered, the login included.
        took: Duration,
    },
    /// No connection came about.
    NotOpened {
        /// Which.
        connection: usize,
        /// Why.
        error: &'a OpenError,
    },
    /// An attempt at a letter has ended.
    Attempted(Attempt<'a>),
    /// A connection is gone and the next one waits its time.
    Waits {
        /// Which.
        connection: usize,
        /// How long.
        wait: Duration,
        /// Why; absent where the event before it says so.
        reason: Option<&'a FailureReason>,
    },
    /// A connection has nothing to do before this moment: the relay's limits are reached, or no letter is due yet.
    Rests {
        /// Which.
        connection: usize,
        /// Until when.
        until: Timestamp,
    },
    /// Refusals that turned out to be the sender's fault are taken back: those letters are deferred.
    TakenBack {
        /// How many letters.
        letters: usize,
        /// The relay's words.
        reply: &'a Reply,
    },
}

/// One attempt at a letter.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The connection.
    pub connection: usize,
    /// The letter.
    pub letter: &'a PlannedLetter,
    /// The letter's number in its plan.
    pub number: LetterNumber,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// From the moment it was handed over to the answer; absent: it was not handed over.
    pub took: Option<Duration>,
}
