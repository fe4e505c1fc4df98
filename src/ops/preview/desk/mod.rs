//! The desk: a page that shows an issue while it is written.

pub mod letters;
pub mod page;
pub mod state;
