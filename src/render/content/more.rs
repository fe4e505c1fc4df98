//! `::: more Programmet`: the rest of a text, which stands on the web where the issue does, and else in the letter.

use comrak::nodes::{AstNode, Node, NodeLink, NodeValue};
use comrak::{Anchorizer, Arena};

use crate::language::Words;
use crate::render::content::label_of;
use crate::render::resolve::unwrap;
use crate::render::tree;

/// Puts a link to the web in the place of the text, or opens the block.
pub(super) fn fold<'a>(arena: &'a Arena<'a>, block: Node<'a>, online: Option<&str>, words: &Words) {
    let label = label_of(block);
    let Some(online) = online else {
        label.into_iter().for_each(comrak::arena_tree::Node::detach);
        return unwrap(block);
    };
    let new = |value| -> Node<'a> { arena.alloc(AstNode::from(value)) };
    let named = label.map(tree::plain).filter(|it| !it.trim().is_empty()).or_else(|| heading_above(block));
    let anchor = named.as_deref().map(|it| Anchorizer::new().anchorize(it));
    let url = anchor.map_or_else(|| online.to_owned(), |it| format!("{online}#{it}"));
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

/// The words of the heading that a block stands under.
fn heading_above(block: Node<'_>) -> Option<String> {
    let heading = |it: Node<'_>| matches!(it.data().value, NodeValue::Heading(_)).then(|| tree::plain(it));
    block.ancestors().find_map(|it| it.preceding_siblings().skip(1).find_map(heading))
}
