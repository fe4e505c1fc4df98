//! From an issue to editions: Markdown, theme and styles are done once an edition, values once a letter.
//!
//! [`compile`]: a copy of the manuscript's tree is filtered for the readers ([`visibility`]); its blocks are made ready
//! ([`blocks`]), links and pictures are judged ([`resolve`]); two writers make HTML and text of the same tree ([`writers`]);
//! the theme gives the page its look ([`theme`]); what is left is cut at the placeholders into encoded literals
//! and holes ([`template::slots`], [`template::transfer_encoding`]): a template that [`Edition::personalise`] runs for each
//! reader.

mod blocks;
pub mod colour;
mod compile;
mod compile_context;
pub mod compiled;
pub mod context;
mod embed;
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

use crate::base::source::diagnostic::Diagnostics;
use crate::edition::compiled::Edition;
use crate::edition::context::EditionContext;
use crate::edition::images::placement::PictureSource;
use crate::edition::theme::Theme;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::Manuscript;
#[cfg(doc)]
use crate::issue::manuscript::visibility;

/// Makes one edition of a text, with everything that is wrong with this edition; what is wrong for every reader, the
/// manuscript says itself. None where something of either is an error.
pub fn compile(
    manuscript: &Manuscript,
    key: &EditionKey,
    frame: &EditionContext,
    theme: &Theme,
    pictures: &dyn PictureSource,
) -> (Option<Edition>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let edition = compile::edition(manuscript, key, (frame, theme), pictures, &mut diagnostics);
    diagnostics.sort();
    (edition.filter(|_| !diagnostics.has_errors()), diagnostics)
}
