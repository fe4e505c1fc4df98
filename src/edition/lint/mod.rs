//! What is wrong with an edition in the eyes of its readers.

pub(crate) mod alt_text;
pub(crate) mod broken_images;
pub(crate) mod link_text;
pub(crate) mod removed_html;
pub(crate) mod size;
