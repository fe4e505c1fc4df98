//! Approvals: a person other than the author has read what is sent.

pub mod gate;
pub mod last_approval;
mod people;
pub mod record;
