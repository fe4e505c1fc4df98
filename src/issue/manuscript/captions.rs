//! The captions of pictures: the title of a picture (`![Havnen](havn.jpg "Foto: Anna Berg")`), and a line such as
//! `Foto: Anna Berg` directly below one.
//!
//! A picture that is alone in its paragraph gets a second paragraph for its caption; a picture among words gets a span.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use crate::base::language::Lang;
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind};
use crate::issue::manuscript::tree;

/// The class of a node that holds a caption. Authors can give classes to links, pictures and headings only.
const CAPTION: &str = "caption";

/// The class of a paragraph that a caption is below.
const CAPTIONED: &str = "captioned";

/// A longer paragraph below a picture is text, whatever it begins with: in bytes.
const LONGEST_CREDIT: usize = 200;

/// Whether a node is the caption of the picture before it.
pub(crate) fn is_caption(node: Node<'_>) -> bool {
    let data = node.data();
    matches!(data.value, NodeValue::Paragraph | NodeValue::Underline)
        && data.attrs.as_ref().is_some_and(|attributes| attributes.classes.iter().any(|class| class == CAPTION))
}

/// Whether a paragraph has nothing but one picture, which may be a link, or a block of HTML nothing but an `<img>`.
pub(crate) fn is_picture(node: Node<'_>) -> bool {
    match &node.data().value {
        NodeValue::Paragraph => {
            node.first_child().is_some_and(|first| first.next_sibling().is_none() && picture_in(first).is_some())
        }
        NodeValue::HtmlBlock(html) => {
            let inner = html.literal.trim().strip_suffix('>').unwrap_or_default();
            inner.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("<img ")) && !inner.contains('>')
        }
        _ => false,
    }
}

/// The picture that an inline node is, or that a link holds and nothing else.
pub(super) fn picture_in(node: Node<'_>) -> Option<Node<'_>> {
    let data = node.data();
    match &data.value {
        NodeValue::Image(_) => Some(node),
        NodeValue::Link(_) => {
            let only = node.first_child().filter(|child| child.next_sibling().is_none())?;
            matches!(only.data().value, NodeValue::Image(_)).then_some(only)
        }
        _ => None,
    }
}

/// Makes nodes of all captions. It runs before the tags get their nodes, so that values in a caption are values.
pub(crate) fn extract_captions<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for paragraph in nodes.iter().filter(|node| matches!(node.data().value, NodeValue::Paragraph)) {
        split_lines(arena, paragraph);
        if is_picture(paragraph)
            && let Some(below) = paragraph.next_sibling()
            && is_credit(below)
        {
            mark(below);
        }
    }
    for node in nodes {
        let Some(title) = take_title(node) else { continue };
        let words = new(arena, NodeValue::Text(title.into()), node);
        let holder = node.ancestors().skip(1).find(|outer| is_picture(outer));
        // comrak has no node for a span; a kind of node that no enabled extension creates is used instead.
        let caption = new(arena, if holder.is_some() { NodeValue::Paragraph } else { NodeValue::Underline }, node);
        caption.append(words);
        holder.unwrap_or(node).insert_after(caption);
        mark(caption);
    }
    let captions =
        root.descendants().filter(|node| matches!(node.data().value, NodeValue::Paragraph) && is_caption(node));
    for above in captions.filter_map(comrak::arena_tree::Node::previous_sibling) {
        add_class(above, CAPTIONED);
    }
}

/// The title of a picture, which is no longer the picture's.
fn take_title(node: Node<'_>) -> Option<String> {
    match &mut node.data_mut().value {
        NodeValue::Image(link) => Some(std::mem::take(&mut link.title)).filter(|title| !title.trim().is_empty()),
        _ => None,
    }
}

/// Splits a paragraph whose first line is a picture alone, if the next line is a credit, or if the block around it
/// shows its picture apart from its text.
fn split_lines<'a>(arena: &'a Arena<'a>, paragraph: Node<'a>) {
    let children: Vec<Node<'a>> = paragraph.children().collect();
    let Some((first, rest)) = children.split_first().filter(|(first, _)| picture_in(first).is_some()) else { return };
    let Some((line_break, rest)) = rest.split_first().filter(|(next, _)| is_line_break(next)) else { return };
    let line = rest.iter().position(|node| is_line_break(node)).unwrap_or(rest.len());
    let (line, others) = rest.split_at(line);
    let is_credit = begins_as_credit(&line.iter().map(|node| tree::plain(node)).collect::<String>());
    if !is_credit && !paragraph.parent().is_some_and(has_picture_apart) {
        return;
    }
    line_break.detach();
    let (caption, text) = if is_credit { (line, others.get(1..).unwrap_or_default()) } else { (rest, [].as_slice()) };
    others.first().filter(|_| is_credit).into_iter().for_each(|line_break| line_break.detach());
    let mut last = paragraph;
    for nodes in [caption, text].into_iter().filter(|nodes| !nodes.is_empty()) {
        let own = new(arena, NodeValue::Paragraph, first);
        own.data_mut().sourcepos = nodes[0].data().sourcepos;
        for node in nodes {
            own.append(node);
        }
        last.insert_after(own);
        last = own;
    }
    if is_credit {
        paragraph.next_sibling().into_iter().for_each(mark);
    }
}

fn is_line_break(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::SoftBreak | NodeValue::LineBreak)
}

/// Whether a block shows its picture apart from its text, so that both may be written without an empty line between.
fn has_picture_apart(block: Node<'_>) -> bool {
    ContentBlock::of(block).is_some_and(|content| matches!(content.kind, ContentKind::Media | ContentKind::Person))
}

/// Whether a paragraph is a short line such as `Foto: Anna Berg`.
fn is_credit(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::Paragraph) && !is_caption(node) && begins_as_credit(&tree::plain(node))
}

fn begins_as_credit(text: &str) -> bool {
    let Some((word, _)) = text.split_once(':').filter(|_| text.len() <= LONGEST_CREDIT) else {
        return text.trim_start().starts_with('©') && text.len() <= LONGEST_CREDIT;
    };
    let word = word.trim().to_lowercase();
    Lang::ALL.into_iter().any(|lang| lang.language().credits.contains(&word.as_str()))
}

fn mark(node: Node<'_>) {
    add_class(node, CAPTION);
}

fn add_class(node: Node<'_>, class: &str) {
    node.data_mut().attrs.get_or_insert_with(Box::default).classes.push(class.to_owned());
}

/// A node at the place of another.
fn new<'a>(arena: &'a Arena<'a>, value: NodeValue, place: Node<'a>) -> Node<'a> {
    let node: Node<'a> = arena.alloc(AstNode::from(value));
    node.data_mut().sourcepos = place.data().sourcepos;
    node
}
