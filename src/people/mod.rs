//! Addresses, people, and the lists they come from.

pub mod import;
pub mod lists;
pub mod person;
pub mod store;
