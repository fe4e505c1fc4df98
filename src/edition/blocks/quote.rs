//! `::: quote Anna Berg, direktør`: what somebody said, and below it who.

use comrak::nodes::Node;

use crate::edition::html;
use crate::edition::text::layout::RecordKind;
use crate::edition::text::{self, BlankLine, BlockPosition};
use crate::issue::manuscript::content_blocks::{body, label_of};

pub(super) fn html(writer: &mut html::HtmlWriter<'_, '_>, node: Node<'_>) {
    writer.open_box("cited");
    writer.all(body(node));
    if let Some(label) = label_of(node) {
        let name = writer.inline_of(label);
        writer.put(&format!("<p class=\"cited-by\">— {name}</p>\n"));
    }
    writer.close_box();
}

pub(super) fn text(writer: &mut text::TextWriter<'_, '_>, node: Node<'_>, at: BlockPosition<'_>) {
    writer.all(body(node), BlockPosition { prefix: &at.prefix.then("> ", "> "), gap: at.gap });
    if let Some(label) = label_of(node) {
        let name = writer.inline_of(label);
        writer.record(RecordKind::Text, BlankLine::None, &at.prefix.rest().then("— ", "  "), &name);
    }
}
