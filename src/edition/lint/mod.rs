//! Problems that the readers of an edition would have. Each module reports one kind, with a function `check`.

pub(crate) mod alt_text;
pub(crate) mod final_text;
pub(crate) mod hidden_schemes;
pub(crate) mod joined_lines;
mod left_addresses;
pub(crate) mod left_markup;
pub(crate) mod link_text;
pub(crate) mod removed_html;
mod sign_set;
pub(crate) mod size;
pub(crate) mod spaces_in_names;
pub(crate) mod unfinished_text;
pub(crate) mod visible_text;
pub(crate) mod wrapped_links;
