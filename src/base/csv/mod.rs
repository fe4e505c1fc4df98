//! CSV: rows and cells, each with its location.

pub(crate) mod encoding;
pub(crate) mod row;
pub(crate) mod rows;
