//! `:::: columns`: two or three cells side by side, or one below the other on narrow screens.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::blocks::pieces::HtmlPiece;
use crate::issue::manuscript::captions::{is_caption, is_picture};
use crate::issue::manuscript::columns::{COUNT, ColumnItem, cells, is_break, pieces};
use crate::issue::manuscript::content_blocks::body;

/// The most cells that can be read side by side.
const MOST: usize = 3;

/// Reports more columns than one edition can show.
pub(super) fn check(block: Node<'_>, place: &Span, diagnostics: &mut Diagnostics) {
    let cells = cells(block);
    if cells > MOST {
        diagnostics.push(
            Diagnostic::error(COUNT, format!("{cells} columns: at most {MOST} fit side by side"))
                .at(place.clone())
                .hint("close these columns after two or three cells, and start new ones below"),
        );
    }
}

/// The pictures of a block with one picture in each cell, which are shown in one shape.
pub(super) fn gallery(block: Node<'_>) -> Option<Vec<Node<'_>>> {
    let cells = pieces(block).into_iter().map(|piece| match piece {
        ColumnItem::Cell(nodes) => {
            let images = nodes.into_iter().flat_map(comrak::arena_tree::Node::descendants);
            let mut images = images.filter(|node| matches!(node.data().value, NodeValue::Image(_)));
            images.next().filter(|_| images.next().is_none())
        }
        ColumnItem::Statement(_) => None,
    });
    cells.collect::<Option<Vec<_>>>().filter(|pictures| pictures.len() > 1)
}

/// Whether a block has two cells with nothing but a picture each, which is narrow enough for a phone: text is not.
pub(super) fn stays_side_by_side(block: Node<'_>) -> bool {
    let cells: Vec<bool> = pieces(block)
        .into_iter()
        .map(|piece| match piece {
            ColumnItem::Cell(nodes) => nodes
                .split_first()
                .is_some_and(|(picture, rest)| is_picture(picture) && rest.iter().all(|node| is_caption(node))),
            ColumnItem::Statement(_) => false,
        })
        .collect();
    matches!(cells[..], [true, true])
}

pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let items = pieces(block);
    let cells = items.iter().filter(|item| matches!(item, ColumnItem::Cell(_))).count();
    let has_tags = items.iter().any(|item| matches!(item, ColumnItem::Statement(_)));
    let width = if has_tags { cells.max(2) } else { cells };
    if width < 2 {
        return vec![HtmlPiece::Blocks(shown(block).collect())];
    }
    // Word, which renders mail in Outlook on Windows, gets a table of its own. All other programs get boxes that wrap where
    // there is no room.
    let mut pieces = vec![
        HtmlPiece::open_box("columns"),
        HtmlPiece::markup(
            "<!--[if mso]><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><![endif]-->",
        ),
    ];
    let pair = if stays_side_by_side(block) { " pair" } else { "" };
    let mut number = 0;
    for item in items {
        match item {
            ColumnItem::Statement(tag) => pieces.push(HtmlPiece::Blocks(vec![tag])),
            ColumnItem::Cell(nodes) => {
                number += 1;
                // Which cell is the last is not known before a loop or a condition has run.
                let is_last = number == cells && !has_tags;
                let (class, box_class) = if is_last { (" column-last", "column-last") } else { ("", "column") };
                let percent = 100 / width;
                pieces.extend([
                    HtmlPiece::markup(format!(
                        "<!--[if mso]><td width=\"{percent}%\" valign=\"top\"><![endif]--><div \
                         class=\"column-of-{width}{class}{pair}\">"
                    )),
                    HtmlPiece::open_box(box_class),
                    HtmlPiece::Blocks(nodes),
                    HtmlPiece::close_box(),
                    HtmlPiece::markup("</div><!--[if mso]></td><![endif]-->"),
                ]);
            }
        }
    }
    pieces.extend([HtmlPiece::markup("<!--[if mso]></tr></table><![endif]-->"), HtmlPiece::close_box()]);
    pieces
}

/// The content of the columns, to be read one below the other.
pub(super) fn shown(block: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    body(block).filter(|node| !is_break(node))
}
