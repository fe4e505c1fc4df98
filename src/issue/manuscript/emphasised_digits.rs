//! Asterisks between digits, which are meant as multiplication signs and read as emphasis.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;

const EMPHASIS: Code = Code("NL665");

/// Reports emphasis that begins and ends between two digits: readers would see `5*3*2` as 532. `20**26**` is meant. Unlike `_`, `*` is emphasis
/// within a word as well (`CommonMark` 0.31, section 6.2).
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        if !matches!(node.data().value, NodeValue::Emph | NodeValue::Strong) {
            continue;
        }
        let position = node.data().sourcepos;
        let from = masked.line_start(position.start.line) + position.start.column.saturating_sub(1);
        let to = masked.line_start(position.end.line) + position.end.column;
        if [from, to].into_iter().all(|at| is_between_digits(&masked.text, at)) {
            let written = masked.text.get(from..to).unwrap_or("*");
            diagnostics.push(
                Diagnostic::error(EMPHASIS, format!("`{written}` is emphasis, so its asterisks are not shown"))
                    .at(masked.place_of(node))
                    .hint("write `×`, or `\\*` for an asterisk"),
            );
        }
    }
}

/// Whether the signs of emphasis around a byte are between two digits.
fn is_between_digits(text: &str, at: usize) -> bool {
    let is_digit = |character: char| character.is_ascii_digit();
    let Some((before, after)) = text.split_at_checked(at) else { return false };
    before.trim_end_matches('*').ends_with(is_digit) && after.trim_start_matches('*').starts_with(is_digit)
}
