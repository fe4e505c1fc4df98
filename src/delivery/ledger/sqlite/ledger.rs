//! The ledger's methods on SQLite, besides those of the read half.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::params;

use crate::base::error::Error;
use crate::delivery::ledger::announcements::{self, Announcement};
use crate::delivery::ledger::columns::{CUT_OFF_TEXT, LETTERS, repeatable_transports};
use crate::delivery::ledger::due_time::DueTime;
use crate::delivery::ledger::erasure::IS_ERASED;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::identity;
use crate::delivery::ledger::lock::Lock;
use crate::delivery::ledger::record::{PlanId, PlanRecord, Resolution};
use crate::delivery::ledger::row::RowVisitor;
use crate::delivery::ledger::sqlite::open::Sqlite;
use crate::delivery::ledger::sqlite::session::SqliteSession;
use crate::delivery::ledger::suppression::far_future;
use crate::delivery::ledger::{Ledger, LetterIterator, RunSession};
use crate::issue::IssueId;
use crate::letter::plan::Plan;

impl Ledger for Sqlite {
    fn begin_planning(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }

    fn key_fingerprint(&mut self) -> Result<Option<String>, LedgerError> {
        if !self.connection.table_exists(None, "project_key")? {
            return Ok(None);
        }
        Ok(self.connection.query_row("SELECT max(fingerprint) FROM project_key", [], |row| row.get(0))?)
    }

    fn bind_key(&mut self, fingerprint: &str) -> Result<(), LedgerError> {
        let transaction = self.begin_writing()?;
        transaction.execute(identity::CREATE, [])?;
        transaction.execute("DELETE FROM project_key", [])?;
        transaction.execute("INSERT INTO project_key (fingerprint) VALUES (?1)", [fingerprint])?;
        Ok(transaction.commit()?)
    }

    fn freeze(
        &mut self,
        plan: &Plan,
        context: &FreezeContext,
        letters: &mut LetterIterator<'_>,
    ) -> Result<PlanId, Error> {
        self.freeze_all(plan, context, letters)
    }

    fn is_due(&mut self, plan: PlanId, time: DueTime) -> Result<bool, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM delivery WHERE plan = ?1 AND state IN ('planned', 'deferred')
               AND (due <= ?2 OR due > ?3 AND due < ?4))",
        )?;
        let (now, latest) = (time.now.as_millisecond(), time.latest.as_millisecond());
        Ok(statement.query_row(params![plan.0, now, latest, far_future()], |row| row.get(0))?)
    }

    fn correct_times(&mut self, plan: PlanId, time: DueTime) -> Result<u64, LedgerError> {
        let changed = self.connection.execute(
            "UPDATE delivery SET first_try = min(first_try, ?2), due = CASE WHEN due > ?3 AND due < ?4 THEN ?2 ELSE due END
             WHERE plan = ?1 AND state IN ('planned', 'deferred') AND (first_try > ?2 OR due > ?3 AND due < ?4)",
            params![plan.0, time.now.as_millisecond(), time.latest.as_millisecond(), far_future()],
        )?;
        Ok(changed as u64)
    }

    fn is_running(&mut self) -> Result<bool, LedgerError> {
        // The lock is only tried, and freed at once. This run holds it itself, and a ledger in memory has no other run.
        match (&self.lock, &self.path) {
            (None, Some(path)) => Ok(Lock::take(path).is_err()),
            (Some(_), _) | (_, None) => Ok(false),
        }
    }

    fn recover(&mut self) -> Result<u64, LedgerError> {
        self.connection.execute(
            &format!(
                "UPDATE delivery SET state = 'planned'
                 WHERE state = 'in_flight' AND plan IN (SELECT id FROM plan WHERE transport IN ({}))",
                repeatable_transports()
            ),
            [],
        )?;
        let changed = self.connection.execute(
            "UPDATE delivery SET state = 'in_doubt',
               reason_text = coalesce(coalesce(reason_code || ' ', '') || coalesce(reason_status || ' ', '')
                 || reason_text || ' – ', '') || ?1,
               reason_code = NULL, reason_status = NULL
             WHERE state = 'in_flight'",
            [CUT_OFF_TEXT],
        )?;
        Ok(changed as u64)
    }

    fn expire(&mut self, plan: &PlanRecord, oldest: Timestamp, now: Timestamp) -> Result<u64, LedgerError> {
        let over = plan.send_until.is_some_and(|until| until < now);
        let changed = self.connection.execute(
            "WITH current AS (SELECT cancelled FROM plan WHERE id = ?1)
             UPDATE delivery SET state = CASE WHEN (SELECT cancelled FROM current) THEN 'cancelled' ELSE 'expired' END, at = ?3
             WHERE plan = ?1 AND state IN ('planned', 'deferred')
               AND (state = 'deferred' AND first_try < ?2 OR ?4 OR (SELECT cancelled FROM current))",
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
        let chosen: HashSet<&String> = keys.iter().collect();
        let in_doubt: Vec<(i64, String)> = self
            .connection
            .prepare_cached(&format!("SELECT number, key FROM {LETTERS} WHERE plan = ?1 AND state = 'in_doubt'"))?
            .query_map([plan.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let transaction = self.begin_writing()?;
        let mut changed = 0;
        for (number, _) in in_doubt.iter().filter(|(_, key)| chosen.is_empty() || chosen.contains(key)) {
            changed += transaction.execute(
                &format!(
                    "UPDATE delivery SET at = ?4,
                       state = CASE WHEN ?3 <> 'planned' THEN ?3
                         WHEN EXISTS (SELECT 1 FROM letter WHERE plan = ?1 AND number = ?2 AND {IS_ERASED}) THEN 'suppressed'
                         WHEN (SELECT cancelled FROM plan WHERE id = ?1) THEN 'cancelled'
                         ELSE 'planned' END
                     WHERE plan = ?1 AND number = ?2"
                ),
                params![plan.0, number, resolution.state().as_str(), now.as_millisecond()],
            )?;
        }
        transaction.commit()?;
        Ok(changed as u64)
    }

    fn accept_refusals(&mut self, plan: PlanId) -> Result<(), LedgerError> {
        self.connection.execute("UPDATE plan SET accepts_refusals = 1 WHERE id = ?1", [plan.0])?;
        Ok(())
    }

    fn cancel(&mut self, plan: PlanId, now: Timestamp) -> Result<u64, LedgerError> {
        let transaction = self.begin_writing()?;
        transaction.execute(
            "UPDATE plan SET cancelled = 1 WHERE id = ?1 AND EXISTS
               (SELECT 1 FROM delivery WHERE plan = ?1 AND state IN ('planned', 'deferred', 'in_flight'))",
            [plan.0],
        )?;
        let cancelled = transaction.execute(
            "UPDATE delivery SET state = 'cancelled', at = ?2 WHERE plan = ?1 AND state IN ('planned', 'deferred')",
            params![plan.0, now.as_millisecond()],
        )?;
        transaction.commit()?;
        Ok(cancelled as u64)
    }

    fn announce(&mut self, announcement: &Announcement) -> Result<bool, LedgerError> {
        let Announcement { issue, state, at } = announcement;
        let transaction = self.begin_writing()?;
        transaction.execute(announcements::CREATE, [])?;
        let changed = transaction.execute(announcements::INSERT, [issue.as_str(), state, &at.to_string()])?;
        transaction.commit()?;
        Ok(changed > 0)
    }

    fn announced(&mut self, word: &str) -> Result<Vec<IssueId>, LedgerError> {
        let exists = self.connection.table_exists(None, "announcement")?;
        if exists { announcements::issues(self, word) } else { Ok(Vec::new()) }
    }

    fn each_row(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
        self.read_rows(visit)
    }

    fn check_integrity(&mut self) -> Result<Vec<String>, LedgerError> {
        self.check_file()
    }

    fn import(&mut self, from: &mut dyn Ledger) -> Result<(), Error> {
        self.import_all(from)
    }

    fn begin(&mut self, plan: PlanId) -> Result<Box<dyn RunSession + '_>, LedgerError> {
        Ok(Box::new(SqliteSession::new(self, plan)?))
    }
}
