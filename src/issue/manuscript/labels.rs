//! The words behind a fence, as a node of the tree.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeHeading, NodeValue};

use crate::issue::manuscript::content_blocks::{self, ContentKind, LABEL};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::snippets::COLON;
use crate::issue::manuscript::tree;

/// Gives every block what the rest of the tree must know of it: its label as text of its own.
pub(crate) fn extract_labels<'a>(arena: &'a Arena<'a>, root: Node<'a>, masked: &PlaceholderText) {
    for (node, content) in content_blocks::all(root).into_iter().filter(|block| !block.1.label.is_empty()) {
        let label = label(arena, node, masked);
        match content.kind {
            ContentKind::Callout
            | ContentKind::Columns
            | ContentKind::Event
            | ContentKind::More
            | ContentKind::Table => node.prepend(label),
            ContentKind::Card => make_heading(node, label),
            ContentKind::Quote => node.append(label),
        }
    }
}

/// The words behind a fence as a paragraph.
fn label<'a>(arena: &'a Arena<'a>, block: Node<'a>, masked: &PlaceholderText) -> Node<'a> {
    let line = block.data().sourcepos.start.line;
    let whole = masked.line_text(line);
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
    let only = document.first_child().filter(|node| node.next_sibling().is_none());
    // Words that Markdown takes for a list or a heading, such as `1. maj`, are words here.
    let paragraph = only.filter(|node| matches!(node.data().value, NodeValue::Paragraph)).unwrap_or_else(|| {
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

/// Makes a heading of the words behind the fence; its level is that of the text around it.
fn make_heading<'a>(block: Node<'a>, label: Node<'a>) {
    label.data_mut().value = NodeValue::Heading(NodeHeading { level: 6, ..NodeHeading::default() });
    block.prepend(label);
}
