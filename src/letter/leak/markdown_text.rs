//! Lines of Markdown as what a reader would read of them, in one go or apart.

use crate::letter::leak::fact::{self, Fact};
use crate::letter::leak::html_text;
use crate::letter::leak::lines::{LineKind, LineStart, SourceLine};
use crate::letter::leak::shingles::{self, resolved, words};

/// What cannot be known before somebody's values are filled in, and what parts a line from the next.
const BREAK: char = '\u{1}';

/// A stretch of text that is read in one go.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// The line that it begins in.
    pub(super) number: usize,
    text: String,
}

impl Passage {
    /// Its sentences: as they are told, and their words.
    pub(super) fn sentences(&self) -> Vec<(String, Vec<String>)> {
        let told = |it: &str| {
            let bare = it.trim_start_matches(|it: char| !it.is_alphanumeric());
            bare.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        // A date and a time are many numbers, and say little.
        let says =
            |words: &[String]| words.iter().filter(|it| it.contains(char::is_alphabetic)).count() >= shingles::FEWEST;
        split(&self.text).into_iter().map(|it| (told(it), words(it))).filter(|it| says(&it.1)).collect()
    }

    /// All its words.
    pub(super) fn words(&self) -> Vec<String> {
        words(&self.text)
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        self.text.split(BREAK).flat_map(fact::all).collect()
    }
}

/// The passages of some lines that follow each other.
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
        let apart = before.is_none_or(|it| it.at + 1 != line.at || it.around != line.around);
        let alone = line.start == LineStart::Alone || line.kind == LineKind::Code || is_setting(line);
        if apart || alone || line.start == LineStart::Sign || line.text.is_empty() {
            close(&mut raw, number);
        }
        if raw.is_empty() {
            number = line.number;
        }
        if !line.text.is_empty() && !line.text.starts_with("[!") {
            raw.push_str(line.text);
            raw.push('\n');
        }
        if alone {
            close(&mut raw, number);
        }
        before = Some(line);
    }
    close(&mut raw, number);
    passages
}

/// Whether a line says something of the block around it, as `tid: …` does.
fn is_setting(line: &SourceLine<'_>) -> bool {
    let in_block = line.around.last().is_some_and(crate::letter::leak::lines::OpeningFence::is_of_content);
    let name = line.text.split_once(':').map_or("", |it| it.0);
    in_block && !name.is_empty() && name.chars().all(char::is_alphanumeric)
}

/// The sentences of a text, in which `kl. 9` and `ca. ti` are not the end of one.
fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, sign) in text.char_indices().filter(|(_, it)| matches!(*it, '.' | '!' | '?' | '…' | BREAK)) {
        let after = &text[at + sign.len_utf8()..];
        let next = after.trim_start_matches(['"', '”', '’', ')', '»', '*', '_', '.', '!', '?', '…']);
        let begins = next.starts_with(char::is_whitespace)
            && next.trim_start().starts_with(|it: char| !it.is_lowercase() && !it.is_ascii_digit());
        if sign == BREAK || begins || next.trim().is_empty() {
            sentences.push(&text[start..at]);
            start = at + sign.len_utf8();
        }
    }
    sentences.push(&text[start..]);
    sentences
}

/// Reads a paragraph: what links and tags hide is a passage of its own.
fn read(raw: &str, number: usize, passages: &mut Vec<Passage>) {
    let mut apart = Vec::new();
    let text = visible_text(raw, &mut apart);
    passages.push(Passage { number, text: resolved(&text).into_owned() });
    passages.extend(apart.into_iter().map(|it| Passage { number, text: resolved(&it).into_owned() }));
}

/// The text of a paragraph without the signs of Markdown; addresses, titles and texts of pictures are put apart.
fn visible_text(raw: &str, apart: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        rest = match letter {
            '{' => braces(rest, &mut out),
            '!' if after.starts_with('[') => match after[1..].split_once(']') {
                Some((text, behind)) => {
                    apart.push(text.to_owned());
                    target(behind, apart)
                }
                None => after,
            },
            '[' => match after.strip_prefix('^').and_then(|it| it.split_once(']')) {
                Some((_, behind)) => behind.strip_prefix(':').unwrap_or(behind),
                None => after,
            },
            ']' => target(after, apart),
            '<' => tag(after, &mut out, apart),
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

/// What stands in braces: a tag, which nobody can foresee, or attributes, which nobody reads.
fn braces<'t>(text: &'t str, out: &mut String) -> &'t str {
    for (open, close) in [("{{", "}}"), ("{%", "%}"), ("{#", "#}")] {
        if let Some((inner, behind)) = text.strip_prefix(open).and_then(|it| it.split_once(close))
            && (open != "{#" || !inner.contains('}'))
        {
            out.push(BREAK);
            return behind;
        }
    }
    if let Some((inner, behind)) = text[1..].split_once('}')
        && !inner.contains(['\n', '{'])
        && inner.starts_with(|it: char| matches!(it, '#' | '.') || it.is_ascii_alphabetic())
    {
        return behind;
    }
    out.push('{');
    &text[1..]
}

/// Where a link or a picture leads: what follows its text.
fn target<'t>(text: &'t str, apart: &mut Vec<String>) -> &'t str {
    if let Some(reference) = text.strip_prefix('[') {
        return reference.split_once(']').map_or(text, |it| it.1);
    }
    if let Some(defined) = text.strip_prefix(':') {
        apart.push(defined.to_owned());
        return "";
    }
    let Some(inner) = text.strip_prefix('(') else { return text };
    let mut depth = 1_u32;
    for (at, letter) in inner.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            apart.push(masked_url(&inner[..at]));
            return &inner[at + 1..];
        }
    }
    text
}

/// An address with a mark for what is filled in.
fn masked_url(address: &str) -> String {
    let mut out = String::new();
    let mut rest = address;
    while let Some((before, after)) = rest.split_once("{{") {
        // What is filled in makes another address of it: nothing of it can be looked for.
        out.push_str(before.rsplit_once(char::is_whitespace).map_or("", |it| it.0));
        out.push(BREAK);
        rest = after.split_once("}}").map_or("", |it| it.1);
    }
    out.push_str(rest);
    out
}

/// An address in angles, or a tag of HTML.
fn tag<'t>(text: &'t str, out: &mut String, apart: &mut Vec<String>) -> &'t str {
    if let Some(comment) = text.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |it| it.1);
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
    apart.extend(page.spoken.into_iter().chain(page.rest));
    out.push_str(&page.text);
    behind
}
