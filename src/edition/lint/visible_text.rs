//! The text of an edition as its readers see it: line by line, without markup, values and code.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::Diagnostic;
use crate::edition::html::sanitise;

/// Represents a value. A control character: no source may contain one.
pub(crate) const VALUE: char = '\u{14}';
/// Represents other things that are not text: code, the number of a note.
pub(crate) const OTHER: char = '\u{13}';

/// What looks like a space, or like nothing, and is a letter to Markdown. Word, web pages and Alt+space on a Mac
/// write them.
pub(super) const NO_BREAK_SPACES: [char; 5] = ['\u{a0}', '\u{202f}', '\u{2007}', '\u{200b}', '\u{feff}'];

/// A line of a paragraph, a heading or a cell, as its readers see it.
#[derive(Debug, Default)]
pub(crate) struct VisibleLine {
    /// Its text.
    pub(crate) text: String,
    /// Its number in the text of the issue.
    pub(crate) number: usize,
    /// Whether it begins on a new line for readers too.
    pub(crate) is_kept: bool,
    /// Where emphasis begins or ends, as bytes of the text.
    pub(crate) edges: Vec<usize>,
    /// The parts of the text that are links, as bytes.
    pub(crate) links: Vec<std::ops::Range<usize>>,
}

/// What is wrong with a line, and the words that show it.
pub(crate) struct LineFinding {
    /// As it is in the text of the line.
    pub(crate) excerpt: String,
    /// Without its place.
    pub(crate) diagnostic: Diagnostic,
}

/// The visible lines of HTML that begins in the line `first`.
pub(crate) fn lines_of_html(html: &str, first: usize) -> Vec<VisibleLine> {
    // Only the text part shows signs around struck-out text.
    let text = sanitise::text(&sanitise::clean_block(html), "");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| VisibleLine { text: line.to_owned(), number: first, ..VisibleLine::default() }).collect()
}

/// The visible lines of a node.
pub(crate) fn lines_of(node: Node<'_>) -> Vec<VisibleLine> {
    let first = node.data().sourcepos.start.line;
    let mut found = vec![VisibleLine { number: first, ..VisibleLine::default() }];
    let mut link_start = None;
    for edge in node.traverse() {
        let (NodeEdge::Start(child) | NodeEdge::End(child)) = edge;
        let is_start = matches!(edge, NodeEdge::Start(_));
        let data = child.data();
        let next = found.last().map_or(first, |line| line.number) + 1;
        let Some(line) = found.last_mut() else { continue };
        match &data.value {
            NodeValue::Text(text) if is_start => line.text.push_str(text),
            NodeValue::SoftBreak | NodeValue::LineBreak if is_start => {
                let is_kept = matches!(data.value, NodeValue::LineBreak);
                found.push(VisibleLine { number: next, is_kept, ..VisibleLine::default() });
            }
            NodeValue::HtmlInline(html) if is_start && html.to_ascii_lowercase().starts_with("<br") => {
                found.push(VisibleLine { number: next - 1, is_kept: true, ..VisibleLine::default() });
            }
            NodeValue::Raw(_) if is_start => line.text.push(VALUE),
            NodeValue::Code(_) | NodeValue::FootnoteReference(_) if is_start => line.text.push(OTHER),
            NodeValue::Emph | NodeValue::Strong | NodeValue::Strikethrough => line.edges.push(line.text.len()),
            NodeValue::Link(_) if is_start => link_start = Some(line.text.len()),
            NodeValue::Link(_) => {
                line.links.extend(link_start.take().map(|start| start.min(line.text.len())..line.text.len()));
            }
            _ => {}
        }
    }
    found.retain(|line| !line.text.trim().is_empty());
    found
}

pub(super) fn finding(excerpt: &str, diagnostic: Diagnostic) -> LineFinding {
    LineFinding { excerpt: excerpt.to_owned(), diagnostic }
}

/// The beginning of a long excerpt.
pub(super) fn shortened(excerpt: &str) -> String {
    let visible = excerpt.replace([OTHER, VALUE], "…");
    match visible.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &visible[..at]),
        None => visible,
    }
}
