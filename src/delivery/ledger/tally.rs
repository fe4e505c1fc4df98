//! How many letters of a plan are in each state, by audience and edition.

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::delivery::ledger::columns::{ResultColumns, from_json, read_state};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::state::LetterState;

/// The letters of one audience, edition and state of a plan. It contains no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterTally {
    /// The audience that they are for.
    pub audience: AudienceId,
    /// Their edition.
    pub edition: String,
    /// Their state.
    pub state: LetterState,
    /// How many there are; at least one.
    pub letters: u64,
    /// When the first of them was first tried; absent: none was.
    pub first_try: Option<Timestamp>,
    /// When the first of them got into its state; absent: none has changed it.
    pub first_change: Option<Timestamp>,
    /// When the last of them did; absent likewise.
    pub last_change: Option<Timestamp>,
}

impl LetterTally {
    /// The columns that [`read`](Self::read) reads.
    pub(crate) const COLUMNS: &'static str = "audience, edition, state, count(*), min(first_try), min(at), max(at)";

    pub(crate) fn read(row: &dyn ResultColumns) -> Result<Self, LedgerError> {
        let audience = row.required_text(0, "letter.audience")?;
        Ok(Self {
            audience: from_json(&format!("\"{audience}\""), "letter.audience")?,
            edition: row.required_text(1, "letter.edition")?,
            state: read_state(&row.required_text(2, "delivery.state")?)?,
            letters: row.required_integer(3, "a count")?.unsigned_abs(),
            first_try: row.time(4)?,
            first_change: row.time(5)?,
            last_change: row.time(6)?,
        })
    }

    /// When a relay accepted the first of them, as far as the ledger still knows: a report that came later has replaced the
    /// moment, and then it is that of the first try. Absent: none was accepted.
    pub fn first_accepted(&self) -> Option<Timestamp> {
        match self.state {
            LetterState::Accepted => self.first_change,
            LetterState::Bounced | LetterState::Complained | LetterState::Left => self.first_try.or(self.first_change),
            LetterState::Planned
            | LetterState::InFlight
            | LetterState::Deferred
            | LetterState::Refused
            | LetterState::InDoubt
            | LetterState::Suppressed
            | LetterState::Expired
            | LetterState::Cancelled => None,
        }
    }
}
