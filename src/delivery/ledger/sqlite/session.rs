//! A run's turn at an SQLite ledger: the run's lock keeps everybody else out, so that a claim need not be written.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::audience::AudienceId;
use crate::delivery::ledger::claim::{AttemptRecord, Claim, ClaimFilter, LetterChange, LetterNumber, LetterUpdate};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::rate_limits::{RateDecision, RateLimits, RateSlot};
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::sqlite::rate_limits;
use crate::delivery::ledger::sqlite::{planned_columns, time};
use crate::delivery::ledger::suppression::far_future;
use crate::delivery::ledger::{RunSession, Sqlite};

pub(super) struct SqliteSession<'a> {
    ledger: &'a mut Sqlite,
    plan: PlanId,
}

impl<'a> SqliteSession<'a> {
    pub(super) fn new(ledger: &'a mut Sqlite, plan: PlanId) -> Self {
        Self { ledger, plan }
    }
}

impl RunSession for SqliteSession<'_> {
    fn claim(&mut self, wanted: &ClaimFilter<'_>) -> Result<Vec<Claim>, LedgerError> {
        let mut statement = self.ledger.connection.prepare_cached(
            "SELECT person, audience, edition, message_id, number, tries
             FROM letter WHERE plan = ?1 AND state IN ('planned', 'deferred') AND due <= ?2
               AND (?3 IS NULL OR audience = ?3)
             ORDER BY tries, number",
        )?;
        let audience = wanted.audience.map(AudienceId::as_str);
        let mut rows = statement.query(params![self.plan.0, wanted.now.as_millisecond(), audience])?;
        let mut claims = Vec::new();
        while claims.len() < wanted.many
            && let Some(row) = rows.next()?
        {
            let number = row.get(4)?;
            if !wanted.not.contains(&number) && wanted.only.as_ref().is_none_or(|it| it.contains(&number)) {
                let letter = planned_columns(row)?.read()?;
                claims.push(Claim { number, tries: row.get(5)?, holder: 0, departure: None, letter });
            }
        }
        Ok(claims)
    }

    fn write(&mut self, changes: &[LetterUpdate]) -> Result<Vec<LetterNumber>, LedgerError> {
        let transaction = self.ledger.begin_writing()?;
        let mut lost = Vec::new();
        for change in changes {
            match &change.step {
                LetterChange::Mark(now, departure) => {
                    if !mark(&transaction, self.plan, change, (*now, *departure))? {
                        lost.push(change.number);
                    }
                }
                LetterChange::Settle(record) | LetterChange::SettleUnsent(record) => {
                    settle(&transaction, self.plan, change, record)?;
                }
                LetterChange::PutOff(due) => defer(&transaction, self.plan, change, *due)?,
                LetterChange::Correct(record) => correct(&transaction, self.plan, change, record)?,
            }
        }
        transaction.commit()?;
        Ok(lost)
    }

    fn pulse(&self) -> Option<Duration> {
        None
    }

    fn keep(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }

    fn depart(&mut self, rate: &RateLimits, domain: &str, now: Timestamp) -> Result<RateDecision, LedgerError> {
        rate_limits::reserve(self.ledger, rate, domain, now)
    }

    fn next_due(&mut self, audience: Option<&AudienceId>, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        let mut statement = self.ledger.connection.prepare_cached(
            "SELECT min(due) FROM letter WHERE plan = ?1 AND state IN ('planned', 'deferred') AND due > ?2
               AND (?3 IS NULL OR audience = ?3)",
        )?;
        let audience = audience.map(AudienceId::as_str);
        let due: Option<i64> =
            statement.query_row(params![self.plan.0, now.as_millisecond(), audience], |row| row.get(0))?;
        due.map(time).transpose()
    }

    fn end(self: Box<Self>) -> Result<(), LedgerError> {
        Ok(())
    }
}

/// Whether it may be sent: somebody may have left since it was claimed.
fn mark(
    transaction: &Transaction<'_>,
    plan: PlanId,
    change: &LetterUpdate,
    (now, departure): (Timestamp, Option<RateSlot>),
) -> Result<bool, LedgerError> {
    departure.map_or(Ok(()), |it| rate_limits::update_time(transaction, it, now))?;
    let marked = transaction
        .prepare_cached(
            "UPDATE letter SET state = 'in_flight', tries = ?3, at = ?4, first_try = coalesce(first_try, ?4)
             WHERE plan = ?1 AND number = ?2 AND state <> 'suppressed'
               AND NOT EXISTS (SELECT 1 FROM suppression WHERE key = letter.key AND lifted_at IS NULL
                 AND series IN ('', (SELECT series FROM plan WHERE id = ?1)))",
        )?
        .execute(params![plan.0, change.number.0, change.tries, now.as_millisecond()])?;
    if marked == 0 {
        transaction
            .prepare_cached(
                "UPDATE letter SET state = 'suppressed', at = ?3, reply =
                   (SELECT reason FROM suppression WHERE key = letter.key AND lifted_at IS NULL
                      AND series IN ('', (SELECT series FROM plan WHERE id = ?1)))
                 WHERE plan = ?1 AND number = ?2 AND state <> 'suppressed'",
            )?
            .execute(params![plan.0, change.number.0, now.as_millisecond()])?;
    }
    Ok(marked > 0)
}

fn defer(
    transaction: &Transaction<'_>,
    plan: PlanId,
    change: &LetterUpdate,
    due: Timestamp,
) -> Result<(), LedgerError> {
    transaction.prepare_cached("UPDATE letter SET due = ?3 WHERE plan = ?1 AND number = ?2")?.execute(params![
        plan.0,
        change.number.0,
        due.as_millisecond()
    ])?;
    Ok(())
}

fn settle(
    transaction: &Transaction<'_>,
    plan: PlanId,
    change: &LetterUpdate,
    record: &AttemptRecord,
) -> Result<(), LedgerError> {
    let (at, due) = (record.at.as_millisecond(), record.due.as_millisecond());
    transaction
        .prepare_cached(
            "UPDATE letter SET state = CASE WHEN due = ?8 AND ?3 = 'deferred' THEN 'suppressed' ELSE ?3 END,
               reply = ?4, at = ?5, due = ?6, tries = ?7,
               first_try = coalesce(first_try, ?5)
             WHERE plan = ?1 AND number = ?2 AND state <> 'suppressed'",
        )?
        .execute(params![
            plan.0,
            change.number.0,
            record.state.as_str(),
            record.reply,
            at,
            due,
            change.tries,
            far_future()
        ])?;
    Ok(())
}

fn correct(
    transaction: &Transaction<'_>,
    plan: PlanId,
    change: &LetterUpdate,
    record: &AttemptRecord,
) -> Result<(), LedgerError> {
    let (at, due) = (record.at.as_millisecond(), record.due.as_millisecond());
    transaction
        .prepare_cached("UPDATE letter SET state = ?3, reply = ?4, at = ?5, due = ?6 WHERE plan = ?1 AND number = ?2")?
        .execute(params![plan.0, change.number.0, record.state.as_str(), record.reply, at, due])?;
    Ok(())
}
