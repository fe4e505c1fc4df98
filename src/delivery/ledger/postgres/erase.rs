//! Forgets people in a PostgreSQL ledger.

use crate::delivery::ledger::erasure::{ErasureRemnant, Erasures, IS_ERASED, columns};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::Postgres;
use crate::delivery::ledger::postgres::leases;
use crate::delivery::ledger::postgres::schema::LOCKS;
use crate::delivery::ledger::record::PlanId;

impl Erasures for Postgres {
    fn erase(&mut self, key: &str) -> Result<u64, LedgerError> {
        let mut transaction = self.line.client()?.transaction()?;
        // Nobody begins to send or to plan before this is over.
        transaction.batch_execute("LOCK TABLE holder IN SHARE ROW EXCLUSIVE MODE")?;
        leases::release_expired(&mut transaction)?;
        let is_free = "SELECT NOT EXISTS (SELECT 1 FROM holder)
             AND pg_try_advisory_xact_lock($1, hashtext(current_schema()))";
        if !transaction.query_one(is_free, &[&LOCKS])?.try_get::<_, bool>(0)? {
            return Err(LedgerError::Locked);
        }
        let erase = format!(
            "UPDATE letter SET {}, tried_by = NULL WHERE plan IN (SELECT id FROM plan) AND key = $1",
            columns()
        );
        let letters = transaction.execute(&erase, &[&key])?;
        transaction.commit()?;
        Ok(letters)
    }

    fn erase_plan(&mut self, plan: PlanId) -> Result<u64, LedgerError> {
        let erase = format!("UPDATE letter SET {} WHERE plan = $1 AND NOT {IS_ERASED}", columns());
        Ok(self.line.client()?.execute(&erase, &[&plan.0])?)
    }

    fn is_forgotten(&mut self, plan: PlanId) -> Result<bool, LedgerError> {
        let query = format!(
            "SELECT EXISTS (SELECT 1 FROM letter WHERE plan = $1)
               AND NOT EXISTS (SELECT 1 FROM letter WHERE plan = $1 AND NOT {IS_ERASED})"
        );
        Ok(self.line.client()?.query_one(&query, &[&plan.0])?.try_get(0)?)
    }

    fn scrub(&mut self) -> Result<ErasureRemnant, LedgerError> {
        let client = self.line.client()?;
        // The tables are written anew, without the rows as they were before.
        let anew =
            ["letter", "suppression"].iter().all(|it| client.batch_execute(&format!("VACUUM FULL {it}")).is_ok());
        Ok(if anew { ErasureRemnant::Nothing } else { ErasureRemnant::UntilVacuum })
    }
}
