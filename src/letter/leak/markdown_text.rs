//! The text of Markdown lines as a reader sees it, in passages that are read in one go.

use crate::letter::leak::fact::{self, Fact};
use crate::letter::leak::html_entities;
use crate::letter::leak::html_text;
use crate::letter::leak::lines::{LineKind, LineStart, OpeningFence, SourceLine};
use crate::letter::leak::shingles::{self, Word, words};

/// Separates what is not read in one go: the cells of a table, and what is before and after a value that is filled in later.
const BREAK: char = '\u{1}';

/// A passage that is read in one go.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// The number of the line where it begins.
    pub(super) number: usize,
    text: String,
}

impl Passage {
    /// Its sentences with enough words to be recognised: as they are quoted in messages, and their words.
    pub(super) fn sentences(&self) -> Vec<(String, Vec<Word>)> {
        let quoted = |sentence: &str| {
            let bare = sentence.trim_start_matches(|letter: char| !letter.is_alphanumeric());
            bare.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        // A date with a time has many numbers but reveals little: only words with letters count.
        let is_long = |words: &[Word]| words.iter().filter(|word| word.has_letters).count() >= shingles::FEWEST;
        let sentences = sentences(&self.text).into_iter().map(|sentence| (quoted(sentence), words(sentence)));
        sentences.filter(|(_, words)| is_long(words)).collect()
    }

    /// All its words.
    pub(super) fn words(&self) -> Vec<Word> {
        words(&self.text)
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        self.text.split(BREAK).flat_map(fact::all).collect()
    }
}

/// The passages of some lines.
pub(super) fn passages(lines: &[&SourceLine<'_>]) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut number = 0;
    let mut raw = String::new();
    let mut close = |raw: &mut String, number: usize| {
        if !raw.trim().is_empty() {
            read(&std::mem::take(raw), number, &mut passages);
        }
        raw.clear();
    };
    let mut before: Option<&SourceLine<'_>> = None;
    for line in lines {
        // Two lines with a fence or another audience's lines between them are not one paragraph.
        let is_apart = before.is_none_or(|before| before.position + 1 != line.position || before.around != line.around);
        let is_alone = line.start == LineStart::Alone || line.kind == LineKind::Code || is_setting(line);
        if is_apart || is_alone || line.start == LineStart::Marker || line.text.is_empty() {
            close(&mut raw, number);
        }
        if raw.is_empty() {
            number = line.number;
        }
        // `[!NOTE]` in a quote is its kind, not its text.
        if !line.text.is_empty() && !line.text.starts_with("[!") {
            raw.push_str(line.text);
            raw.push('\n');
        }
        if is_alone {
            close(&mut raw, number);
        }
        before = Some(line);
    }
    close(&mut raw, number);
    passages
}

/// Whether a line is a setting of the block around it, such as `tid: …` in an event.
fn is_setting(line: &SourceLine<'_>) -> bool {
    let in_block = line.around.last().is_some_and(OpeningFence::is_of_content);
    let name = line.text.split_once(':').map_or("", |(name, _)| name);
    in_block && !name.is_empty() && name.chars().all(char::is_alphanumeric)
}

/// The sentences of a text. A full stop ends one only before a capital letter: not in `kl. 9` or `ca. ti`.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, sign) in text.char_indices().filter(|(_, letter)| matches!(*letter, '.' | '!' | '?' | '…' | BREAK)) {
        let after = &text[at + sign.len_utf8()..];
        let next = after.trim_start_matches(['"', '”', '’', ')', '»', '*', '_', '.', '!', '?', '…']);
        let begins = next.starts_with(char::is_whitespace)
            && next.trim_start().starts_with(|letter: char| !letter.is_lowercase() && !letter.is_ascii_digit());
        if sign == BREAK || begins || next.trim().is_empty() {
            sentences.push(&text[start..at]);
            start = at + sign.len_utf8();
        }
    }
    sentences.push(&text[start..]);
    sentences
}

/// Reads a paragraph. Hidden texts of its links, pictures and tags become separate passages.
fn read(raw: &str, number: usize, passages: &mut Vec<Passage>) {
    let mut hidden = Vec::new();
    let text = visible_text(raw, &mut hidden);
    let texts = std::iter::once(text).chain(hidden);
    // References are decoded last, so that `&lt;` and `&#42;` do not become tags and emphasis.
    passages.extend(texts.map(|text| Passage { number, text: html_entities::decode(&text).into_owned() }));
}

/// The text of a paragraph without Markdown. URLs, titles and the texts of pictures are added to `hidden`.
fn visible_text(raw: &str, hidden: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        rest = match letter {
            '{' => braces(rest, &mut out),
            '!' if after.starts_with('[') => match after[1..].split_once(']') {
                Some((text, behind)) => {
                    hidden.push(text.to_owned());
                    link_target(behind, hidden)
                }
                None => after,
            },
            // `[^1]` is a reference to a footnote, and `[^1]:` the footnote.
            '[' => match after.strip_prefix('^').and_then(|note| note.split_once(']')) {
                Some((_, behind)) => behind.strip_prefix(':').unwrap_or(behind),
                None => after,
            },
            ']' => link_target(after, hidden),
            '<' => tag(after, &mut out, hidden),
            '*' | '`' => after,
            '|' => {
                out.push(BREAK);
                after
            }
            '\\' => {
                let escaped = after.chars().next().filter(char::is_ascii_punctuation);
                out.extend(escaped);
                &after[escaped.map_or(0, char::len_utf8)..]
            }
            other => {
                out.push(other);
                after
            }
        };
    }
    out
}

/// Skips a placeholder, whose value is not known here, or attributes such as `{.wide}`, which are not shown.
fn braces<'t>(text: &'t str, out: &mut String) -> &'t str {
    for (open, close) in [("{{", "}}"), ("{%", "%}"), ("{#", "#}")] {
        // `{#id}` is an attribute, and `{# note #}` a comment.
        if let Some((inner, behind)) = text.strip_prefix(open).and_then(|inner| inner.split_once(close))
            && (open != "{#" || !inner.contains('}'))
        {
            out.push(BREAK);
            return behind;
        }
    }
    if let Some((inner, behind)) = text[1..].split_once('}')
        && !inner.contains(['\n', '{'])
        && inner.starts_with(|letter: char| matches!(letter, '#' | '.') || letter.is_ascii_alphabetic())
    {
        return behind;
    }
    out.push('{');
    &text[1..]
}

/// Skips what follows the text of a link or a picture, and adds its URL and title to `hidden`.
fn link_target<'t>(text: &'t str, hidden: &mut Vec<String>) -> &'t str {
    if let Some(reference) = text.strip_prefix('[') {
        return reference.split_once(']').map_or(text, |(_, behind)| behind);
    }
    // `[name]: https://…` defines a reference: the rest of the paragraph is its URL and title.
    if let Some(definition) = text.strip_prefix(':') {
        hidden.push(definition.to_owned());
        return "";
    }
    let Some(inner) = text.strip_prefix('(') else { return text };
    let mut depth = 1_u32;
    // A URL may have parentheses in pairs (CommonMark §6.3).
    for (at, letter) in inner.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            hidden.push(without_placeholders(&target(&inner[..at])));
            return &inner[at + 1..];
        }
    }
    text
}

/// What is between the parentheses of a link: in angle brackets a URL may have spaces, which the letter encodes.
fn target(written: &str) -> String {
    match written.trim_start().strip_prefix('<').and_then(|inner| inner.split_once('>')) {
        Some((url, title)) => format!("{} {title}", url.split_whitespace().collect::<Vec<_>>().join("%20")),
        None => written.to_owned(),
    }
}

/// A link's URL and title. A URL with a placeholder is left out: once it is filled in, it is another one.
fn without_placeholders(target: &str) -> String {
    let mut out = String::new();
    let mut rest = target;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before.rsplit_once(char::is_whitespace).map_or("", |(whole, _)| whole));
        out.push(BREAK);
        rest = after.split_once("}}").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

/// Reads what follows a `<`: a URL or an email address in angle brackets, a comment, or an HTML tag.
fn tag<'t>(text: &'t str, out: &mut String, hidden: &mut Vec<String>) -> &'t str {
    // The compiler drops comments, so that they are in no letter.
    if let Some(comment) = text.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, behind)| behind);
    }
    let Some((inner, behind)) = text.split_once('>') else {
        out.push('<');
        return text;
    };
    if inner.contains("://") && !inner.contains(' ') || inner.contains('@') && !inner.contains([' ', '=']) {
        out.push_str(inner);
        return behind;
    }
    let page = html_text::read(&format!("<{inner}>"));
    hidden.extend(page.spoken.into_iter().chain(page.other));
    out.push_str(&page.text);
    behind
}
