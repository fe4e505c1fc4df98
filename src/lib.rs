//! Write a newsletter in Markdown, give each audience its own edition, and deliver it, once to everyone.
//!
//! The modules stand in the order in which they may know each other: each may use those above it.

pub mod error;
pub mod recipient;
pub mod source;
