//! `::: more Programmet`: the rest of a text, which stands on the web where the issue does, and else in the letter.

use std::collections::BTreeSet;

use comrak::nodes::{AstNode, Node, NodeLink, NodeValue};
use comrak::{Anchorizer, Arena};

use crate::base::language::words::LetterWords;
use crate::edition::blocks::pieces::HtmlPiece;
use crate::edition::context::EditionContext;
use crate::edition::html::escape::escape;
use crate::edition::links::contact::percent;
use crate::issue::manuscript::content_blocks::{body, label_of};
use crate::issue::manuscript::tree;

/// Puts a link to the web in the place of the text, or opens the block where there is no such place, or where it is.
pub(super) fn replace_with_link<'a>(
    arena: &'a Arena<'a>,
    block: Node<'a>,
    (frame, words): (&EditionContext, &LetterWords),
    taken: &mut BTreeSet<String>,
) {
    let label = label_of(block);
    let Some(online) = frame.online.as_deref() else {
        label.into_iter().for_each(comrak::arena_tree::Node::detach);
        let name = label.map(tree::plain).filter(|_| frame.is_web()).map(|it| anchor(&it));
        match name.filter(|it| !it.is_empty() && taken.insert(it.clone())) {
            Some(name) => block.data_mut().attrs.get_or_insert_with(Box::default).id = Some(name),
            None => tree::unwrap(block),
        }
        return;
    };
    let new = |value| -> Node<'a> { arena.alloc(AstNode::from(value)) };
    let own = label.map(tree::plain).filter(|it| !it.trim().is_empty()).map(|it| (anchor(&it), it));
    let above = || heading_above(block).map(|(name, words)| (first_of_its_name(block, &name).then_some(name), words));
    let (anchor, named) = own.map(|(name, words)| (Some(name), words)).or_else(above).unzip();
    let anchor = anchor.flatten();
    let url = anchor.map_or_else(|| online.to_owned(), |it| format!("{online}#{}", encoded(&it)));
    let link = new(NodeValue::Link(Box::new(NodeLink { url, title: String::new() })));
    let text = |text: String| new(NodeValue::Text(text.into()));
    match (label, named) {
        (Some(label), _) => {
            link.append(text(format!("{}: ", words.more)));
            label.children().collect::<Vec<_>>().into_iter().for_each(|it| link.append(it));
        }
        (None, Some(heading)) => link.append(text(format!("{}: {heading}", words.more))),
        (None, None) => link.append(text(words.online.to_owned())),
    }
    let paragraph = new(NodeValue::Paragraph);
    for node in [paragraph, link] {
        node.data_mut().sourcepos = block.data().sourcepos;
    }
    paragraph.append(link);
    block.insert_before(paragraph);
    block.detach();
}

/// The block as it is read on the web, after the anchor that links in letters lead to.
pub(super) fn html(block: Node<'_>) -> Vec<HtmlPiece<'_>> {
    let anchor = block.data().attrs.as_ref().and_then(|attributes| attributes.id.clone());
    let anchor = anchor.map(|name| HtmlPiece::markup(format!("<div id=\"{}\"></div>\n", escape(&name))));
    anchor.into_iter().chain([HtmlPiece::Blocks(body(block).collect())]).collect()
}

/// The name and the words of the heading that a block stands under.
fn heading_above(block: Node<'_>) -> Option<(String, String)> {
    block.ancestors().find_map(|it| it.preceding_siblings().skip(1).find_map(heading))
}

/// Whether one heading before a block has this name: a page numbers further ones, and by headings that a letter lacks.
fn first_of_its_name(block: Node<'_>, name: &str) -> bool {
    let Some(root) = block.ancestors().last() else { return false };
    let before = root.descendants().take_while(|it| !it.same_node(block));
    before.filter_map(heading).filter(|it| it.0 == name).count() == 1
}

fn heading(node: Node<'_>) -> Option<(String, String)> {
    let data = node.data();
    if !matches!(data.value, NodeValue::Heading(_)) {
        return None;
    }
    let words = tree::plain(node);
    let given = data.attrs.as_ref().and_then(|it| it.id.clone());
    Some((given.unwrap_or_else(|| anchor(&words)), words))
}

/// The names that the headings on a page have, so that no block has them too; in a letter no block has one.
pub(super) fn headings(root: Node<'_>, frame: &EditionContext) -> BTreeSet<String> {
    root.descendants().filter(|_| frame.is_web()).filter_map(heading).map(|it| it.0).collect()
}

fn anchor(words: &str) -> String {
    Anchorizer::new().anchorize(words)
}

/// A name as the end of an address: some mail programs cut a link at the first letter that is not English.
fn encoded(name: &str) -> String {
    name.chars().map(|it| if it.is_ascii() { it.to_string() } else { percent(it) }).collect()
}
