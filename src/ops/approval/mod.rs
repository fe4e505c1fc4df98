//! Approval: another person than the author has read what is sent.

pub mod gate;
mod people;
pub mod record;
