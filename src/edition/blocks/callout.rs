//! `::: callout Husk`: a note in a box, with a title if it is given one.

use comrak::nodes::Node;

use crate::edition::blocks::pieces::{HtmlPiece, TextPiece};
use crate::edition::text::position::BlockPosition;
use crate::issue::manuscript::content_blocks::{body, label_of};

pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let mut pieces = vec![HtmlPiece::open_box("callout")];
    if let Some(label) = label_of(block) {
        let open = HtmlPiece::markup("<p class=\"callout-title\">");
        pieces.extend([open, HtmlPiece::Inline(label), HtmlPiece::markup("</p>\n")]);
    }
    pieces.extend([HtmlPiece::Blocks(body(block).collect()), HtmlPiece::close_box()]);
    pieces
}

pub(super) fn text<'a>(block: Node<'a>, position: &BlockPosition) -> Vec<TextPiece<'a>> {
    let position = position.nested("| ", "| ");
    let body = body(block).collect();
    match label_of(block) {
        Some(label) => {
            let below = position.below();
            vec![TextPiece::Title(label, position), TextPiece::Blocks(body, below)]
        }
        None => vec![TextPiece::Blocks(body, position)],
    }
}
