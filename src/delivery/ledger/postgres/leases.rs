//! Which hosts are sending, and what becomes of the letters of one that has died.

use postgres::{Client, Error, Transaction};

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::client::LedgerClient;
use crate::delivery::ledger::record::PlanId;

/// What is said of a letter whose host was not heard of any more.
pub(super) const LEASE_EXPIRED_TEXT: &str = "the run was ended before the relay answered";

/// Enters a run at a plan, unless the plan is in force no more; its number.
pub(super) fn enter(client: &mut Client, plan: PlanId, lease: f64) -> Result<Option<i64>, Error> {
    let row = client.query_opt(
        "WITH current AS (SELECT id FROM plan WHERE id = $1 AND NOT replaced FOR SHARE)
         INSERT INTO holder (plan, expires) SELECT id, clock_timestamp() + make_interval(secs => $2) FROM current
         RETURNING id",
        &[&plan.0, &lease],
    )?;
    Ok(row.map(|it| it.get(0)))
}

/// Says that a run is alive; false where it was taken for dead in the meantime.
pub(super) fn renew(client: &mut LedgerClient, holder: i64, lease: f64) -> Result<bool, Error> {
    let renewed = client.ask(
        "UPDATE holder SET expires = clock_timestamp() + make_interval(secs => $2) WHERE id = $1 RETURNING id",
        &[&holder, &lease],
    )?;
    Ok(!renewed.is_empty())
}

/// Gives back what a run claimed and did not try, and lets it go.
pub(super) fn leave(client: &mut Client, holder: i64) -> Result<(), Error> {
    let mut transaction = client.transaction()?;
    release(&mut transaction, &[holder])?;
    transaction.commit()
}

/// Lets go of the runs whose lease has ended; how many letters are in doubt for it.
///
/// Whoever holds the row of a holder keeps others from doing the same, and keeps the holder from claiming.
pub(super) fn release_expired(transaction: &mut Transaction<'_>) -> Result<u64, LedgerError> {
    let rows =
        transaction.query("SELECT id FROM holder WHERE expires < clock_timestamp() FOR UPDATE SKIP LOCKED", &[])?;
    let dead: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    Ok(if dead.is_empty() { 0 } else { release(transaction, &dead)? })
}

/// What was only claimed is planned again. A body that was on its way to a relay is in doubt; one on its way into a
/// folder is planned again, for there a second delivery takes the place of the first.
fn release(transaction: &mut Transaction<'_>, holders: &[i64]) -> Result<u64, Error> {
    let rows = transaction.query(
        "UPDATE letter SET holder = NULL,
           state = CASE WHEN state <> 'in_flight' THEN state WHEN plan.transport = 'smtp' THEN 'in_doubt' ELSE 'planned' END,
           reply = CASE WHEN state <> 'in_flight' THEN reply ELSE coalesce(reply || ' – ', '') || $2 END
         FROM plan WHERE plan.id = letter.plan AND holder = ANY($1) RETURNING state = 'in_doubt'",
        &[&holders, &LEASE_EXPIRED_TEXT],
    )?;
    transaction.execute("DELETE FROM holder WHERE id = ANY($1)", &[&holders])?;
    Ok(rows.iter().filter(|row| row.get::<_, bool>(0)).count() as u64)
}
