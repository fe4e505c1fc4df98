//! Suppressions in a PostgreSQL ledger.

use jiff::Timestamp;
use postgres::{Client, Error, Transaction};

use crate::delivery::ledger::columns::series_text;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::open::Postgres;
use crate::delivery::ledger::read;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::suppression::{Suppression, SuppressionRemoval, Suppressions, far_future};
use crate::people::person::Address;

impl Suppressions for Postgres {
    fn suppress(&mut self, suppressions: &[Suppression], now: Timestamp) -> Result<u64, LedgerError> {
        let mut transaction = self.client.connected()?.transaction()?;
        let mut new = 0;
        for suppression in suppressions {
            new += insert(&mut transaction, suppression)?;
            suppress_planned(&mut transaction, suppression, now)?;
        }
        transaction.commit()?;
        Ok(new)
    }

    fn remove_suppression(&mut self, tag: &str, removal: &SuppressionRemoval) -> Result<u64, LedgerError> {
        Ok(self.client.connected()?.execute(
            "UPDATE suppression SET removed_at = $2, removed_because = $3 WHERE tag = $1 AND removed_at IS NULL",
            &[&tag, &removal.at.as_millisecond(), &removal.because],
        )?)
    }

    fn each_suppression(&mut self, visit: &mut dyn FnMut(Suppression)) -> Result<(), LedgerError> {
        read::each_suppression(self, visit)
    }
}

pub(super) fn insert(transaction: &mut Transaction<'_>, suppression: &Suppression) -> Result<u64, Error> {
    let stored = suppression.stored_address();
    transaction.execute(
        Suppression::INSERT,
        &[
            &suppression.tag,
            &stored.map(Address::key),
            &stored.map(Address::as_str),
            &suppression.reason.as_str(),
            &suppression.at.as_millisecond(),
            &suppression.source,
            &series_text(suppression.series.as_ref()),
        ],
    )
}

/// Suppresses letters to the address that are not in flight, also claimed ones: their holder can no longer mark them.
/// One in flight is suppressed when it is deferred.
pub(super) fn suppress_planned(
    transaction: &mut Transaction<'_>,
    suppression: &Suppression,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(address) = &suppression.address else { return Ok(()) };
    let series = series_text(suppression.series.as_ref());
    transaction.execute(
        "UPDATE delivery SET state = 'suppressed', holder = NULL, at = $2,
           reason_code = NULL, reason_status = NULL, reason_text = $3
         FROM letter WHERE letter.plan = delivery.plan AND letter.number = delivery.number AND letter.key = $1
           AND state IN ('planned', 'deferred')
           AND letter.plan IN (SELECT id FROM plan WHERE NOT replaced AND $5::text IN ('', series))
           AND EXISTS (SELECT 1 FROM suppression WHERE tag = $4 AND removed_at IS NULL)",
        &[&address.key(), &now.as_millisecond(), &suppression.reason.as_str(), &suppression.tag, &series],
    )?;
    let in_flight = "UPDATE delivery SET due = $2
        FROM letter WHERE letter.plan = delivery.plan AND letter.number = delivery.number AND letter.key = $1
          AND state = 'in_flight' AND letter.plan IN (SELECT id FROM plan WHERE $3::text IN ('', series))";
    transaction.execute(in_flight, &[&address.key(), &far_future(), &series])?;
    Ok(())
}

/// Suppresses those of the lost letters that were not marked because their address was suppressed since.
pub(super) fn suppress_unmarked(client: &mut Client, plan: PlanId, lost: &[i64]) -> Result<u64, Error> {
    client.execute(
        "UPDATE delivery SET state = 'suppressed', holder = NULL,
           reason_code = NULL, reason_status = NULL, reason_text = suppression.reason,
           at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
         FROM letter, suppression
         WHERE delivery.plan = $1 AND delivery.number = ANY($2) AND delivery.state IN ('planned', 'deferred')
           AND letter.plan = delivery.plan AND letter.number = delivery.number
           AND suppression.key = letter.key AND suppression.removed_at IS NULL
           AND suppression.series IN ('', (SELECT series FROM plan WHERE id = $1))",
        &[&plan.0, &lost],
    )
}
