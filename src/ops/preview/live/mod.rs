//! The live preview, the page of `preview --watch`: it shows an issue while it is written.

pub mod letters;
pub mod page;
pub mod state;
