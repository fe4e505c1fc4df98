//! A text and its tree, while the text is still changed before it is checked.

use comrak::Arena;
use comrak::nodes::Node;

use crate::issue::manuscript::placeholders::{PlaceholderText, TextEdit};
use crate::issue::manuscript::tree;

/// A text with the tree that Markdown reads in it.
pub(crate) struct ParsedText<'a> {
    /// The text.
    pub(crate) masked: PlaceholderText,
    /// The tree of exactly this text, as the parser made it.
    pub(crate) root: Node<'a>,
}

impl<'a> ParsedText<'a> {
    /// Parses a text.
    pub(crate) fn of(arena: &'a Arena<'a>, masked: PlaceholderText) -> Self {
        let root = tree::markdown(arena, &masked.text);
        Self { masked, root }
    }

    /// The text with some changes; without any, it is not parsed again.
    pub(crate) fn edited(self, arena: &'a Arena<'a>, edits: Vec<TextEdit>) -> Self {
        if edits.is_empty() { self } else { Self::of(arena, self.masked.edited(edits)) }
    }
}
