//! News: what feeds and folders of posts have to tell, and the cards of an issue that are made of it.
//!
//! Whatever is read here was written by strangers. It becomes plain text first, without markup and invisible characters, and is
//! escaped where it is written into Markdown.

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
