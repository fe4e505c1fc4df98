//! The ledger as an SQLite file: one run at a time.

mod erase;
mod feedback;
mod file_identity;
mod freeze;
mod ledger;
pub(super) mod open;
mod rate_limits;
mod read;
mod rows;
mod session;
mod suppress;
mod upgrade;
