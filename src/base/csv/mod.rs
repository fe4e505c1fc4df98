//! CSV: rows and cells, each with its place.

pub(crate) mod encoding;
pub(crate) mod row;
pub(crate) mod rows;
