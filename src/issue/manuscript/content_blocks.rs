//! Blocks that say how something looks, as they are written: the word behind the fence and its label.

use comrak::nodes::{Node, NodeValue};

/// The class of a node that was made of the words behind a fence; no author can write one with spaces.
pub(crate) const LABEL: &str = "the label of a fence";

/// How a block looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentKind {
    /// A note in a box.
    Callout,
    /// Something that happens at a time: see `edition::blocks::event`.
    Event,
    /// Cells of a spreadsheet: see `issue::manuscript::table`.
    Table,
    /// An item in a frame.
    Card,
    /// Cells side by side.
    Columns,
    /// What somebody said, and who.
    Quote,
    /// The rest of a text, which can be read on the web.
    More,
}

impl ContentKind {
    /// Every kind.
    pub(crate) const ALL: [Self; 7] =
        [Self::Callout, Self::Card, Self::Columns, Self::Event, Self::More, Self::Quote, Self::Table];

    /// The word behind a fence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Callout => "callout",
            Self::Event => "event",
            Self::Table => "table",
            Self::Card => "card",
            Self::Columns => "columns",
            Self::Quote => "quote",
            Self::More => "more",
        }
    }
}

/// A block with what stands behind its fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContentBlock {
    pub(crate) kind: ContentKind,
    /// The rest of the line, in Markdown; it may be empty.
    pub(crate) label: String,
}

impl ContentBlock {
    /// Reads what stands behind a fence; none where it is about something else.
    pub(crate) fn read(info: &str) -> Option<Self> {
        let (word, label) = info.trim().split_once(char::is_whitespace).unwrap_or((info.trim(), ""));
        let kind = ContentKind::ALL.into_iter().find(|kind| kind.name() == word)?;
        Some(Self { kind, label: label.trim().to_owned() })
    }

    /// What a node of the tree is, if it is such a block.
    pub(crate) fn of(node: Node<'_>) -> Option<Self> {
        match &node.data().value {
            NodeValue::BlockDirective(fence) => Self::read(&fence.info),
            _ => None,
        }
    }
}

/// Every such block of a tree.
pub(crate) fn all(root: Node<'_>) -> Vec<(Node<'_>, ContentBlock)> {
    root.descendants().filter_map(|node| ContentBlock::of(node).map(|content| (node, content))).collect()
}

/// Whether a node was made of the words behind a fence.
pub(crate) fn is_label(node: Node<'_>) -> bool {
    node.data().attrs.as_ref().is_some_and(|attributes| attributes.classes.iter().any(|class| class == LABEL))
}

/// What stands in a node, without the words behind its fence.
pub(crate) fn body(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.children().filter(|node| !is_label(node))
}

/// The words behind the fence of a block.
pub(crate) fn label_of(node: Node<'_>) -> Option<Node<'_>> {
    node.children().find(|node| is_label(node))
}
