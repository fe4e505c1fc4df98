//! The text of an issue as it is read, before any edition is made of it.

pub(crate) mod blocks;
pub(crate) mod columns;
pub(crate) mod common_mistakes;
pub(crate) mod content_blocks;
pub(crate) mod definitions;
pub(crate) mod fences;
pub(crate) mod labels;
pub mod language_choice;
pub mod matrix;
pub(crate) mod nesting;
pub(crate) mod notes;
pub(crate) mod placeholders;
pub mod readability;
pub mod snippets;
pub(crate) mod structure;
pub(crate) mod table;
pub mod texts;
pub mod translation_coverage;
pub(crate) mod tree;
pub(crate) mod visibility;
