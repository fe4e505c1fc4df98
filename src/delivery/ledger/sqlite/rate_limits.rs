//! When letters were sent, for the rate limits.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits, RateSlot, oldest_counted};
use crate::delivery::ledger::sqlite::open::Sqlite;

/// Counts a letter to this domain, if the limits allow it.
pub(super) fn reserve(
    ledger: &mut Sqlite,
    limits: &RateLimits,
    domain: &str,
    now: Timestamp,
) -> Result<RateDecision, LedgerError> {
    let transaction = ledger.begin_writing()?;
    let decision = decide(&transaction, limits, domain, now)?;
    transaction.commit()?;
    Ok(decision)
}

fn decide(
    transaction: &Transaction<'_>,
    limits: &RateLimits,
    domain: &str,
    now: Timestamp,
) -> Result<RateDecision, LedgerError> {
    let at = now.as_millisecond();
    // After the clock was set back, letters must not wait until it has caught up.
    transaction.prepare_cached("UPDATE rate_slot SET at = ?1 WHERE at > ?1")?.execute([at])?;
    transaction
        .prepare_cached("DELETE FROM rate_slot WHERE at < ?1")?
        .execute([oldest_counted(now).as_millisecond()])?;
    // In each window, the oldest of the letters that fill it is looked up in the index, so that nothing is counted.
    for window in limits.windows(domain) {
        let oldest: Option<i64> = transaction
            .prepare_cached(
                "SELECT at FROM rate_slot WHERE at > ?1 AND (?2 IS NULL OR domain = ?2)
                 ORDER BY at DESC LIMIT 1 OFFSET ?3",
            )?
            .query_row(params![window.begins(now).as_millisecond(), window.domain, window.room()], |row| row.get(0))
            .optional()?;
        if let Some(oldest) = oldest {
            let oldest = Timestamp::from_millisecond(oldest).unwrap_or(now);
            return Ok(window.full_until(oldest));
        }
    }
    transaction.prepare_cached("INSERT INTO rate_slot (at, domain) VALUES (?1, ?2)")?.execute(params![at, domain])?;
    Ok(RateDecision::Now(RateSlot(transaction.last_insert_rowid())))
}

/// Counts the letter at the moment when it is sent, not when its slot was reserved.
pub(super) fn update_time(transaction: &Transaction<'_>, slot: RateSlot, now: Timestamp) -> Result<(), LedgerError> {
    transaction
        .prepare_cached("UPDATE rate_slot SET at = ?2 WHERE id = ?1")?
        .execute([slot.0, now.as_millisecond()])?;
    Ok(())
}
