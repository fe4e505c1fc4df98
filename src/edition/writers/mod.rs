//! Two writers make the parts of an edition from one tree: the HTML, and the records of the text part.

mod cell_text;
pub(crate) mod contents;
pub(crate) mod html;
mod html_attributes;
pub(crate) mod html_table;
mod raw_html;
mod table_layout;
pub(crate) mod text;
