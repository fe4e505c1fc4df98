//! Links that are meant to be buttons, in a place where they cannot be.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::tree;

const IN_A_SENTENCE: Code = Code("NL661");
const MISSPELT: Code = Code("NL784");

/// What authors write for `button`, in small letters: the word in their language or in other programs.
const OTHER_NAMES: [&str; 9] =
    ["button", "buttons", "btn", "btn-primary", "button-primary", "cta", "knap", "knapp", "schaltfläche"];

/// Whether a class is probably meant to be `button`.
fn means_button(class: &str) -> bool {
    OTHER_NAMES.contains(&class.to_lowercase().as_str()) || nearest(class, ["button"]).is_some()
}

/// Whether a node is a link that is to be shown as a button.
pub(crate) fn is_button(node: Node<'_>) -> bool {
    let data = node.data();
    matches!(data.value, NodeValue::Link(_))
        && data.attrs.as_ref().is_some_and(|attributes| attributes.classes.iter().any(|class| class == "button"))
}

/// Reports buttons beside text, since only a paragraph of buttons alone is shown as buttons, and misspelt ones.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let links = root.descendants().filter(|node| matches!(node.data().value, NodeValue::Link(_)) && !is_button(node));
    for link in links {
        let classes = link.data().attrs.as_ref().map(|attributes| attributes.classes.clone()).unwrap_or_default();
        let Some(class) = classes.into_iter().find(|class| means_button(class)) else { continue };
        let message = message!("`{{.{class}}}` makes no button", "`{{.{class}}}` giver ingen knap");
        let hint = message!("write `{{.button}}`", "skriv `{{.button}}`");
        diagnostics.push(Diagnostic::warning(MISSPELT, message).at(masked.place_of(link)).hint(hint));
    }
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
                "write the link in a separate paragraph, or delete `{{.button}}`",
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
