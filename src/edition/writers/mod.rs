//! Two writers make the parts of an edition from one tree: the HTML, and the records of the text part.

pub(crate) mod contents;
pub(crate) mod html;
mod html_attributes;
pub(crate) mod html_table;
mod table_layout;
pub(crate) mod text;
