//! `::: person Anna Berg, formand`: a portrait with a name and a role, above what the person writes.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::blocks::media;
use crate::edition::blocks::pieces::{HtmlPiece, TextPiece};
use crate::edition::text::position::BlockPosition;
use crate::issue::manuscript::content_blocks::{body, label_of};
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::issue::manuscript::tree;

const NO_NAME: Code = Code("NL649");

/// How wide a portrait is shown, in pixels.
pub(super) const PORTRAIT: u32 = 72;

/// Reports a block without a name or a portrait.
pub(super) fn check(block: Node<'_>, tags: &[Tag], place: &Span, diagnostics: &mut Diagnostics) {
    if label_of(block).is_none() {
        diagnostics.push(
            Diagnostic::error(NO_NAME, message!("this block has no name", "blokken har intet navn"))
                .at(place.clone())
                .hint(message!(
                    "write the name and the role after it: `::: person Anna Berg, chair`",
                    "skriv navn og rolle efter: `::: person Anna Berg, formand`"
                )),
        );
    }
    media::check(block, tags, place, diagnostics);
}

/// Puts the name and the role, which a comma separates, into separate nodes.
pub(super) fn split_label<'a>(arena: &'a Arena<'a>, block: Node<'a>, tags: &[Tag]) {
    let Some(label) = label_of(block) else { return };
    let is_statement = |node: Node<'_>| {
        tree::placeholder(node).and_then(|number| tags.get(number)).is_some_and(|tag| !tag.kind.prints())
    };
    let children: Vec<Node<'a>> = label.children().collect();
    // A condition around the comma would end in another element than it begins in.
    let comma = children.iter().position(|node| node.data().value.text().is_some_and(|text| text.contains(',')));
    let Some(comma) = comma.filter(|_| !label.descendants().any(is_statement)) else { return };
    let written = children[comma].data().value.text().map(ToString::to_string).unwrap_or_default();
    let Some((before, after)) = written.split_once(',') else { return };
    let new = |value: NodeValue| -> Node<'a> {
        let node: Node<'a> = arena.alloc(AstNode::from(value));
        node.data_mut().sourcepos = children[comma].data().sourcepos;
        node
    };
    let (name, role) = (new(NodeValue::Underline), new(NodeValue::Underline));
    children[..comma].iter().for_each(|node| name.append(node));
    name.append(new(NodeValue::Text(before.to_owned().into())));
    role.append(new(NodeValue::Text(after.trim_start().to_owned().into())));
    children[comma + 1..].iter().for_each(|node| role.append(node));
    children[comma].detach();
    for part in [name, new(NodeValue::Text(", ".into())), role] {
        label.append(part);
    }
}

pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let portrait = media::picture(block);
    let mut pieces = vec![
        HtmlPiece::open_box("person"),
        HtmlPiece::markup(format!(
            "<table role=\"presentation\" class=\"person-head\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
             <td class=\"portrait\" width=\"{PORTRAIT}\">"
        )),
    ];
    pieces.extend(portrait.map(HtmlPiece::Inline));
    pieces.push(HtmlPiece::markup("</td><td class=\"person-named\">"));
    if let Some(label) = label_of(block) {
        let parts: Vec<Node<'_>> =
            label.children().filter(|part| matches!(part.data().value, NodeValue::Underline)).collect();
        let (name, role) = match parts[..] {
            [name, role] => (name, Some(role)),
            _ => (label, None),
        };
        let line = |class: &str| HtmlPiece::markup(format!("<p class=\"{class}\">"));
        pieces.extend([line("person-name"), HtmlPiece::Inline(name), HtmlPiece::markup("</p>\n")]);
        if let Some(role) = role {
            pieces.extend([line("person-role"), HtmlPiece::Inline(role), HtmlPiece::markup("</p>\n")]);
        }
    }
    let caption = portrait.and_then(media::caption);
    let apart = [portrait, caption];
    let rest = body(block).filter(|node| !apart.iter().flatten().any(|part| part.same_node(node)));
    let below = caption.into_iter().chain(rest).collect();
    pieces.extend([HtmlPiece::close_box(), HtmlPiece::Blocks(below), HtmlPiece::close_box()]);
    pieces
}

/// The name and the role, and below them the picture and the text.
pub(super) fn text<'a>(block: Node<'a>, position: &BlockPosition) -> Vec<TextPiece<'a>> {
    let below = position.below();
    let label = label_of(block).map(|label| TextPiece::Paragraph(label, position.clone()));
    label.into_iter().chain([TextPiece::Blocks(body(block).collect(), below)]).collect()
}
