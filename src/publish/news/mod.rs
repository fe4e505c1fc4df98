//! News: items of feeds and folders of posts, and the cards of an issue that are made from them.
//!
//! All input comes from other sites. It becomes plain text first, without markup and invisible characters, and is
//! escaped when it is written into Markdown.

pub(crate) mod card;
pub(crate) mod item;
pub(crate) mod permalink;
pub(crate) mod plain_text;
pub(crate) mod post;
pub(crate) mod prose;
pub(crate) mod published;
pub(crate) mod selection;
pub(crate) mod summary;
pub(crate) mod web_address;
