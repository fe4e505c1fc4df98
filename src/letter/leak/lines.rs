//! The lines of a text and the blocks around each, read line by line.
//!
//! The compiler filters blocks in a tree of Markdown. This module reads lines instead, so that no single mistake can be
//! in both.

use std::collections::BTreeMap;

use crate::base::source::text::Source;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::letter::leak::shingles;

/// A line of text.
#[derive(Debug)]
pub(super) struct SourceLine<'t> {
    /// Its number in the file of the issue.
    pub(super) number: usize,
    /// Its position among all lines that were read, also those of tables: two lines follow each other if these do.
    pub(super) position: usize,
    /// Its text, without the markers of quotes, lists and headings.
    pub(super) text: &'t str,
    pub(super) start: LineStart,
    pub(super) kind: LineKind,
    /// The blocks around it, outermost first.
    pub(super) around: Vec<OpeningFence<'t>>,
}

/// Whether a line continues the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineStart {
    /// The marker of a list item or a heading begins something new.
    Marker,
    /// It is the title of a block or the row of a table: nothing continues it.
    Alone,
    /// It may continue it.
    Text,
}

/// Whether a line is Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    Prose,
    Code,
}

/// The line that opens a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpeningFence<'t> {
    /// The number of the line.
    pub(crate) number: usize,
    /// What follows the colons: `not suppliers`.
    pub(crate) words: &'t str,
}

impl OpeningFence<'_> {
    /// Whether the block is for other readers than those of an edition. `lang` blocks exclude no one: a translation is
    /// not confidential.
    pub(crate) fn excludes(&self, key: &EditionKey) -> bool {
        let separates = |letter: char| letter.is_whitespace() || letter == ',';
        let mut words = self.words.split(separates).filter(|word| !word.is_empty());
        let kind = words.next();
        let is_own = |name: &str| name == key.audience.as_str();
        match kind {
            Some("only") => !words.any(is_own),
            Some("for") => {
                !words.any(|name| is_own(name) || key.includes.iter().any(|included| included.as_str() == name))
            }
            Some("not") => {
                words.any(|name| is_own(name) || key.leaves_out.iter().any(|left_out| left_out.as_str() == name))
            }
            Some(_) | None => false,
        }
    }

    /// The file that a `table` block shows.
    pub(super) fn table(&self) -> Option<&str> {
        let (kind, name) = self.words.split_once(char::is_whitespace)?;
        (kind == "table").then(|| name.trim())
    }

    /// Whether the block has another purpose than to decide who reads it.
    pub(super) fn is_of_content(&self) -> bool {
        !matches!(self.words.split_whitespace().next(), Some("only" | "for" | "not" | "lang"))
    }
}

impl<'t> SourceLine<'t> {
    /// The innermost block around the line that excludes the readers of an edition.
    pub(super) fn closed_by(&self, key: &EditionKey) -> Option<OpeningFence<'t>> {
        self.around.iter().rev().find(|fence| fence.excludes(key)).copied()
    }
}

/// The lines of an issue, without fences and comments, and those of the tables that it shows.
///
/// Code is prose here: a fence counts wherever it is, and whatever its signs are made of. The compiler refuses those that it
/// does not read as fences; if it ever misses one, the text below it is still searched for in the letters of others.
pub(super) fn read<'t>(issue: &'t Issue, tables: &'t BTreeMap<String, Source>) -> Vec<SourceLine<'t>> {
    let front_matter = issue.source.text().get(..issue.body.start).unwrap_or("");
    let before = front_matter.matches('\n').count();
    let mut reader = LineReader { tables, position: 0, around: Vec::new(), lines: Vec::new() };
    let mut code: Option<&str> = None;
    let mut indented = IndentedLineKind::Text;
    let mut in_comment = false;
    for (at, whole) in issue.text().lines().enumerate() {
        let number = before + at + 1;
        let (content, start) = without_markers(whole);
        if in_comment || code.is_none() && begins_comment(whole, content) {
            let after = content.split_once("-->").map(|(_, after)| after.trim());
            in_comment = after.is_none();
            if after.is_none_or(str::is_empty) {
                reader.position += 1;
                continue;
            }
        }
        indented = indented.next(whole, start);
        reader.position += 1;
        if let Some(words) = fence_words(content) {
            reader.fence(OpeningFence { number, words });
            continue;
        }
        if let Some(fence) = code {
            // Code ends at a fence of the same character that is at least as long (CommonMark §4.5).
            if content.starts_with(fence) && content.chars().all(|letter| fence.contains(letter)) {
                code = None;
            } else {
                reader.push(number, content, start, LineKind::Code);
            }
            continue;
        }
        if indented == IndentedLineKind::Code {
            reader.push(number, content, start, LineKind::Code);
            continue;
        }
        let length = |marker: char| content.len() - content.trim_start_matches(marker).len();
        let (ticks, tildes) = (length('`'), length('~'));
        // Behind backticks there may be no other one: that is code within a line (CommonMark §4.5).
        if ticks >= 3 && !content[ticks..].contains('`') || tildes >= 3 {
            code = content.get(..ticks.max(tildes));
        } else {
            reader.push(number, content, start, LineKind::Prose);
        }
    }
    reader.lines
}

/// Whether the content of a line begins a comment. After four spaces or a tab it may be code (`CommonMark` §4.4), whose `<!--` may
/// have no end: a line that is wrongly read as text hides nothing from the guard.
fn begins_comment(line: &str, content: &str) -> bool {
    let before = &line[..line.trim_end().len() - content.len()];
    content.starts_with("<!--") && !before.ends_with("    ") && !before.contains('\t')
}

/// The words behind the signs of a fence: three colons, or two with the word of a block for some readers. Other signs that
/// look like colons count as well, and so do those behind a code fence on the same line.
fn fence_words(content: &str) -> Option<&str> {
    let unfenced = content.trim_start_matches(['`', '~', '\\']);
    let content = if content.len() - unfenced.len() >= 3 || content.starts_with('\\') { unfenced } else { content };
    let words = content.trim_start_matches(|letter: char| is_colon(letter) || shingles::has_no_width(letter));
    let colons = content[..content.len() - words.len()].chars().filter(|letter| is_colon(*letter)).count();
    let words = words.trim_matches(|letter: char| letter.is_whitespace() || shingles::has_no_width(letter));
    let is_restricted = matches!(words.split_whitespace().next(), Some("only" | "for" | "not"));
    (colons >= 3 || colons == 2 && is_restricted).then_some(words)
}

/// Whether a character is a colon, or counts as one.
fn is_colon(letter: char) -> bool {
    matches!(letter, ':' | ';' | '：' | '；' | '∶' | 'ː' | '˸' | '﹕' | '︰' | '꞉' | '∷')
}

struct LineReader<'t> {
    tables: &'t BTreeMap<String, Source>,
    position: usize,
    around: Vec<OpeningFence<'t>>,
    lines: Vec<SourceLine<'t>>,
}

impl<'t> LineReader<'t> {
    fn push(&mut self, number: usize, text: &'t str, start: LineStart, kind: LineKind) {
        self.lines.push(SourceLine { number, position: self.position, text, start, kind, around: self.around.clone() });
    }

    /// Opens or closes a block. The words behind the kind of a content block are its title, or the name of a file.
    fn fence(&mut self, fence: OpeningFence<'t>) {
        if matches!(fence.words.split_whitespace().next(), None | Some("end" | "slut")) {
            self.around.pop();
            return;
        }
        self.around.push(fence);
        let title = fence.words.split_once(char::is_whitespace).map_or("", |(_, title)| title.trim());
        if fence.is_of_content() && !title.is_empty() {
            self.push(fence.number, title, LineStart::Alone, LineKind::Prose);
        }
        let rows = fence.table().and_then(|name| self.tables.get(name)).map_or("", Source::text);
        for row in rows.lines() {
            self.position += 1;
            self.push(fence.number, row, LineStart::Alone, LineKind::Prose);
        }
    }
}

/// What a line that is indented by four columns would be, after the lines before it (`CommonMark` §4.4).
#[derive(Clone, Copy, PartialEq, Eq)]
enum IndentedLineKind {
    /// The continuation of a paragraph.
    Text,
    /// Code, since the line before is empty.
    Gap,
    /// The continuation of a list item.
    List,
    /// Code, as the line before.
    Code,
}

impl IndentedLineKind {
    fn next(self, line: &str, start: LineStart) -> Self {
        let is_indented = line.starts_with('\t') || line.starts_with("    ");
        match self {
            Self::List if is_indented || line.trim().is_empty() => Self::List,
            Self::Gap | Self::Code if is_indented => Self::Code,
            Self::Text | Self::Gap | Self::List | Self::Code if start == LineStart::Marker => Self::List,
            Self::Text | Self::Gap | Self::Code if line.trim().is_empty() => Self::Gap,
            Self::Text | Self::Gap | Self::List | Self::Code => Self::Text,
        }
    }
}

/// A line without the markers of quotes, list items and headings, and whether one of the last two was there.
fn without_markers(line: &str) -> (&str, LineStart) {
    let mut rest = line.trim();
    let mut start = LineStart::Text;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let after_hashes = rest.trim_start_matches('#');
        let after = if let Some(after) = rest.strip_prefix('>') {
            Some(after)
        } else if (1..=9).contains(&digits) {
            // More digits are not the number of an item (CommonMark §5.2).
            rest[digits..].strip_prefix(['.', ')']).filter(|after| after.starts_with([' ', '\t']))
        } else if after_hashes.len() < rest.len() && after_hashes.starts_with([' ', '\t']) {
            Some(after_hashes)
        } else {
            rest.strip_prefix(['-', '*', '+']).filter(|after| after.starts_with([' ', '\t']))
        };
        match after {
            Some(after) => {
                if !rest.starts_with('>') {
                    start = LineStart::Marker;
                }
                rest = after.trim_start();
            }
            None => return (rest, start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_one_behind_what_has_no_width() {
        for content in ["::: only board", "\u{200b}::: only board", "\u{2066}::\u{202a}: only board\u{2069}"] {
            assert_eq!(fence_words(content), Some("only board"), "{content:?}");
        }
    }
}
