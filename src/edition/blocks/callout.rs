//! `::: callout Husk`: a note in a box, with a title if it is given one.

use comrak::nodes::Node;

use crate::edition::html;
use crate::edition::text::{self, BlankLine, BlockPosition};
use crate::issue::manuscript::content_blocks::{body, label_of};

pub(super) fn html(writer: &mut html::HtmlWriter<'_, '_>, node: Node<'_>) {
    writer.open_box("callout");
    if let Some(label) = label_of(node) {
        let title = writer.inline_of(label);
        writer.put(&format!("<p class=\"callout-title\">{title}</p>\n"));
    }
    writer.all(body(node));
    writer.close_box();
}

pub(super) fn text(writer: &mut text::TextWriter<'_, '_>, node: Node<'_>, at: BlockPosition<'_>) {
    let mut prefix = at.prefix.then("| ", "| ");
    let mut gap = at.gap;
    if let Some(label) = label_of(node) {
        writer.capitals(label, BlockPosition { prefix: &prefix, gap });
        (prefix, gap) = (prefix.rest(), BlankLine::None);
    }
    writer.all(body(node), BlockPosition { prefix: &prefix, gap });
}
