//! Blocks that decide how something looks: one file for each kind, with its HTML and its text.
//!
//! The functions here dispatch on the kind. A block is described in pieces ([`pieces`]), so no block depends on a writer.

mod callout;
mod card;
mod columns;
pub(crate) mod event;
mod event_card;
mod figures;
mod media;
mod more;
pub(crate) mod notice;
mod person;
pub(crate) mod picture_shapes;
pub(crate) mod pieces;
mod plain;
mod quote;

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::Diagnostics;
use crate::edition::blocks::pieces::{HtmlPiece, TextPiece};
use crate::edition::compile_context::CompileContext;
use crate::edition::text::position::BlockPosition;
use crate::edition::text_width::TextRoom;
use crate::issue::manuscript::content_blocks::{self, ContentBlock, ContentKind, body};
use crate::issue::manuscript::notes::lines;

/// Makes the blocks of one edition ready to be written, and reports what is wrong with them in this edition.
pub(crate) fn prepare<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    context: CompileContext<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut anchors = more::anchors_on_page(root, context.edition_context);
    for (node, content) in content_blocks::all(root) {
        match content.kind {
            ContentKind::Figures => {
                card::rank_title(node);
                figures::prepare(arena, node, context, diagnostics);
            }
            ContentKind::Media => {
                card::rank_title(node);
                media::check(node, context.tags, &context.masked.line(lines(node).0), diagnostics);
            }
            ContentKind::Person => {
                person::check(node, context.tags, &context.masked.line(lines(node).0), diagnostics);
                person::split_label(arena, node, context.tags);
            }
            ContentKind::More => more::replace_with_link(arena, node, context, &mut anchors),
            ContentKind::Card => card::rank_title(node),
            ContentKind::Columns => columns::check(node, &context.masked.line(lines(node).0), diagnostics),
            ContentKind::Callout => callout::name_kind(node, &content.label, context.words),
            ContentKind::Notice(kind) => notice::add_title(arena, node, kind, context.words_around(node)),
            ContentKind::Event | ContentKind::Quote | ContentKind::Table => {}
        }
    }
}

/// The width available to a node, in pixels: the width of the text without what the blocks around it use.
pub(crate) fn room(node: Node<'_>, whole: TextRoom) -> u32 {
    room_in(node, whole, ColumnFlow::SideBySide)
}

/// The same on a phone.
pub(crate) fn room_on_phone(node: Node<'_>, whole: TextRoom) -> u32 {
    room_in(node, whole, ColumnFlow::Stacked)
}

/// The least widths of one of two columns and of one of three, in pixels: where there is no room for them, the columns are one
/// below the other.
const LEAST_COLUMN: u32 = 200;
const LEAST_OF_THREE: u32 = 130;

/// Whether columns are side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnFlow {
    /// On wide screens.
    SideBySide,
    /// On phones: one below the other.
    Stacked,
}

fn room_in(node: Node<'_>, whole: TextRoom, flow: ColumnFlow) -> u32 {
    // The numbers are the margins and the widths of columns in `templates/default/base.css`.
    let around: Vec<Node<'_>> = node.ancestors().skip(1).collect();
    around.into_iter().rev().fold(whole.column, |room, ancestor| match ContentBlock::of(ancestor) {
        Some(content) => match content.kind {
            ContentKind::Columns if flow == ColumnFlow::SideBySide => {
                column_room(columns::beside(ancestor, node), room)
            }
            ContentKind::Person if media::is_in_picture(ancestor, node) => room.min(person::PORTRAIT),
            ContentKind::Media if flow == ColumnFlow::Stacked || room < media::LEAST_ROOM => room,
            ContentKind::Media if media::is_in_picture(ancestor, node) => {
                (room.saturating_mul(34) / 100).saturating_sub(20)
            }
            ContentKind::Media => room.saturating_mul(66) / 100,
            kind => room_in_block(ancestor, kind, TextRoom { column: room, ..whole }),
        },
        None => room.saturating_sub(match ancestor.data().value {
            NodeValue::List(_) => 24,
            NodeValue::BlockQuote | NodeValue::MultilineBlockQuote(_) => whole.boxes.quote,
            _ => 0,
        }),
    })
}

/// The room in one of several columns.
fn column_room(columns: usize, room: u32) -> u32 {
    match columns {
        2 => (room.saturating_sub(20) / 2).max(LEAST_COLUMN - 20).min(room),
        3 => (room.saturating_sub(32) / 3).max(LEAST_OF_THREE - 16).min(room),
        _ => room,
    }
}

fn room_in_block(block: Node<'_>, kind: ContentKind, around: TextRoom) -> u32 {
    let TextRoom { column: room, boxes } = around;
    match kind {
        ContentKind::Callout => room.saturating_sub(boxes.callout),
        ContentKind::Event => room.saturating_sub(boxes.event),
        ContentKind::Card if columns::is_one_of_three(block) => room.saturating_sub(boxes.narrow_card),
        ContentKind::Card => room.saturating_sub(boxes.card),
        ContentKind::Notice(_) => room.saturating_sub(boxes.notice),
        ContentKind::Quote => room.saturating_sub(boxes.cited),
        ContentKind::Columns
        | ContentKind::Figures
        | ContentKind::Media
        | ContentKind::More
        | ContentKind::Person
        | ContentKind::Table => room,
    }
}

/// Whether a node has less room than on the narrowest phone, so that its long words need soft hyphens.
pub(crate) fn is_narrow(node: Node<'_>, whole: TextRoom) -> bool {
    let is_columns =
        |block: Node<'_>| ContentBlock::of(block).is_some_and(|content| content.kind == ContentKind::Columns);
    // How many cells a loop makes is not known here, and they are side by side as well.
    room(node, whole) < NARROWEST_PHONE || node.ancestors().any(is_columns)
}

/// The width of the text on a screen of 320 pixels, in pixels.
const NARROWEST_PHONE: u32 = 280;

/// The width of most phones' screens without the margins of a letter, in pixels.
const PHONE: u32 = 380;

/// The width of the text on a screen of 360 pixels, which only few phones have less than, in pixels.
const SMALL_PHONE: u32 = 320;

/// Whether the block around a picture decides how wide it is.
pub(crate) fn decides_width(node: Node<'_>) -> bool {
    let block = node.ancestors().find_map(|ancestor| ContentBlock::of(ancestor).map(|content| (ancestor, content)));
    block.is_some_and(|(block, content)| {
        matches!(content.kind, ContentKind::Media | ContentKind::Person) && media::is_in_picture(block, node)
    })
}

/// How wide a picture is on a phone, if it is wider there than beside something on other screens.
pub(crate) fn width_on_phone(node: Node<'_>) -> Option<u32> {
    let mut blocks =
        node.ancestors().filter_map(|ancestor| ContentBlock::of(ancestor).map(|content| (ancestor, content)));
    let (block, content) = blocks.next()?;
    match content.kind {
        ContentKind::Media => media::is_in_picture(block, node).then_some(PHONE),
        ContentKind::Columns => (!columns::stays_side_by_side(block, node)).then_some(PHONE),
        ContentKind::Card => blocks.next().filter(|outer| outer.1.kind == ContentKind::Columns).map(|_| PHONE - 38),
        _ => None,
    }
}

/// The pieces of a block in the HTML part.
pub(crate) fn html<'a>(block: Node<'a>, content: &ContentBlock, edition: CompileContext<'_>) -> Vec<HtmlPiece<'a>> {
    match content.kind {
        ContentKind::Callout => callout::html(block),
        ContentKind::Event => event_card::html(block, content, edition.theme),
        ContentKind::Card => card::html(block),
        ContentKind::Columns => columns::html(block),
        ContentKind::Quote => quote::html(block),
        ContentKind::Figures => {
            let room = room_on_phone(block, TextRoom { column: SMALL_PHONE, ..edition.theme.text_room() });
            figures::html(block, edition.tags, room, edition.theme.figure_text())
        }
        ContentKind::Media => {
            media::html(block, edition.text_language.direction, room(block, edition.theme.text_room()))
        }
        ContentKind::Person => person::html(block),
        ContentKind::Notice(kind) => notice::html(block, kind),
        ContentKind::More => more::html(block),
        // The cells are a table of Markdown by now.
        ContentKind::Table => vec![HtmlPiece::Blocks(body(block).collect())],
    }
}

/// The pieces of a block in the plain HTML of channels besides letters.
pub(crate) fn plain_html<'a>(block: Node<'a>, content: &ContentBlock) -> Vec<HtmlPiece<'a>> {
    plain::html(block, content)
}

/// The pieces of a block in the text part.
pub(crate) fn text<'a>(block: Node<'a>, content: &ContentBlock, position: &BlockPosition) -> Vec<TextPiece<'a>> {
    match content.kind {
        ContentKind::Callout => callout::text(block, position),
        ContentKind::Quote => quote::text(block, position),
        ContentKind::Notice(_) => notice::text(block, position),
        ContentKind::Person => person::text(block, position),
        // The title is a heading among the children; see `card::rank_title`.
        ContentKind::Card | ContentKind::Figures | ContentKind::Media | ContentKind::More => {
            vec![TextPiece::Blocks(block.children().collect(), position.clone())]
        }
        ContentKind::Columns => vec![TextPiece::Blocks(columns::shown(block).collect(), position.clone())],
        ContentKind::Event | ContentKind::Table => {
            vec![TextPiece::Blocks(body(block).collect(), position.clone())]
        }
    }
}
