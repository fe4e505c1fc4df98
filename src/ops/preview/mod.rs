//! A preview: every edition as files that can be opened, shared and compared.

pub mod page;
pub mod write;
