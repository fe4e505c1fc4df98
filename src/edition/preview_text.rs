//! The text that an inbox shows after the subject of a letter without a preheader.

use comrak::nodes::{Node, NodeValue};

use crate::edition::html::sanitise;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::tree;

/// A paragraph of at least this many characters is used on its own.
const ENOUGH: usize = 30;
/// The most characters; inboxes show fewer.
const MOST: usize = 140;

/// The beginning of the text: the first paragraph of some length that is the same for all readers; else the short ones one
/// after the other; else those with values; else headings, tables and pictures.
pub(crate) fn first_words(root: Node<'_>, tags: &[Tag], placeholders: &Placeholders) -> String {
    let paragraphs = unconditional_paragraphs(root, tags);
    let is_plain = |node: &&Node<'_>| node.descendants().all(|child| tree::placeholder(child).is_none());
    let plain: Vec<String> = paragraphs.iter().filter(is_plain).map(|node| tree::plain(node)).collect();
    if let Some(long) = plain.iter().find(|words| words.chars().count() >= ENOUGH) {
        return shortened(long);
    }
    let short = plain.join(" ");
    if !short.trim().is_empty() {
        return shortened(short.trim());
    }
    let words = paragraphs.iter().map(|node| with_values(node, tags, placeholders)).collect::<Vec<_>>().join(" ");
    if !words.trim().is_empty() {
        return shortened(words.trim());
    }
    shortened(&other_words(&unconditional(root, tags)))
}

/// The words of a text without paragraphs: those of its headings, tables and HTML; else what its pictures show.
fn other_words(nodes: &[Node<'_>]) -> String {
    let words = |node: &Node<'_>| match &node.data().value {
        NodeValue::Heading(_) | NodeValue::TableCell => Some(tree::plain(node)),
        NodeValue::HtmlBlock(html) => Some(sanitise::text(&sanitise::clean_block(&html.literal), "")),
        _ => None,
    };
    let joined =
        |texts: Vec<String>| texts.iter().flat_map(|text| text.split_whitespace()).collect::<Vec<_>>().join(" ");
    let found = joined(nodes.iter().filter_map(words).collect());
    if !found.is_empty() {
        return found;
    }
    let is_picture = |node: &&Node<'_>| matches!(node.data().value, NodeValue::Image(_));
    joined(nodes.iter().filter(is_picture).map(|node| tree::plain(node)).collect())
}

/// The paragraphs outside conditions and loops, also those of lists.
fn unconditional_paragraphs<'a>(root: Node<'a>, tags: &[Tag]) -> Vec<Node<'a>> {
    let is_paragraph = |node: &Node<'a>| matches!(node.data().value, NodeValue::Paragraph);
    unconditional(root, tags).into_iter().filter(is_paragraph).collect()
}

/// The nodes outside conditions and loops.
fn unconditional<'a>(root: Node<'a>, tags: &[Tag]) -> Vec<Node<'a>> {
    let mut conditions = 0_u32;
    let mut nodes = Vec::new();
    for node in root.descendants() {
        match tree::placeholder(node).and_then(|number| tags.get(number)).map(|tag| &tag.kind) {
            Some(TagKind::If(_) | TagKind::For(_)) => conditions += 1,
            Some(TagKind::EndIf | TagKind::EndFor) => conditions = conditions.saturating_sub(1),
            Some(TagKind::Print(_) | TagKind::Set(_) | TagKind::Elif(_) | TagKind::Else) | None => {}
        }
        if conditions == 0 {
            nodes.push(node);
        }
    }
    nodes
}

/// The text of a paragraph with the placeholders of its values; empty where it holds a condition.
fn with_values(paragraph: Node<'_>, tags: &[Tag], placeholders: &Placeholders) -> String {
    let mut words = String::new();
    for node in paragraph.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {
                let Some(number) = tree::placeholder(node) else { continue };
                if !tags.get(number).is_some_and(|tag| tag.kind.prints()) {
                    return String::new();
                }
                words.push_str(&placeholders.for_tag(number));
            }
        }
    }
    words
}

/// The beginning of a text, cut between two words.
fn shortened(words: &str) -> String {
    let Some((cut, _)) = words.char_indices().nth(MOST) else { return words.to_owned() };
    let whole = words[..cut].rfind(' ').unwrap_or(cut);
    format!("{} …", &words[..whole])
}
