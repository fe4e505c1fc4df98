//! `::: event Årsmøde` as it is shown: a calendar leaf beside the title and the line with time and place, and below them
//! what
//! [`crate::edition::blocks::event`] put into the block.

use comrak::nodes::Node;

use crate::edition::blocks::pieces::HtmlPiece;
use crate::issue::manuscript::content_blocks::{ContentBlock, body};

pub(super) fn html<'a>(block: Node<'a>, content: &ContentBlock) -> Vec<HtmlPiece<'a>> {
    let (day, month) = content.label.split_once(' ').unwrap_or((&content.label, ""));
    // Two days need smaller figures on a leaf of the same width.
    let days = if day.contains('–') { "event-days" } else { "event-day" };
    let mut children = body(block);
    let head: Vec<Node<'a>> = children.by_ref().take(2).collect();
    vec![
        HtmlPiece::open_box("event"),
        // The calendar leaf is hidden from screen readers: the line beside it says the same in full.
        HtmlPiece::markup(format!(
            "<table role=\"presentation\" class=\"event-head\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><td class=\"event-leaf\" width=\"52\" align=\"center\" aria-hidden=\"true\">\
             <span class=\"{days}\">{day}</span><br><span class=\"event-month\">{month}</span></td>\
             <td class=\"event-title\">"
        )),
        HtmlPiece::Blocks(head),
        HtmlPiece::close_box(),
        HtmlPiece::Blocks(children.collect()),
        HtmlPiece::close_box(),
    ]
}
