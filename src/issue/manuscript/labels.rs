//! The labels of blocks (the words behind the kind), as nodes of the tree. An alert (`> [!TIP] Titel`) is a block as well.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeBlockDirective, NodeHeading, NodeValue};

use crate::issue::manuscript::content_blocks::{self, ContentBlock, ContentKind, LABEL, NoticeKind};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::snippets::COLON;
use crate::issue::manuscript::tree;

/// Adds the label of every block to the tree, as a node in the block.
pub(crate) fn extract_labels<'a>(arena: &'a Arena<'a>, root: Node<'a>, masked: &PlaceholderText) {
    for (node, content) in content_blocks::all(root).into_iter().filter(|block| !block.1.label.is_empty()) {
        let label = label(arena, node, &content, masked);
        match content.kind {
            ContentKind::Callout
            | ContentKind::Columns
            | ContentKind::Event
            | ContentKind::More
            | ContentKind::Notice(_)
            | ContentKind::Person
            | ContentKind::Table => node.prepend(label),
            ContentKind::Card | ContentKind::Figures | ContentKind::Media => make_heading(node, label),
            ContentKind::Quote => node.append(label),
        }
    }
    for node in root.descendants() {
        if matches!(node.data().value, NodeValue::Alert(_))
            && let Some(title) = alert_title(arena, node, masked)
        {
            node.prepend(title);
        }
    }
}

/// Makes each alert the block of its kind. The checks of fences come before this: an alert has none.
pub(crate) fn convert_alerts(root: Node<'_>) {
    for node in root.descendants() {
        let value = match &node.data().value {
            NodeValue::Alert(alert) => NodeBlockDirective {
                fence_length: alert.fence_length,
                fence_offset: alert.fence_offset,
                info: NoticeKind::from(alert.alert_type).name().to_owned(),
            },
            _ => continue,
        };
        node.data_mut().value = NodeValue::BlockDirective(Box::new(value));
    }
}

/// The words of a label, and where they are written.
struct WrittenLabel<'t> {
    line: usize,
    text: &'t str,
    /// How many bytes are before it in its line.
    offset: usize,
}

/// The label of a block as a paragraph.
fn label<'a>(arena: &'a Arena<'a>, block: Node<'a>, content: &ContentBlock, masked: &PlaceholderText) -> Node<'a> {
    let line = block.data().sourcepos.start.line;
    let whole = masked.line_text(line);
    let info = whole.find(":::").map_or("", |at| whole[at..].trim_start_matches(':')).trim();
    let text = info
        .split_once(char::is_whitespace)
        .map_or("", |(_, label)| label.trim().trim_start_matches(['—', '–']).trim_start());
    let offset = whole.trim_end().len() - text.len();
    let text = if content.kind == ContentKind::Media { content_blocks::without_side(text) } else { text };
    paragraph(arena, &WrittenLabel { line, text, offset })
}

/// The title of an alert as a paragraph.
fn alert_title<'a>(arena: &'a Arena<'a>, alert: Node<'a>, masked: &PlaceholderText) -> Option<Node<'a>> {
    let line = alert.data().sourcepos.start.line;
    let whole = masked.line_text(line);
    let (_, title) = whole.split_once("[!")?.1.split_once(']')?;
    let text = title.trim();
    let offset = whole.trim_end().len() - text.len();
    (!text.is_empty()).then(|| paragraph(arena, &WrittenLabel { line, text, offset }))
}

fn paragraph<'a>(arena: &'a Arena<'a>, label: &WrittenLabel<'_>) -> Node<'a> {
    let WrittenLabel { line, text: written, offset } = *label;
    let text = &written.replace(COLON, ":");
    // Columns count bytes of the line, where a colon is written as a character reference.
    let longer = |column: usize| {
        let before = text
            .char_indices()
            .take_while(|(at, _)| at + 1 < column)
            .filter(|(_, character)| *character == ':')
            .count();
        before.min(written.matches(COLON).count()) * (COLON.len() - 1)
    };
    let document = tree::markdown(arena, text);
    let only = document.first_child().filter(|node| node.next_sibling().is_none());
    // Markdown reads some labels as a list or a heading, such as `1. maj`: they are plain text here.
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

/// Makes a heading of the label. Level 6, the lowest, is below any heading around it; levels are numbered later.
fn make_heading<'a>(block: Node<'a>, label: Node<'a>) {
    label.data_mut().value = NodeValue::Heading(NodeHeading { level: 6, ..NodeHeading::default() });
    block.prepend(label);
}
