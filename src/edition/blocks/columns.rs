//! `:::: columns`: two or three cells side by side, one below the other where there is no room.

use comrak::nodes::Node;

use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::html;
use crate::edition::text::{self, BlockPosition};
use crate::issue::manuscript::columns::{COUNT, ColumnItem, cells, is_break, pieces};
use crate::issue::manuscript::content_blocks::body;

/// The most cells that can be read side by side.
const MOST: usize = 3;

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
