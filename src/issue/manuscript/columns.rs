//! `:::: columns`: which parts of the block are cells.
//!
//! Each card in it is a cell; without cards, lines `---` are between the cells.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::manuscript::captions;
use crate::issue::manuscript::content_blocks::{self, ContentBlock, ContentKind, body};
use crate::issue::manuscript::notes;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::tree;

/// The check for a wrong number of cells.
pub(crate) const COUNT: Code = Code("NL450");
const ACROSS: Code = Code("NL451");

/// Part of a block of columns.
pub(crate) enum ColumnItem<'a> {
    Cell(Vec<Node<'a>>),
    /// A template tag around whole cells.
    Statement(Node<'a>),
}

/// The parts of a block, in order.
pub(crate) fn pieces(block: Node<'_>) -> Vec<ColumnItem<'_>> {
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
    ContentBlock::of(node).is_some_and(|content| content.kind == ContentKind::Card)
}

/// Puts a line `---` between pictures, where a block has nothing but pictures.
pub(crate) fn separate_pictures<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    for (block, _) in content_blocks::all(root).into_iter().filter(|(_, content)| content.kind == ContentKind::Columns)
    {
        let paragraphs: Vec<Node<'a>> = body(block).collect();
        let is_blank = |node: Node<'_>| match &node.data().value {
            NodeValue::SoftBreak | NodeValue::LineBreak => true,
            value => value.text().is_some_and(|text| text.trim().is_empty()),
        };
        let has_pictures_only = |paragraph: &Node<'a>| {
            matches!(paragraph.data().value, NodeValue::Paragraph)
                && paragraph.children().all(|node| captions::picture_in(node).is_some() || is_blank(node))
        };
        if paragraphs.is_empty() || !paragraphs.iter().all(has_pictures_only) {
            continue;
        }
        let pictures = paragraphs.iter().flat_map(|paragraph| paragraph.children()).filter(|node| !is_blank(node));
        let pictures: Vec<Node<'a>> = pictures.collect();
        paragraphs.into_iter().for_each(comrak::arena_tree::Node::detach);
        for (at, picture) in pictures.into_iter().enumerate() {
            let new = |value: NodeValue| -> Node<'a> {
                let node: Node<'a> = arena.alloc(AstNode::from(value));
                node.data_mut().sourcepos = picture.data().sourcepos;
                node
            };
            if at > 0 {
                block.append(new(NodeValue::ThematicBreak));
            }
            let paragraph = new(NodeValue::Paragraph);
            paragraph.append(picture);
            block.append(paragraph);
        }
    }
}

/// Whether a node is a line `---`.
pub(crate) fn is_break(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::ThematicBreak)
}

/// How many cells an edition has; a loop may repeat one.
pub(crate) fn cells(block: Node<'_>) -> usize {
    pieces(block).iter().filter(|piece| matches!(piece, ColumnItem::Cell(_))).count()
}

/// Reports blocks that cannot be columns for any reader.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for (node, _) in content_blocks::all(root).into_iter().filter(|(_, content)| content.kind == ContentKind::Columns) {
        check_block(node, &masked.tags, &masked.line(notes::lines(node).0), diagnostics);
    }
}

fn check_block(block: Node<'_>, tags: &[Tag], place: &Span, diagnostics: &mut Diagnostics) {
    let for_some = body(block).any(|node| matches!(node.data().value, NodeValue::BlockDirective(_)) && !is_card(node));
    let repeated = body(block).any(|node| tree::placeholder(node).is_some());
    if cells(block) < 2 && !for_some && !repeated {
        diagnostics.push(
            Diagnostic::error(
                COUNT,
                message!("these columns have fewer than two cells", "kolonnerne har færre end to felter"),
            )
            .at(place.clone())
            .hint(message!(
                "write a `::: card` for each cell, or a line `---` with empty lines around it between the cells",
                "skriv et `::: card` for hvert felt, eller en linje `---` med tomme linjer omkring mellem felterne"
            )),
        );
    }
    let mut open = 0_usize;
    for child in body(block) {
        match tree::placeholder(child).and_then(|number| tags.get(number)).map(|tag| &tag.kind) {
            Some(TagKind::If(_) | TagKind::For(_)) => open += 1,
            Some(TagKind::EndIf | TagKind::EndFor) => open = open.saturating_sub(1),
            _ if open > 0 && is_break(child) && !body(block).any(is_card) => {
                diagnostics.push(
                    Diagnostic::error(
                        ACROSS,
                        message!(
                            "a condition or a loop cannot span two columns",
                            "en betingelse eller løkke kan ikke gå over to kolonner"
                        ),
                    )
                    .at(place.clone())
                    .hint(message!(
                        "close it before the line `---`, or write a `::: card` for each cell",
                        "luk den før linjen `---`, eller skriv et `::: card` for hvert felt"
                    )),
                );
                return;
            }
            _ => {}
        }
    }
}
