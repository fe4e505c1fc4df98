//! A YAML file as a tree, each node with its location.

use std::ops::Range;

use crate::base::message::{Message, message};
use crate::base::source::span::Span;
use crate::base::source::text::Source;

/// A value in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its bytes in the source.
    pub span: Range<usize>,
    /// The line it begins on, counted from 1.
    pub line: usize,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Nothing is written, or `~`.
    Null,
    /// A text, a number, a date, yes or no.
    Scalar {
        /// The text, without the quotes or the block's sign and indentation.
        text: String,
        /// Whether it is in quotes or a block.
        style: QuoteStyle,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in their order; each key is there once.
    Mapping(Vec<(MappingKey, Node)>),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteStyle {
    /// Without quotes.
    Plain,
    /// In quotes, or as a block after `|` or `>`: always a text.
    Quoted,
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingKey {
    /// The key.
    pub value: String,
    /// Its bytes in the source.
    pub span: Range<usize>,
    /// Its line, counted from 1.
    pub line: usize,
}

impl MappingKey {
    /// Where it is.
    pub fn place(&self, source: &Source) -> Span {
        source.place(self.span.clone())
    }
}

impl Node {
    /// Where it is; of several lines, the first.
    pub fn place(&self, source: &Source) -> Span {
        source.place(self.span.clone())
    }

    /// The text of a scalar, as it is written.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            NodeKind::Null | NodeKind::Sequence(_) | NodeKind::Mapping(_) => None,
        }
    }

    /// What it is, for "… is expected here, and this is …".
    pub fn noun(&self) -> Message {
        match self.kind {
            NodeKind::Null => message!("nothing", "ingenting"),
            NodeKind::Scalar { .. } => message!("a text", "en tekst"),
            NodeKind::Sequence(_) => message!("a list", "en liste"),
            NodeKind::Mapping(_) => message!("a group of keys", "en gruppe felter"),
        }
    }
}
