//! The text of a file, positions in it, and what is wrong there.

pub mod diagnostic;
pub mod exemption;
pub mod nearest;
pub mod register;
pub mod sarif;
pub mod span;
pub mod text;
pub mod yaml;
