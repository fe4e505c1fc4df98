//! Suppressions in an SQLite ledger.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::delivery::ledger::columns::series_text;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::read;
use crate::delivery::ledger::sqlite::open::Sqlite;
use crate::delivery::ledger::suppression::{Suppression, SuppressionRemoval, Suppressions, far_future};
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
        self.move_rows_of_change();
        Ok(new)
    }

    fn remove_suppression(&mut self, tag: &str, removal: &SuppressionRemoval) -> Result<u64, LedgerError> {
        let count = self.connection.execute(
            "UPDATE suppression SET removed_at = ?2, removed_because = ?3 WHERE tag = ?1 AND removed_at IS NULL",
            params![tag, removal.at.as_millisecond(), removal.because],
        )?;
        Ok(count as u64)
    }

    fn each_suppression(&mut self, visit: &mut dyn FnMut(Suppression)) -> Result<(), LedgerError> {
        read::each_suppression(self, visit)
    }
}

pub(super) fn insert(transaction: &Connection, suppression: &Suppression) -> Result<bool, LedgerError> {
    let mut statement = transaction.prepare_cached(Suppression::INSERT)?;
    let stored = suppression.stored_address();
    let inserted = statement.execute(params![
        suppression.tag,
        stored.map(Address::key),
        stored.map(Address::as_str),
        suppression.reason.as_str(),
        suppression.at.as_millisecond(),
        suppression.source,
        series_text(suppression.series.as_ref()),
    ])?;
    Ok(inserted > 0)
}

/// Suppresses letters to the address that are not in flight, in plans that the suppression is for; one in flight is
/// suppressed when it is deferred.
pub(super) fn suppress_planned(
    transaction: &Connection,
    suppression: &Suppression,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let Some(address) = &suppression.address else { return Ok(()) };
    let mut statement = transaction.prepare_cached(
        "UPDATE delivery SET state = 'suppressed', at = ?2, reason_code = NULL, reason_status = NULL, reason_text = ?3
         WHERE (plan, number) IN (SELECT plan, number FROM letter WHERE key = ?1
             AND plan IN (SELECT id FROM plan WHERE NOT replaced AND ?5 IN ('', series)))
           AND state IN ('planned', 'deferred')
           AND EXISTS (SELECT 1 FROM suppression WHERE tag = ?4 AND removed_at IS NULL)",
    )?;
    let (now, series) = (now.as_millisecond(), series_text(suppression.series.as_ref()));
    statement.execute(params![address.key(), now, suppression.reason.as_str(), suppression.tag, series])?;
    transaction
        .prepare_cached(
            "UPDATE delivery SET due = ?2
             WHERE (plan, number) IN (SELECT plan, number FROM letter WHERE key = ?1
                 AND plan IN (SELECT id FROM plan WHERE ?3 IN ('', series)))
               AND state = 'in_flight'",
        )?
        .execute(params![address.key(), far_future(), series])?;
    Ok(())
}
