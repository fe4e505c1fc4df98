//! Keeps the line breaks of short lines, such as those of a signature or an address.
//!
//! Markdown joins the lines of a paragraph, which is right if a text editor wrapped them. In a wrapped paragraph every
//! line but the last is long; a line that ends although the next word would have fitted was ended by its author. So was
//! a label (`Kontakt:`), a greeting, a closing phrase, or a line with only contact details.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind};
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
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

/// Words of a closing phrase, after which a name follows on the next line, in lower case.
const CLOSINGS: &str = " \
    hilsen hilsner hilsener mvh kh dbh vh regards wishes sincerely cheers grüße grüßen grüsse hälsning \
    hälsningar salutations groeten ";

/// Words that a greeting at the beginning of a letter begins with, in lower case.
const GREETINGS: &str = " \
    kære hej goddag davs hejsa dear hi hello liebe lieber hallo kjære hei kära hejsan ";

/// The most characters of a label and of a greeting, and the most words of a label.
const LABEL_LENGTH: usize = 30;
const LABEL_WORDS: usize = 4;
/// No editor breaks lines of fewer characters.
const NARROWEST: usize = 20;
/// The fewest digits of a phone number.
const PHONE_DIGITS: usize = 6;

/// Makes the breaks of such lines hard ones, and reports a signature that `---` makes a heading.
pub(crate) fn keep_breaks(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        let heading = match &node.data().value {
            NodeValue::Paragraph => None,
            NodeValue::Heading(heading) if heading.setext => Some(heading.level),
            _ => continue,
        };
        match heading {
            None if may_have_lines(node) => {
                let lines = lines(node);
                // With a condition within a sentence, the lines differ from reader to reader.
                if !has_statement(node, &masked.tags) || are_short(&lines) || are_labelled(&lines) {
                    keep(node, &kept_breaks(&lines));
                }
            }
            Some(_) if is_stray_sign(node, masked) => {
                let line = node.data().sourcepos.end.line;
                diagnostics.push(
                    Diagnostic::warning(
                        UNDERLINED,
                        message!(
                            "the sign on this line makes a heading of the text above it",
                            "tegnet på linjen gør teksten ovenover til en overskrift"
                        ),
                    )
                    .at(masked.line(line))
                    .hint(message!(
                        "write a backslash before it if it is text; a heading begins with `## `",
                        "skriv en omvendt skråstreg foran, hvis det er tekst; en overskrift begynder med `## `"
                    )),
                );
            }
            Some(2) => check_underlined(node, masked, diagnostics),
            None | Some(_) => {}
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

fn has_statement(paragraph: Node<'_>, tags: &[Tag]) -> bool {
    let numbers = paragraph.descendants().filter_map(tree::placeholder);
    numbers.filter_map(|number| tags.get(number)).any(|tag| !matches!(tag.kind, TagKind::Print(_)))
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

/// Whether each break of a paragraph is kept.
fn kept_breaks(lines: &[String]) -> Vec<bool> {
    let mut kept = vec![false; lines.len().saturating_sub(1)];
    if kept.is_empty() {
        return kept;
    }
    if (2..=MOST_LINES).contains(&lines.len()) && (are_short(lines) || are_labelled(lines) || are_ragged(lines)) {
        kept.fill(true);
        return kept;
    }
    let symbols = lines.iter().filter(|line| begins_with_symbol(line)).count();
    for at in 0..kept.len() {
        let (line, next) = (&lines[at], &lines[at + 1]);
        let is_opening = is_label(line) || is_closing(line) && starts_anew(lines, at);
        if is_opening && is_run(&lines[at + 1..]) {
            kept[at..].fill(true);
        }
        let is_greeted = at == 0 && is_greeting(line, next);
        let is_contact = is_contact(next) && (line.trim_end().ends_with(':') || is_contact(line));
        let is_point = symbols > 1 && begins_with_symbol(next);
        kept[at] |= is_point || is_opening || is_greeted || is_contact || is_label(next) || is_signed(lines, at + 1);
    }
    kept
}

/// Whether a line begins with a pictogram, or the sign of a note: `📍 Rådhuset`, `¹ Kun for medlemmer`.
fn begins_with_symbol(line: &str) -> bool {
    let is_symbol = |sign: char| matches!(sign, '²' | '³' | '¹' | '⁰'..='⁹' | '†'..='‡' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    let line = line.trim();
    let rest = line.trim_start_matches(|sign: char| is_symbol(sign) || matches!(sign, '\u{fe0f}' | '\u{200d}'));
    rest.len() < line.len() && rest.starts_with(char::is_whitespace)
}

/// Whether short lines below each other, the last of which may be a sentence, are not running text.
fn is_run(lines: &[String]) -> bool {
    let ends = |line: &String| {
        let last = line.split_whitespace().next_back().unwrap_or_default().to_lowercase();
        is_label(line) || is_contact(line) || !is_listed(RUNNING, &last) && !last.ends_with([',', ';', '-', '–'])
    };
    let is_short = |line: &String| line.trim().chars().count() <= LONGEST || is_address(line);
    let are_apart = |before: &[String]| before.iter().all(|line| ends(line) && !ends_sentence(line));
    lines.len() < MOST_LINES && lines.iter().all(is_short) && lines.split_last().is_none_or(|(_, all)| are_apart(all))
}

/// Whether a line is nothing but the label of those below it: `Kontakt:`, `Tid og sted:`.
fn is_label(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    line.ends_with(':')
        && (1..=LABEL_WORDS).contains(&words)
        && line.chars().count() <= LABEL_LENGTH
        && line.starts_with(|first: char| first.is_uppercase() || !first.is_alphanumeric())
}

/// Whether a line is a greeting: `Kære Anna,`, or `Kære Anna` before a sentence.
fn is_greeting(line: &str, next: &str) -> bool {
    let line = line.trim();
    let first = line.split_whitespace().next().unwrap_or_default().trim_end_matches([',', '!']).to_lowercase();
    let is_ended = line.ends_with([',', '!', ':'])
        || line.split_whitespace().count() <= LABEL_WORDS && next.trim_start().starts_with(char::is_uppercase);
    line.chars().count() <= LABEL_LENGTH && is_ended && is_listed(GREETINGS, &first)
}

/// Whether a line does not continue the sentence before it.
fn starts_anew(lines: &[String], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| lines.get(before));
    let last = before.map(|line| line.split_whitespace().next_back().unwrap_or_default().to_lowercase());
    lines[at].trim_start().starts_with(char::is_uppercase)
        && last.is_none_or(|last| !is_listed(RUNNING, &last) && !last.ends_with(','))
}

/// Whether a closing phrase at a line ends a text, so that at most some short lines follow it.
fn is_signed(lines: &[String], at: usize) -> bool {
    is_closing(&lines[at]) && starts_anew(lines, at) && is_run(&lines[at + 1..])
}

/// Whether a line is nothing but an address or a phone number, with or without its name before it: `tlf. 12 34 56 78`.
fn is_contact(line: &str) -> bool {
    let line = line.trim();
    let named = line.split_once([' ', ':']).filter(|(name, _)| {
        let name = name.trim_end_matches(['.', ':']);
        name.len() > 1 && name.chars().all(|letter| letter.is_alphabetic() || letter == '-')
    });
    let is_phone = |text: &str| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        digits >= PHONE_DIGITS && text.chars().all(|sign| sign.is_ascii_digit() || " +()-/.\u{a0}".contains(sign))
    };
    let is_reach = |text: &str| is_address(text) || is_phone(text);
    is_reach(line) || named.is_some_and(|(_, rest)| is_reach(rest.trim_start_matches(':').trim()))
}

fn are_short(lines: &[String]) -> bool {
    let is_short = |line: &String| line.trim().chars().count() <= LONGEST || is_address(line);
    if !lines.iter().all(is_short) {
        return false;
    }
    let is_sentence = match lines {
        [first, .., last] => !is_closing(first) && ends_sentence(last),
        _ => false,
    };
    lines.windows(2).all(|pair| is_closing(&pair[0]) || !is_sentence && is_end(&pair[0], &pair[1]))
}

/// Whether three lines or more are not a sentence, and one of them was ended where the next word had room.
fn are_ragged(lines: &[String]) -> bool {
    let length = |text: &str| text.trim().chars().count();
    let widest = lines.iter().map(|line| length(line)).max().unwrap_or_default().max(NARROWEST);
    let has_room = |pair: &[String]| {
        let next = pair[1].split_whitespace().next().unwrap_or_default();
        length(&pair[0]) + 1 + next.chars().count() <= widest
    };
    let is_sentence = lines.last().is_some_and(|last| ends_sentence(last));
    lines.len() > 2 && !is_sentence && is_run(lines) && lines.windows(2).any(has_room)
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
    let begins = is_contact(next)
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
    let mut words = line.split_whitespace();
    let last = words.clone().next_back().map(|word| word.trim_end_matches([',', '.', '!']).to_lowercase());
    words.nth(5).is_none() && last.is_some_and(|last| is_listed(CLOSINGS, &last))
}

fn is_listed(list: &str, word: &str) -> bool {
    !word.is_empty() && list.contains(&format!(" {word} "))
}

fn keep(paragraph: Node<'_>, kept: &[bool]) {
    let is_break = |node: &Node<'_>| matches!(node.data().value, NodeValue::SoftBreak | NodeValue::LineBreak);
    for (node, _) in paragraph.descendants().filter(is_break).zip(kept).filter(|(_, kept)| **kept) {
        node.data_mut().value = NodeValue::LineBreak;
    }
}

/// Whether a heading has a single `-` or `=` below it, as a sentence may that was broken there.
fn is_stray_sign(heading: Node<'_>, masked: &PlaceholderText) -> bool {
    let line = masked.line_text(heading.data().sourcepos.end.line);
    matches!(lines::without_containers(line).trim(), "-" | "=")
}

/// `---` below a line of text makes it a heading (`CommonMark` 0.31, section 4.3); below a signature, a rule is meant.
fn check_underlined(heading: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    // Two rules around lines at the beginning are a second front matter, which has a separate check (NL390).
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
        Diagnostic::warning(
            UNDERLINED,
            message!("the lines above `---` are shown as a heading", "linjerne over `---` vises som en overskrift"),
        )
        .at(masked.line(last))
        .hint(message!(
            "write an empty line before `---`: then it is a rule",
            "skriv en tom linje før `---`: så er det en streg"
        )),
    );
}
