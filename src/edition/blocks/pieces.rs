//! What a block is made of in each part of a letter: pieces in order, which the writers of the two parts put together.
//!
//! So blocks do not depend on the writers, and the writers can use the blocks without an import cycle.

use comrak::nodes::Node;

use crate::edition::text::position::BlockPosition;

/// A piece of a block in the HTML part.
pub(crate) enum HtmlPiece<'a> {
    /// Finished HTML.
    Markup(String),
    /// Blocks of Markdown.
    Blocks(Vec<Node<'a>>),
    /// The inline content of a node, such as the label of the block.
    Inline(Node<'a>),
    /// The same, for little room: long words get soft hyphens.
    NarrowInline(Node<'a>),
    /// A template statement added by the program: `{% if loop.first %}`.
    Statement(&'static str),
}

impl HtmlPiece<'_> {
    /// Finished HTML.
    pub(super) fn markup(html: impl Into<String>) -> Self {
        Self::Markup(html.into())
    }

    /// The start of a box. It is a table, since Word, which renders mail in Outlook on Windows, ignores the padding of
    /// anything but table cells.
    pub(super) fn open_box(class: &str) -> Self {
        Self::Markup(open_box(class))
    }

    /// The end of a box.
    pub(super) fn close_box() -> Self {
        Self::markup(CLOSE_BOX)
    }
}

/// The HTML that starts a box of a class; the class of its cell is `<class>-cell`.
pub(crate) fn open_box(class: &str) -> String {
    open_box_of(class, "")
}

/// The same, with more classes for its cell, each after a space.
pub(super) fn open_box_of(class: &str, cell_classes: &str) -> String {
    format!(
        "<table role=\"presentation\" class=\"{class}\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         border=\"0\"><tr><td class=\"{class}-cell{cell_classes}\">"
    )
}

/// The HTML that ends a box.
pub(crate) const CLOSE_BOX: &str = "</td></tr></table>\n";

/// A piece of a block in the text part.
pub(crate) enum TextPiece<'a> {
    /// Blocks of Markdown, with a blank line between them.
    Blocks(Vec<Node<'a>>, BlockPosition),
    /// A node's inline content as a title in capitals.
    Title(Node<'a>, BlockPosition),
    /// A node's inline content as a paragraph.
    Paragraph(Node<'a>, BlockPosition),
}
