//! The lines of a text: which are code, and their content without the markers of quotes and lists.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

/// The lines of code blocks.
pub(crate) fn code_lines(root: Node<'_>) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    for node in root.descendants() {
        let data = node.data();
        if matches!(data.value, NodeValue::CodeBlock(_)) {
            lines.extend(data.sourcepos.start.line..=data.sourcepos.end.line);
        }
    }
    lines
}

/// A line without the markers of the quotes and list items that it is in.
pub(crate) fn without_containers(line: &str) -> &str {
    let mut rest = line.trim();
    loop {
        let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        let after = if let Some(after) = rest.strip_prefix('>') {
            Some(after)
        } else if digits > 0 && digits < 10 {
            rest[digits..].strip_prefix(['.', ')']).filter(|rest| rest.starts_with([' ', '\t']))
        } else {
            rest.strip_prefix(['-', '*', '+']).filter(|rest| rest.starts_with([' ', '\t']))
        };
        match after {
            Some(after) => rest = after.trim_start(),
            None => return rest,
        }
    }
}
