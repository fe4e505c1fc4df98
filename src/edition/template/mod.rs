//! Values, conditions and loops in a finished part.

pub(crate) mod engine;
mod language_filters;
pub(crate) mod phrase;
pub(crate) mod slots;
pub(crate) mod transfer_encoding;
