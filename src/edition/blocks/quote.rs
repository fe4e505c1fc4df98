//! `::: quote Anna Berg, direktør`: a quotation, with the name of the person quoted below it.

use comrak::nodes::Node;

use crate::edition::blocks::pieces::{HtmlPiece, TextPiece};
use crate::edition::text::position::BlockPosition;
use crate::issue::manuscript::content_blocks::{body, label_of};

pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let mut pieces = vec![HtmlPiece::open_box("cited"), HtmlPiece::Blocks(body(block).collect())];
    if let Some(label) = label_of(block) {
        let open = HtmlPiece::markup("<p class=\"cited-by\">— ");
        pieces.extend([open, HtmlPiece::Inline(label), HtmlPiece::markup("</p>\n")]);
    }
    pieces.push(HtmlPiece::close_box());
    pieces
}

pub(super) fn text<'a>(block: Node<'a>, position: &BlockPosition) -> Vec<TextPiece<'a>> {
    let mut pieces = vec![TextPiece::Blocks(body(block).collect(), position.boxed("> "))];
    pieces.extend(label_of(block).map(|label| TextPiece::Paragraph(label, position.below().nested("— ", "  "))));
    pieces
}
