//! A run on an SQLite ledger: the lock keeps other runs out, so that a claim need not be written.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::audience::AudienceId;
use crate::delivery::ledger::RunSession;
use crate::delivery::ledger::claim::{AttemptRecord, Claim, ClaimFilter, LetterChange, LetterNumber, LetterUpdate};
use crate::delivery::ledger::columns::{status_text, time};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits, RateSlot};
use crate::delivery::ledger::record::{PlanId, read_planned, read_tries};
use crate::delivery::ledger::sqlite::open::Sqlite;
use crate::delivery::ledger::sqlite::rate_limits;
use crate::delivery::ledger::state::Totals;
use crate::delivery::ledger::suppression::far_future;
use crate::letter::plan::PlannedLetter;

pub(super) struct SqliteSession<'a> {
    ledger: &'a mut Sqlite,
    plan: PlanId,
    /// Each letter of a lower number was tried or settled, or is not for the run's audience. Only the run itself tries
    /// letters, and a letter that was tried stays so.
    first_untried: i64,
}

impl<'a> SqliteSession<'a> {
    pub(super) fn new(ledger: &'a mut Sqlite, plan: PlanId) -> Result<Self, LedgerError> {
        // A transaction begins and ends in the temporary database too, and looks at each page there that was written to freeze the
        // plan: 17 µs for 10,000 letters. A change of its place deletes it (<https://sqlite.org/pragma.html#pragma_temp_store>).
        ledger.connection.execute_batch("PRAGMA temp_store = FILE; PRAGMA temp_store = DEFAULT")?;
        Ok(Self { ledger, plan, first_untried: 0 })
    }
}

impl SqliteSession<'_> {
    /// Letters that were never tried, in their order.
    fn claim_untried(&mut self, filter: &ClaimFilter<'_>, claims: &mut Vec<Claim>) -> Result<(), LedgerError> {
        // No index covers them, since each mark would have to update it: they are the rest of the table.
        let mut statement = self.ledger.connection.prepare_cached(&format!(
            "SELECT number, due FROM delivery
             WHERE plan = ?1 AND number BETWEEN ?2 AND ?3 AND {IS_UNTRIED} ORDER BY number"
        ))?;
        let last = filter.only.as_ref().map_or(i64::MAX, |only| only.iter().copied().max().unwrap_or(-1));
        let mut rows = statement.query([self.plan.0, self.first_untried, last])?;
        let mut first = None;
        while claims.len() < filter.limit
            && let Some(row) = rows.next()?
        {
            let (number, due): (i64, i64) = (row.get(0)?, row.get(1)?);
            if due > filter.now.as_millisecond() || !is_wanted(filter, number) {
                first.get_or_insert(number);
            } else if let Some(letter) = self.letter(number, filter)? {
                first.get_or_insert(number);
                claims.push(Claim { number, tries: 0, holder: 0, slot: None, letter });
            }
        }
        self.first_untried = first.unwrap_or(last.saturating_add(1).max(self.first_untried));
        Ok(())
    }

    /// Letters that were tried before, the least tried first.
    fn claim_retries(&self, filter: &ClaimFilter<'_>, claims: &mut Vec<Claim>) -> Result<(), LedgerError> {
        // The index delivery_retry has this order: only as many rows are read as are claimed or skipped.
        let mut statement = self.ledger.connection.prepare_cached(&format!(
            "SELECT number, tries FROM delivery WHERE plan = ?1 AND ({IS_RETRY}) AND due <= ?2 ORDER BY tries, number"
        ))?;
        let mut rows = statement.query([self.plan.0, filter.now.as_millisecond()])?;
        while claims.len() < filter.limit
            && let Some(row) = rows.next()?
        {
            let number = row.get(0)?;
            if is_wanted(filter, number)
                && let Some(letter) = self.letter(number, filter)?
            {
                claims.push(Claim { number, tries: read_tries(row, 1)?, holder: 0, slot: None, letter });
            }
        }
        Ok(())
    }

    /// A letter, if it is for the audience that is asked for.
    fn letter(&self, number: i64, filter: &ClaimFilter<'_>) -> Result<Option<PlannedLetter>, LedgerError> {
        let mut statement = self.ledger.connection.prepare_cached(
            "SELECT person, audience, edition, message_id FROM letter
             WHERE plan = ?1 AND number = ?2 AND (?3 IS NULL OR audience = ?3)",
        )?;
        let mut rows = statement.query(params![self.plan.0, number, filter.audience.map(AudienceId::as_str)])?;
        rows.next()?.map(|row| read_planned(row)).transpose()
    }
}

fn is_wanted(filter: &ClaimFilter<'_>, number: i64) -> bool {
    !filter.except.contains(&number) && filter.only.as_ref().is_none_or(|only| only.contains(&number))
}

/// The state of a letter that was never tried and may be.
const IS_UNTRIED: &str = "state = 'planned' AND tries = 0";
/// That of a letter that was tried and may be again, as the index `delivery_retry` has it.
const IS_RETRY: &str = "state = 'deferred' OR state = 'planned' AND tries > 0";

impl RunSession for SqliteSession<'_> {
    fn claim(&mut self, filter: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError> {
        let mut claims = Vec::new();
        if !self.is_cancelled()? {
            self.claim_untried(filter, &mut claims)?;
            self.claim_retries(filter, &mut claims)?;
        }
        Ok(claims)
    }

    fn write(&mut self, updates: &[LetterUpdate]) -> Result<Vec<LetterNumber>, LedgerError> {
        // Without a mark no letter is sent. What was sent already is still recorded, wherever the file is now.
        let place = self.ledger.check_place();
        let transaction = self.ledger.begin_writing()?;
        let mut lost = Vec::new();
        for update in updates {
            match &update.change {
                LetterChange::Mark(..) if place.is_err() => {}
                LetterChange::Mark(now, slot) => {
                    if !mark(&transaction, self.plan, update, *now, *slot)? {
                        lost.push(update.number);
                    }
                }
                LetterChange::Settle(record) => settle(&transaction, self.plan, update, record, SETTLE_MARKED)?,
                LetterChange::SettleUnsent(record) => settle(&transaction, self.plan, update, record, SETTLE_UNMARKED)?,
                LetterChange::Defer(due) => defer(&transaction, self.plan, update, *due)?,
                LetterChange::Correct(record) => correct(&transaction, self.plan, update, record)?,
            }
        }
        transaction.commit()?;
        place?;
        self.ledger.note_run()?;
        Ok(lost)
    }

    fn renewal_interval(&self) -> Option<Duration> {
        None
    }

    fn renew_lease(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }

    fn reserve_slot(&mut self, limits: &RateLimits, domain: &str, now: Timestamp) -> Result<RateDecision, LedgerError> {
        rate_limits::reserve(self.ledger, limits, domain, now)
    }

    fn next_due(&mut self, audience: Option<&AudienceId>, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        let mut statement = self.ledger.connection.prepare_cached(&format!(
            "SELECT min(due) FROM (
               SELECT number, due FROM delivery INDEXED BY delivery_retry WHERE plan = ?1 AND ({IS_RETRY})
               UNION ALL
               SELECT number, due FROM delivery WHERE plan = ?1 AND number >= ?4 AND {IS_UNTRIED}) AS open
             WHERE due > ?2 AND NOT (SELECT cancelled FROM plan WHERE id = ?1) AND (?3 IS NULL OR EXISTS
               (SELECT 1 FROM letter WHERE plan = ?1 AND letter.number = open.number AND audience = ?3))"
        ))?;
        let audience = audience.map(AudienceId::as_str);
        let due: Option<i64> = statement
            .query_row(params![self.plan.0, now.as_millisecond(), audience, self.first_untried], |row| row.get(0))?;
        due.map(time).transpose()
    }

    fn is_cancelled(&mut self) -> Result<bool, LedgerError> {
        let mut statement = self.ledger.connection.prepare_cached("SELECT cancelled FROM plan WHERE id = ?1")?;
        Ok(statement.query_row([self.plan.0], |row| row.get(0))?)
    }

    fn shared_totals(&mut self) -> Result<Option<Totals>, LedgerError> {
        Ok(None)
    }

    fn end(self: Box<Self>) -> Result<(), LedgerError> {
        Ok(())
    }
}

/// The statement that settles a letter in this state. A letter that was suppressed while it was claimed, or that is deferred
/// after it was suppressed in flight, stays so.
macro_rules! settle_where {
    ($state:literal) => {
        concat!(
            "UPDATE delivery SET state = CASE WHEN due = ?8 AND ?3 = 'deferred' THEN 'suppressed' ELSE ?3 END,
               reason_code = ?9, reason_status = ?10, reason_text = ?4, at = ?5, due = ?6, tries = ?7,
               first_try = coalesce(first_try, ?5)
             WHERE plan = ?1 AND number = ?2 AND ",
            $state
        )
    };
}

/// Settles a letter that is marked, by the attempt that marked it: another run may have put it in doubt.
const SETTLE_MARKED: &str = settle_where!("state IN ('in_flight', 'in_doubt') AND tries = ?7");
/// Settles a letter that may be marked, before the attempt with this number.
const SETTLE_UNMARKED: &str = settle_where!("state IN ('planned', 'deferred') AND tries = ?7 - 1");

/// The suppressions that a letter's address is under.
macro_rules! suppressions_of_letter {
    () => {
        "FROM suppression WHERE removed_at IS NULL AND key = (SELECT key FROM letter WHERE plan = ?1 AND number = ?2)
           AND series IN ('', (SELECT series FROM plan WHERE id = ?1))"
    };
}

const MARK: &str = concat!(
    "UPDATE delivery SET state = 'in_flight', tries = ?3, at = ?4, first_try = coalesce(first_try, ?4)
     WHERE plan = ?1 AND number = ?2 AND state IN ('planned', 'deferred') AND tries = ?3 - 1
       AND NOT (SELECT replaced FROM plan WHERE id = ?1) AND NOT EXISTS (SELECT 1 ",
    suppressions_of_letter!(),
    ")"
);
const SUPPRESS: &str = concat!(
    "UPDATE delivery SET state = 'suppressed', at = ?3, reason_code = NULL, reason_status = NULL, reason_text = (SELECT reason ",
    suppressions_of_letter!(),
    ") WHERE plan = ?1 AND number = ?2 AND state IN ('planned', 'deferred') AND EXISTS (SELECT 1 ",
    suppressions_of_letter!(),
    ")"
);

/// Marks a letter; `false` if it must not be sent: its address was suppressed since it was claimed, or another run has
/// tried it. The lock keeps other runs out, but a file can be deleted.
fn mark(
    transaction: &Transaction<'_>,
    plan: PlanId,
    update: &LetterUpdate,
    now: Timestamp,
    slot: Option<RateSlot>,
) -> Result<bool, LedgerError> {
    slot.map_or(Ok(()), |slot| rate_limits::update_time(transaction, slot, now))?;
    let (number, now) = (update.number.0, now.as_millisecond());
    let marked = transaction.prepare_cached(MARK)?.execute(params![plan.0, number, update.tries, now])?;
    if marked == 0 {
        transaction.prepare_cached(SUPPRESS)?.execute(params![plan.0, number, now])?;
    }
    Ok(marked > 0)
}

fn defer(
    transaction: &Transaction<'_>,
    plan: PlanId,
    update: &LetterUpdate,
    due: Timestamp,
) -> Result<(), LedgerError> {
    transaction.prepare_cached("UPDATE delivery SET due = ?3 WHERE plan = ?1 AND number = ?2")?.execute(params![
        plan.0,
        update.number.0,
        due.as_millisecond()
    ])?;
    Ok(())
}

fn settle(
    transaction: &Transaction<'_>,
    plan: PlanId,
    update: &LetterUpdate,
    record: &AttemptRecord,
    statement: &'static str,
) -> Result<(), LedgerError> {
    let (at, due) = (record.at.as_millisecond(), record.due.as_millisecond());
    transaction.prepare_cached(statement)?.execute(params![
        plan.0,
        update.number.0,
        record.state.as_str(),
        record.reason.text(),
        at,
        due,
        update.tries,
        far_future(),
        record.reason.code(),
        status_text(&record.reason),
    ])?;
    Ok(())
}

fn correct(
    transaction: &Transaction<'_>,
    plan: PlanId,
    update: &LetterUpdate,
    record: &AttemptRecord,
) -> Result<(), LedgerError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE delivery SET state = ?3, reason_code = ?4, reason_status = ?5, reason_text = ?6, at = ?7, due = ?8
         WHERE plan = ?1 AND number = ?2 AND state IN ('refused', 'deferred')",
    )?;
    statement.execute(params![
        plan.0,
        update.number.0,
        record.state.as_str(),
        record.reason.code(),
        status_text(&record.reason),
        record.reason.text(),
        record.at.as_millisecond(),
        record.due.as_millisecond(),
    ])?;
    Ok(())
}
