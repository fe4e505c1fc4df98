//! Lines that Markdown reads as another block than their author means: a reply that goes on in the quotation above it, a
//! heading that goes on in the item above it, a paragraph that is code since it is indented, and a line of a sentence that
//! begins with the sign of an item, a heading or a quotation.

use std::ops::RangeInclusive;

use comrak::nodes::{ListType, Node, NodeList, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::tree;

const QUOTED: Code = Code("NL668");
const INDENTED: Code = Code("NL669");
const INTERRUPTED: Code = Code("NL678");

/// Characters that code has, and sentences hardly.
const OF_CODE: [char; 10] = ['{', '}', '=', ';', '<', '>', '$', '|', '#', '\\'];
/// What follows a number with a sign before it, rather than the number of things in an item.
const UNITS: [&str; 6] = ["grader", "°", "%", "pct", "kr", "procent"];
/// The most characters of an item that no editor breaks.
const SHORT: usize = 30;
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
            _ => {
                if let Some(block) = SentenceLine::read(node, root, masked) {
                    diagnostics.push(block.diagnostic(masked));
                }
            }
        }
    }
}

/// A line of a sentence, or an amount, that Markdown reads as a block.
struct SentenceLine {
    line: usize,
    /// What it is read as.
    block: &'static str,
    /// The sign that makes it one.
    sign: String,
}

impl SentenceLine {
    fn read(node: Node<'_>, root: Node<'_>, masked: &PlaceholderText) -> Option<Self> {
        let start = node.data().sourcepos.start;
        let line = masked.line_text(start.line);
        let written = line.get(start.column.saturating_sub(1)..)?.trim_start();
        let sign = written.split_whitespace().next()?.to_owned();
        let text = tree::plain(node);
        let first = text.chars().next()?;
        let above = above(node, masked);
        // A list or a quotation below a title or `Husk:` is meant.
        let is_begun = above.is_none_or(|above| above.ends_with([':', '*', '_']));
        let (block, is_sentence) = match &node.data().value {
            NodeValue::List(list) if is_one_line(node) => {
                let is_item = first.is_uppercase() && matches!(list.bullet_char, b'-' | b'*');
                // Spaces before a list put it below the item above it.
                let goes_on = !is_begun && !is_in_item(node) && (!is_item || list.list_type == ListType::Ordered);
                (
                    "an item",
                    goes_on
                        || !is_begun && is_amount(list, &text)
                        || is_standing(above, list, &text)
                        || is_note(node, root),
                )
            }
            NodeValue::List(_) => {
                let are_numbers =
                    node.children().all(|item| tree::plain(item).starts_with(|sign: char| sign.is_ascii_digit()));
                let goes_on = above.is_some_and(|above| above.ends_with(char::is_alphanumeric));
                ("a list", !is_in_item(node) && are_numbers && goes_on && sign.starts_with(['-', '+']))
            }
            NodeValue::Heading(heading) if !heading.setext => {
                ("a heading", above.is_some() && (first.is_ascii_digit() || first.is_lowercase()))
            }
            NodeValue::BlockQuote => ("a quotation", !is_begun && first.is_ascii_digit()),
            _ => return None,
        };
        is_sentence.then_some(Self { line: start.line, block, sign })
    }

    fn diagnostic(&self, masked: &PlaceholderText) -> Diagnostic {
        let Self { line, block, sign } = self;
        let (number, mark) =
            sign.split_at(sign.len() - sign.trim_start_matches(|sign: char| sign.is_ascii_digit()).len());
        Diagnostic::warning(INTERRUPTED, format!("this line is shown as {block}, without the `{sign}` that it begins with"))
            .at(masked.line(*line))
            .hint(format!(
                "if the `{sign}` is text, write `{number}\\{mark}`; if {block} is meant, write an empty line before it, and after it"
            ))
    }
}

/// The last line of the paragraph that a block interrupts: no empty line is between them.
fn above<'t>(node: Node<'_>, masked: &'t PlaceholderText) -> Option<&'t str> {
    let above = node.previous_sibling().filter(|above| matches!(above.data().value, NodeValue::Paragraph))?;
    let line = above.data().sourcepos.end.line;
    (line + 1 == node.data().sourcepos.start.line).then(|| masked.line_text(line).trim_end())
}

/// Whether a list that nothing is above is an amount with its sign.
fn is_standing(above: Option<&str>, list: &NodeList, text: &str) -> bool {
    above.is_none() && is_amount(list, text)
}

/// Whether a list is one item with one paragraph.
fn is_one_line(list: Node<'_>) -> bool {
    let only = |node: Node<'_>| node.first_child().is_some_and(|child| child.next_sibling().is_none());
    only(list) && list.first_child().is_some_and(only)
}

/// Whether the sign of a list belongs to an amount: `+ 200 kr.`, `- 5 grader`.
fn is_amount(list: &NodeList, text: &str) -> bool {
    let unit =
        text.trim_start_matches(|sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',' | ' ' | '\u{a0}'));
    let is_number = text.starts_with(|sign: char| sign.is_ascii_digit());
    is_number
        && (list.bullet_char == b'+' || list.bullet_char == b'-' && UNITS.iter().any(|word| unit.starts_with(word)))
}

/// Whether the asterisk of a list is that of a note: a word of the text has one behind it, and no other list has asterisks.
fn is_note(list: Node<'_>, root: Node<'_>) -> bool {
    let is_mark = |text: &str| {
        text.split_once('*').is_some_and(|(word, rest)| {
            word.ends_with(char::is_alphanumeric) && !rest.starts_with(|next: char| next.is_alphanumeric())
        })
    };
    let has_asterisk =
        |node: &Node<'_>| matches!(&node.data().value, NodeValue::List(list) if list.bullet_char == b'*');
    let is_link = |node: Node<'_>| matches!(node.data().value, NodeValue::Link(_));
    has_asterisk(&list)
        && !list.descendants().any(is_link)
        && root.descendants().filter(has_asterisk).count() == 1
        && root.descendants().any(|node| matches!(&node.data().value, NodeValue::Text(text) if is_mark(text)))
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

/// A heading in bold, or a sentence, at the start of a line goes on in the item above it.
fn check_item(lines: RangeInclusive<usize>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let is_heading = |line: &str| {
        let inner = line.trim_end().strip_prefix("**").and_then(|line| line.trim_end_matches(':').strip_suffix("**"));
        inner.is_some_and(|inner| !inner.contains("**"))
    };
    // A sentence at the start of a line, below an item that ended before its line was full.
    let is_sentence = |line: usize| {
        let (above, text) = (masked.line_text(line - 1).trim(), masked.line_text(line).trim_end());
        text.starts_with(char::is_uppercase)
            && text.ends_with(['.', '!', '?', ':'])
            && text.split_whitespace().count() >= SENTENCE - 1
            && above.chars().count() <= SHORT
            && !above.ends_with([',', ':', '-', '–'])
    };
    let is_apart = |line: &usize| is_heading(masked.line_text(*line)) || is_sentence(*line);
    if let Some(line) = lines.skip(1).find(is_apart) {
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
