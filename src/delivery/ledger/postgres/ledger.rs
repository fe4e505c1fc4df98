//! The ledger's methods on PostgreSQL, besides those of the read half.

use jiff::Timestamp;
use postgres::types::ToSql;

use crate::base::error::Error;
use crate::delivery::ledger::announcements::{self, Announcement};
use crate::delivery::ledger::due_time::DueTime;
use crate::delivery::ledger::erasure::IS_ERASED;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::identity;
use crate::delivery::ledger::postgres::leases;
use crate::delivery::ledger::postgres::open::{IS_RUNNING, Postgres, lock_planning, unlock_planning};
use crate::delivery::ledger::postgres::session::PostgresSession;
use crate::delivery::ledger::record::{PlanId, PlanRecord, Resolution};
use crate::delivery::ledger::row::RowVisitor;
use crate::delivery::ledger::suppression::far_future;
use crate::delivery::ledger::{Ledger, LetterIterator, RunSession};
use crate::issue::IssueId;
use crate::letter::plan::Plan;

impl Ledger for Postgres {
    fn begin_planning(&mut self) -> Result<(), LedgerError> {
        self.client.retrying(|client| lock_planning(client))
    }

    fn key_fingerprint(&mut self) -> Result<Option<String>, LedgerError> {
        let exists = "SELECT to_regclass('project_key') IS NOT NULL";
        let query = "SELECT max(fingerprint) FROM project_key";
        if !self.client.retrying(|client| client.query_one(exists, &[]))?.try_get::<_, bool>(0)? {
            return Ok(None);
        }
        Ok(self.client.retrying(|client| client.query_one(query, &[]))?.try_get(0)?)
    }

    fn bind_key(&mut self, fingerprint: &str) -> Result<(), LedgerError> {
        let mut transaction = self.client.connected()?.transaction()?;
        transaction.batch_execute(identity::CREATE)?;
        transaction.batch_execute("LOCK TABLE project_key IN EXCLUSIVE MODE; DELETE FROM project_key")?;
        transaction.execute("INSERT INTO project_key (fingerprint) VALUES ($1)", &[&fingerprint])?;
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
        let query = "SELECT EXISTS (SELECT 1 FROM delivery
             WHERE plan = $1 AND state IN ('planned', 'deferred') AND holder IS NULL
               AND (due <= $2 OR due > $3 AND due < $4))";
        let (now, latest) = (time.now.as_millisecond(), time.latest.as_millisecond());
        let values: [&(dyn ToSql + Sync); 4] = [&plan.0, &now, &latest, &far_future()];
        Ok(self.client.retrying(|client| client.query_one(query, &values))?.try_get(0)?)
    }

    fn correct_times(&mut self, plan: PlanId, time: DueTime) -> Result<u64, LedgerError> {
        let statement = "UPDATE delivery SET first_try = least(first_try, $2),
               due = CASE WHEN due > $3 AND due < $4 THEN $2 ELSE due END
             WHERE plan = $1 AND state IN ('planned', 'deferred') AND holder IS NULL
               AND (first_try > $2 OR due > $3 AND due < $4)";
        let (now, latest) = (time.now.as_millisecond(), time.latest.as_millisecond());
        let values: [&(dyn ToSql + Sync); 4] = [&plan.0, &now, &latest, &far_future()];
        self.client.retrying(|client| client.execute(statement, &values))
    }

    fn is_running(&mut self) -> Result<bool, LedgerError> {
        Ok(self.client.retrying(|client| client.query_one(IS_RUNNING, &[]))?.try_get(0)?)
    }

    fn recover(&mut self) -> Result<u64, LedgerError> {
        self.client.retrying(|client| leases::release_all_expired(client))
    }

    fn expire(&mut self, plan: &PlanRecord, oldest: Timestamp, now: Timestamp) -> Result<u64, LedgerError> {
        let over = plan.send_until.is_some_and(|until| until < now);
        let statement = "WITH current AS (SELECT cancelled FROM plan WHERE id = $1)
             UPDATE delivery SET state = CASE WHEN (SELECT cancelled FROM current) THEN 'cancelled' ELSE 'expired' END, at = $3
             WHERE plan = $1 AND state IN ('planned', 'deferred') AND holder IS NULL
               AND (state = 'deferred' AND first_try < $2 OR $4 OR (SELECT cancelled FROM current))";
        let values: [&(dyn ToSql + Sync); 4] = [&plan.id.0, &oldest.as_millisecond(), &now.as_millisecond(), &over];
        self.client.retrying(|client| client.execute(statement, &values))
    }

    fn resolve(
        &mut self,
        plan: PlanId,
        keys: &[String],
        resolution: Resolution,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        // The run that tried it last must not settle it any more.
        let statement = format!(
            "UPDATE delivery SET at = $4, tried_by = NULL,
               state = CASE WHEN $3 <> 'planned' THEN $3
                         WHEN EXISTS (SELECT 1 FROM letter WHERE letter.plan = delivery.plan AND letter.number = delivery.number
                           AND {IS_ERASED}) THEN 'suppressed'
                         WHEN (SELECT cancelled FROM plan WHERE id = $1) THEN 'cancelled'
                         ELSE 'planned' END
             WHERE plan = $1 AND state = 'in_doubt' AND (cardinality($2::text[]) = 0
               OR number IN (SELECT number FROM letter WHERE plan = $1 AND key = ANY($2)))"
        );
        let state = resolution.state().as_str();
        Ok(self.client.connected()?.execute(&statement, &[&plan.0, &keys, &state, &now.as_millisecond()])?)
    }

    fn accept_refusals(&mut self, plan: PlanId) -> Result<(), LedgerError> {
        let statement = "UPDATE plan SET accepts_refusals = TRUE WHERE id = $1";
        self.client.retrying(|client| client.execute(statement, &[&plan.0]))?;
        Ok(())
    }

    fn cancel(&mut self, plan: PlanId, now: Timestamp) -> Result<u64, LedgerError> {
        let mut transaction = self.client.connected()?.transaction()?;
        transaction.execute(
            "UPDATE plan SET cancelled = TRUE WHERE id = $1 AND EXISTS
               (SELECT 1 FROM delivery WHERE plan = $1 AND state IN ('planned', 'deferred', 'in_flight'))",
            &[&plan.0],
        )?;
        // Also claimed ones: their holder can no longer mark them.
        let cancelled = transaction.execute(
            "UPDATE delivery SET state = 'cancelled', holder = NULL, at = $2
             WHERE plan = $1 AND state IN ('planned', 'deferred')",
            &[&plan.0, &now.as_millisecond()],
        )?;
        transaction.commit()?;
        Ok(cancelled)
    }

    fn announce(&mut self, announcement: &Announcement) -> Result<bool, LedgerError> {
        let Announcement { issue, state, at } = announcement;
        let mut transaction = self.client.connected()?.transaction()?;
        transaction.batch_execute(announcements::CREATE)?;
        let changed =
            transaction.execute(announcements::INSERT, &[&issue.as_str(), &state.as_str(), &at.to_string()])?;
        transaction.commit()?;
        Ok(changed > 0)
    }

    fn announced(&mut self, word: &str) -> Result<Vec<IssueId>, LedgerError> {
        let exists = "SELECT to_regclass('announcement') IS NOT NULL";
        let exists: bool = self.client.retrying(|client| client.query_one(exists, &[]))?.try_get(0)?;
        if exists { announcements::issues(self, word) } else { Ok(Vec::new()) }
    }

    fn each_row(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
        self.read_rows(visit)
    }

    fn check_integrity(&mut self) -> Result<Vec<String>, LedgerError> {
        self.check_holders()
    }

    fn import(&mut self, from: &mut dyn Ledger) -> Result<(), Error> {
        self.import_all(from)
    }

    fn begin(&mut self, plan: PlanId) -> Result<Box<dyn RunSession + '_>, LedgerError> {
        self.client.retrying(|client| unlock_planning(client))?;
        Ok(Box::new(PostgresSession::begin(&mut self.client, plan)?))
    }
}
