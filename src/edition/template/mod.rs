//! Template tags in the finished parts of an edition: values, conditions and loops.

pub(crate) mod bounded_writer;
pub(crate) mod engine;
mod language_filters;
pub(crate) mod phrase;
pub(crate) mod slots;
pub(crate) mod transfer_encoding;
