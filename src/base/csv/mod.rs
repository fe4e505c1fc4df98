//! CSV: rows and cells, each with its location.

pub(crate) mod encoding;
pub(crate) mod formula;
pub(crate) mod row;
pub(crate) mod rows;
#[cfg(test)]
mod tests;
