//! The ledger in a PostgreSQL database: several hosts send one plan together.

mod client;
mod erase;
mod freeze;
mod leases;
mod rate_limits;
mod rows;
mod schema;
mod session;
mod suppress;
mod write;

use jiff::Timestamp;
use postgres::Row;
use postgres::types::ToSql;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::delivery::ledger::erasure::IS_ERASED;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::client::ReconnectingClient;
use crate::delivery::ledger::postgres::session::PostgresSession;
use crate::delivery::ledger::record::{
    FreezeContext, LetterRecord, OutcomeColumns, PlanColumns, PlanId, PlanRecord, PlannedColumns, Resolution, state,
};
use crate::delivery::ledger::row::{PlanRow, RowVisitor};
use crate::delivery::ledger::state::Totals;
use crate::delivery::ledger::{Ledger, LetterIterator, RunSession};
use crate::issue::IssueId;
use crate::letter::plan::{Plan, TransportKind};

/// How many letters are read in one message.
const PAGE: i64 = 1000;

/// An open ledger.
pub(super) struct Postgres {
    line: ReconnectingClient,
}

impl Postgres {
    fn plans(&mut self, condition: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<PlanRecord>, LedgerError> {
        let query = format!(
            "SELECT id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at
             FROM plan WHERE {condition} ORDER BY id"
        );
        self.line.client()?.query(&query, values)?.iter().map(|row| plan_columns(row)?.read()).collect()
    }
}

impl Ledger for Postgres {
    fn begin_planning(&mut self) -> Result<(), LedgerError> {
        schema::lock_planning(self.line.client()?)
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
        let condition = "NOT replaced AND issue = $1 AND transport = $2";
        Ok(self.plans(condition, &[&issue.as_str(), &transport.as_str()])?.pop())
    }

    fn plans_in_force(&mut self) -> Result<Vec<PlanRecord>, LedgerError> {
        self.plans("NOT replaced", &[])
    }

    fn every_plan(&mut self) -> Result<Vec<PlanRow>, LedgerError> {
        let mut plans = Vec::new();
        for (condition, replaced) in [("NOT replaced", false), ("replaced", true)] {
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
            "content = $1 AND issue <> $2 AND transport = $3 AND EXISTS
             (SELECT 1 FROM letter WHERE plan = plan.id AND state IN ('accepted', 'in_doubt', 'in_flight'))",
            &[&content.as_str(), &issue.as_str(), &transport.as_str()],
        )?;
        Ok(plans.pop())
    }

    fn totals(&mut self, plan: PlanId) -> Result<Totals, LedgerError> {
        let query = "SELECT state, count(*) FROM letter WHERE plan = $1 GROUP BY state";
        let mut totals = Totals::default();
        for row in self.line.patiently(|client| client.query(query, &[&plan.0]))? {
            totals.add(state(row.try_get(0)?)?, row.try_get::<_, i64>(1)?.unsigned_abs());
        }
        Ok(totals)
    }

    fn is_due(&mut self, plan: PlanId, now: Timestamp) -> Result<bool, LedgerError> {
        let query = "SELECT EXISTS (SELECT 1 FROM letter
             WHERE plan = $1 AND state IN ('planned', 'deferred') AND holder IS NULL AND due <= $2)";
        Ok(self.line.client()?.query_one(query, &[&plan.0, &now.as_millisecond()])?.try_get(0)?)
    }

    fn is_running(&mut self) -> Result<bool, LedgerError> {
        let query = "SELECT EXISTS (SELECT 1 FROM holder WHERE expires >= clock_timestamp())";
        Ok(self.line.client()?.query_one(query, &[])?.try_get(0)?)
    }

    fn each_letter(&mut self, plan: PlanId, visit: &mut dyn FnMut(LetterRecord)) -> Result<(), LedgerError> {
        let client = self.line.client()?;
        let statement = client.prepare(
            "SELECT person, audience, edition, message_id, state, tries, at, reply, number
             FROM letter WHERE plan = $1 AND number > $2 ORDER BY number LIMIT $3",
        )?;
        let mut last: i64 = -1;
        loop {
            let rows = client.query(&statement, &[&plan.0, &last, &PAGE])?;
            let Some(row) = rows.last() else { return Ok(()) };
            last = row.try_get(8)?;
            for row in &rows {
                visit(letter_record(row)?);
            }
        }
    }

    fn letter(&mut self, plan: PlanId, key: &str) -> Result<Option<LetterRecord>, LedgerError> {
        let query = "SELECT person, audience, edition, message_id, state, tries, at, reply
             FROM letter WHERE plan = $1 AND key = $2";
        self.line.client()?.query_opt(query, &[&plan.0, &key])?.as_ref().map(letter_record).transpose()
    }

    fn recover(&mut self) -> Result<u64, LedgerError> {
        let mut transaction = self.line.client()?.transaction()?;
        let changed = leases::release_expired(&mut transaction)?;
        transaction.commit()?;
        Ok(changed)
    }

    fn expire(&mut self, plan: &PlanRecord, oldest: Timestamp, now: Timestamp) -> Result<u64, LedgerError> {
        let over = plan.send_until.is_some_and(|until| until < now);
        let statement = "UPDATE letter SET state = 'expired', at = $3
             WHERE plan = $1 AND state IN ('planned', 'deferred') AND holder IS NULL
               AND (state = 'deferred' AND first_try < $2 OR $4)";
        let values: [&(dyn ToSql + Sync); 4] = [&plan.id.0, &oldest.as_millisecond(), &now.as_millisecond(), &over];
        self.line.patiently(|client| client.execute(statement, &values))
    }

    fn resolve(
        &mut self,
        plan: PlanId,
        keys: &[String],
        resolution: Resolution,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        // Whoever tried it last may say nothing more about it.
        let statement = format!(
            "UPDATE letter SET at = $4, tried_by = NULL,
               state = CASE WHEN $3 = 'planned' AND {IS_ERASED} THEN 'suppressed' ELSE $3 END
             WHERE plan = $1 AND state = 'in_doubt' AND (cardinality($2::text[]) = 0 OR key = ANY($2))"
        );
        let state = resolution.state().as_str();
        Ok(self.line.client()?.execute(&statement, &[&plan.0, &keys, &state, &now.as_millisecond()])?)
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
        schema::unlock_planning(self.line.client()?)?;
        Ok(Box::new(PostgresSession::begin(&mut self.line, plan)?))
    }
}

fn plan_columns(row: &Row) -> Result<PlanColumns, LedgerError> {
    Ok(PlanColumns {
        id: row.try_get(0)?,
        issue: row.try_get(1)?,
        series: row.try_get(2)?,
        transport: row.try_get(3)?,
        date: row.try_get(4)?,
        content: row.try_get(5)?,
        fingerprint: row.try_get(6)?,
        editions: row.try_get(7)?,
        send_until: row.try_get(8)?,
        frozen_at: row.try_get(9)?,
    })
}

fn planned_columns(row: &Row) -> Result<PlannedColumns, LedgerError> {
    Ok(PlannedColumns {
        person: row.try_get(0)?,
        audience: row.try_get(1)?,
        edition: row.try_get(2)?,
        message_id: row.try_get(3)?,
    })
}

fn letter_record(row: &Row) -> Result<LetterRecord, LedgerError> {
    let fate = OutcomeColumns {
        state: row.try_get(4)?,
        tries: tries(row.try_get(5)?)?,
        at: row.try_get(6)?,
        reply: row.try_get(7)?,
    };
    fate.of(planned_columns(row)?)
}

fn tries(number: i32) -> Result<u32, LedgerError> {
    u32::try_from(number).map_err(|_| LedgerError::Damaged { column: "letter.tries" })
}
