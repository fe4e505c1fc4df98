//! Blocks that say how something looks. Each kind has one home here, with its HTML and its text.

pub(crate) mod alert;
mod callout;
mod card;
mod columns;
pub(crate) mod event;
mod event_card;
mod more;
mod quote;

use comrak::Arena;
use comrak::nodes::Node;

use crate::base::language::words::LetterWords;
use crate::base::source::diagnostic::Diagnostics;
use crate::edition::context::EditionContext;
use crate::edition::html;
use crate::edition::text::{self, BlockPosition};
use crate::issue::manuscript;
use crate::issue::manuscript::content_blocks::{self, ContentBlock, ContentKind, body, label_of};
use crate::issue::manuscript::notes::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;

/// Makes the blocks of one edition ready to be written; what is wrong with them in this edition is told.
pub(crate) fn prepare<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    lifted: &PlaceholderText<'_>,
    (frame, words): (&EditionContext, &LetterWords),
    diagnostics: &mut Diagnostics,
) {
    let mut names = more::headings(root, frame);
    for (node, content) in content_blocks::all(root) {
        match content.kind {
            ContentKind::More => more::replace_with_link(arena, node, (frame, words), &mut names),
            ContentKind::Card => label_of(node).into_iter().for_each(|it| card::rank(node, it)),
            ContentKind::Columns => columns::check_read(node, &lifted.line(lines(node).0), diagnostics),
            ContentKind::Callout | ContentKind::Event | ContentKind::Quote | ContentKind::Table => {}
        }
    }
}

/// How many pixels of a column are left for what stands in the blocks round a node.
pub(crate) fn room(node: Node<'_>, whole: u32) -> u32 {
    let around: Vec<(Node<'_>, ContentBlock)> =
        node.ancestors().filter_map(|it| ContentBlock::of(it).map(|content| (it, content))).collect();
    around.into_iter().rev().fold(whole, |room, (block, content)| match content.kind {
        ContentKind::Callout | ContentKind::Event => room.saturating_sub(40),
        ContentKind::Card => room.saturating_sub(38),
        ContentKind::Columns => match u32::try_from(manuscript::columns::cells(block)) {
            Ok(cells @ 2..=3) => (room / cells).saturating_sub(14),
            Ok(_) | Err(_) => room,
        },
        ContentKind::Quote => room.saturating_sub(24),
        ContentKind::More | ContentKind::Table => room,
    })
}

/// Writes a block into the HTML part.
pub(crate) fn html(writer: &mut html::HtmlWriter<'_, '_>, node: Node<'_>, content: &ContentBlock) {
    match content.kind {
        ContentKind::Callout => callout::html(writer, node),
        ContentKind::Event => event_card::html(writer, node, content),
        ContentKind::Card => card::html(writer, node),
        ContentKind::Columns => columns::html(writer, node),
        ContentKind::Quote => quote::html(writer, node),
        ContentKind::More => more::html(writer, node),
        // A table is one of Markdown's by now.
        ContentKind::Table => writer.all(body(node)),
    }
}

/// Writes a block into the text part.
pub(crate) fn text(
    writer: &mut text::TextWriter<'_, '_>,
    node: Node<'_>,
    content: &ContentBlock,
    at: BlockPosition<'_>,
) {
    match content.kind {
        ContentKind::Callout => callout::text(writer, node, at),
        ContentKind::Event => event_card::text(writer, node, at),
        ContentKind::Card => card::text(writer, node, at),
        ContentKind::Columns => columns::text(writer, node, at),
        ContentKind::Quote => quote::text(writer, node, at),
        ContentKind::More | ContentKind::Table => writer.all(body(node), at),
    }
}
