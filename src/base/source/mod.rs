//! The texts of files, locations in them, and the problems found there.

pub mod code_quality;
pub mod diagnostic;
pub mod exemption;
pub mod nearest;
pub mod register;
pub mod sarif;
pub mod span;
pub mod text;
pub(crate) mod toml;
pub mod workflow_commands;
pub mod yaml;
