//! `::: event Årsmøde`: a leaf of a calendar beside the title, and below them what `edition::blocks::event` put there.

use comrak::nodes::Node;

use crate::edition::html;
use crate::edition::text::{self, BlockPosition};
use crate::issue::manuscript::content_blocks::{ContentBlock, body};

pub(super) fn html(writer: &mut html::HtmlWriter<'_, '_>, node: Node<'_>, content: &ContentBlock) {
    let (day, month) = content.label.split_once(' ').unwrap_or((&content.label, ""));
    let mut children = body(node);
    writer.open_box("event");
    // The leaf says what the line below says in full: a screen reader need not read it twice.
    writer.put(&format!(
        "<table role=\"presentation\" class=\"event-head\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         border=\"0\"><tr><td class=\"event-leaf\" width=\"52\" align=\"center\" aria-hidden=\"true\">\
         <span class=\"event-day\">{day}</span><br><span class=\"event-month\">{month}</span></td>\
         <td class=\"event-title\">"
    ));
    writer.all(children.by_ref().take(1));
    writer.put("</td></tr></table>\n");
    writer.all(children);
    writer.close_box();
}

pub(super) fn text(writer: &mut text::TextWriter<'_, '_>, node: Node<'_>, at: BlockPosition<'_>) {
    writer.all(body(node), at);
}
