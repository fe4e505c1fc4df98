//! What everything else is built on: errors, sources and diagnostics, YAML, languages, digests.

pub mod csv;
pub mod database;
pub mod digest;
pub mod error;
pub mod language;
pub mod secret;
pub mod source;
pub mod value;
