//! The numbers of a list as they are written, and as readers see them.

use std::ops::Range;

use comrak::nodes::{ListType, Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;

const CHANGED: Code = Code("NL660");

/// The number that an author wrote before an item.
pub(crate) struct WrittenNumber {
    pub(crate) number: usize,
    /// The bytes of its digits in the text.
    pub(crate) range: Range<usize>,
}

/// The number before an item of a numbered list.
pub(crate) fn written(item: Node<'_>, masked: &PlaceholderText) -> Option<WrittenNumber> {
    let start = item.data().sourcepos.start;
    let at = masked.line_start(start.line) + start.column.saturating_sub(1);
    let rest = masked.text.get(at..)?;
    let length = rest.len() - rest.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
    let number = rest[..length].parse().ok()?;
    Some(WrittenNumber { number, range: at..at + length })
}

/// Reports items that readers would see with another number than the written one: a list counts on from its first number
/// (`CommonMark` 0.31, section 5.3). The same number before each item is a custom of authors who let the list count.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        let start = match &node.data().value {
            NodeValue::List(list) if list.list_type == ListType::Ordered => list.start,
            _ => continue,
        };
        let numbers: Vec<WrittenNumber> = node.children().filter_map(|item| written(item, masked)).collect();
        // `1. 1. 1.` and `0. 0. 0.` count by themselves; `2026. 2026.` are years.
        let is_counted = |first: &WrittenNumber| first.number <= 1 || numbers.len() == 1;
        if numbers.first().is_none_or(is_counted)
            && numbers.iter().all(|written| Some(written.number) == numbers.first().map(|first| first.number))
        {
            continue;
        }
        let wrong = numbers.iter().zip(start..).find(|(written, shown)| written.number != *shown);
        if let Some((WrittenNumber { number, range }, shown)) = wrong {
            diagnostics.push(
                Diagnostic::error(
                    CHANGED,
                    message!(
                        "readers would see the number {shown} instead of {number}",
                        "læserne ville se nummer {shown} i stedet for {number}"
                    ),
                )
                .at(masked.place_at(range.clone()))
                .hint(message!(
                    "number the list without gaps; if `{number}.` is not the number of an item, write `{number}\\.`",
                    "nummerér listen uden huller; hvis `{number}.` ikke er et punkts nummer, så skriv `{number}\\.`"
                )),
            );
        }
    }
}
