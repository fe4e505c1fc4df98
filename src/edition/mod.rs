//! From an issue to editions: Markdown, theme and styles are done once an edition, values once a letter.
//!
//! [`compile`]: a copy of the manuscript's tree is filtered for the readers ([`visibility`]); its blocks are made ready
//! ([`blocks`]), links and pictures are judged ([`resolve`]); two writers make HTML and text of the same tree ([`writers`]);
//! the theme gives the page its look ([`theme`]); what is left is cut at the placeholders into encoded literals
//! and slots ([`template::slots`], [`template::transfer_encoding`]): a template that [`Edition::personalise`] runs for each
//! reader.

mod blocks;
pub mod colour;
pub mod compile;
mod compile_context;
pub mod compiled;
pub mod context;
mod embed;
pub(crate) mod fonts;
pub mod generated_file;
mod html;
pub mod images;
mod links;
pub mod lint;
mod resolve;
pub mod template;
#[cfg(test)]
mod tests;
mod text;
pub mod theme;
mod web_links;
mod writers;

#[cfg(doc)]
use crate::edition::compiled::Edition;
#[cfg(doc)]
use crate::issue::manuscript::visibility;
