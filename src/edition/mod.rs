//! From an issue to editions: Markdown, theme and styles are done once an edition, values once a letter.
//!
//! The way of a text: snippets are put into it ([`manuscript`]); template tags are lifted out and marks put in their places ([`lift`]); Markdown becomes a tree
//! ([`tree`]); fences and tags are checked ([`fences`], [`structure`]), blocks are read ([`blocks`]), those for others fall
//! away ([`readers`]), those about looks ([`content`]) stay; cells become tables ([`table`]), an event what is shown of it
//! and a file for calendars ([`event`]);
//! links and pictures are judged ([`resolve`]); two writers make HTML and text of the same tree ([`html`], [`text`]);
//! the theme gives the page its look ([`theme`]); what is left is cut at the marks into encoded literals and holes
//! ([`uses`], [`wire`]), a template that [`edition::Edition::personalise`] runs for each reader.

mod blocks;
mod compile;
pub mod compiled;
pub mod context;
pub mod generated_file;
mod html;
pub mod images;
mod links;
pub mod lint;
mod resolve;
mod resolve_context;
pub mod sibling_files;
pub mod template;
#[cfg(test)]
mod tests;
mod text;
pub mod theme;
mod write_context;

use std::collections::BTreeSet;
use std::ops::Range;

use comrak::Arena;

use crate::audience::AudienceId;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::edition::compiled::Edition;
use crate::edition::context::EditionContext;
use crate::edition::sibling_files::SiblingFiles;
use crate::edition::theme::Theme;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::nesting;
use crate::issue::manuscript::placeholders;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::tree;
use crate::issue::manuscript::visibility;

/// Makes one edition of an issue, with everything that is wrong on the way; none where something of it stops.
pub fn compile(
    issue: &Issue,
    key: &EditionKey,
    frame: &EditionContext,
    theme: &Theme,
    beside: SiblingFiles<'_>,
) -> (Option<Edition>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let setting = compile::CompileContext { frame, theme, beside };
    let edition = compile::edition(issue.in_lang(key.lang), key, setting, &mut diagnostics);
    diagnostics.sort();
    (edition.filter(|_| !diagnostics.has_errors()), diagnostics)
}

/// What is wrong with the text of an issue whose front matter has mistakes of its own, so that all are told at once.
pub fn check_draft(source: &Source, body: Range<usize>, audiences: &BTreeSet<AudienceId>) -> Diagnostics {
    compile::check_draft(source, body, audiences)
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
    let marks = Placeholders::absent_from(std::iter::once(issue.source.text()));
    let lifted = placeholders::extract(&issue.source, issue.body.clone(), &marks, &mut untold);
    let arena = Arena::new();
    visibility::excluded_audiences(tree::markdown(&arena, &lifted.text))
}
