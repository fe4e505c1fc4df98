//! A run's turn at an SQLite ledger: the run's lock keeps everybody else out, so that a claim need not be written.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::audience::AudienceId;
use crate::ledger::claim::{Change, Record, Step, Wanted};
use crate::ledger::sqlite::planned_columns;
use crate::ledger::{Claim, LedgerError, LetterNumber, PlanId, Shift, Sqlite};

pub(super) struct SqliteShift<'a> {
    ledger: &'a mut Sqlite,
    plan: PlanId,
}

impl<'a> SqliteShift<'a> {
    pub(super) fn new(ledger: &'a mut Sqlite, plan: PlanId) -> Self {
        Self { ledger, plan }
    }
}

impl Shift for SqliteShift<'_> {
    fn claim(&mut self, wanted: &Wanted<'_>) -> Result<Vec<Claim>, LedgerError> {
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
                claims.push(Claim { number, tries: row.get(5)?, holder: 0, letter: planned_columns(row)?.read()? });
            }
        }
        Ok(claims)
    }

    fn write(&mut self, changes: &[Change]) -> Result<Vec<LetterNumber>, LedgerError> {
        let transaction = self.ledger.begin_writing()?;
        for change in changes {
            match &change.step {
                Step::Mark(now) => mark(&transaction, self.plan, change, *now)?,
                Step::Settle(record) | Step::SettleUnsent(record) => {
                    settle(&transaction, self.plan, change, record)?;
                }
                Step::Correct(record) => correct(&transaction, self.plan, change, record)?,
            }
        }
        transaction.commit()?;
        Ok(Vec::new())
    }

    fn pulse(&self) -> Option<Duration> {
        None
    }

    fn keep(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }

    fn end(self: Box<Self>) -> Result<(), LedgerError> {
        Ok(())
    }
}

fn mark(transaction: &Transaction<'_>, plan: PlanId, change: &Change, now: Timestamp) -> Result<(), LedgerError> {
    transaction
        .prepare_cached(
            "UPDATE letter SET state = 'in_flight', tries = ?3, at = ?4, first_try = coalesce(first_try, ?4)
             WHERE plan = ?1 AND number = ?2",
        )?
        .execute(params![plan.0, change.number.0, change.tries, now.as_millisecond()])?;
    Ok(())
}

fn settle(transaction: &Transaction<'_>, plan: PlanId, change: &Change, record: &Record) -> Result<(), LedgerError> {
    let (at, due) = (record.at.as_millisecond(), record.due.as_millisecond());
    transaction
        .prepare_cached(
            "UPDATE letter SET state = ?3, reply = ?4, at = ?5, due = ?6, tries = ?7,
               first_try = coalesce(first_try, ?5)
             WHERE plan = ?1 AND number = ?2",
        )?
        .execute(params![plan.0, change.number.0, record.state.as_str(), record.reply, at, due, change.tries])?;
    Ok(())
}

fn correct(transaction: &Transaction<'_>, plan: PlanId, change: &Change, record: &Record) -> Result<(), LedgerError> {
    let (at, due) = (record.at.as_millisecond(), record.due.as_millisecond());
    transaction
        .prepare_cached("UPDATE letter SET state = ?3, reply = ?4, at = ?5, due = ?6 WHERE plan = ?1 AND number = ?2")?
        .execute(params![plan.0, change.number.0, record.state.as_str(), record.reply, at, due])?;
    Ok(())
}
