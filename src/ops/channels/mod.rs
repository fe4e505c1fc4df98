//! The text of an issue for channels besides letters: compiled for everyone, and checked as letters are.
//!
//! - [`texts`]: the texts of one channel, one in each language.
//! - [`exports`]: the files of each export, made from them.
//! - [`reader_data`]: searches these files for readers' data.

pub mod exports;
pub(crate) mod reader_data;
pub mod texts;
