//! The foundation: errors, sources and diagnostics, YAML, CSV, languages, databases, digests.

pub(crate) mod byte_size;
pub mod csv;
pub mod database;
pub mod digest;
pub mod error;
pub mod io_reason;
pub mod language;
pub(crate) mod limits;
pub mod message;
pub(crate) mod noun;
pub(crate) mod parallel;
pub(crate) mod parser_words;
pub mod secret;
pub mod source;
pub(crate) mod text_search;
pub mod value;
