//! The lines of a text: which are code or comments, and their content without the markers of quotes and lists.

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

/// The lines that hold nothing but comments: no part of a letter has them.
pub(crate) fn comment_lines(root: Node<'_>) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    for node in root.descendants() {
        let data = node.data();
        let NodeValue::HtmlBlock(html) = &data.value else { continue };
        let Some(length) = comment_length(html.literal.trim_start()) else { continue };
        let indent = html.literal.len() - html.literal.trim_start().len();
        let (comment, rest) = html.literal.split_at(indent + length);
        let breaks = comment.matches('\n').count();
        let is_last_whole = rest.split('\n').next().is_none_or(|rest| rest.trim().is_empty());
        let first = data.sourcepos.start.line;
        lines.extend(first..first + breaks + usize::from(is_last_whole));
    }
    lines
}

/// The length of the comment that some HTML begins with, as mail programs read it: `--!>` ends it too, and `<!-->` is whole
/// (HTML Standard, section 13.2.5.43 and following). None if it begins with no comment, or the comment is not closed.
pub(crate) fn comment_length(html: &str) -> Option<usize> {
    let inner = html.strip_prefix("<!--")?;
    if let Some(empty) = [">", "->"].into_iter().find(|empty| inner.starts_with(empty)) {
        return Some("<!--".len() + empty.len());
    }
    let ends = ["-->", "--!>"].into_iter().filter_map(|end| inner.find(end).map(|at| at + end.len()));
    ends.min().map(|end| "<!--".len() + end)
}

/// Whether a byte of a line is between backticks.
pub(crate) fn is_in_code(line: &str, at: usize) -> bool {
    line[..at].matches('`').count() % 2 == 1 && line[at..].contains('`')
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
