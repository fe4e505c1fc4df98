//! Links that are meant to be buttons, in a place where they cannot be.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::tree;

const IN_A_SENTENCE: Code = Code("NL661");

/// Whether a node is a link that is to be shown as a button.
pub(crate) fn is_button(node: Node<'_>) -> bool {
    let data = node.data();
    matches!(data.value, NodeValue::Link(_))
        && data.attrs.as_ref().is_some_and(|attributes| attributes.classes.iter().any(|class| class == "button"))
}

/// Reports buttons beside text: only a paragraph with nothing but buttons is shown as such.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants().filter(|node| is_button(node)) {
        let is_alone = node.parent().is_some_and(|parent| {
            matches!(parent.data().value, NodeValue::Paragraph) && parent.children().all(is_beside_button)
        });
        if is_alone {
            continue;
        }
        let words = tree::plain(node);
        diagnostics.push(
            Diagnostic::warning(
                IN_A_SENTENCE,
                message!(
                    "`{words}` is shown as a link: a button cannot be in a sentence",
                    "`{words}` vises som et link: en knap kan ikke stå i en sætning"
                ),
            )
            .at(masked.place_of(node))
            .hint(message!(
                "write the link in a paragraph of its own, or delete `{{.button}}`",
                "skriv linket i et afsnit for sig selv, eller slet `{{.button}}`"
            )),
        );
    }
}

/// Whether a node may be in a paragraph of buttons.
fn is_beside_button(node: Node<'_>) -> bool {
    match &node.data().value {
        NodeValue::SoftBreak | NodeValue::LineBreak => true,
        NodeValue::Text(text) => text.trim().is_empty(),
        _ => is_button(node),
    }
}
