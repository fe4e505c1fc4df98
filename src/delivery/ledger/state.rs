//! The states of letters, and how many letters are in each.

use std::str::FromStr;

use serde::Serialize;
use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::base::source::nearest::nearest;
use crate::delivery::outcome::Outcome;

/// The state of a letter (`planned → in flight → accepted | deferred | refused | in doubt`, and `accepted → bounced | complained | left`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// Not tried yet, or to be tried anew.
    Planned,
    /// Its body is being sent.
    InFlight,
    /// The relay accepted it; this does not prove delivery.
    Accepted,
    /// The relay accepted it, and a report came later: it did not arrive.
    Bounced,
    /// It arrived, and the reader reported it as spam.
    Complained,
    /// The last letter that its reader got before they unsubscribed.
    Left,
    /// Not now: it is tried again when it is due.
    Deferred,
    /// The relay refused it permanently.
    Refused,
    /// The connection broke between the final dot and the reply: it may have been accepted.
    InDoubt,
    /// Not sent: the address is suppressed.
    Suppressed,
    /// Still open when it expired.
    Expired,
    /// Still open when its issue was cancelled.
    Cancelled,
}

/// A text that is not the name of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum LetterStateError {
    /// It resembles this one.
    #[error("{}", message!("did you mean `{_0}`?", "mente du `{_0}`?"))]
    Misspelt(&'static str),
    /// It resembles no state.
    #[error("{}", message!(
        "the states are {}",
        "tilstandene er {}",
        LetterState::ALL.map(LetterState::as_str).join(", ")
    ))]
    Unknown,
}

impl FromStr for LetterState {
    type Err = LetterStateError;

    /// The state that a person means: its words may be separated by spaces, `-` or `_`.
    fn from_str(typed: &str) -> Result<Self, LetterStateError> {
        let near = || nearest(typed, Self::ALL.map(Self::as_str));
        Self::named(&typed.trim().to_lowercase().replace([' ', '-'], "_"))
            .ok_or_else(|| near().map_or(LetterStateError::Unknown, LetterStateError::Misspelt))
    }
}

impl From<&Outcome> for LetterState {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted(_) => Self::Accepted,
            Outcome::Deferred(_) => Self::Deferred,
            Outcome::Refused(_) => Self::Refused,
            Outcome::InDoubt(_) => Self::InDoubt,
        }
    }
}

impl LetterState {
    /// Every state, in the order in which totals are printed.
    pub const ALL: [Self; 12] = [
        Self::Planned,
        Self::InFlight,
        Self::Accepted,
        Self::Bounced,
        Self::Complained,
        Self::Left,
        Self::Deferred,
        Self::Refused,
        Self::InDoubt,
        Self::Suppressed,
        Self::Expired,
        Self::Cancelled,
    ];

    /// Its name in the ledger and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InFlight => "in_flight",
            Self::Accepted => "accepted",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Left => "left",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
            Self::InDoubt => "in_doubt",
            Self::Suppressed => "suppressed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether the letter was accepted, and no report says that it did not arrive.
    pub fn has_arrived(self) -> bool {
        matches!(self, Self::Accepted | Self::Complained | Self::Left)
    }

    /// Whether the relay accepted the letter, whatever was reported of it later.
    pub fn was_accepted(self) -> bool {
        matches!(self, Self::Accepted | Self::Bounced | Self::Complained | Self::Left)
    }

    /// Whether the letter will not be tried again.
    pub fn is_final(self) -> bool {
        match self {
            Self::Planned | Self::InFlight | Self::Deferred => false,
            Self::Accepted
            | Self::Bounced
            | Self::Complained
            | Self::Left
            | Self::Refused
            | Self::InDoubt
            | Self::Suppressed
            | Self::Expired
            | Self::Cancelled => true,
        }
    }
}

/// How many letters of a plan are in each state; together they are the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals([u64; LetterState::ALL.len()]);

impl Totals {
    /// How many letters are in a state.
    pub fn of(&self, state: LetterState) -> u64 {
        self.0[state as usize]
    }

    /// Adds letters to a state.
    pub fn add(&mut self, state: LetterState, letters: u64) {
        self.0[state as usize] += letters;
    }

    /// The same letters, with those in one state counted as in another.
    #[must_use]
    pub fn moved(mut self, from: LetterState, to: LetterState) -> Self {
        let letters = std::mem::take(&mut self.0[from as usize]);
        self.add(to, letters);
        self
    }

    /// How many letters the relay accepted, whatever was reported of them later.
    pub fn ever_accepted(&self) -> u64 {
        LetterState::ALL.into_iter().filter(|state| state.was_accepted()).map(|state| self.of(state)).sum()
    }

    /// How many recipients the plan has.
    pub fn recipients(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Whether no letter will be tried again.
    pub fn is_finished(&self) -> bool {
        LetterState::ALL.into_iter().all(|state| state.is_final() || self.of(state) == 0)
    }
}
