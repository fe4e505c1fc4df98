//! Finds template tags and comments in a text.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::text_search;

const UNCLOSED: Code = Code("NL424");

/// One tag or comment, by its bytes in the file.
pub(crate) enum TagSpan {
    /// `{{ … }}` or `{% … %}`.
    Tag(Range<usize>),
    /// `{# … #}`.
    Comment(Range<usize>),
}

/// Where a tag or a comment might begin.
pub(crate) fn openers(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut free = 0;
    text_search::positions(text, "{").filter(move |at| {
        let opens = matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#')) && *at >= free;
        if opens {
            free = at + 2;
        }
        opens
    })
}

/// The tags and comments of a part of a file, in order, without those that begin in code.
pub(crate) fn spans(
    source: &Source,
    body: Range<usize>,
    code: &BTreeSet<usize>,
    diagnostics: &mut Diagnostics,
) -> Vec<TagSpan> {
    let text = source.text().get(body.clone()).unwrap_or("");
    // Once no comment is closed any more, each `{#` would be searched to the end.
    let last_comment_end = text.rfind("#}").unwrap_or(0);
    let mut spans = Vec::new();
    let mut free = 0;
    for (number, at) in openers(text).enumerate() {
        if at < free || code.contains(&number) {
            continue;
        }
        let rest = &text[at..];
        if rest.starts_with("{#") && is_anchor(rest) {
            continue;
        }
        let is_closed = !rest.starts_with("{#") || at < last_comment_end;
        let Some(length) = is_closed.then(|| length(rest)).flatten() else {
            let close = if rest.starts_with("{{") {
                "}}"
            } else if rest.starts_with("{%") {
                "%}"
            } else {
                "#}"
            };
            diagnostics.push(
                Diagnostic::error(UNCLOSED, message!("`{}` is never closed", "`{}` bliver aldrig lukket", &rest[..2]))
                    .at(source.place(body.start + at..body.start + at + 2))
                    .hint(message!(
                        "close it with `{close}`; between backticks it is text",
                        "luk med `{close}`; mellem backticks er det tekst"
                    )),
            );
            continue;
        };
        free = at + length;
        let range = body.start + at..body.start + free;
        spans.push(if rest.starts_with("{#") { TagSpan::Comment(range) } else { TagSpan::Tag(range) });
    }
    spans
}

/// A short text with a sign for each of its tags, and without its comments.
pub(crate) fn without_tags(text: &str, sign: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in openers(text) {
        let rest = &text[at..];
        let is_free = at >= from && !(rest.starts_with("{#") && is_anchor(rest));
        let Some(length) = is_free.then(|| length(rest)).flatten() else { continue };
        out.push_str(&text[from..at]);
        if !rest.starts_with("{#") {
            out.push(sign);
        }
        from = at + length;
    }
    out + &text[from..]
}

/// Whether `{#…}` is an anchor of Markdown (`{#anchor}`, `{#anchor .class}`) and not a comment.
fn is_anchor(rest: &str) -> bool {
    let inner = rest[2..].split(['}', '\n']).next().unwrap_or("");
    let closed = rest[2 + inner.len()..].starts_with('}');
    closed
        && inner.starts_with(|character: char| character.is_alphanumeric() || character == '_')
        && !inner.ends_with('#')
}

/// The bytes of the tag that the text begins with; none if it is not closed in its paragraph.
fn length(rest: &str) -> Option<usize> {
    let close = match rest.as_bytes().get(1)? {
        b'{' => "}}",
        b'%' => "%}",
        _ => return rest.find("#}").map(|at| at + 2),
    };
    let mut end = rest.len();
    let mut quote = None;
    for (at, character) in rest.char_indices().skip(2) {
        match quote {
            // A paragraph at most: an unclosed tag must not swallow the rest of the issue.
            _ if rest[at..].starts_with("\n\n") => {
                end = at;
                break;
            }
            Some(open) if character == open => quote = None,
            None if rest[at..].starts_with(close) => return Some(at + 2),
            None if matches!(character, '"' | '\'') => quote = Some(character),
            Some(_) | None => {}
        }
    }
    // An unclosed quote may be an apostrophe: the tag ends at the first delimiter, and the engine reports what is wrong in it.
    rest[2..end].find(close).map(|at| at + 4)
}
