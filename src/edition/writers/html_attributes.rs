//! The attributes of the elements that a text becomes.

use comrak::nodes::Node;

use crate::edition::html::escape::escape;

/// The class that a step of compiling gave to a block, as an attribute.
pub(super) fn class(node: Node<'_>) -> String {
    let data = node.data();
    let classes = data.attrs.as_ref().map(|attributes| attributes.classes.join(" ")).unwrap_or_default();
    if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", escape(&classes)) }
}
