//! `::: media Titel {.right}`: a picture beside a text, or above it on narrow screens.

use comrak::nodes::{Node, NodeValue};

use crate::base::language::direction::Direction;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::blocks::pieces::{HtmlPiece, open_box_of};
use crate::issue::manuscript::captions::{is_caption, is_picture};
use crate::issue::manuscript::content_blocks::{RIGHT, body};
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::issue::manuscript::tree;

const NO_PICTURE: Code = Code("NL648");

/// Reports a block without a picture, or with tags that the picture would be moved out of.
pub(super) fn check(block: Node<'_>, tags: &[Tag], place: &Span, diagnostics: &mut Diagnostics) {
    let Some(picture) = picture(block) else {
        return diagnostics.push(
            Diagnostic::error(
                NO_PICTURE,
                message!(
                    "this block has no picture on a separate line",
                    "blokken har intet billede på en linje for sig selv"
                ),
            )
            .at(place.clone())
            .hint(message!(
                "begin it with `![What it shows](picture.jpg)`",
                "begynd med `![Hvad det viser](billede.jpg)`"
            )),
        );
    };
    // The picture is written before the rest of the block, so it would leave the condition or loop around it, and come
    // before a name that it reads.
    let before = picture.preceding_siblings().skip(1).filter_map(tree::placeholder);
    let statement = before.filter_map(|number| tags.get(number)).filter(|tag| !tag.kind.prints()).last();
    if let Some(tag) = statement {
        diagnostics.push(
            Diagnostic::error(
                NO_PICTURE,
                message!(
                    "the picture of a block cannot follow `{}`",
                    "blokkens billede kan ikke komme efter `{}`",
                    tag.typed
                ),
            )
            .at(tag.place.clone())
            .hint(message!(
                "put the condition around the whole block, or below the picture if it is about the text",
                "sæt betingelsen om hele blokken, eller under billedet, hvis den gælder teksten"
            )),
        );
    }
}

/// The paragraph with the picture of a block.
pub(super) fn picture(block: Node<'_>) -> Option<Node<'_>> {
    body(block).find(|node| is_picture(node))
}

/// The caption of a picture, if it has one.
pub(super) fn caption(picture: Node<'_>) -> Option<Node<'_>> {
    picture.next_sibling().filter(|node| is_caption(node))
}

/// Whether a node is the picture of a block, or in it.
pub(super) fn is_in_picture<'a>(block: Node<'a>, node: Node<'a>) -> bool {
    picture(block).is_some_and(|picture| node.ancestors().any(|ancestor| ancestor.same_node(picture)))
}

/// Whether the picture is to the right of the text: `{.right}` is behind the fence or the picture.
fn is_to_the_right(block: Node<'_>) -> bool {
    let on_fence =
        matches!(&block.data().value, NodeValue::BlockDirective(fence) if fence.info.trim_end().ends_with(RIGHT));
    let on_picture = |node: Node<'_>| {
        node.data().attrs.as_ref().is_some_and(|attributes| attributes.classes.iter().any(|class| class == "right"))
    };
    on_fence || picture(block).is_some_and(|picture| picture.descendants().any(on_picture))
}

/// The least room for a picture beside a text, in pixels.
pub(super) const LEAST_ROOM: u32 = 365;

/// The space between them, in pixels.
const SPACE: u32 = 20;

/// The pieces of a block with this much room, in pixels, in a letter with this text direction.
pub(super) fn html(block: Node<'_>, letter: Direction, room: u32) -> Vec<HtmlPiece<'_>> {
    let Some(picture) = picture(block) else { return vec![HtmlPiece::Blocks(block.children().collect())] };
    let apart: Vec<Node<'_>> = [Some(picture), caption(picture)].into_iter().flatten().collect();
    let text = block.children().filter(|node| !apart.iter().any(|part| part.same_node(node))).collect();
    // With the picture on the right, the cells run from right to left: so the picture is first in the letter, and above its
    // text where both do not fit side by side.
    let (side, cells) = if is_to_the_right(block) {
        ("right", Direction::RightToLeft.name())
    } else {
        ("left", Direction::LeftToRight.name())
    };
    // Their texts have the direction of what is around the block.
    let direction = block.ancestors().find_map(tree::direction_of).unwrap_or_else(|| letter.name().to_owned());
    // The space between both is at the end of the lines of one of them. So it indents neither if they are stacked, even
    // in mail programs that ignore the styles for phones.
    let is_first = direction == cells;
    let beside = if is_first { format!("beside-{side}") } else { "beside-none".to_owned() };
    let third = room.saturating_mul(34) / 100;
    let picture_width = if is_first { third } else { third.saturating_sub(SPACE) };
    let [picture_width, text_width] = if room < LEAST_ROOM {
        [room, room]
    } else {
        // A pixel less than available, so that both fit if the padding around them is rounded.
        [picture_width, room.saturating_sub(picture_width).saturating_sub(1)]
    };
    let text = HtmlPiece::Blocks(text);
    let text = if is_first {
        vec![text]
    } else {
        let open = open_box_of("before", &format!(" before-{direction}"));
        vec![HtmlPiece::markup(open), text, HtmlPiece::close_box()]
    };
    let mut pieces = vec![
        HtmlPiece::markup(open_box_of(&format!("media-{side}"), &format!(" lines-{direction}"))),
        HtmlPiece::markup(format!(
            "<!--[if mso]><table role=\"presentation\" dir=\"{cells}\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><td width=\"34%\" valign=\"top\" dir=\"{direction}\"><![endif]--><div \
             class=\"media-picture\" dir=\"{direction}\" style=\"max-width:{picture_width}px\">"
        )),
        HtmlPiece::open_box(&beside),
        HtmlPiece::Blocks(apart),
        HtmlPiece::close_box(),
        HtmlPiece::markup(format!(
            "</div><!--[if mso]></td><td width=\"66%\" valign=\"top\" dir=\"{direction}\"><![endif]--><div \
             class=\"media-text\" dir=\"{direction}\" style=\"max-width:{text_width}px\">"
        )),
    ];
    pieces.extend(text);
    pieces.extend([HtmlPiece::markup("</div><!--[if mso]></td></tr></table><![endif]-->"), HtmlPiece::close_box()]);
    pieces
}
