//! `::: event Årsmøde` as it is shown: the theme's `event.html` around the title, the line with time and place, and what
//! [`crate::edition::blocks::event`] put into the block below them.

use comrak::nodes::Node;

use crate::edition::blocks::pieces::HtmlPiece;
use crate::edition::theme::Theme;
use crate::edition::theme::template_values::EventContext;
use crate::issue::manuscript::content_blocks::{ContentBlock, body};

pub(super) fn html<'a>(block: Node<'a>, content: &ContentBlock, theme: &Theme) -> Vec<HtmlPiece<'a>> {
    let (day, month) = content.label.split_once(' ').unwrap_or((&content.label, ""));
    let [before, between, behind] = theme.event(EventContext::new(day, month));
    let mut children = body(block);
    let head: Vec<Node<'a>> = children.by_ref().take(2).collect();
    vec![
        HtmlPiece::markup(before),
        HtmlPiece::Blocks(head),
        HtmlPiece::markup(between),
        HtmlPiece::Blocks(children.collect()),
        HtmlPiece::markup(behind),
    ]
}
