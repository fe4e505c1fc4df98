//! Problems that the readers of an edition would have. Each module reports one kind, with a function `check`.

pub(crate) mod alt_text;
pub(crate) mod hidden_schemes;
pub(crate) mod html_images;
pub(crate) mod link_text;
pub(crate) mod removed_html;
pub(crate) mod size;
pub(crate) mod spaces_in_names;
