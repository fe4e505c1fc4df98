//! The HTML part of an edition: its content from the tree of Markdown, and authors' own HTML made safe.

pub(crate) mod attribute_escaping;
pub(crate) mod contents;
pub(crate) mod escape;
mod html_table;
pub(crate) mod sanitise;
pub(crate) mod writer;
