//! Which runs hold letters, and what happens to those of a run whose lease has expired.
//!
//! All leases are compared with the server's clock, since the clocks of the hosts may differ.

use postgres::{Client, Error, Transaction};

use crate::delivery::ledger::columns::{CUT_OFF_TEXT, repeatable_transports};
use crate::delivery::ledger::postgres::client::LedgerClient;
use crate::delivery::ledger::record::PlanId;

/// A run's lease on what it claims.
#[derive(Clone, Copy)]
pub(super) struct Lease {
    /// The run's number.
    pub(super) holder: i64,
    pub(super) seconds: f64,
}

/// Registers a run on a plan; its number, or `None` if the plan was replaced.
pub(super) fn enter(client: &mut Client, plan: PlanId, seconds: f64) -> Result<Option<i64>, Error> {
    // FOR SHARE keeps a plan from being replaced between this check and the registration.
    let row = client.query_opt(
        "WITH current AS (SELECT id FROM plan WHERE id = $1 AND NOT replaced FOR SHARE)
         INSERT INTO holder (plan, expires) SELECT id, clock_timestamp() + make_interval(secs => $2) FROM current
         RETURNING id",
        &[&plan.0, &seconds],
    )?;
    Ok(row.map(|row| row.get(0)))
}

/// Renews a lease; `false` if it has expired and another run has released it.
pub(super) fn renew(client: &mut LedgerClient, lease: Lease) -> Result<bool, Error> {
    let renewed = client.query_prepared(
        "UPDATE holder SET expires = clock_timestamp() + make_interval(secs => $2) WHERE id = $1 RETURNING id",
        &[&lease.holder, &lease.seconds],
    )?;
    Ok(!renewed.is_empty())
}

/// Releases what a run claimed and did not try, and ends it.
pub(super) fn leave(client: &mut Client, holder: i64) -> Result<(), Error> {
    let mut transaction = client.transaction()?;
    release(&mut transaction, &[holder])?;
    transaction.commit()
}

/// As [`release_expired`], in its own transaction.
pub(super) fn release_all_expired(client: &mut Client) -> Result<u64, Error> {
    let mut transaction = client.transaction()?;
    let in_doubt = release_expired(&mut transaction)?;
    transaction.commit()?;
    Ok(in_doubt)
}

/// Releases the runs whose lease has expired; returns how many letters are now in doubt.
///
/// The lock on a holder's row keeps other hosts from doing the same, and the holder from claiming.
pub(super) fn release_expired(transaction: &mut Transaction<'_>) -> Result<u64, Error> {
    let rows =
        transaction.query("SELECT id FROM holder WHERE expires < clock_timestamp() FOR UPDATE SKIP LOCKED", &[])?;
    let expired: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    Ok(if expired.is_empty() { 0 } else { release(transaction, &expired)? })
}

/// Letters that were only claimed are planned again. A letter in flight to a relay is in doubt; one to a folder is
/// planned again, since there a second delivery replaces the first.
fn release(transaction: &mut Transaction<'_>, holders: &[i64]) -> Result<u64, Error> {
    let update = format!(
        "UPDATE delivery SET holder = NULL,
           state = CASE WHEN state <> 'in_flight' THEN state WHEN plan.transport IN ({}) THEN 'planned' ELSE 'in_doubt' END,
           reason_text = CASE WHEN state <> 'in_flight' THEN reason_text ELSE coalesce(coalesce(reason_code || ' ', '')
             || coalesce(reason_status || ' ', '') || reason_text || ' – ', '') || $2 END,
           reason_code = CASE WHEN state <> 'in_flight' THEN reason_code END,
           reason_status = CASE WHEN state <> 'in_flight' THEN reason_status END
         FROM plan WHERE plan.id = delivery.plan AND holder = ANY($1) RETURNING state = 'in_doubt'",
        repeatable_transports()
    );
    let rows = transaction.query(&update, &[&holders, &CUT_OFF_TEXT])?;
    transaction.execute("DELETE FROM holder WHERE id = ANY($1)", &[&holders])?;
    Ok(rows.iter().filter(|row| row.get::<_, bool>(0)).count() as u64)
}
