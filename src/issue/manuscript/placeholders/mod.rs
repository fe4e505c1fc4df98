//! Replaces template tags by placeholders before Markdown is parsed.
//!
//! - A **tag** is what an author types: `{{ first_name }}`, `{% if … %}`.
//! - A **placeholder** is a word of letters and digits that occurs nowhere in the source and goes through the parser as text.
//!   A `|` or `_` in an expression is neither a table nor emphasis, so Markdown must not see the tag itself.
//! - A **slot** is one place of a finished part where a tag writes its value: a subject's tag has a slot in the title and
//!   another in the heading. Slots have placeholders too, until the part is cut at them.

pub(crate) mod lexer;
pub(crate) mod missing_values;
pub(crate) mod tag;
pub(crate) mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::base::text_search;
use crate::issue::manuscript::placeholders::lexer::TagSpan;
use crate::issue::manuscript::placeholders::tag::{RawTag, Tag};
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::structure;
use crate::issue::manuscript::tree;

/// The text of an issue with placeholders for its tags.
#[derive(Debug)]
pub(crate) struct PlaceholderText {
    source: Source,
    /// The Markdown, with placeholders.
    pub(crate) text: String,
    /// The tags, by the number of their placeholder.
    pub(crate) tags: Vec<Tag>,
    segments: Vec<TextSegment>,
    line_starts: Vec<usize>,
}

/// A run of the text that comes from one place of the source.
#[derive(Clone, Copy, Debug)]
struct TextSegment {
    text: usize,
    source: usize,
}

/// A change to the text before it is parsed: what a range of bytes is replaced by.
pub(crate) struct TextEdit {
    /// The bytes; an empty range inserts.
    pub(crate) range: Range<usize>,
    /// What replaces them.
    pub(crate) text: String,
}

impl PlaceholderText {
    /// The text with some of its bytes replaced. Places still lead to where the author wrote them.
    pub(crate) fn edited(self, mut edits: Vec<TextEdit>) -> Self {
        edits.sort_by_key(|edit| edit.range.start);
        let mut text = String::with_capacity(self.text.len() + edits.len());
        let mut segments = Vec::with_capacity(self.segments.len() + 2 * edits.len());
        let mut kept = self.segments.iter().peekable();
        let mut from = 0;
        for TextEdit { range, text: new } in &edits {
            while let Some(segment) = kept.next_if(|segment| segment.text < range.start) {
                segments.push(TextSegment { text: text.len() + segment.text - from, source: segment.source });
            }
            text.push_str(&self.text[from..range.start]);
            segments.push(TextSegment { text: text.len(), source: self.origin(range.start) });
            text.push_str(new);
            segments.push(TextSegment { text: text.len(), source: self.origin(range.end) });
            while kept.next_if(|segment| segment.text <= range.end).is_some() {}
            from = range.end;
        }
        segments.extend(kept.map(|segment| TextSegment { text: text.len() + segment.text - from, ..*segment }));
        text.push_str(&self.text[from..]);
        let line_starts = line_starts(&text);
        Self { text, segments, line_starts, ..self }
    }

    /// The place in the file of some bytes of one line of the text.
    pub(crate) fn place_at(&self, range: Range<usize>) -> Span {
        let from = self.origin(range.start);
        self.source.place(from..from + range.len())
    }

    /// The byte at which a line of the text begins; lines are counted from 1.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// The place in the file of a line and a byte column of the text, both counted from 1 as comrak does.
    pub(crate) fn place(&self, line: usize, column: usize, width: usize) -> Span {
        let from = self.origin(self.line_start(line) + column.saturating_sub(1));
        self.source.place(from..from + width)
    }

    /// The place of a node in the file.
    pub(crate) fn place_of(&self, node: Node<'_>) -> Span {
        let position = node.data().sourcepos;
        let width = if position.start.line == position.end.line {
            position.end.column.saturating_sub(position.start.column) + 1
        } else {
            1
        };
        self.place(position.start.line, position.start.column, width)
    }

    /// The place of a whole line of the text.
    pub(crate) fn line(&self, line: usize) -> Span {
        let content = self.line_text(line);
        let indent = content.len() - content.trim_start().len();
        let from = self.origin(self.line_start(line) + indent);
        self.source.place(from..from + content.trim().len().max(1))
    }

    /// A line of the text, counted from 1.
    pub(crate) fn line_text(&self, line: usize) -> &str {
        self.text[self.line_start(line)..].lines().next().unwrap_or("")
    }

    fn origin(&self, at: usize) -> usize {
        let index = self.segments.partition_point(|segment| segment.text <= at);
        match index.checked_sub(1).and_then(|index| self.segments.get(index)) {
            Some(segment) => segment.source + (at - segment.text),
            None => at,
        }
    }
}

/// How the placeholders of lines with nothing but statements are written.
enum StatementLines<'a> {
    /// All as plain words: the parse that finds tables.
    Plain,
    /// As HTML comments, which leave no paragraph behind, except for these tags: rows of a table, and partners of a tag within
    /// a line of text.
    Comments(&'a BTreeSet<usize>),
}

/// Replaces the tags in a part of a file.
pub(crate) fn extract(
    source: &Source,
    body: Range<usize>,
    placeholders: &Placeholders,
    diagnostics: &mut Diagnostics,
) -> PlaceholderText {
    let text = source.text().get(body.clone()).unwrap_or("");
    let code = openers_in_code(text, placeholders);
    let spans = lexer::spans(source, body.clone(), &code, diagnostics);
    let mut tags = Vec::new();
    let mut kept = Vec::new();
    for span in spans {
        match span {
            TagSpan::Comment(range) => kept.push((range, None)),
            TagSpan::Tag(range) => {
                let typed = &source.text()[range.clone()];
                let place = source.place(range.clone());
                let before = &source.text()[body.start..range.start];
                let behind = &source.text()[range.end..body.end];
                let found = RawTag { source, start: Some(range.start), before, behind, typed, place };
                let tag = tag::parse(&found, diagnostics);
                kept.push((range, tag.is_some().then_some(tags.len())));
                tags.extend(tag);
            }
        }
    }
    let rows = if tags.iter().any(|tag| !tag.kind.prints()) {
        let plain = mask(source, &body, &kept, &MaskOptions { tags: &tags, placeholders, rows: StatementLines::Plain });
        let mut inline = within_lines(source.text(), &body, &kept, &tags);
        inline.extend(statement_lines(&plain.text, placeholders));
        inline
    } else {
        BTreeSet::new()
    };
    let masked =
        mask(source, &body, &kept, &MaskOptions { tags: &tags, placeholders, rows: StatementLines::Comments(&rows) });
    PlaceholderText { tags, ..masked }
}

/// The tags in the group of one within a line of text: as comments they would end its paragraph.
fn within_lines(whole: &str, body: &Range<usize>, spans: &[TagRange], tags: &[Tag]) -> BTreeSet<usize> {
    let openers = structure::pair(0..tags.len(), tags, &mut Diagnostics::new());
    let opener = |number: usize| openers.get(&number).copied().unwrap_or(number);
    let statements = || {
        let numbered = spans.iter().enumerate().filter_map(|(index, span)| span.1.map(|number| (index, number)));
        numbered.filter(|(_, number)| !tags[*number].kind.prints())
    };
    let beside_text = statements().filter(|(index, _)| !stands_alone(whole, body, spans, *index));
    let groups: BTreeSet<usize> = beside_text.map(|(_, number)| opener(number)).collect();
    statements().map(|(_, number)| number).filter(|number| groups.contains(&opener(*number))).collect()
}

/// Which openers (by their number in the text) are in code, where a tag is text. Only the parser knows what is code, so the
/// text is parsed once with a placeholder for each opener.
fn openers_in_code(text: &str, placeholders: &Placeholders) -> BTreeSet<usize> {
    let openers: Vec<usize> = lexer::openers(text).collect();
    if openers.is_empty() || !may_hold_code(text) {
        return BTreeSet::new();
    }
    in_parsed_code(text, &openers, placeholders)
}

fn in_parsed_code(text: &str, openers: &[usize], placeholders: &Placeholders) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut probe = String::with_capacity(text.len() + openers.len() * 10);
    let mut from = 0;
    for (number, at) in openers.iter().enumerate() {
        probe.push_str(&text[from..*at]);
        probe.push_str(&placeholders.for_tag(number));
        from = at + 2;
    }
    probe.push_str(&text[from..]);
    let arena = Arena::new();
    for node in tree::markdown(&arena, &probe).descendants() {
        match &node.data().value {
            NodeValue::Code(code) => found.extend(placeholders.tags_in(&code.literal)),
            NodeValue::CodeBlock(code) => found.extend(placeholders.tags_in(&code.literal)),
            _ => {}
        }
    }
    found
}

/// Whether a text may hold code: between backticks or tildes, or indented by four spaces or a tab (`CommonMark` 0.31, sections
/// 4.4, 4.5 and 6.1), also in a quotation, an item or a note.
fn may_hold_code(text: &str) -> bool {
    let is_indented = |line: &str| {
        let is_marker = |sign: char| sign.is_ascii_digit() || " \t>-*+.)".contains(sign);
        let words = line.trim_start_matches(is_marker);
        let indent = if words.starts_with("[^") { line } else { &line[..line.len() - words.len()] };
        indent.contains('\t') || indent.contains("    ")
    };
    let lines = || text.split('\n').flat_map(|line| line.split('\r'));
    text.contains('`') || text.contains("~~~") || lines().any(is_indented)
}

/// The tags that are rows of a table by themselves.
fn statement_lines(text: &str, placeholders: &Placeholders) -> BTreeSet<usize> {
    let arena = Arena::new();
    let mut found = BTreeSet::new();
    for node in tree::markdown(&arena, text).descendants() {
        if matches!(node.data().value, NodeValue::TableRow(false)) {
            let text = tree::plain(node);
            let tags = placeholders.tags_in(&text);
            if placeholders.only_tags(&text) {
                found.extend(tags);
            }
        }
    }
    found
}

struct MaskOptions<'a> {
    tags: &'a [Tag],
    placeholders: &'a Placeholders,
    rows: StatementLines<'a>,
}

type TagRange = (Range<usize>, Option<usize>);

fn mask(source: &Source, body: &Range<usize>, spans: &[TagRange], how: &MaskOptions<'_>) -> PlaceholderText {
    let whole = source.text();
    let mut text = String::with_capacity(body.len() + spans.len() * 8);
    let mut segments = vec![TextSegment { text: 0, source: body.start }];
    let mut from = body.start;
    let end = body.end.min(whole.len());
    for (index, (range, tag)) in spans.iter().enumerate() {
        text.push_str(&whole[from..range.start]);
        from = range.end;
        // `{{-` and `-}}` remove spaces as in Jinja, but no line break, which would join paragraphs.
        if whole[range.clone()].get(2..3) == Some("-") {
            text.truncate(text.trim_end_matches([' ', '\t']).len());
        }
        segments.push(TextSegment { text: text.len(), source: range.start });
        match tag {
            None => {
                // A comment alone on its line is removed with the line: an empty line would split the paragraph.
                let line = text.rfind('\n').map_or(0, |at| at + 1);
                let next = whole[from..end].find('\n').map_or(end, |at| from + at + 1);
                let is_last = spans.get(index + 1).is_none_or(|span| span.0.start >= next);
                if is_last && is_bare(&text[line..]) && is_bare(&whole[from..next]) {
                    text.truncate(line);
                    from = next;
                }
            }
            Some(number) => {
                let placeholder = how.placeholders.for_tag(*number);
                let row = match how.rows {
                    StatementLines::Plain => true,
                    StatementLines::Comments(rows) => rows.contains(number),
                };
                if row || how.tags[*number].kind.prints() || !stands_alone(whole, body, spans, index) {
                    text.push_str(&placeholder);
                } else {
                    text.extend(["<!--", &placeholder, "-->"]);
                }
            }
        }
        if whole[range.clone()].ends_with("-}}") || whole[range.clone()].ends_with("-%}") {
            from += whole[from..end].len() - whole[from..end].trim_start_matches([' ', '\t']).len();
        }
        segments.push(TextSegment { text: text.len(), source: from });
    }
    text.push_str(whole.get(from..end).unwrap_or(""));
    let line_starts = line_starts(&text);
    PlaceholderText { source: source.clone(), text, tags: Vec::new(), segments, line_starts }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text_search::positions(text, "\n").map(|at| at + 1)).collect()
}

/// Whether a part of a line has only white space and markers of quotes.
fn is_bare(text: &str) -> bool {
    text.chars().all(|character| matches!(character, ' ' | '\t' | '\r' | '\n' | '>'))
}

/// Whether the lines of a tag contain nothing but statements and comments.
fn stands_alone(whole: &str, body: &Range<usize>, spans: &[TagRange], index: usize) -> bool {
    let bare = |range: Range<usize>| is_bare(&whole[range]);
    let silent = |span: &TagRange| !whole[span.0.clone()].starts_with("{{");
    let mut first = index;
    loop {
        let start = spans[first].0.start;
        let line = whole[body.start..start].rfind('\n').map_or(body.start, |at| body.start + at + 1);
        match first.checked_sub(1).map(|index| &spans[index]).filter(|span| span.0.end > line) {
            Some(before) if silent(before) && bare(before.0.end..start) => first -= 1,
            None if bare(line..start) => break,
            Some(_) | None => return false,
        }
    }
    let mut last = index;
    loop {
        let end = spans[last].0.end;
        let line = whole[end..body.end].find('\n').map_or(body.end, |at| end + at);
        match spans.get(last + 1).filter(|span| span.0.start < line) {
            Some(after) if silent(after) && bare(end..after.0.start) => last += 1,
            Some(_) => return false,
            None => return bare(end..line),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_with_a_tag_in_code_may_hold_code(pieces in prop::collection::vec(prop::sample::select(&[
            "{{ a }}", "{{ a }}", "x", " ", "  ", "    ", "\t", "\n", "\n\n", "- ", "* ", "1. ", "12) ", "> ", ">", "`", "~~~", "```\n", "[^1]: ",
            "[^1]", "::: card\n", "\n:::\n", "<p>\n", "| a | b |\n|--|--|\n", "- [ ] ", "# ", "\r\n", "\r", ": ", "> [!NOTE]\n", "+ ", "\u{a0}",
        ][..]), 0..14)) {
            let text = pieces.concat();
            let openers: Vec<usize> = lexer::openers(&text).collect();
            let found = in_parsed_code(&text, &openers, &Placeholders::absent_from(std::iter::once(&*text)));
            prop_assert!(found.is_empty() || may_hold_code(&text), "{text:?}");
        }
    }
}
