//! The tree of Markdown.

use comrak::nodes::{AstNode, Node, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};

/// Parses Markdown with the extensions that issues use.
pub(crate) fn markdown<'a>(arena: &'a Arena<'a>, text: &str) -> Node<'a> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.alerts = true;
    extension.block_directive = true;
    extension.header_attributes = true;
    extension.link_attributes = true;
    let root = parse_document(arena, text, &options);
    for node in root.descendants() {
        read_name(node);
        end_address(arena, node);
    }
    root
}

/// Ends a bare address before a closing bracket or quotation mark that is not ASCII, as in `（https://…）` and `”https://…”`:
/// comrak, as GFM says, ends one only before those of ASCII.
fn end_address<'a>(arena: &'a Arena<'a>, link: Node<'a>) {
    const CLOSING: [char; 13] = ['）', '」', '』', '】', '》', '。', '，', '、', '”', '’', '»', '«', '…'];
    let (text, words) = match (&link.data().value, link.first_child().filter(|child| child.next_sibling().is_none())) {
        (NodeValue::Link(_), Some(text)) => (text, tree_text(text)),
        _ => return,
    };
    let kept = words.trim_end_matches(CLOSING).len();
    let is_bare = ["https://", "http://", "www."].iter().any(|start| words.starts_with(start));
    let (kept, closing) = words.split_at(kept);
    if !is_bare || closing.is_empty() {
        return;
    }
    let mut data = link.data_mut();
    let NodeValue::Link(address) = &mut data.value else { return };
    let Some(shorter) = address.url.strip_suffix(closing).map(str::to_owned) else { return };
    address.url = shorter;
    let after: Node<'a> = arena.alloc(AstNode::from(NodeValue::Text(closing.to_owned().into())));
    after.data_mut().sourcepos = data.sourcepos;
    drop(data);
    text.data_mut().value = NodeValue::Text(kept.to_owned().into());
    link.insert_after(after);
}

fn tree_text(node: Node<'_>) -> String {
    match &node.data().value {
        NodeValue::Text(text) => text.to_string(),
        _ => String::new(),
    }
}

/// Reads the name of a heading that is not ASCII: `## Møder {#møder}`. comrak reads the others.
fn read_name(heading: Node<'_>) {
    if !matches!(heading.data().value, NodeValue::Heading(_)) {
        return;
    }
    let Some(last) = heading.last_child() else { return };
    let NodeValue::Text(text) = &mut last.data_mut().value else { return };
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':');
    let found = text.trim_end().strip_suffix('}').and_then(|text| text.rsplit_once("{#"));
    let Some((words, name)) = found.filter(|(_, name)| !name.is_empty() && name.chars().all(is_part)) else { return };
    let (words, name) = (words.trim_end().to_owned(), name.to_owned());
    *text = words.into();
    heading.data_mut().attrs.get_or_insert_with(Box::default).id = Some(name);
}

/// The visible text of a node, without any markup.
pub(crate) fn plain(node: Node<'_>) -> String {
    let mut out = String::new();
    for child in node.descendants() {
        match &child.data().value {
            NodeValue::Text(text) => out.push_str(text),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
            _ => {}
        }
    }
    out
}

/// The name of the attribute with the language of a node, if it declares one.
pub(crate) const LANG: &str = "lang";
/// The name of the attribute with the direction of a node, if it declares one.
pub(crate) const DIR: &str = "dir";
/// The attribute of a block that is in the edition of one channel only: the channel's name.
pub(crate) const OWN: &str = "data-own";
/// The attribute of a picture whose author asked for a width: that width, in pixels.
pub(crate) const ASKED_WIDTH: &str = "asked-width";

/// The tag of the language of a node, if it declares one.
pub(crate) fn language_of(node: Node<'_>) -> Option<String> {
    let data = node.data();
    data.attrs.as_ref()?.pairs.iter().find(|(name, _)| name == LANG).map(|(_, tag)| tag.clone())
}

/// The name of the direction of a node, if it declares one.
pub(crate) fn direction_of(node: Node<'_>) -> Option<String> {
    let data = node.data();
    data.attrs.as_ref()?.pairs.iter().find(|(name, _)| name == DIR).map(|(_, direction)| direction.clone())
}

/// Sets an attribute of a node, or removes it.
pub(crate) fn set_attribute(node: Node<'_>, name: &str, value: Option<&str>) {
    let mut data = node.data_mut();
    if value.is_none() && data.attrs.is_none() {
        return;
    }
    let attributes = data.attrs.get_or_insert_with(Box::default);
    attributes.pairs.retain(|(known, _)| known != name);
    attributes.pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

/// Replaces a node by its children.
pub(crate) fn unwrap<'a>(node: Node<'a>) {
    let children: Vec<Node<'a>> = node.children().collect();
    for child in children {
        node.insert_before(child);
    }
    node.detach();
}

/// The number of the tag that a node represents.
pub(crate) fn placeholder(node: Node<'_>) -> Option<usize> {
    match &node.data().value {
        NodeValue::Raw(number) => number.parse().ok(),
        _ => None,
    }
}

/// Whether a list is the whole body of a loop.
pub(crate) fn is_loop_body<'a>(list: Node<'a>, tags: &[Tag]) -> bool {
    let tag = |sibling: Option<Node<'a>>| sibling.and_then(placeholder).and_then(|number| tags.get(number));
    matches!(tag(list.previous_sibling()).map(|tag| &tag.kind), Some(TagKind::For(_)))
        && matches!(tag(list.next_sibling()).map(|tag| &tag.kind), Some(TagKind::EndFor | TagKind::Else))
}
