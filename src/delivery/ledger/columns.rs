//! The columns of a result from either database, and how values are stored in them.

use jiff::Timestamp;

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::outcome::{EnhancedStatus, StateReason};
use crate::issue::series::SeriesId;
use crate::letter::plan::TransportKind;

/// Letters with their delivery state, as a table in SQL: every letter has one row in both.
pub(crate) const LETTERS: &str = "letter JOIN delivery USING (plan, number)";

/// The query that counts rows of either table that lack a row in the other.
pub(crate) const COUNT_INCOMPLETE: &str = "SELECT
     (SELECT count(*) FROM letter WHERE NOT EXISTS
       (SELECT 1 FROM delivery WHERE delivery.plan = letter.plan AND delivery.number = letter.number))
     + (SELECT count(*) FROM delivery WHERE NOT EXISTS
       (SELECT 1 FROM letter WHERE letter.plan = delivery.plan AND letter.number = delivery.number))";

/// Why a letter is in doubt if a killed run, or one whose lease expired, left it in flight.
pub(crate) const CUT_OFF_TEXT: &str = "the run was ended before the relay replied";

/// The kinds of transport that can deliver a letter again without harm, as a list in SQL.
pub(crate) fn repeatable_transports() -> String {
    let kinds = TransportKind::ALL.into_iter().filter(|kind| kind.can_repeat());
    kinds.map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ")
}

/// One row of a result.
pub(crate) trait ResultColumns {
    /// An integer of any width; `None` for NULL.
    fn integer(&self, index: usize) -> Result<Option<i64>, LedgerError>;

    /// A text; `None` for NULL.
    fn text(&self, index: usize) -> Result<Option<String>, LedgerError>;

    /// A truth value.
    fn boolean(&self, index: usize) -> Result<bool, LedgerError>;

    /// An integer in a column that is never NULL.
    fn required_integer(&self, index: usize, column: &'static str) -> Result<i64, LedgerError> {
        self.integer(index)?.ok_or(LedgerError::Damaged { column })
    }

    /// A text in a column that is never NULL.
    fn required_text(&self, index: usize, column: &'static str) -> Result<String, LedgerError> {
        self.text(index)?.ok_or(LedgerError::Damaged { column })
    }

    /// A moment; `None` for NULL.
    fn time(&self, index: usize) -> Result<Option<Timestamp>, LedgerError> {
        self.integer(index)?.map(time).transpose()
    }
}

/// Reads `reason_code`, `reason_status` and `reason_text`, from this index on; `None` if there is no reason.
pub(crate) fn read_reason(row: &dyn ResultColumns, index: usize) -> Result<Option<StateReason>, LedgerError> {
    let damaged = |column| LedgerError::Damaged { column };
    // Every reason has a text, so a missing text means no reason.
    let Some(text) = row.text(index + 2)? else { return Ok(None) };
    let code = row.integer(index)?.map(u16::try_from).transpose().map_err(|_| damaged("delivery.reason_code"))?;
    let status = row.text(index + 1)?;
    let status =
        status.map(|status| EnhancedStatus::parse(&status).ok_or(damaged("delivery.reason_status"))).transpose()?;
    Ok(Some(StateReason::stored(code, status, text)))
}

/// A status in the form that both databases store.
pub(crate) fn status_text(reason: &StateReason) -> Option<String> {
    reason.status().map(|status| status.to_string())
}

/// A series in the form that both databases store: the empty text means that there is none.
pub(crate) fn series_text(series: Option<&SeriesId>) -> &str {
    series.map_or("", SeriesId::as_str)
}

pub(crate) fn read_series(text: &str, column: &'static str) -> Result<Option<SeriesId>, LedgerError> {
    let damaged = |_| LedgerError::Damaged { column };
    Some(text).filter(|text| !text.is_empty()).map(SeriesId::parse).transpose().map_err(damaged)
}

pub(crate) fn read_state(name: &str) -> Result<LetterState, LedgerError> {
    LetterState::named(name).ok_or(LedgerError::Damaged { column: "delivery.state" })
}

/// A moment that was stored in milliseconds since 1970.
pub(crate) fn time(milliseconds: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| LedgerError::Damaged { column: "a time" })
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|_| LedgerError::Damaged { column: "a value to be written" })
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(|_| LedgerError::Damaged { column })
}
