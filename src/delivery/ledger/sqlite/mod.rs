//! The ledger as an SQLite file: one run at a time.

mod erase;
mod freeze;
mod open;
mod rate_limits;
mod rows;
mod session;
mod suppress;

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::delivery::ledger::erasure::IS_ERASED;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::lock::Lock;
use crate::delivery::ledger::record::{
    FreezeContext, LetterRecord, OutcomeColumns, PlanColumns, PlanId, PlanRecord, PlannedColumns, Resolution, state,
    time,
};
use crate::delivery::ledger::row::{PlanRow, RowVisitor};
use crate::delivery::ledger::sqlite::session::SqliteSession;
use crate::delivery::ledger::state::Totals;
use crate::delivery::ledger::{Ledger, LetterIterator, RunSession};
use crate::issue::IssueId;
use crate::letter::plan::{Plan, TransportKind};

/// An open ledger.
#[derive(Debug)]
pub(super) struct Sqlite {
    connection: Connection,
    /// The file; absent for one in memory.
    path: Option<PathBuf>,
    /// Held where it was opened to be written.
    lock: Option<Lock>,
}

impl Sqlite {
    fn begin_writing(&mut self) -> Result<Transaction<'_>, LedgerError> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    fn plans(&self, condition: &str, values: &[&str]) -> Result<Vec<PlanRecord>, LedgerError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at
             FROM plan WHERE {condition} ORDER BY id"
        ))?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        let mut plans = Vec::new();
        while let Some(row) = rows.next()? {
            plans.push(plan_columns(row)?.read()?);
        }
        Ok(plans)
    }
}

impl Ledger for Sqlite {
    fn begin_planning(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }

    fn freeze(
        &mut self,
        plan: &Plan,
        terms: &FreezeContext,
        letters: &mut LetterIterator<'_>,
    ) -> Result<PlanId, Error> {
        self.freeze_all(plan, terms, letters)
    }

    fn plan(&mut self, issue: &IssueId, transport: TransportKind) -> Result<Option<PlanRecord>, LedgerError> {
        let values = [issue.as_str(), transport.as_str()];
        Ok(self.plans("replaced = 0 AND issue = ?1 AND transport = ?2", &values)?.pop())
    }

    fn plans_in_force(&mut self) -> Result<Vec<PlanRecord>, LedgerError> {
        self.plans("replaced = 0", &[])
    }

    fn every_plan(&mut self) -> Result<Vec<PlanRow>, LedgerError> {
        let mut plans = Vec::new();
        for (condition, replaced) in [("replaced = 0", false), ("replaced = 1", true)] {
            plans.extend(self.plans(condition, &[])?.into_iter().map(|record| PlanRow { record, replaced }));
        }
        plans.sort_by_key(|it| it.record.id.0);
        Ok(plans)
    }

    fn same_content(
        &mut self,
        content: &Digest,
        issue: &IssueId,
        transport: TransportKind,
    ) -> Result<Option<PlanRecord>, LedgerError> {
        let mut plans = self.plans(
            "content = ?1 AND issue <> ?2 AND transport = ?3 AND EXISTS
             (SELECT 1 FROM letter WHERE plan = plan.id AND state IN ('accepted', 'in_doubt', 'in_flight'))",
            &[content.as_str(), issue.as_str(), transport.as_str()],
        )?;
        Ok(plans.pop())
    }

    fn totals(&mut self, plan: PlanId) -> Result<Totals, LedgerError> {
        let mut statement =
            self.connection.prepare_cached("SELECT state, count(*) FROM letter WHERE plan = ?1 GROUP BY state")?;
        let mut rows = statement.query([plan.0])?;
        let mut totals = Totals::default();
        while let Some(row) = rows.next()? {
            totals.add(state(&row.get::<_, String>(0)?)?, row.get::<_, i64>(1)?.unsigned_abs());
        }
        Ok(totals)
    }

    fn is_due(&mut self, plan: PlanId, now: Timestamp) -> Result<bool, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM letter WHERE plan = ?1 AND state IN ('planned', 'deferred') AND due <= ?2)",
        )?;
        Ok(statement.query_row(params![plan.0, now.as_millisecond()], |row| row.get(0))?)
    }

    fn is_running(&mut self) -> Result<bool, LedgerError> {
        match (&self.lock, &self.path) {
            (None, Some(path)) => Ok(Lock::take(path).is_err()),
            (Some(_), _) | (_, None) => Ok(false),
        }
    }

    fn each_letter(&mut self, plan: PlanId, visit: &mut dyn FnMut(LetterRecord)) -> Result<(), LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT person, audience, edition, message_id, state, tries, at, reply
             FROM letter WHERE plan = ?1 ORDER BY number",
        )?;
        let mut rows = statement.query([plan.0])?;
        while let Some(row) = rows.next()? {
            visit(fate_columns(row)?.of(planned_columns(row)?)?);
        }
        Ok(())
    }

    fn letter(&mut self, plan: PlanId, key: &str) -> Result<Option<LetterRecord>, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT person, audience, edition, message_id, state, tries, at, reply
             FROM letter WHERE plan = ?1 AND key = ?2",
        )?;
        let found = statement
            .query_row(params![plan.0, key], |row| Ok((fate_columns(row)?, planned_columns(row)?)))
            .optional()?;
        found.map(|(fate, planned)| fate.of(planned)).transpose()
    }

    fn recover(&mut self) -> Result<u64, LedgerError> {
        self.connection.execute(
            "UPDATE letter SET state = 'planned'
             WHERE state = 'in_flight' AND plan IN (SELECT id FROM plan WHERE transport <> 'smtp')",
            [],
        )?;
        let changed = self.connection.execute(
            "UPDATE letter SET state = 'in_doubt',
               reply = coalesce(reply || ' – ', '') || 'the run was ended before the relay answered'
             WHERE state = 'in_flight'",
            [],
        )?;
        Ok(changed as u64)
    }

    fn expire(&mut self, plan: &PlanRecord, oldest: Timestamp, now: Timestamp) -> Result<u64, LedgerError> {
        let over = plan.send_until.is_some_and(|until| until < now);
        let changed = self.connection.execute(
            "UPDATE letter SET state = 'expired', at = ?3
             WHERE plan = ?1 AND state IN ('planned', 'deferred') AND (state = 'deferred' AND first_try < ?2 OR ?4)",
            params![plan.id.0, oldest.as_millisecond(), now.as_millisecond(), over],
        )?;
        Ok(changed as u64)
    }

    fn resolve(
        &mut self,
        plan: PlanId,
        keys: &[String],
        resolution: Resolution,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        let wanted: HashSet<&String> = keys.iter().collect();
        let doubtful: Vec<(i64, String)> = self
            .connection
            .prepare_cached("SELECT number, key FROM letter WHERE plan = ?1 AND state = 'in_doubt'")?
            .query_map([plan.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let transaction = self.begin_writing()?;
        let mut changed = 0;
        for (number, _) in doubtful.iter().filter(|(_, key)| wanted.is_empty() || wanted.contains(key)) {
            changed += transaction.execute(
                &format!(
                    "UPDATE letter SET at = ?4,
                       state = CASE WHEN ?3 = 'planned' AND {IS_ERASED} THEN 'suppressed' ELSE ?3 END
                     WHERE plan = ?1 AND number = ?2"
                ),
                params![plan.0, number, resolution.state().as_str(), now.as_millisecond()],
            )?;
        }
        transaction.commit()?;
        Ok(changed as u64)
    }

    fn each_row(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
        self.show_rows(visit)
    }

    fn faults(&mut self) -> Result<Vec<String>, LedgerError> {
        self.look_through()
    }

    fn take_over(&mut self, from: &mut dyn Ledger) -> Result<(), Error> {
        self.take_over_all(from)
    }

    fn begin(&mut self, plan: PlanId) -> Result<Box<dyn RunSession + '_>, LedgerError> {
        Ok(Box::new(SqliteSession::new(self, plan)))
    }
}

fn plan_columns(row: &Row<'_>) -> rusqlite::Result<PlanColumns> {
    Ok(PlanColumns {
        id: row.get(0)?,
        issue: row.get(1)?,
        series: row.get(2)?,
        transport: row.get(3)?,
        date: row.get(4)?,
        content: row.get(5)?,
        fingerprint: row.get(6)?,
        editions: row.get(7)?,
        send_until: row.get(8)?,
        frozen_at: row.get(9)?,
    })
}

fn planned_columns(row: &Row<'_>) -> rusqlite::Result<PlannedColumns> {
    Ok(PlannedColumns { person: row.get(0)?, audience: row.get(1)?, edition: row.get(2)?, message_id: row.get(3)? })
}

fn fate_columns(row: &Row<'_>) -> rusqlite::Result<OutcomeColumns> {
    Ok(OutcomeColumns { state: row.get(4)?, tries: row.get(5)?, at: row.get(6)?, reply: row.get(7)? })
}
