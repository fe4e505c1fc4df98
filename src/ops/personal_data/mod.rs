//! One person's data: where it is, and how it is erased.

pub mod erase;
pub mod report;
pub mod traces;
