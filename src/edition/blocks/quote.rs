//! `::: quote Anna Berg, direktør`: what somebody said, and below it who.

use comrak::nodes::Node;

use crate::edition::html;
use crate::edition::text::layout::Kind;
use crate::edition::text::{self, At, Gap};
use crate::issue::manuscript::content_blocks::{body, label_of};

pub(super) fn html(writer: &mut html::Writer<'_, '_>, node: Node<'_>) {
    writer.open_box("cited");
    writer.all(body(node));
    if let Some(label) = label_of(node) {
        let name = writer.inline_of(label);
        writer.put(&format!("<p class=\"cited-by\">— {name}</p>\n"));
    }
    writer.close_box();
}

pub(super) fn text(writer: &mut text::Writer<'_, '_>, node: Node<'_>, at: At<'_>) {
    writer.all(body(node), At { prefix: &at.prefix.then("> ", "> "), gap: at.gap });
    if let Some(label) = label_of(node) {
        let name = writer.inline_of(label);
        writer.record(Kind::Text, Gap::None, &at.prefix.rest().then("— ", "  "), &name);
    }
}
