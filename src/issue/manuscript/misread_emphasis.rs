//! Finds signs of emphasis that are meant as asterisks, or that end in the wrong place.

use std::ops::Range;

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;

const EMPHASIS: Code = Code("NL665");

/// Reports such emphasis. Unlike `_`, `*` is emphasis within a word as well (`CommonMark` 0.31, section 6.2).
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        if !matches!(node.data().value, NodeValue::Emph | NodeValue::Strong | NodeValue::Strikethrough) {
            continue;
        }
        let position = node.data().sourcepos;
        let from = masked.line_start(position.start.line) + position.start.column.saturating_sub(1);
        let to = masked.line_start(position.end.line) + position.end.column;
        let written = masked.text.get(from..to).unwrap_or("*");
        let found = if matches!(node.data().value, NodeValue::Strikethrough) {
            if written.starts_with("~~") {
                continue;
            }
            // In other programs it makes subscripts: `H~2~O`.
            Diagnostic::warning(EMPHASIS, message!("`{written}` is struck out", "`{written}` bliver streget ud")).hint(
                message!(
                    "write `H₂O`, or `\\~` for a tilde; `~~ord~~` strikes out",
                    "skriv `H₂O`, eller `\\~` for en tilde; `~~ord~~` streger ud"
                ),
            )
        } else if is_product(&masked.text, from..to, |letter| letter.is_ascii_digit()) {
            // Readers would see `5*3*2` as 532. `20**26**` is meant.
            Diagnostic::error(
                EMPHASIS,
                message!(
                    "`{written}` is emphasis, so its asterisks are not shown",
                    "`{written}` bliver fremhævet, så stjernerne vises ikke"
                ),
            )
            .hint(message!("write `×`, or `\\*` for an asterisk", "skriv `×`, eller `\\*` for en stjerne"))
        } else if written.starts_with('*') && is_product(&masked.text, from..to, is_of_word) {
            // `længde*bredde*højde` would be one word; `ny*heds*brev` may be meant.
            Diagnostic::warning(
                EMPHASIS,
                message!(
                    "`{written}` is emphasis, so its asterisks are not shown",
                    "`{written}` bliver fremhævet, så stjernerne vises ikke"
                ),
            )
            .hint(message!("write `×`, or `\\*` for an asterisk", "skriv `×`, eller `\\*` for en stjerne"))
        } else if is_within_its_like(node) {
            let sign = if matches!(node.data().value, NodeValue::Strong) { "**" } else { "*" };
            Diagnostic::warning(
                EMPHASIS,
                message!(
                    "the emphasis around this continues: its `{sign}` does not end before it",
                    "fremhævelsen fortsætter: dens `{sign}` slutter ikke før dette"
                ),
            )
            .hint(message!(
                "write the `{sign}` that ends it before the punctuation, as in `{sign}vigtigt{sign}!`",
                "skriv det afsluttende `{sign}` før tegnsætningen, som i `{sign}vigtigt{sign}!`"
            ))
        } else {
            continue;
        };
        diagnostics.push(found.at(masked.place_of(node)));
    }
}

/// Whether the signs of emphasis around a range are between two letters of a kind on both sides.
fn is_product(text: &str, range: Range<usize>, is_letter: fn(char) -> bool) -> bool {
    [range.start, range.end].into_iter().all(|at| {
        let Some((before, after)) = text.split_at_checked(at) else { return false };
        before.trim_end_matches('*').ends_with(|letter: char| is_letter(letter))
            && after.trim_start_matches('*').starts_with(|letter: char| is_letter(letter))
    })
}

/// Whether a letter is of a script that has spaces between its words: in Chinese, signs between words have no space beside them.
fn is_of_word(letter: char) -> bool {
    letter.is_lowercase() || letter.is_uppercase() || letter.is_ascii_digit()
}

/// Whether emphasis is in emphasis of the same kind, which shows nothing: a sign behind `!` and before a letter begins another
/// one instead of ending the first, as in `*vigtigt!*tekst og *mere*`.
fn is_within_its_like(node: Node<'_>) -> bool {
    let is_strong = matches!(node.data().value, NodeValue::Strong);
    node.ancestors().skip(1).any(|outer| match &outer.data().value {
        NodeValue::Strong => is_strong,
        NodeValue::Emph => !is_strong,
        _ => false,
    })
}
