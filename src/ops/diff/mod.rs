//! Compares what readers get of two versions of an issue.

pub mod approved;
pub mod editions;
pub mod since;
pub mod text;
pub mod versions;
