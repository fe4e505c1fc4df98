//! The suppressed in a PostgreSQL ledger.

use jiff::Timestamp;
use postgres::{Client, Error, Row, Transaction};

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::Postgres;
use crate::delivery::ledger::record::{PlanId, series_text};
use crate::delivery::ledger::suppression::{
    Suppression, SuppressionColumns, SuppressionRemoval, Suppressions, far_future,
};
use crate::people::person::Address;

impl Suppressions for Postgres {
    fn suppress(&mut self, suppressions: &[Suppression], now: Timestamp) -> Result<u64, LedgerError> {
        let mut transaction = self.line.client()?.transaction()?;
        let mut new = 0;
        for suppression in suppressions {
            new += insert(&mut transaction, suppression)?;
            suppress_planned(&mut transaction, suppression, now)?;
        }
        transaction.commit()?;
        Ok(new)
    }

    fn lift(&mut self, tag: &str, lifted: &SuppressionRemoval) -> Result<u64, LedgerError> {
        Ok(self.line.client()?.execute(
            "UPDATE suppression SET lifted_at = $2, lifted_because = $3 WHERE tag = $1 AND lifted_at IS NULL",
            &[&tag, &lifted.at.as_millisecond(), &lifted.because],
        )?)
    }

    fn each_suppression(&mut self, visit: &mut dyn FnMut(Suppression)) -> Result<(), LedgerError> {
        let rows = self.line.client()?.query(
            "SELECT tag, series, address, reason, at, source, lifted_at, lifted_because FROM suppression ORDER BY at, tag",
            &[],
        )?;
        for row in &rows {
            visit(columns(row)?.read()?);
        }
        Ok(())
    }
}

fn insert(transaction: &mut Transaction<'_>, suppression: &Suppression) -> Result<u64, Error> {
    let kept = suppression.kept_address();
    transaction.execute(
        "INSERT INTO suppression (tag, key, address, reason, at, source, series) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tag) DO UPDATE SET key = excluded.key, address = excluded.address,
           reason = excluded.reason, at = excluded.at, source = excluded.source, lifted_at = NULL, lifted_because = NULL
         WHERE excluded.at > suppression.lifted_at OR excluded.reason = 'erased' AND suppression.reason <> 'erased'",
        &[
            &suppression.tag,
            &kept.map(Address::key),
            &kept.map(Address::as_str),
            &suppression.reason.as_str(),
            &suppression.at.as_millisecond(),
            &suppression.source,
            &series_text(suppression.series.as_ref()),
        ],
    )
}

/// What is planned for the address and not on its way yet; whoever holds it may send it no more.
fn suppress_planned(transaction: &mut Transaction<'_>, suppression: &Suppression, now: Timestamp) -> Result<(), Error> {
    let Some(address) = &suppression.address else { return Ok(()) };
    let series = series_text(suppression.series.as_ref());
    transaction.execute(
        "UPDATE letter SET state = 'suppressed', holder = NULL, at = $2, reply = $3
         WHERE key = $1 AND state IN ('planned', 'deferred') AND plan IN (SELECT id FROM plan WHERE NOT replaced AND $5::text IN ('', series))
           AND EXISTS (SELECT 1 FROM suppression WHERE tag = $4 AND lifted_at IS NULL)",
        &[&address.key(), &now.as_millisecond(), &suppression.reason.as_str(), &suppression.tag, &series],
    )?;
    let in_flight = "UPDATE letter SET due = $2 WHERE key = $1 AND state = 'in_flight'
        AND plan IN (SELECT id FROM plan WHERE $3::text IN ('', series))";
    transaction.execute(in_flight, &[&address.key(), &far_future(), &series])?;
    Ok(())
}

/// Letters that were not marked because their readers have left since they were planned.
pub(super) fn suppress_unmarked(client: &mut Client, plan: PlanId, lost: &[i64]) -> Result<u64, Error> {
    client.execute(
        "UPDATE letter SET state = 'suppressed', holder = NULL, reply = suppression.reason,
           at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
         FROM suppression
         WHERE letter.plan = $1 AND letter.number = ANY($2) AND letter.state IN ('planned', 'deferred')
           AND suppression.key = letter.key AND suppression.lifted_at IS NULL
           AND suppression.series IN ('', (SELECT series FROM plan WHERE id = $1))",
        &[&plan.0, &lost],
    )
}

fn columns(row: &Row) -> Result<SuppressionColumns, Error> {
    Ok(SuppressionColumns {
        tag: row.try_get(0)?,
        series: row.try_get(1)?,
        address: row.try_get(2)?,
        reason: row.try_get(3)?,
        at: row.try_get(4)?,
        source: row.try_get(5)?,
        lifted_at: row.try_get(6)?,
        lifted_because: row.try_get(7)?,
    })
}
