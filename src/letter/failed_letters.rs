//! Letters that cannot be composed, and why. A plan may have more of them than fit in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::base::source::span::Span;
use crate::edition::compiled::UnfilledValue;
use crate::letter::dkim::key::SigningError;
use crate::letter::header_lines::HeaderTooLong;
use crate::letter::plan::PlannedLetter;

/// How many letters are kept for each reason: more than any message names.
pub const KEPT: usize = 100;

/// A letter that cannot be composed.
#[derive(Debug)]
pub struct MissingValue {
    /// The letter.
    pub letter: PlannedLetter,
    /// What is missing, and where the issue prints it.
    pub error: ComposeError,
}

/// Why a letter cannot be composed.
#[derive(Debug, ThisError)]
pub enum ComposeError {
    /// The person lacks a value that the edition prints.
    #[error(transparent)]
    Unfilled(#[from] UnfilledValue),
    /// The plan names an edition that the files of the issue no longer make.
    #[error("{}", message!(
        "the plan contains an edition that no longer exists",
        "planen indeholder en udgave, der ikke findes mere"
    ))]
    NoEdition,
    /// A header field has a word that no line can hold.
    #[error(transparent)]
    HeaderTooLong(#[from] HeaderTooLong),
    /// Signing failed.
    #[error("{}", message!("the letter cannot be signed", "mailen kan ikke signeres"))]
    Unsigned(#[from] SigningError),
}

impl ComposeError {
    /// Where the issue prints the missing value; absent if no place in the issue is the cause.
    pub fn place(&self) -> Option<&Span> {
        match self {
            Self::Unfilled(unfilled) => unfilled.place.as_ref(),
            Self::NoEdition | Self::HeaderTooLong(_) | Self::Unsigned(_) => None,
        }
    }

    /// A text that is the same for all letters that cannot be composed for the same reason.
    pub fn reason(&self) -> String {
        let place = self.place().map(ToString::to_string).unwrap_or_default();
        format!("{self} {place}")
    }
}

/// Letters that cannot be composed for the same reason.
#[derive(Debug)]
pub struct FailedLetters {
    /// The first ones, in the order of the plan: at least one and at most [`KEPT`].
    pub first: Vec<MissingValue>,
    /// How many others there are.
    pub more: usize,
}

/// Collects letters that cannot be composed, from several threads and in any order.
#[derive(Debug, Default)]
pub(crate) struct FailureCollector(Mutex<HashMap<String, CollectedLetters>>);

/// Letters with the same reason.
#[derive(Debug, Default)]
struct CollectedLetters {
    /// The first ones, by their number in the plan.
    first: BTreeMap<usize, MissingValue>,
    more: usize,
}

impl FailureCollector {
    /// Adds the letter with this number.
    pub(crate) fn add(&self, number: usize, missing: MissingValue) {
        let reason = missing.error.reason();
        let mut reasons = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let letters = reasons.entry(reason).or_default();
        letters.first.insert(number, missing);
        if letters.first.len() > KEPT {
            letters.first.pop_last();
            letters.more += 1;
        }
    }

    /// The letters, by reason, in the order in which the first letter of each comes in the plan.
    pub(crate) fn into_letters(self) -> Vec<FailedLetters> {
        let reasons = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<CollectedLetters> = reasons.into_values().collect();
        all.sort_unstable_by_key(|letters| letters.first.keys().next().copied());
        let letters = |CollectedLetters { first, more }| FailedLetters { first: first.into_values().collect(), more };
        all.into_iter().map(letters).collect()
    }
}
