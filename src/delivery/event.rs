//! The events of a run, as they happen: progress, log and statistics are made from them.

use std::time::Duration;

use jiff::Timestamp;

use crate::delivery::ledger::claim::LetterNumber;
use crate::delivery::outcome::{FailureReason, Outcome, Reply};
use crate::delivery::transport::OpenError;
use crate::letter::plan::PlannedLetter;

/// An event of a run.
#[derive(Clone, Copy, Debug)]
pub enum DeliveryEvent<'a> {
    /// A connection was opened.
    Connected {
        /// Its number: they are counted from 0, and a new one keeps the number of the lost one.
        connection: usize,
        /// How long it took until letters could be offered, the login included.
        took: Duration,
    },
    /// No connection could be opened.
    NotOpened {
        /// Its number.
        connection: usize,
        /// Why.
        error: &'a OpenError,
    },
    /// An attempt at a letter has ended.
    Attempted(Attempt<'a>),
    /// A connection was lost, and a pause follows before the next one.
    Waits {
        /// Its number.
        connection: usize,
        /// How long.
        wait: Duration,
        /// Why; absent if the event before it says so.
        reason: Option<&'a FailureReason>,
    },
    /// A connection is idle until this moment: the rate limits are reached, or no letter is due yet.
    Rests {
        /// Its number.
        connection: usize,
        /// Until when.
        until: Timestamp,
    },
    /// Refusals turned out to be about the sender: those letters are deferred instead.
    TakenBack {
        /// How many letters.
        letters: usize,
        /// The relay's reply.
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
    /// Its outcome.
    pub outcome: &'a Outcome,
    /// From sending it to the reply; absent: it was not sent.
    pub took: Option<Duration>,
}
