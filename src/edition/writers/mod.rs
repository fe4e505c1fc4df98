//! Three writers make the parts of an edition from one tree: the HTML, the records of the text part, and for channels besides
//! letters the plain HTML of the article. Both kinds of HTML share the tree walk of [`tree_html`].

mod cell_text;
pub(crate) mod contents;
pub(crate) mod html;
mod html_attributes;
pub(crate) mod html_table;
pub(crate) mod plain_html;
mod raw_html;
mod table_layout;
pub(crate) mod text;
mod tree_html;
