//! `:::: columns`: two or three cells side by side, one below the other where there is no room.
//!
//! Each card in it is a cell; without cards, lines `---` stand between the cells.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::html;
use crate::edition::text::{self, BlockPosition};
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind, body};
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::tree;

const COUNT: Code = Code("NL450");
const ACROSS: Code = Code("NL451");

/// The most cells that can be read side by side.
const MOST: usize = 3;

/// What stands in such a block, one after the other.
enum ColumnItem<'a> {
    Cell(Vec<Node<'a>>),
    /// A template tag round whole cells.
    Statement(Node<'a>),
}

fn pieces(block: Node<'_>) -> Vec<ColumnItem<'_>> {
    let carded = body(block).any(is_card);
    let mut pieces = Vec::new();
    let mut open = Vec::new();
    for child in body(block) {
        let statement = carded && tree::placeholder(child).is_some();
        let ends = statement || if carded { is_card(child) } else { is_break(child) };
        if ends && !open.is_empty() {
            pieces.push(ColumnItem::Cell(std::mem::take(&mut open)));
        }
        match () {
            () if statement => pieces.push(ColumnItem::Statement(child)),
            () if ends && carded => pieces.push(ColumnItem::Cell(vec![child])),
            () if ends => {}
            () => open.push(child),
        }
    }
    if !open.is_empty() {
        pieces.push(ColumnItem::Cell(open));
    }
    pieces
}

fn is_card(node: Node<'_>) -> bool {
    ContentBlock::of(node).is_some_and(|it| it.kind == ContentKind::Card)
}

fn is_break(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::ThematicBreak)
}

/// How many cells an edition has; a loop may repeat one.
pub(super) fn cells(block: Node<'_>) -> usize {
    pieces(block).iter().filter(|it| matches!(it, ColumnItem::Cell(_))).count()
}

/// Tells of what cannot be columns for any reader.
pub(super) fn check(block: Node<'_>, tags: &[Tag], place: &Span, diagnostics: &mut Diagnostics) {
    let for_some = body(block).any(|it| matches!(it.data().value, NodeValue::BlockDirective(_)) && !is_card(it));
    let repeated = body(block).any(|it| tree::placeholder(it).is_some());
    if cells(block) < 2 && !for_some && !repeated {
        diagnostics.push(
            Diagnostic::error(COUNT, "there is nothing to put side by side in these columns").at(place.clone()).hint(
                "put a `::: card` for each cell inside, or a line `---` between the cells, with an empty line on both \
                 sides",
            ),
        );
    }
    let mut open = 0_usize;
    for child in body(block) {
        match tree::placeholder(child).and_then(|it| tags.get(it)).map(|it| &it.kind) {
            Some(TagKind::If(_) | TagKind::For(_)) => open += 1,
            Some(TagKind::EndIf | TagKind::EndFor) => open = open.saturating_sub(1),
            _ if open > 0 && is_break(child) && !body(block).any(is_card) => {
                diagnostics.push(
                    Diagnostic::error(ACROSS, "a condition or a loop cannot run over from one column into the next")
                        .at(place.clone())
                        .hint("close it before the line `---`, or make a `::: card` of each cell"),
                );
                return;
            }
            _ => {}
        }
    }
}

/// Tells of more columns than one edition can show.
pub(super) fn check_read(block: Node<'_>, place: &Span, diagnostics: &mut Diagnostics) {
    let cells = cells(block);
    if cells > MOST {
        diagnostics.push(
            Diagnostic::error(COUNT, format!("these are {cells} columns, and {MOST} can be read side by side"))
                .at(place.clone())
                .hint("close these columns after two or three cells, and begin new ones below"),
        );
    }
}

pub(super) fn html(writer: &mut html::HtmlWriter<'_, '_>, node: Node<'_>) {
    let pieces = pieces(node);
    let cells = pieces.iter().filter(|it| matches!(it, ColumnItem::Cell(_))).count();
    let repeated = pieces.iter().any(|it| matches!(it, ColumnItem::Statement(_)));
    let width = if repeated { cells.max(2) } else { cells };
    if width < 2 {
        return writer.all(body(node).filter(|it| !is_break(it)));
    }
    // Word puts the cells of its own table side by side; all others, boxes that wrap where there is no room.
    writer.open_box("columns");
    writer.put(
        "<!--[if mso]><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\
         <tr><![endif]-->",
    );
    let mut at = 0;
    for piece in pieces {
        match piece {
            ColumnItem::Statement(tag) => writer.all(std::iter::once(tag)),
            ColumnItem::Cell(nodes) => {
                at += 1;
                let last = if at == cells && !repeated { "-last" } else { "" };
                let place = if last.is_empty() { "" } else { " column-last" };
                let percent = 100 / width;
                writer.put(&format!(
                    "<!--[if mso]><td width=\"{percent}%\" valign=\"top\"><![endif]--><div class=\"column-of-{width}{place}\">"
                ));
                writer.open_box(&format!("column{last}"));
                writer.all(nodes.into_iter());
                writer.close_box();
                writer.put("</div><!--[if mso]></td><![endif]-->");
            }
        }
    }
    writer.put("<!--[if mso]></tr></table><![endif]-->");
    writer.close_box();
}

pub(super) fn text(writer: &mut text::TextWriter<'_, '_>, node: Node<'_>, at: BlockPosition<'_>) {
    writer.all(body(node).filter(|it| !is_break(it)), at);
}
