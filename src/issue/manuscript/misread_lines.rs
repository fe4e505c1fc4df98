//! Lines that Markdown reads as another block than their author means: a reply that goes on in the quotation above it, a
//! heading that goes on in the item above it, a paragraph that is code since it is indented, and a line of a sentence that
//! begins with the sign of an item, a heading or a quotation.

use std::ops::RangeInclusive;

use comrak::nodes::{ListType, Node, NodeList, NodeValue};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::tree;

const QUOTED: Code = Code("NL668");
const INDENTED: Code = Code("NL669");
const INTERRUPTED: Code = Code("NL678");

/// Characters that code has, and sentences hardly.
const OF_CODE: [char; 10] = ['{', '}', '=', ';', '<', '>', '$', '|', '#', '\\'];
/// What follows degrees below zero.
const DEGREES: [&str; 3] = ["grader", "degrees", "°"];
/// What follows another amount.
const UNITS: [&str; 5] = ["%", "pct", "kr", "procent", "percent"];
/// Words that no sentence ends with: the text continues on the next line.
const RUNNING: &str = " \
    mellem fra til på er med og eller ca. minus plus mod over under between from to is of at and or about ";
/// Words that a part of a sentence begins with, rather than an item.
const JOINING: &str = " og men eller som så især dog altså and but or as which so und aber oder och ";
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
                    Diagnostic::warning(
                        INDENTED,
                        message!(
                            "this text is indented, and is shown as code",
                            "teksten er rykket ind og vises som kode"
                        ),
                    )
                    .at(masked.line(first))
                    .hint(message!(
                        "delete the spaces before it; code can be between two lines of three backticks",
                        "slet mellemrummene foran; kode kan stå mellem to linjer med tre backticks"
                    )),
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
    block: Message,
    /// The sign that makes it one.
    sign: String,
    /// What to do where the block is meant.
    remedy: Option<Message>,
}

impl SentenceLine {
    fn read(node: Node<'_>, root: Node<'_>, masked: &PlaceholderText) -> Option<Self> {
        // The words of all other nodes need not be collected.
        if !matches!(node.data().value, NodeValue::List(_) | NodeValue::Heading(_) | NodeValue::BlockQuote) {
            return None;
        }
        let start = node.data().sourcepos.start;
        let line = masked.line_text(start.line);
        let written = line.get(start.column.saturating_sub(1)..)?.trim_start();
        let sign = written.split_whitespace().next()?.to_owned();
        let text = tree::plain(node);
        let above = above(node, masked).filter(|above| is_unfinished(above));
        let is_first = begins_item(node);
        let (block, is_sentence) = match &node.data().value {
            NodeValue::List(list) if is_one_line(node) => {
                let is_sum = is_first && list.bullet_char == b'+';
                let goes_on = above.is_some_and(|above| goes_on(above, node, list, &text));
                (
                    message!("an item", "et punkt"),
                    is_sum || goes_on || is_standing(node, list, &text) || is_note(node, root),
                )
            }
            NodeValue::List(list) => {
                let are_numbers = node.children().all(|item| begins_with_digit(&tree::plain(item)));
                (
                    message!("a list", "en liste"),
                    !is_in_item(node) && are_numbers && above.is_some() && list.bullet_char == b'+',
                )
            }
            // `##` is never meant as text.
            NodeValue::Heading(heading) if !heading.setext && heading.level == 1 => {
                let is_part = text.starts_with(char::is_lowercase) && text.ends_with(['.', ',']);
                let is_number = text.trim_start_matches(|sign: char| sign.is_ascii_digit()).starts_with(' ')
                    && begins_with_digit(&text);
                let is_below = is_first || above.is_some_and(has_words);
                (message!("a heading", "en overskrift"), is_below && (is_number || is_part))
            }
            NodeValue::BlockQuote => {
                (message!("a quotation", "et citat"), (is_first || above.is_some()) && begins_with_digit(&text))
            }
            _ => return None,
        };
        let remedy = match () {
            () if is_first => None,
            // An amount is reported below an empty line as well.
            () if !is_in_item(node) && (sign == "+" || sign == "-" && is_degrees(&text)) => {
                Some(message!("begin it with `* `", "begynd med `* `"))
            }
            () if above.is_some() => {
                Some(message!("write an empty line before it, and after it", "skriv en tom linje før og efter"))
            }
            () if sign == "*" => Some(message!("begin it with `- `", "begynd med `- `")),
            () => Some(message!("begin it with `* `", "begynd med `* `")),
        };
        is_sentence.then_some(Self { line: start.line, block, sign, remedy })
    }

    fn diagnostic(&self, masked: &PlaceholderText) -> Diagnostic {
        let Self { line, block, sign, remedy } = self;
        let (number, mark) =
            sign.split_at(sign.len() - sign.trim_start_matches(|sign: char| sign.is_ascii_digit()).len());
        let meant = remedy.as_ref().map_or_else(Message::default, |remedy| {
            message!("; if {block} is meant, {remedy}", "; hvis {block} er meningen, så {remedy}")
        });
        Diagnostic::warning(
            INTERRUPTED,
            message!(
                "this line is shown as {block}, without the `{sign}` that it begins with",
                "linjen vises som {block} uden det `{sign}`, den begynder med"
            ),
        )
        .at(masked.line(*line))
        .hint(message!(
            "if the `{sign}` is text, write `{number}\\{mark}`{meant}",
            "hvis `{sign}` er tekst, så skriv `{number}\\{mark}`{meant}"
        ))
    }
}

/// Whether a list of one item is a part of the sentence in the line above it.
fn goes_on(above: &str, node: Node<'_>, list: &NodeList, text: &str) -> bool {
    let in_item = is_in_item(node);
    let is_running = is_listed(RUNNING, last_word(above));
    let first = text.split_whitespace().next().unwrap_or_default();
    if list.list_type == ListType::Ordered {
        return !in_item && has_words(above) && text.starts_with(char::is_lowercase);
    }
    // Spaces before a list put it below the item above it.
    if in_item && !is_running && !above.ends_with("kr.") {
        return false;
    }
    match list.bullet_char {
        b'+' => {
            begins_with_digit(text)
                || text.starts_with(char::is_lowercase) && above.contains(|sign: char| sign.is_ascii_digit())
        }
        b'-' => is_degrees(text) || is_running && has_unit(text, &UNITS) || is_listed(JOINING, first),
        _ => false,
    }
}

/// Whether a line ends before its sentence does: it is not a title, a label or a question.
fn is_unfinished(line: &str) -> bool {
    line.ends_with(|last: char| last.is_alphanumeric() || matches!(last, ',' | '%'))
        || ["kr.", "ca.", "pct."].iter().any(|end| line.ends_with(end))
}

fn has_words(line: &str) -> bool {
    line.split_whitespace().count() >= SENTENCE - 1
}

fn last_word(line: &str) -> &str {
    line.split_whitespace().next_back().unwrap_or_default()
}

fn is_listed(words: &str, word: &str) -> bool {
    !word.is_empty() && words.contains(&format!(" {word} "))
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_digit())
}

/// Whether a block is the beginning of an item: `- > 20 år`.
fn begins_item(node: Node<'_>) -> bool {
    let line = node.data().sourcepos.start.line;
    node.previous_sibling().is_none()
        && is_in_item(node)
        && node.parent().is_some_and(|item| item.data().sourcepos.start.line == line)
}

/// The last line of the paragraph that a block interrupts: no empty line is between them.
fn above<'t>(node: Node<'_>, masked: &'t PlaceholderText) -> Option<&'t str> {
    let above = node.previous_sibling().filter(|above| matches!(above.data().value, NodeValue::Paragraph))?;
    let line = above.data().sourcepos.end.line;
    (line + 1 == node.data().sourcepos.start.line).then(|| masked.line_text(line).trim_end())
}

/// Whether a list with nothing directly above it is an amount with its sign.
fn is_standing(list: Node<'_>, kind: &NodeList, text: &str) -> bool {
    let line = list.data().sourcepos.start.line;
    let is_apart = list.previous_sibling().is_none_or(|above| above.data().sourcepos.end.line + 1 < line);
    let is_amount = match kind.bullet_char {
        b'+' => has_unit(text, &UNITS) || is_degrees(text),
        b'-' => is_degrees(text),
        _ => false,
    };
    is_apart && !is_in_item(list) && is_amount
}

/// Whether a list is one item with one paragraph.
fn is_one_line(list: Node<'_>) -> bool {
    let only = |node: Node<'_>| node.first_child().is_some_and(|child| child.next_sibling().is_none());
    only(list) && list.first_child().is_some_and(only)
}

/// Whether a text begins with degrees: `5 grader`.
fn is_degrees(text: &str) -> bool {
    has_unit(text, &DEGREES)
}

/// Whether a text begins with a number and one of some units.
fn has_unit(text: &str, units: &[&str]) -> bool {
    let unit =
        text.trim_start_matches(|sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',' | ' ' | '\u{a0}'));
    begins_with_digit(text) && units.iter().any(|word| unit.starts_with(word))
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
            Diagnostic::warning(
                QUOTED,
                message!("this line belongs to the quotation above it", "linjen hører til citatet ovenover"),
            )
            .at(masked.line(line))
            .hint(message!(
                "write an empty line before it, or `> ` at its beginning",
                "skriv en tom linje før den, eller `> ` først på den"
            )),
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
            Diagnostic::warning(
                QUOTED,
                message!("this line belongs to the item above it", "linjen hører til punktet ovenover"),
            )
            .at(masked.line(line))
            .hint(message!("write an empty line before it", "skriv en tom linje før den")),
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
