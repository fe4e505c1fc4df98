//! What is wrong with an edition in the eyes of its readers.

pub(crate) mod alt_text;
pub(crate) mod link_text;
pub(crate) mod removed_html;
pub(crate) mod size;
pub(crate) mod unfilled_html;
