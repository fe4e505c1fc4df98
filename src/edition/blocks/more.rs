//! `::: more Programmet`: the rest of a text. Letters link to it if the issue is on the web too, and otherwise contain
//! it under its title.

use std::collections::BTreeSet;

use comrak::nodes::{AstNode, Node, NodeLink, NodeValue};
use comrak::{Anchorizer, Arena};

use crate::edition::blocks::card;
use crate::edition::blocks::pieces::HtmlPiece;
use crate::edition::compile_context::CompileContext;
use crate::edition::context::EditionContext;
use crate::edition::html::escape::escape;
use crate::edition::url_encoding::percent;
use crate::issue::manuscript::content_blocks::label_of;
use crate::issue::manuscript::tree;
use crate::issue::slug;

/// Replaces the block by a link to the web; on the web, and where the issue is not on the web, keeps its text under its title.
pub(super) fn replace_with_link<'a>(
    arena: &'a Arena<'a>,
    block: Node<'a>,
    context: CompileContext<'_>,
    taken: &mut BTreeSet<String>,
) {
    let (edition_context, words) = (context.edition_context, context.key.lang.words());
    let label = label_of(block);
    let Some(online) = edition_context.online.as_deref() else {
        card::rank_title(block);
        let name = label.map(tree::plain).filter(|_| edition_context.is_web()).map(|words| anchor(&words));
        match name.filter(|name| !name.is_empty() && taken.insert(name.clone())) {
            Some(name) => block.data_mut().attrs.get_or_insert_with(Box::default).id = Some(name),
            None => tree::unwrap(block),
        }
        return;
    };
    let new = |value| -> Node<'a> { arena.alloc(AstNode::from(value)) };
    let own = label.map(tree::plain).filter(|words| !words.trim().is_empty()).map(|words| (anchor(&words), words));
    let above = || heading_above(block).map(|(name, words)| (first_of_its_name(block, &name).then_some(name), words));
    let (anchor, named) = own.map(|(name, words)| (Some(name), words)).or_else(above).unzip();
    let anchor = anchor.flatten();
    let url = anchor.map_or_else(|| online.to_owned(), |name| format!("{online}#{}", encoded(&name)));
    let link = new(NodeValue::Link(Box::new(NodeLink { url, title: String::new() })));
    let text = |text: String| new(NodeValue::Text(text.into()));
    match (label, named) {
        (Some(label), _) => {
            link.append(text(format!("{}: ", words.more)));
            label.children().collect::<Vec<_>>().into_iter().for_each(|child| link.append(child));
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
    anchor.into_iter().chain([HtmlPiece::Blocks(block.children().collect())]).collect()
}

/// The anchor and the words of the heading above a block.
fn heading_above(block: Node<'_>) -> Option<(String, String)> {
    block.ancestors().find_map(|ancestor| ancestor.preceding_siblings().skip(1).find_map(heading))
}

/// Whether exactly one heading before a block has this anchor. On the page, repeated anchors are numbered, counting
/// headings that a letter lacks.
fn first_of_its_name(block: Node<'_>, name: &str) -> bool {
    let Some(root) = block.ancestors().last() else { return false };
    let before = root.descendants().take_while(|node| !node.same_node(block));
    before.filter_map(heading).filter(|heading| heading.0 == name).count() == 1
}

fn heading(node: Node<'_>) -> Option<(String, String)> {
    let data = node.data();
    if !matches!(data.value, NodeValue::Heading(_)) {
        return None;
    }
    let words = tree::plain(node);
    let given = data.attrs.as_ref().and_then(|attributes| attributes.id.clone());
    Some((given.map_or_else(|| anchor(&words), |name| slug::anchor(&name)), words))
}

/// The anchors of the headings on a page, so that no block gets one of them, too; none in a letter.
pub(super) fn anchors_on_page(root: Node<'_>, edition_context: &EditionContext) -> BTreeSet<String> {
    root.descendants().filter(|_| edition_context.is_web()).filter_map(heading).map(|heading| heading.0).collect()
}

fn anchor(words: &str) -> String {
    slug::anchor(&Anchorizer::new().anchorize(words))
}

/// An anchor for the end of an address: some mail programs cut a link at the first character that is not ASCII.
fn encoded(name: &str) -> String {
    name.chars()
        .map(|character| if character.is_ascii() { character.to_string() } else { percent(character) })
        .collect()
}
