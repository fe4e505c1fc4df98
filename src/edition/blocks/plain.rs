//! Blocks as plain HTML, for channels besides letters: semantic elements only, without boxes, widths and classes.

use comrak::nodes::Node;

use crate::edition::blocks::pieces::HtmlPiece;
use crate::edition::blocks::{columns, media};
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind, body, label_of};

/// The pieces of a block. Titles of cards, figures, media and `more` are headings among their children by now, and so are
/// those of events.
pub(super) fn html<'a>(block: Node<'a>, content: &ContentBlock) -> Vec<HtmlPiece<'a>> {
    match content.kind {
        ContentKind::Callout | ContentKind::Notice(_) => note(block),
        ContentKind::Quote => quote(block),
        ContentKind::Person => person(block),
        ContentKind::Columns => vec![HtmlPiece::Blocks(columns::shown(block).collect())],
        ContentKind::Card | ContentKind::Figures | ContentKind::Media => section(block.children().collect()),
        ContentKind::Event => section(body(block).collect()),
        ContentKind::More => more(block),
        ContentKind::Table => vec![HtmlPiece::Blocks(body(block).collect())],
    }
}

/// A part of the text with a title that ends with it.
fn section(content: Vec<Node<'_>>) -> Vec<HtmlPiece<'_>> {
    vec![HtmlPiece::markup("<section>\n"), HtmlPiece::Blocks(content), HtmlPiece::markup("</section>\n")]
}

/// The title in bold, and the text.
fn more(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let mut pieces = titled(block);
    pieces.push(HtmlPiece::Blocks(body(block).collect()));
    pieces
}

/// The label of a block, in bold.
fn titled(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    label_of(block).map_or_else(Vec::new, |label| {
        let (start, end) = (HtmlPiece::markup("<p><strong>"), HtmlPiece::markup("</strong></p>\n"));
        vec![start, HtmlPiece::Inline(label), end]
    })
}

fn note(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let mut pieces = vec![HtmlPiece::markup("<aside>\n")];
    pieces.extend(titled(block));
    pieces.extend([HtmlPiece::Blocks(body(block).collect()), HtmlPiece::markup("</aside>\n")]);
    pieces
}

/// The name of the person quoted is inside the quotation, since website editors drop an element beside it.
fn quote(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let mut pieces = vec![HtmlPiece::markup("<blockquote>\n"), HtmlPiece::Blocks(body(block).collect())];
    if let Some(label) = label_of(block) {
        pieces.extend([HtmlPiece::markup("<p>— "), HtmlPiece::Inline(label), HtmlPiece::markup("</p>\n")]);
    }
    pieces.push(HtmlPiece::markup("</blockquote>\n"));
    pieces
}

/// The portrait, the name with the role, and the text.
fn person(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let portrait = media::picture(block);
    let apart: Vec<Node<'_>> = portrait.into_iter().chain(portrait.and_then(media::caption)).collect();
    let rest = body(block).filter(|node| !apart.iter().any(|part| part.same_node(node))).collect();
    let mut pieces = vec![HtmlPiece::Blocks(apart)];
    if let Some(label) = label_of(block) {
        pieces.extend([HtmlPiece::markup("<p>"), HtmlPiece::Inline(label), HtmlPiece::markup("</p>\n")]);
    }
    pieces.push(HtmlPiece::Blocks(rest));
    pieces
}
