//! From an issue to editions: Markdown, theme and styles are processed once per edition, values once per letter.
//!
//! [`compile`] filters a copy of the manuscript's tree for the readers ([`visibility`]), prepares its blocks ([`blocks`]),
//! and resolves links and pictures ([`resolve`]). Two writers make HTML and text from the same tree ([`writers`]), and the
//! theme styles the page ([`theme`]). The result is split at the placeholders into encoded literals and slots
//! ([`template::slots`], [`template::transfer_encoding`]): a template that [`Edition::personalise`] runs for each reader.

pub(crate) mod blocks;
pub mod colour;
pub(crate) mod colour_names;
pub mod compile;
mod compile_context;
pub mod compiled;
pub mod context;
pub(crate) mod embed;
pub(crate) mod fonts;
pub mod generated_file;
pub(crate) mod html;
mod html_pictures;
pub(crate) mod icalendar;
pub mod images;
pub mod issue_line;
pub(crate) mod letter_content;
mod letter_values;
mod links;
pub mod lint;
mod logo;
mod passage_tags;
mod phrases;
pub(crate) mod picture_names;
mod preview_text;
mod resolve;
pub mod template;
#[cfg(test)]
mod tests;
mod text;
mod text_language;
mod text_width;
pub mod theme;
mod typography;
mod url_encoding;
mod web_links;
pub(crate) mod writers;

#[cfg(doc)]
use crate::edition::compiled::Edition;
#[cfg(doc)]
use crate::issue::manuscript::visibility;
