//! Addresses, people, the lists they come from, the store that contains them, and imports from other systems.

pub mod import;
pub mod lists;
pub mod person;
pub mod store;
