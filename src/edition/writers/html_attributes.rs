//! The attributes of the elements that a text becomes.

use comrak::nodes::{Node, NodeValue};

use crate::edition::html::escape::escape;
use crate::issue::manuscript::tree;

/// The attributes that a step of compiling gave to a node: its class, and its language and direction where they differ from
/// those around it.
pub(super) fn of(node: Node<'_>) -> String {
    let data = node.data();
    let Some(attributes) = &data.attrs else { return String::new() };
    let classes = attributes.classes.join(" ");
    let class = (!classes.is_empty()).then(|| format!(" class=\"{}\"", escape(&classes)));
    class.unwrap_or_default() + &language(node)
}

/// The language and the direction of a node, where they differ from those around it.
pub(super) fn language(node: Node<'_>) -> String {
    let data = node.data();
    let pairs = data.attrs.iter().flat_map(|attributes| &attributes.pairs);
    let own = pairs.filter(|(name, _)| [tree::LANG, tree::DIR].contains(&name.as_str()));
    own.fold(String::new(), |written, (name, value)| written + &format!(" {name}=\"{}\"", escape(value)))
}

/// The same for a block that is written without an element of its own; empty for any other.
pub(super) fn of_wrapper(node: Node<'_>) -> String {
    match &node.data().value {
        NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::List(_) | NodeValue::Raw(_) => String::new(),
        _ => language(node),
    }
}

/// A cell, `<td …>` or `<th …>`, with its language and direction added.
pub(super) fn added_to_cell(written: &str, cell: Node<'_>) -> String {
    let language = language(cell);
    match written.split_at_checked("<td".len()) {
        Some((name, rest)) if !language.is_empty() => [name, &language, rest].concat(),
        Some(_) | None => written.to_owned(),
    }
}

/// The class of a picture with text below it in its paragraph, which adds space between them.
pub(super) fn picture_class(picture: Node<'_>) -> &'static str {
    let is_line_end = |node: Node<'_>| matches!(node.data().value, NodeValue::SoftBreak | NodeValue::LineBreak);
    match picture.next_sibling() {
        Some(next) if is_line_end(next) && next.next_sibling().is_some() => "picture above-text",
        Some(_) | None => "picture",
    }
}
