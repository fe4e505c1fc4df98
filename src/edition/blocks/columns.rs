//! `:::: columns`: two or three cells side by side, or one below the other on narrow screens.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::blocks::pieces::HtmlPiece;
use crate::issue::manuscript::captions::{is_caption, is_picture};
use crate::issue::manuscript::columns::{COUNT, ColumnItem, cells, is_break, pieces};
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind, body};

/// The most cells that can be read side by side.
const MOST: usize = 3;

/// Reports more columns than one edition can show.
pub(super) fn check(block: Node<'_>, place: &Span, diagnostics: &mut Diagnostics) {
    let cells = cells(block);
    if cells > MOST && gallery(block).is_none() {
        diagnostics.push(
            Diagnostic::error(
                COUNT,
                message!(
                    "{cells} columns: at most {MOST} fit side by side",
                    "{cells} kolonner: der er højst plads til {MOST} ved siden af hinanden"
                ),
            )
            .at(place.clone())
            .hint(message!(
                "close these columns after two or three cells, and start new ones below",
                "luk kolonnerne efter to eller tre felter, og begynd nye nedenunder"
            )),
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

/// The rows of a block: one, but a gallery of more than three pictures has several, each with two or three.
fn rows(block: Node<'_>) -> Vec<Vec<ColumnItem<'_>>> {
    let mut items = pieces(block).into_iter();
    let count = items.len();
    if count <= MOST || gallery(block).is_none() {
        return vec![items.collect()];
    }
    let lengths = lengths_of_rows(count);
    lengths.into_iter().map(|length| items.by_ref().take(length).collect()).collect()
}

/// How many pictures each row of a gallery has: the same number if possible, since pictures of a longer row are
/// smaller.
fn lengths_of_rows(count: usize) -> Vec<usize> {
    match (count % 3, count % 2) {
        (0, _) => vec![3; count / 3],
        (_, 0) => vec![2; count / 2],
        // After one or two rows of two, all other rows have three.
        (left, _) => {
            let pairs = if left == 2 { 1 } else { 2 };
            let threes = count.saturating_sub(2 * pairs) / 3;
            [vec![3; threes], vec![2; pairs]].concat()
        }
    }
}

/// The row of a block that a node is in.
fn row_of<'a>(block: Node<'a>, node: Node<'a>) -> Option<Vec<ColumnItem<'a>>> {
    let is_around = |cell: &Node<'a>| node.ancestors().any(|ancestor| ancestor.same_node(*cell));
    rows(block)
        .into_iter()
        .find(|row| row.iter().any(|item| matches!(item, ColumnItem::Cell(nodes) if nodes.iter().any(is_around))))
}

/// How many cells are side by side where a node is.
pub(super) fn beside<'a>(block: Node<'a>, node: Node<'a>) -> usize {
    row_of(block, node).map_or_else(|| cells(block), |row| count_cells(&row))
}

fn count_cells(row: &[ColumnItem<'_>]) -> usize {
    row.iter().filter(|item| matches!(item, ColumnItem::Cell(_))).count()
}

/// Whether the picture is in a row with nothing but a picture in each cell, which may be narrow on a phone: text may not.
pub(super) fn stays_side_by_side<'a>(block: Node<'a>, picture: Node<'a>) -> bool {
    row_of(block, picture).is_some_and(|row| has_pictures_only(&row))
}

fn has_pictures_only(row: &[ColumnItem<'_>]) -> bool {
    let is_picture_alone = |item: &ColumnItem<'_>| match item {
        ColumnItem::Cell(nodes) => nodes
            .split_first()
            .is_some_and(|(picture, rest)| is_picture(picture) && rest.iter().all(|node| is_caption(node))),
        ColumnItem::Statement(_) => false,
    };
    matches!(row.len(), 2 | 3) && row.iter().all(is_picture_alone)
}

/// Whether a card is in one of three columns.
pub(super) fn is_one_of_three(card: Node<'_>) -> bool {
    let around = card.ancestors().skip(1).find_map(|node| ContentBlock::of(node).map(|content| (node, content.kind)));
    around.is_some_and(|(block, kind)| kind == ContentKind::Columns && cells(block) == 3)
}

pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let rows = rows(block);
    let is_alone = rows.len() == 1 && rows.iter().all(|row| row.len() < 2);
    if is_alone {
        return vec![HtmlPiece::Blocks(shown(block).collect())];
    }
    rows.into_iter().flat_map(row_html).collect()
}

fn row_html(items: Vec<ColumnItem<'_>>) -> Vec<HtmlPiece<'_>> {
    let cells = count_cells(&items);
    let has_tags = items.iter().any(|item| matches!(item, ColumnItem::Statement(_)));
    let width = if has_tags { cells.max(2) } else { cells };
    // Word, which renders mail in Outlook on Windows, gets a separate table. All other programs get boxes that wrap
    // where there is no room.
    let mut pieces = vec![
        HtmlPiece::open_box("columns"),
        HtmlPiece::markup(
            "<!--[if mso]><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><![endif]-->",
        ),
    ];
    let pair = if has_pictures_only(&items) { " pair" } else { "" };
    let mut number = 0;
    for item in items {
        match item {
            ColumnItem::Statement(tag) => pieces.push(HtmlPiece::Blocks(vec![tag])),
            ColumnItem::Cell(nodes) => {
                number += 1;
                // Which cell is the last is not known before a loop or a condition has run.
                let is_last = number == cells && !has_tags;
                let (class, box_class) = if is_last { (" column-last", "column-last") } else { ("", "column") };
                // Word counts the padding to the width of a cell as browsers do: see `.column-of-2` in `base.css`.
                let percent = match (width, is_last, has_tags) {
                    (2, false, false) => 52,
                    (2, true, _) => 48,
                    (3, false, false) => 34,
                    (3, true, _) => 31,
                    _ => 100 / width,
                };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gallery_has_rows_of_two_or_three() {
        for (count, rows) in
            [(4, "22"), (5, "32"), (6, "33"), (7, "322"), (8, "2222"), (9, "333"), (11, "3332"), (13, "33322")]
        {
            let written: String = lengths_of_rows(count).iter().map(ToString::to_string).collect();
            assert_eq!(written, rows, "{count}");
        }
    }
}
