//! The ledger in a PostgreSQL database: several hosts send one plan together.

mod client;
mod erase;
mod feedback;
mod freeze;
mod leases;
mod ledger;
pub(super) mod open;
mod rate_limits;
mod read;
mod rows;
mod session;
mod suppress;
mod write;
