//! Delivers letters: through a relay, to the project's outbox, or to the folder of a dry run.

mod connections;
mod deferral;
pub(crate) mod dns;
pub mod engine;
pub mod event;
pub mod file;
pub(crate) mod file_owner;
pub mod folder;
pub mod ledger;
pub mod notice;
pub mod outbox;
pub mod outcome;
pub mod refusal_limit;
mod refusal_pattern;
mod refusal_streak;
pub mod retry;
pub mod run;
pub(crate) mod sender_domain;
pub(crate) mod sender_refusal;
pub(crate) mod side_by_side;
pub mod smtp;
pub mod stored_reason;
mod throttle;
pub mod transport;
mod worker;
