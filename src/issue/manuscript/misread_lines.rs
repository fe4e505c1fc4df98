//! Lines that Markdown reads as another block than their author means: a reply that goes on in the quotation above it, a
//! heading that goes on in the item above it, and a
//! paragraph that is code since it is indented.

use std::ops::RangeInclusive;

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;

const QUOTED: Code = Code("NL668");
const INDENTED: Code = Code("NL669");

/// Characters that code has, and sentences hardly.
const OF_CODE: [char; 10] = ['{', '}', '=', ';', '<', '>', '$', '|', '#', '\\'];
/// The fewest words of a sentence.
const SENTENCE: usize = 4;

/// Reports such lines.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        let (first, last) = (node.data().sourcepos.start.line, node.data().sourcepos.end.line);
        match &node.data().value {
            NodeValue::Paragraph if quotations_around(node) > 0 => check_quoted(first..=last, masked, diagnostics),
            NodeValue::Paragraph if is_in_item(node) => check_item(first..=last, masked, diagnostics),
            NodeValue::CodeBlock(code) if !code.fenced && is_prose(&code.literal) => {
                diagnostics.push(
                    Diagnostic::warning(INDENTED, "this text is indented, and is shown as code")
                        .at(masked.line(first))
                        .hint("delete the spaces before it; code can be between two lines of three backticks"),
                );
            }
            _ => {}
        }
    }
}

/// A line with fewer `>` than the one before it goes on in the same paragraph (`CommonMark` 0.31, section 5.1, laziness).
fn check_quoted(lines: RangeInclusive<usize>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let depth = |line: usize| {
        let start = masked.line_text(line).chars().take_while(|letter| matches!(letter, '>' | ' ' | '\t'));
        start.filter(|letter| *letter == '>').count()
    };
    let first = depth(*lines.start());
    // The rest of a sentence is meant as a part of the quotation.
    let is_apart =
        |line: usize| masked.line_text(line - 1).trim_end().ends_with(['.', '!', '?', ':']) || depth(line) > 0;
    if let Some(line) = lines.skip(1).find(|line| depth(*line) < first && is_apart(*line)) {
        diagnostics.push(
            Diagnostic::warning(QUOTED, "this line belongs to the quotation above it")
                .at(masked.line(line))
                .hint("write an empty line before it, or `> ` at its beginning"),
        );
    }
}

/// A heading in bold at the start of a line goes on in the item above it.
fn check_item(lines: RangeInclusive<usize>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let is_heading = |line: &str| {
        let inner = line.trim_end().strip_prefix("**").and_then(|line| line.trim_end_matches(':').strip_suffix("**"));
        inner.is_some_and(|inner| !inner.contains("**"))
    };
    if let Some(line) = lines.skip(1).find(|line| is_heading(masked.line_text(*line))) {
        diagnostics.push(
            Diagnostic::warning(QUOTED, "this line belongs to the item above it")
                .at(masked.line(line))
                .hint("write an empty line before it"),
        );
    }
}

fn is_in_item(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Item(_) | NodeValue::TaskItem(_)))
}

fn quotations_around(node: Node<'_>) -> usize {
    let is_quotation = |outer: &Node<'_>| matches!(outer.data().value, NodeValue::BlockQuote | NodeValue::Alert(_));
    node.ancestors().filter(is_quotation).count()
}

fn is_prose(text: &str) -> bool {
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().all(|letter| letter.is_alphabetic() || ".,:!?".contains(letter)));
    !text.contains(OF_CODE) && words.count() >= SENTENCE && text.trim_start().starts_with(char::is_uppercase)
}
