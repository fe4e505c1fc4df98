//! From an issue to editions: Markdown, theme and styles are done once an edition, values once a letter.
//!
//! The way of a text: snippets are put into it ([`manuscript`]); template tags are lifted out and marks put in their places ([`lift`]); Markdown becomes a tree
//! ([`tree`]); fences and tags are checked ([`fences`], [`structure`]), blocks are read ([`blocks`]), those for others fall
//! away ([`readers`]), those about looks ([`content`]) stay; cells become tables ([`table`]), an event what is shown of it
//! and a file for calendars ([`event`]);
//! links and pictures are judged ([`resolve`]); two writers make HTML and text of the same tree ([`html`], [`text`]);
//! the theme gives the page its look ([`theme`]); what is left is cut at the marks into encoded literals and holes
//! ([`uses`], [`wire`]), a template that [`edition::Edition::personalise`] runs for each reader.

use std::collections::BTreeSet;
use std::ops::Range;

use comrak::Arena;

use crate::audience::AudienceId;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::render::beside::Beside;
use crate::render::edition::Edition;
use crate::render::frame::Frame;
use crate::render::marks::Marks;
use crate::render::theme::Theme;
use crate::source::{Diagnostics, Source};

mod album;
mod alt;
pub mod beside;
mod blocks;
pub mod colour;
mod compile;
mod contact;
mod content;
mod content_blocks;
mod contents;
pub mod coverage;
mod definitions;
mod dropped;
pub mod edition;
mod embed;
pub mod enclosure;
mod engine;
mod event;
mod fences;
pub mod frame;
mod grid;
mod guard;
mod guesses;
mod html;
mod layout;
mod lexer;
mod lift;
mod links;
pub mod manuscript;
mod marks;
pub mod matrix;
mod nesting;
mod notes;
mod notice;
mod outgoing;
mod palette;
mod phrase;
pub mod pictures;
mod quoted;
pub mod readability;
mod readers;
mod resolve;
mod sanitise;
mod settle;
mod speech;
mod stray;
mod structure;
mod table;
mod tag;
#[cfg(test)]
mod tests;
mod text;
pub mod texts;
pub mod theme;
pub mod tongue;
mod tracking;
mod tree;
mod uses;
mod weight;
mod wire;
mod wording;

/// Makes one edition of an issue, with everything that is wrong on the way; none where something of it stops.
pub fn compile(
    issue: &Issue,
    key: &EditionKey,
    frame: &Frame,
    theme: &Theme,
    beside: Beside<'_>,
) -> (Option<Edition>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let setting = compile::Setting { frame, theme, beside };
    let edition = compile::edition(issue.in_lang(key.lang), key, setting, &mut diagnostics);
    diagnostics.sort();
    (edition.filter(|_| !diagnostics.has_errors()), diagnostics)
}

/// What is wrong with the text of an issue whose front matter has mistakes of its own, so that all are told at once.
pub fn proofread(source: &Source, body: Range<usize>, audiences: &BTreeSet<AudienceId>) -> Diagnostics {
    compile::proofread(source, body, audiences)
}

/// The audiences that `::: not` blocks of an issue name: who is in one of them gets an edition without the block.
pub fn not_audiences(issue: &Issue) -> BTreeSet<AudienceId> {
    issue.texts().flat_map(|(text, _)| not_audiences_of(text)).collect()
}

fn not_audiences_of(issue: &Issue) -> BTreeSet<AudienceId> {
    let mut untold = Diagnostics::new();
    nesting::check_lines(&issue.source, issue.body.clone(), &mut untold);
    if untold.has_errors() {
        return BTreeSet::new();
    }
    let marks = Marks::absent_from(std::iter::once(issue.source.text()));
    let lifted = lift::lift(&issue.source, issue.body.clone(), &marks, &mut untold);
    let arena = Arena::new();
    readers::left_out(tree::markdown(&arena, &lifted.text))
}
