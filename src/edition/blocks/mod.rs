//! Blocks that say how something looks. Each kind has one home here, with its HTML and its text.

mod callout;
mod card;
mod columns;
pub(crate) mod event;
mod event_card;
mod more;
pub(crate) mod notice;
mod quote;
pub(crate) mod table;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use crate::base::language::words::Words;
use crate::base::source::Diagnostics;
use crate::edition::context::Frame;
use crate::edition::html;
use crate::edition::text::{self, At};
use crate::issue::manuscript::content_blocks::{Content, Kind, LABEL, body, label_of};
use crate::issue::manuscript::notes::lines;
use crate::issue::manuscript::placeholders::Lifted;
use crate::issue::manuscript::snippets::COLON;
use crate::issue::manuscript::tree;

fn all(root: Node<'_>) -> Vec<(Node<'_>, Content)> {
    root.descendants().filter_map(|it| Content::of(it).map(|content| (it, content))).collect()
}

/// Tells of blocks that are wrong for every reader.
pub(crate) fn check(root: Node<'_>, lifted: &Lifted<'_>, diagnostics: &mut Diagnostics) {
    for (node, _) in all(root).into_iter().filter(|it| it.1.kind == Kind::Columns) {
        columns::check(node, &lifted.tags, &lifted.line(lines(node).0), diagnostics);
    }
}

/// Makes the blocks of one edition ready to be written; what is wrong with them in this edition is told.
pub(crate) fn arrange<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    lifted: &Lifted<'_>,
    (frame, words): (&Frame, &Words),
    diagnostics: &mut Diagnostics,
) {
    let mut names = more::headings(root, frame);
    for (node, content) in all(root) {
        match content.kind {
            Kind::More => more::fold(arena, node, (frame, words), &mut names),
            Kind::Card => label_of(node).into_iter().for_each(|it| card::rank(node, it)),
            Kind::Columns => columns::check_read(node, &lifted.line(lines(node).0), diagnostics),
            Kind::Callout | Kind::Event | Kind::Quote | Kind::Table => {}
        }
    }
}

/// How many pixels of a column are left for what stands in the blocks round a node.
pub(crate) fn room(node: Node<'_>, whole: u32) -> u32 {
    let around: Vec<(Node<'_>, Content)> =
        node.ancestors().filter_map(|it| Content::of(it).map(|content| (it, content))).collect();
    around.into_iter().rev().fold(whole, |room, (block, content)| match content.kind {
        Kind::Callout | Kind::Event => room.saturating_sub(40),
        Kind::Card => room.saturating_sub(38),
        Kind::Columns => match u32::try_from(columns::cells(block)) {
            Ok(cells @ 2..=3) => (room / cells).saturating_sub(14),
            Ok(_) | Err(_) => room,
        },
        Kind::Quote => room.saturating_sub(24),
        Kind::More | Kind::Table => room,
    })
}

/// Gives every block what the rest of the tree must know of it: its label as text of its own.
pub(crate) fn settle<'a>(arena: &'a Arena<'a>, root: Node<'a>, lifted: &Lifted<'_>) {
    for (node, content) in all(root).into_iter().filter(|it| !it.1.label.is_empty()) {
        let label = label(arena, node, lifted);
        match content.kind {
            Kind::Callout | Kind::Columns | Kind::Event | Kind::More | Kind::Table => node.prepend(label),
            Kind::Card => card::settle(node, label),
            Kind::Quote => node.append(label),
        }
    }
}

/// The words behind a fence as a paragraph.
fn label<'a>(arena: &'a Arena<'a>, block: Node<'a>, lifted: &Lifted<'_>) -> Node<'a> {
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
pub(crate) fn html(writer: &mut html::Writer<'_, '_>, node: Node<'_>, content: &Content) {
    match content.kind {
        Kind::Callout => callout::html(writer, node),
        Kind::Event => event_card::html(writer, node, content),
        Kind::Card => card::html(writer, node),
        Kind::Columns => columns::html(writer, node),
        Kind::Quote => quote::html(writer, node),
        Kind::More => more::html(writer, node),
        // A table is one of Markdown's by now.
        Kind::Table => writer.all(body(node)),
    }
}

/// Writes a block into the text part.
pub(crate) fn text(writer: &mut text::Writer<'_, '_>, node: Node<'_>, content: &Content, at: At<'_>) {
    match content.kind {
        Kind::Callout => callout::text(writer, node, at),
        Kind::Event => event_card::text(writer, node, at),
        Kind::Card => card::text(writer, node, at),
        Kind::Columns => columns::text(writer, node, at),
        Kind::Quote => quote::text(writer, node, at),
        Kind::More | Kind::Table => writer.all(body(node), at),
    }
}
