//! Letters leave: through a relay, into the project's outbox, or into the folder of a dry run.

pub mod engine;
pub mod event;
mod file;
pub mod folder;
pub mod ledger;
pub mod outbox;
pub mod outcome;
mod refusal_streak;
pub mod retry;
pub mod smtp;
mod throttle;
pub mod transport;
mod worker;
