//! The suppressed in an SQLite ledger.

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};

use crate::delivery::ledger::Sqlite;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::record::series_text;
use crate::delivery::ledger::suppression::{
    Suppression, SuppressionColumns, SuppressionRemoval, Suppressions, far_future,
};
use crate::people::person::Address;

impl Suppressions for Sqlite {
    fn suppress(&mut self, suppressions: &[Suppression], now: Timestamp) -> Result<u64, LedgerError> {
        let transaction = self.begin_writing()?;
        let mut new = 0;
        for suppression in suppressions {
            new += u64::from(insert(&transaction, suppression)?);
            suppress_planned(&transaction, suppression, now)?;
        }
        transaction.commit()?;
        Ok(new)
    }

    fn lift(&mut self, tag: &str, lifted: &SuppressionRemoval) -> Result<u64, LedgerError> {
        let count = self.connection.execute(
            "UPDATE suppression SET lifted_at = ?2, lifted_because = ?3 WHERE tag = ?1 AND lifted_at IS NULL",
            params![tag, lifted.at.as_millisecond(), lifted.because],
        )?;
        Ok(count as u64)
    }

    fn each_suppression(&mut self, visit: &mut dyn FnMut(Suppression)) -> Result<(), LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT tag, series, address, reason, at, source, lifted_at, lifted_because FROM suppression ORDER BY at, tag",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(columns(row)?.read()?);
        }
        Ok(())
    }
}

fn insert(transaction: &Transaction<'_>, suppression: &Suppression) -> Result<bool, LedgerError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO suppression (tag, key, address, reason, at, source, series) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (tag) DO UPDATE SET key = excluded.key, address = excluded.address,
           reason = excluded.reason, at = excluded.at, source = excluded.source, lifted_at = NULL, lifted_because = NULL
         WHERE excluded.at > suppression.lifted_at OR excluded.reason = 'erased' AND suppression.reason <> 'erased'",
    )?;
    let kept = suppression.kept_address();
    let inserted = statement.execute(params![
        suppression.tag,
        kept.map(Address::key),
        kept.map(Address::as_str),
        suppression.reason.as_str(),
        suppression.at.as_millisecond(),
        suppression.source,
        series_text(suppression.series.as_ref()),
    ])?;
    Ok(inserted > 0)
}

/// What is planned for the address, in plans that it concerns, and not on its way yet.
fn suppress_planned(
    transaction: &Transaction<'_>,
    suppression: &Suppression,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let Some(address) = &suppression.address else { return Ok(()) };
    let mut statement = transaction.prepare_cached(
        "UPDATE letter SET state = 'suppressed', at = ?2, reply = ?3
         WHERE key = ?1 AND state IN ('planned', 'deferred') AND plan IN (SELECT id FROM plan WHERE replaced = 0 AND ?5 IN ('', series))
           AND EXISTS (SELECT 1 FROM suppression WHERE tag = ?4 AND lifted_at IS NULL)",
    )?;
    let (now, series) = (now.as_millisecond(), series_text(suppression.series.as_ref()));
    statement.execute(params![address.key(), now, suppression.reason.as_str(), suppression.tag, series])?;
    transaction
        .prepare_cached(
            "UPDATE letter SET due = ?2 WHERE key = ?1 AND state = 'in_flight'
               AND plan IN (SELECT id FROM plan WHERE ?3 IN ('', series))",
        )?
        .execute(params![address.key(), far_future(), series])?;
    Ok(())
}

fn columns(row: &Row<'_>) -> rusqlite::Result<SuppressionColumns> {
    Ok(SuppressionColumns {
        tag: row.get(0)?,
        series: row.get(1)?,
        address: row.get(2)?,
        reason: row.get(3)?,
        at: row.get(4)?,
        source: row.get(5)?,
        lifted_at: row.get(6)?,
        lifted_because: row.get(7)?,
    })
}
