//! Builds a tree from the parser's events.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde_yaml::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span, Tag, options};

use crate::base::source::yaml::node::MappingKey;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::source::yaml::node::QuoteStyle;

/// The deepest nesting: more than any file needs, and little enough for recursive functions.
const MAX_DEPTH: usize = 64;

/// How many errors are reported at once.
const MAX_FAULTS: usize = 100;

/// Where the text begins in its file.
pub(super) struct TextStart {
    /// Bytes before it.
    pub(super) offset: usize,
    /// Lines before it.
    pub(super) line: usize,
}

/// An error in the text. Its location is relative to the start of the text.
#[derive(Debug)]
pub(super) struct YamlError {
    pub(super) kind: YamlErrorKind,
    pub(super) span: Range<usize>,
    /// Counted from 1.
    pub(super) line: usize,
}

/// What is wrong.
#[derive(Debug)]
pub(super) enum YamlErrorKind {
    Syntax(ErrorKind),
    Duplicate { key: String, first_line: usize },
    KeyNotText,
    SecondDocument,
    Anchor,
    Alias,
    Tag,
}

/// A list or a mapping that is still open.
enum OpenNode {
    Sequence(Node, Vec<Node>),
    Mapping { node: Node, entries: Vec<(MappingKey, Node)>, key: Option<MappingKey>, seen: HashMap<String, usize> },
}

struct TreeBuilder<'a> {
    text: &'a str,
    origin: &'a TextStart,
    open: Vec<OpenNode>,
    root: Option<Node>,
    documents: usize,
    faults: Vec<YamlError>,
}

/// The tree of a text, and all errors up to the first one at which the parser stops.
pub(super) fn build(text: &str, origin: &TextStart) -> (Node, Vec<YamlError>) {
    let options = options! {
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        emit_unresolved_aliases: true,
        emit_comments: false,
    };
    let mut builder = TreeBuilder { text, origin, open: Vec::new(), root: None, documents: 0, faults: Vec::new() };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.event(event, &span),
            Err(error) => {
                let marker = error.marker();
                let at = marker.byte_offset().unwrap_or(text.len());
                let kind = YamlErrorKind::Syntax(error.kind().clone());
                builder.faults.push(YamlError { kind, span: at..at + 1, line: marker.line() });
                break;
            }
        }
        if builder.documents > 1 || builder.faults.len() == MAX_FAULTS {
            break;
        }
    }
    let nothing = Node { kind: NodeKind::Null, span: origin.offset..origin.offset, line: origin.line + 1 };
    (builder.root.unwrap_or(nothing), builder.faults)
}

impl TreeBuilder<'_> {
    fn event(&mut self, event: Event<'_>, span: &Span) {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.fault(YamlErrorKind::SecondDocument, span);
                }
            }
            // An alias is a value, too: without a node for it, keys and values would change places.
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.fault(YamlErrorKind::Alias, span);
                let node = self.node(NodeKind::Null, span);
                self.close(node);
            }
            Event::Scalar(text, style, anchor, tag) => {
                // Psych wrote `! 'text'` for a text that could be another type: the tag is redundant beside the quotes.
                let is_quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                let tag = tag.filter(|tag| !(is_quoted && tag.handle().is_empty() && tag.suffix() == "!"));
                self.decoration(anchor, tag.as_ref(), span);
                let node = self.node(scalar(&text, style), span);
                self.close(node);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.decoration(anchor, tag.as_ref(), span);
                self.open.push(OpenNode::Sequence(self.node(NodeKind::Null, span), Vec::new()));
            }
            Event::MappingStart(_, anchor, tag) => {
                self.decoration(anchor, tag.as_ref(), span);
                let node = self.node(NodeKind::Null, span);
                self.open.push(OpenNode::Mapping { node, entries: Vec::new(), key: None, seen: HashMap::new() });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let end = self.range(span).end;
                if let Some(node) = self.open.pop().map(|node| finished(node, end)) {
                    self.close(node);
                }
            }
            _ => {}
        }
    }

    /// An anchor or a tag before a value.
    fn decoration(&mut self, anchor: usize, tag: Option<&Cow<'_, Tag>>, span: &Span) {
        let kind = match (anchor, tag) {
            (0, None) => return,
            (0, Some(_)) => YamlErrorKind::Tag,
            _ => YamlErrorKind::Anchor,
        };
        self.fault(kind, span);
    }

    /// Adds a complete node to the innermost open list or mapping.
    fn close(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(OpenNode::Sequence(_, nodes)) => nodes.push(node),
            Some(OpenNode::Mapping { entries, key, seen, .. }) => {
                if let Some(key) = key.take() {
                    entries.extend((!key.value.is_empty()).then_some((key, node)));
                } else {
                    let (new, fault) = as_key(node, seen, self.origin);
                    *key = Some(new);
                    self.faults.extend(fault);
                }
            }
        }
    }

    fn fault(&mut self, kind: YamlErrorKind, span: &Span) {
        let range = self.range(span);
        let span = range.start - self.origin.offset..range.end - self.origin.offset;
        let line = self.line(&span);
        self.faults.push(YamlError { kind, span, line });
    }

    /// The line of a span. Errors are rare, so that counting lines for each is cheap enough.
    fn line(&self, span: &Range<usize>) -> usize {
        self.text[..span.start.min(self.text.len())].bytes().filter(|byte| *byte == b'\n').count() + 1
    }

    fn node(&self, kind: NodeKind, span: &Span) -> Node {
        Node { kind, span: self.range(span), line: self.origin.line + span.start.line() }
    }

    fn range(&self, span: &Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or(0..0);
        // The parser's range of a block or a plain text goes on to the next token; white space is not marked.
        let end = range.start + self.text.get(range.clone()).map_or(0, |text| text.trim_end().len());
        self.origin.offset + range.start..self.origin.offset + end
    }
}

fn scalar(text: &str, style: ScalarStyle) -> NodeKind {
    match style {
        ScalarStyle::Plain if text.is_empty() || text == "~" => NodeKind::Null,
        ScalarStyle::Plain => NodeKind::Scalar { text: text.to_owned(), style: QuoteStyle::Plain },
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
            NodeKind::Scalar { text: text.to_owned(), style: QuoteStyle::Quoted }
        }
        // `|` keeps one line break at the end, which is never meant in a greeting or a reason.
        ScalarStyle::Literal | ScalarStyle::Folded => {
            NodeKind::Scalar { text: text.trim_end_matches('\n').to_owned(), style: QuoteStyle::Quoted }
        }
    }
}

/// A list or mapping that is complete. A block ends where its last value ends, a `[…]` with its bracket.
fn finished(open: OpenNode, end: usize) -> Node {
    match open {
        OpenNode::Sequence(node, nodes) => {
            let end = nodes.last().map_or(end, |last| last.span.end.max(end));
            Node { kind: NodeKind::Sequence(nodes), span: node.span.start..end, ..node }
        }
        OpenNode::Mapping { node, entries, .. } => {
            let end = entries.last().map_or(end, |(_, last)| last.span.end.max(end));
            Node { kind: NodeKind::Mapping(entries), span: node.span.start..end, ..node }
        }
    }
}

/// A node in the position of a key. One that cannot be a key, or that is repeated, becomes an empty key, which is left
/// out together with its value.
fn as_key(node: Node, seen: &mut HashMap<String, usize>, origin: &TextStart) -> (MappingKey, Option<YamlError>) {
    let line = node.line - origin.line;
    let span = node.span.start.saturating_sub(origin.offset)..node.span.end.saturating_sub(origin.offset);
    let key = |value| MappingKey { value, span: node.span.clone(), line: node.line };
    let fault = |kind| Some(YamlError { kind, span, line });
    let text = match node.kind {
        NodeKind::Scalar { text, .. } if !text.is_empty() => text,
        NodeKind::Scalar { .. } | NodeKind::Null | NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
            return (key(String::new()), fault(YamlErrorKind::KeyNotText));
        }
    };
    if let Some(first) = seen.get(&text) {
        return (key(String::new()), fault(YamlErrorKind::Duplicate { key: text, first_line: *first }));
    }
    seen.insert(text.clone(), line);
    (key(text), None)
}
