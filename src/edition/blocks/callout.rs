//! `::: callout Husk`: a note in a box, with a title if it is given one.

use comrak::nodes::{Node, NodeValue};

use crate::base::language::words::LetterWords;
use crate::edition::blocks::notice;
use crate::edition::blocks::pieces::{HtmlPiece, TextPiece, open_box_of};
use crate::edition::text::position::BlockPosition;
use crate::issue::manuscript::content_blocks::{body, label_of};

/// Makes a callout whose title names a kind of notice one of that kind.
pub(super) fn name_kind(block: Node<'_>, label: &str, words: &LetterWords) {
    let Some(kind) = label_of(block).and_then(|title| notice::kind_of_title(title, words)) else { return };
    if let NodeValue::BlockDirective(fence) = &mut block.data_mut().value {
        fence.info = format!("{} {label}", kind.name());
    }
}

pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let mut pieces = vec![HtmlPiece::markup(open_box_of("callout", notice::quiet_class(block)))];
    if let Some(label) = label_of(block) {
        let open = HtmlPiece::markup("<p class=\"callout-title\">");
        pieces.extend([open, HtmlPiece::Inline(label), HtmlPiece::markup("</p>\n")]);
    }
    pieces.extend([HtmlPiece::Blocks(body(block).collect()), HtmlPiece::close_box()]);
    pieces
}

pub(super) fn text<'a>(block: Node<'a>, position: &BlockPosition) -> Vec<TextPiece<'a>> {
    let position = position.boxed("| ");
    let body = body(block).collect();
    match label_of(block) {
        Some(label) => {
            let below = position.below();
            vec![TextPiece::Title(label, position), TextPiece::Blocks(body, below)]
        }
        None => vec![TextPiece::Blocks(body, position)],
    }
}
