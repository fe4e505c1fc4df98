//! Erases people from a PostgreSQL ledger.

use crate::delivery::ledger::erasure::{ERASE_REASONS, ErasureRemnant, Erasures, IS_ERASED, erased_columns};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::leases;
use crate::delivery::ledger::postgres::open::{LOCKS, Postgres};
use crate::delivery::ledger::reader;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::suppression;

impl Erasures for Postgres {
    fn erase(&mut self, key: &str) -> Result<u64, LedgerError> {
        let mut transaction = self.client.connected()?.transaction()?;
        // No host begins to send or to plan before this is done.
        transaction.batch_execute("LOCK TABLE holder IN SHARE ROW EXCLUSIVE MODE")?;
        leases::release_expired(&mut transaction)?;
        let is_free = "SELECT NOT EXISTS (SELECT 1 FROM holder)
             AND pg_try_advisory_xact_lock($1, hashtext(current_schema()))";
        if !transaction.query_one(is_free, &[&LOCKS])?.try_get::<_, bool>(0)? {
            return Err(LedgerError::Locked);
        }
        let condition = "letter.plan IN (SELECT id FROM plan) AND letter.key = $1";
        // The run that tried a letter last must not settle it any more.
        let release = format!(
            "UPDATE delivery SET tried_by = NULL FROM letter
             WHERE letter.plan = delivery.plan AND letter.number = delivery.number AND {condition}"
        );
        transaction.execute(&release, &[&key])?;
        transaction.execute(&format!("{ERASE_REASONS}{condition}"), &[&key])?;
        let erase = format!("UPDATE letter SET {} WHERE {condition}", erased_columns());
        let letters = transaction.execute(&erase, &[&key])?;
        transaction.execute(suppression::FORGET_ADDRESS, &[&key])?;
        transaction.execute(reader::FORGET_KEY, &[&key])?;
        transaction.commit()?;
        Ok(letters)
    }

    fn erase_plan(&mut self, plan: PlanId) -> Result<u64, LedgerError> {
        let condition = format!("letter.plan = $1 AND NOT {IS_ERASED}");
        let erase = format!("UPDATE letter SET {} WHERE {condition}", erased_columns());
        let mut transaction = self.client.connected()?.transaction()?;
        transaction.execute(&format!("{ERASE_REASONS}{condition}"), &[&plan.0])?;
        let letters = transaction.execute(&erase, &[&plan.0])?;
        transaction.execute(reader::FORGET_KEYS, &[])?;
        transaction.commit()?;
        Ok(letters)
    }

    fn is_erased(&mut self, plan: PlanId) -> Result<bool, LedgerError> {
        let query = format!(
            "SELECT EXISTS (SELECT 1 FROM letter WHERE plan = $1)
               AND NOT EXISTS (SELECT 1 FROM letter WHERE plan = $1 AND NOT {IS_ERASED})"
        );
        Ok(self.client.connected()?.query_one(&query, &[&plan.0])?.try_get(0)?)
    }

    fn overwrite_free_space(&mut self) -> Result<ErasureRemnant, LedgerError> {
        let client = self.client.connected()?;
        // FULL writes the tables anew, without old versions of rows.
        let is_rewritten = ["letter", "delivery", "suppression", "reader"]
            .iter()
            .all(|table| client.batch_execute(&format!("VACUUM FULL {table}")).is_ok());
        Ok(if is_rewritten { ErasureRemnant::Nothing } else { ErasureRemnant::UntilVacuum })
    }
}
