//! Short lines below each other, such as a signature or an address: they keep their breaks.
//!
//! Markdown joins the lines of a paragraph, as it must where a text editor broke it. Every line of such a paragraph but the last
//! is long, and a line that ends where the next word had room for it was ended by its author.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::tree;

const UNDERLINED: Code = Code("NL663");

/// The most characters of a short line.
const LONGEST: usize = 40;
/// The most lines of a paragraph whose lines are kept.
const MOST_LINES: usize = 8;

/// Words that do not end a line on purpose, in lower case.
const RUNNING: &str = " \
    og i på den det de en et at af for med til fra om som er der ved eller men and or the a an of to in on \
    with from by is und oder die das ein eine mit von zu im am och av till kl ikke vi kan har skal hos ";

/// Verbs that a name is the subject of, in lower case.
const VERBS: &str = " \
    er var har kan skal vil blev bliver is was are has will ist hat wird är blir ";

/// Words that may be in a name or follow one in a list of people, in lower case.
const WITHIN_NAMES: &str = " \
    og i for af de di du da del la von van der den det på ved til fra med hos and of the in at from und zu zum im am \
    och av ";

/// Words that are written with a full stop wherever they are, in lower case. Words without a vowel, such as `tlf.`, are as well.
const ABBREVIATIONS: &str = " \
    adr afd aps a/s cand co etc evt fax inc ing lic mag mob prof sekr tel univ ";

/// Words of a closing phrase, after which a name follows on a line of its own, in lower case.
const CLOSINGS: &str = " \
    hilsen hilsner hilsener mvh kh dbh vh regards wishes sincerely cheers grüße grüßen grüsse hälsning \
    hälsningar salutations groeten ";

/// Makes the breaks of such lines hard ones, and reports a signature that `---` makes a heading.
pub(crate) fn keep_breaks(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        let value = node.data().value.clone();
        match value {
            NodeValue::Paragraph if may_have_lines(node) => {
                let lines = lines(node);
                if (2..=MOST_LINES).contains(&lines.len()) && (are_short(&lines) || are_labelled(&lines)) {
                    keep(node);
                }
            }
            NodeValue::Heading(heading) if heading.setext && heading.level == 2 => {
                check_underlined(node, masked, diagnostics);
            }
            _ => {}
        }
    }
}

/// Whether the lines of a paragraph are text: in some blocks, each is a setting or a row.
fn may_have_lines(paragraph: Node<'_>) -> bool {
    let block = paragraph.ancestors().find_map(ContentBlock::of);
    block.is_none_or(|block| match block.kind {
        ContentKind::Callout
        | ContentKind::Notice(_)
        | ContentKind::Card
        | ContentKind::Columns
        | ContentKind::Media
        | ContentKind::More
        | ContentKind::Person
        | ContentKind::Quote => true,
        ContentKind::Event | ContentKind::Figures | ContentKind::Table => false,
    })
}

/// The lines of a paragraph or a heading, as they are read.
fn lines(node: Node<'_>) -> Vec<String> {
    let mut lines = vec![String::new()];
    for child in node.descendants() {
        match &child.data().value {
            NodeValue::SoftBreak | NodeValue::LineBreak => lines.push(String::new()),
            NodeValue::Text(text) => lines.iter_mut().next_back().into_iter().for_each(|line| line.push_str(text)),
            NodeValue::Code(code) => {
                lines.iter_mut().next_back().into_iter().for_each(|line| line.push_str(&code.literal));
            }
            // The length of a value is not known: this is what a name needs.
            NodeValue::Raw(_) => lines.iter_mut().next_back().into_iter().for_each(|line| line.push_str("Anna Berg")),
            _ => {}
        }
    }
    lines
}

fn are_short(lines: &[String]) -> bool {
    let is_short = |line: &String| line.trim().chars().count() <= LONGEST || is_address(line);
    let is_sentence = match lines {
        [first, .., last] => !is_closing(first) && ends_sentence(last),
        _ => false,
    };
    let is_break = |pair: &[String]| is_closing(&pair[0]) || !is_sentence && is_end(&pair[0], &pair[1]);
    lines.iter().all(is_short) && lines.windows(2).all(is_break)
}

/// Whether each line begins with a label: `Tid: fredag kl. 9`, `Sted: Rådhuset`.
fn are_labelled(lines: &[String]) -> bool {
    lines.iter().all(|line| {
        let label = line.trim().split_once(": ").map_or("", |(label, _)| label);
        let words = label.split_whitespace().count();
        (1..=2).contains(&words)
            && label.starts_with(char::is_uppercase)
            && label.chars().all(|letter| letter.is_alphabetic() || letter == ' ')
    })
}

/// Whether a line ends on purpose before the next one.
fn is_end(line: &str, next: &str) -> bool {
    let line = line.trim();
    let begins = is_address(next)
        || next.trim_start().starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit() || first == '+');
    let last = line.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    let is_sentence = line.ends_with(['.', '!', '?', ':', ';', '-', '–', '…']);
    begins && !line.is_empty() && !is_sentence && !is_listed(RUNNING, &last) && !goes_on_after_name(next)
}

/// Whether a line is nothing but an address of the web or of mail.
fn is_address(line: &str) -> bool {
    let line = line.trim();
    let is_mail = || line.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let is_web = ["https://", "http://", "www."].iter().any(|start| line.starts_with(start));
    !line.contains(char::is_whitespace) && !line.ends_with(['.', ',', ';', ':']) && (is_web || is_mail())
}

/// Whether a line ends with the full stop of a sentence, and not with that of a number or an abbreviation.
fn ends_sentence(line: &str) -> bool {
    let Some(sentence) = line.trim_end().strip_suffix('.') else { return false };
    let last = sentence.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    let has_vowel = last.contains(['a', 'e', 'i', 'o', 'u', 'y', 'æ', 'ø', 'å', 'ä', 'ö', 'ü', 'é']);
    let is_abbreviation = !has_vowel || last.contains('.') || last.len() == 1 || is_listed(ABBREVIATIONS, &last);
    !is_abbreviation && !last.ends_with(|letter: char| letter.is_numeric())
}

/// Whether a line begins with a name that a sentence goes on after: `Anna Berg er valgt`. A role behind a name is one word, or
/// begins with one such as `for`: `Anna Berg formand`.
fn goes_on_after_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_name = |word: &&&str| word.starts_with(char::is_uppercase) && !word.ends_with([',', ':', ')', '–']);
    let name = words.iter().take_while(is_name).count();
    let runs = |word: &&str| word.chars().all(char::is_lowercase) && !is_listed(WITHIN_NAMES, word);
    let mut behind = words[name..].iter().map(|word| word.trim_end_matches([',', '!', '?', ':']));
    match (behind.next().filter(runs), behind.next().filter(runs)) {
        (Some(first), _) if is_listed(VERBS, first) => name > 0,
        (Some(_), Some(_)) => name > 1,
        _ => false,
    }
}

/// Whether a line is the phrase above a name: `Med venlig hilsen`.
fn is_closing(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().map(|word| word.trim_end_matches([',', '.', '!'])).collect();
    words.len() <= 5 && words.last().is_some_and(|last| is_listed(CLOSINGS, last))
}

fn is_listed(list: &str, word: &str) -> bool {
    !word.is_empty() && list.contains(&format!(" {word} "))
}

fn keep(paragraph: Node<'_>) {
    for node in paragraph.descendants() {
        let mut data = node.data_mut();
        if matches!(data.value, NodeValue::SoftBreak) {
            data.value = NodeValue::LineBreak;
        }
    }
}

/// `---` below a line of text makes it a heading (`CommonMark` 0.31, section 4.3); below a signature, a rule is meant.
fn check_underlined(heading: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    // Two rules around lines at the beginning are a second front matter, which has a check of its own (NL390).
    let above = heading.previous_sibling();
    if above.is_none_or(|above| matches!(above.data().value, NodeValue::ThematicBreak)) {
        return;
    }
    let lines = lines(heading);
    let is_signature = lines.len() > 1 || is_closing(&lines[0]) || tree::plain(heading).trim_end().ends_with('.');
    if !is_signature {
        return;
    }
    let last = heading.data().sourcepos.end.line;
    diagnostics.push(
        Diagnostic::warning(UNDERLINED, "the lines above `---` are shown as a heading")
            .at(masked.line(last))
            .hint("write an empty line before `---`: then it is a rule"),
    );
}
