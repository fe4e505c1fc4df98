//! Blocks that say how something looks. Each kind has one home here, with its HTML and its text.

pub(crate) mod alert;
mod callout;
mod card;
mod columns;
pub(crate) mod event;
mod event_card;
mod more;
mod quote;
pub(crate) mod table;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use crate::base::language::words::LetterWords;
use crate::base::source::diagnostic::Diagnostics;
use crate::edition::context::EditionContext;
use crate::edition::html;
use crate::edition::text::{self, BlockPosition};
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind, LABEL, body, label_of};
use crate::issue::manuscript::notes::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::snippets::COLON;
use crate::issue::manuscript::tree;

fn all(root: Node<'_>) -> Vec<(Node<'_>, ContentBlock)> {
    root.descendants().filter_map(|it| ContentBlock::of(it).map(|content| (it, content))).collect()
}

/// Tells of blocks that are wrong for every reader.
pub(crate) fn check(root: Node<'_>, lifted: &PlaceholderText<'_>, diagnostics: &mut Diagnostics) {
    for (node, _) in all(root).into_iter().filter(|it| it.1.kind == ContentKind::Columns) {
        columns::check(node, &lifted.tags, &lifted.line(lines(node).0), diagnostics);
    }
}

/// Makes the blocks of one edition ready to be written; what is wrong with them in this edition is told.
pub(crate) fn prepare<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    lifted: &PlaceholderText<'_>,
    (frame, words): (&EditionContext, &LetterWords),
    diagnostics: &mut Diagnostics,
) {
    let mut names = more::headings(root, frame);
    for (node, content) in all(root) {
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
        ContentKind::Columns => match u32::try_from(columns::cells(block)) {
            Ok(cells @ 2..=3) => (room / cells).saturating_sub(14),
            Ok(_) | Err(_) => room,
        },
        ContentKind::Quote => room.saturating_sub(24),
        ContentKind::More | ContentKind::Table => room,
    })
}

/// Gives every block what the rest of the tree must know of it: its label as text of its own.
pub(crate) fn extract_labels<'a>(arena: &'a Arena<'a>, root: Node<'a>, lifted: &PlaceholderText<'_>) {
    for (node, content) in all(root).into_iter().filter(|it| !it.1.label.is_empty()) {
        let label = label(arena, node, lifted);
        match content.kind {
            ContentKind::Callout
            | ContentKind::Columns
            | ContentKind::Event
            | ContentKind::More
            | ContentKind::Table => node.prepend(label),
            ContentKind::Card => card::make_heading(node, label),
            ContentKind::Quote => node.append(label),
        }
    }
}

/// The words behind a fence as a paragraph.
fn label<'a>(arena: &'a Arena<'a>, block: Node<'a>, lifted: &PlaceholderText<'_>) -> Node<'a> {
    let line = block.data().sourcepos.start.line;
    let whole = lifted.line_text(line);
    let info = whole.find(":::").map_or("", |at| whole[at..].trim_start_matches(':')).trim();
    let written = info
        .split_once(char::is_whitespace)
        .map_or("", |(_, label)| label.trim().trim_start_matches(['—', '–']).trim_start());
    let offset = whole.trim_end().len() - written.len();
    let text = &written.replace(COLON, ":");
    // A colon is longer in the line than in the label.
    let longer = |column: usize| {
        let before = text.char_indices().take_while(|(at, _)| at + 1 < column).filter(|(_, it)| *it == ':').count();
        before.min(written.matches(COLON).count()) * (COLON.len() - 1)
    };
    let document = tree::markdown(arena, text);
    let only = document.first_child().filter(|it| it.next_sibling().is_none());
    // Words that Markdown takes for a list or a heading, such as `1. maj`, are words here.
    let paragraph = only.filter(|it| matches!(it.data().value, NodeValue::Paragraph)).unwrap_or_else(|| {
        let paragraph: Node<'a> = arena.alloc(AstNode::from(NodeValue::Paragraph));
        let words: Node<'a> = arena.alloc(AstNode::from(NodeValue::Text(text.clone().into())));
        paragraph.append(words);
        paragraph
    });
    paragraph.detach();
    for node in paragraph.descendants() {
        let position = &mut node.data_mut().sourcepos;
        for end in [&mut position.start, &mut position.end] {
            (end.line, end.column) = (line, end.column.max(1) + offset + longer(end.column));
        }
    }
    paragraph.data_mut().attrs.get_or_insert_with(Box::default).classes = vec![LABEL.to_owned()];
    paragraph
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
