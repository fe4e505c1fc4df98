//! Blocks that say how something looks. Each kind has one home here, with its HTML and its text.

pub(crate) mod alert;
mod callout;
mod card;
mod columns;
pub(crate) mod event;
mod event_card;
mod more;
pub(crate) mod pieces;
mod quote;

use comrak::Arena;
use comrak::nodes::Node;

use crate::base::language::words::LetterWords;
use crate::base::source::diagnostic::Diagnostics;
use crate::edition::blocks::pieces::{HtmlPiece, TextPiece};
use crate::edition::context::EditionContext;
use crate::edition::text::position::BlockPosition;
use crate::issue::manuscript;
use crate::issue::manuscript::content_blocks::{self, ContentBlock, ContentKind, body, label_of};
use crate::issue::manuscript::notes::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;

/// Makes the blocks of one edition ready to be written; what is wrong with them in this edition is told.
pub(crate) fn prepare<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    lifted: &PlaceholderText,
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

/// The pieces of a block in the HTML part.
pub(crate) fn html<'a>(block: Node<'a>, content: &ContentBlock) -> Vec<HtmlPiece<'a>> {
    match content.kind {
        ContentKind::Callout => callout::html(block),
        ContentKind::Event => event_card::html(block, content),
        ContentKind::Card => card::html(block),
        ContentKind::Columns => columns::html(block),
        ContentKind::Quote => quote::html(block),
        ContentKind::More => more::html(block),
        // The cells are a table of Markdown by now.
        ContentKind::Table => vec![HtmlPiece::Blocks(body(block).collect())],
    }
}

/// The pieces of a block in the text part.
pub(crate) fn text<'a>(block: Node<'a>, content: &ContentBlock, position: &BlockPosition) -> Vec<TextPiece<'a>> {
    match content.kind {
        ContentKind::Callout => callout::text(block, position),
        ContentKind::Quote => quote::text(block, position),
        // The title is a heading among the children; see `card::make_heading`.
        ContentKind::Card => vec![TextPiece::Blocks(block.children().collect(), position.clone())],
        ContentKind::Columns => vec![TextPiece::Blocks(columns::shown(block).collect(), position.clone())],
        ContentKind::Event | ContentKind::More | ContentKind::Table => {
            vec![TextPiece::Blocks(body(block).collect(), position.clone())]
        }
    }
}
