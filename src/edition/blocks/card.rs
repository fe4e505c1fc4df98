//! `::: card Titel`: an item in a box, with its title as a heading.

use comrak::nodes::{Node, NodeValue};

use crate::edition::blocks::pieces::HtmlPiece;
use crate::issue::manuscript::content_blocks::label_of;

/// Gives the title of a block, if it has one, the level below the heading above the block.
pub(super) fn rank_title(block: Node<'_>) {
    let Some(title) = label_of(block) else { return };
    if let NodeValue::Heading(heading) = &mut title.data_mut().value {
        heading.level = title_level(block);
    }
}

/// The level of the title of a block: that below the heading above the block.
pub(super) fn title_level(block: Node<'_>) -> u8 {
    // comrak's `preceding_siblings` begins with the node itself.
    let above = block.ancestors().find_map(|ancestor| ancestor.preceding_siblings().skip(1).find_map(level));
    above.map_or(2, |level| level.saturating_add(1)).min(6)
}

fn level(node: Node<'_>) -> Option<u8> {
    match &node.data().value {
        NodeValue::Heading(heading) => Some(heading.level),
        _ => None,
    }
}

pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    vec![HtmlPiece::open_box("item"), HtmlPiece::Blocks(block.children().collect()), HtmlPiece::close_box()]
}
