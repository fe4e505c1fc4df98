//! Letters leave: through a relay, into the project's outbox, or into the folder of a dry run.

pub mod engine;
pub mod event;
pub mod folder;
pub mod outbox;
pub mod retry;
pub mod smtp;
pub mod transport;

mod file;
mod streak;
mod tempo;
mod worker;
