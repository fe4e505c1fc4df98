//! The plans that are sent on although more letters were refused than the limit allows: an operator has decided so.

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::read::{Database, Parameter, collect};
use crate::delivery::ledger::record::PlanId;

/// Creates the table in a ledger of an earlier version.
pub(crate) const CREATE: &str =
    "CREATE TABLE IF NOT EXISTS accepted_refusals (plan BIGINT PRIMARY KEY REFERENCES plan (id))";

/// The statement that records the decision on a plan, `$1`.
pub(crate) const INSERT: &str = "INSERT INTO accepted_refusals (plan) VALUES ($1) ON CONFLICT (plan) DO NOTHING";

/// Whether the refusals of a plan were accepted, in a ledger that has the table.
pub(crate) fn contains(database: &mut impl Database, plan: PlanId) -> Result<bool, LedgerError> {
    let query = "SELECT plan FROM accepted_refusals WHERE plan = $1";
    let found = collect(database, query, &[Parameter::Integer(plan.0)], |row| row.integer(0))?;
    Ok(!found.is_empty())
}
