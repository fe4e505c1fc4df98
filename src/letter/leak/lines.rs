//! The lines of a text with the blocks around each, read from the signs alone.
//!
//! What filters the blocks reads a tree of Markdown. This reads lines, so that no mistake can be in both.

use std::collections::BTreeMap;

use crate::base::source::text::Source;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;

/// A line of text.
#[derive(Debug)]
pub(super) struct SourceLine<'t> {
    /// Its number in the issue.
    pub(super) number: usize,
    /// How many lines were read before it, those of other files among them.
    pub(super) at: usize,
    /// What stands in it, without the signs of quotes and lists.
    pub(super) text: &'t str,
    pub(super) start: LineStart,
    pub(super) kind: LineKind,
    /// The blocks around it, outermost first.
    pub(super) around: Vec<OpeningFence<'t>>,
}

/// Whether a line goes on with what was before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineStart {
    /// A sign of a list or a heading begins something new.
    Sign,
    /// A title of a block or a row of a table: nothing goes on with it.
    Alone,
    Text,
}

/// What the signs of a line are to a reader of Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    Prose,
    /// As it stands.
    Code,
}

/// The line that opens a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OpeningFence<'t> {
    pub(super) number: usize,
    pub(super) words: &'t str,
}

impl OpeningFence<'_> {
    /// Whether the block is for others than the readers of an edition. A language is no secret.
    pub(super) fn is_closed_to(&self, key: &EditionKey) -> bool {
        let mut words = self.words.split([' ', '\t', ',']).filter(|it| !it.is_empty());
        let kind = words.next();
        let own = |it: &str| it == key.audience.as_str();
        match kind {
            Some("only") => !words.any(own),
            Some("not") => words.any(|it| own(it) || key.leaves_out.iter().any(|left| left.as_str() == it)),
            Some(_) | None => false,
        }
    }

    /// What stands behind `table`: the name of the file that it is taken from.
    pub(super) fn table(&self) -> Option<&str> {
        let (kind, name) = self.words.split_once(char::is_whitespace)?;
        (kind == "table").then(|| name.trim())
    }

    /// Whether it is a block of any other kind than those that decide who reads.
    pub(super) fn is_of_content(&self) -> bool {
        !matches!(self.words.split_whitespace().next(), Some("only" | "not" | "lang"))
    }
}

impl<'t> SourceLine<'t> {
    /// The innermost block around it that is closed to the readers of an edition.
    pub(super) fn closed_by(&self, key: &EditionKey) -> Option<OpeningFence<'t>> {
        self.around.iter().rev().find(|it| it.is_closed_to(key)).copied()
    }
}

/// The lines of an issue, without fences, and of the tables it takes in.
pub(super) fn read<'t>(issue: &'t Issue, tables: &'t BTreeMap<String, Source>) -> Vec<SourceLine<'t>> {
    let before = issue.source.text().get(..issue.body.start).unwrap_or("").matches('\n').count();
    let mut reading = LineReader { tables, at: 0, around: Vec::new(), lines: Vec::new() };
    let mut code: Option<&str> = None;
    let mut margin = IndentedLineKind::Text;
    for (at, whole) in issue.text().lines().enumerate() {
        let number = before + at + 1;
        let (content, start) = bare(whole);
        margin = margin.then(whole, start);
        reading.at += 1;
        if let Some(fence) = code {
            if content.starts_with(fence) && content.chars().all(|it| fence.contains(it)) {
                code = None;
            } else {
                reading.push(number, content, (start, LineKind::Code));
            }
            continue;
        }
        if margin == IndentedLineKind::Code {
            reading.push(number, content, (start, LineKind::Code));
            continue;
        }
        let ticks = content.len() - content.trim_start_matches('`').len();
        let tildes = content.len() - content.trim_start_matches('~').len();
        let colons = content.len() - content.trim_start_matches(':').len();
        if ticks >= 3 && !content[ticks..].contains('`') || tildes >= 3 {
            code = content.get(..ticks.max(tildes));
        } else if colons >= 3 {
            reading.fence(OpeningFence { number, words: content[colons..].trim() });
        } else {
            reading.push(number, content, (start, LineKind::Prose));
        }
    }
    reading.lines
}

struct LineReader<'t> {
    tables: &'t BTreeMap<String, Source>,
    at: usize,
    around: Vec<OpeningFence<'t>>,
    lines: Vec<SourceLine<'t>>,
}

impl<'t> LineReader<'t> {
    fn push(&mut self, number: usize, text: &'t str, (start, kind): (LineStart, LineKind)) {
        self.lines.push(SourceLine { number, at: self.at, text, start, kind, around: self.around.clone() });
    }

    /// Opens or closes a block. What stands behind the kind of one that says how it looks is its title, or a file.
    fn fence(&mut self, fence: OpeningFence<'t>) {
        if matches!(fence.words.split_whitespace().next(), None | Some("end" | "slut")) {
            self.around.pop();
            return;
        }
        self.around.push(fence);
        let title = fence.words.split_once(char::is_whitespace).map_or("", |it| it.1.trim());
        if fence.is_of_content() && !title.is_empty() {
            self.push(fence.number, title, (LineStart::Alone, LineKind::Prose));
        }
        let rows = fence.table().and_then(|it| self.tables.get(it)).map_or("", Source::text);
        for row in rows.lines() {
            self.at += 1;
            self.push(fence.number, row, (LineStart::Alone, LineKind::Prose));
        }
    }
}

/// What lines far from the margin are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IndentedLineKind {
    Text,
    /// An empty line stands before.
    Gap,
    /// They belong to an item.
    List,
    Code,
}

impl IndentedLineKind {
    fn then(self, line: &str, start: LineStart) -> Self {
        let far = line.starts_with('\t') || line.starts_with("    ");
        match self {
            Self::List if far || line.trim().is_empty() => Self::List,
            Self::Gap | Self::Code if far => Self::Code,
            Self::Text | Self::Gap | Self::List | Self::Code if start == LineStart::Sign => Self::List,
            Self::Text | Self::Gap | Self::Code if line.trim().is_empty() => Self::Gap,
            Self::Text | Self::Gap | Self::List | Self::Code => Self::Text,
        }
    }
}

/// A line without the signs of quotes, items and headings, and whether there was one that begins something new.
fn bare(line: &str) -> (&str, LineStart) {
    let mut rest = line.trim();
    let mut start = LineStart::Text;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        let sign = rest.trim_start_matches('#');
        let after = if let Some(after) = rest.strip_prefix('>') {
            Some(after)
        } else if (1..=9).contains(&digits) {
            rest[digits..].strip_prefix(['.', ')']).filter(|it| it.starts_with([' ', '\t']))
        } else if sign.len() < rest.len() && sign.starts_with([' ', '\t']) {
            Some(sign)
        } else {
            rest.strip_prefix(['-', '*', '+']).filter(|it| it.starts_with([' ', '\t']))
        };
        match after {
            Some(after) => {
                if !rest.starts_with('>') {
                    start = LineStart::Sign;
                }
                rest = after.trim_start();
            }
            None => return (rest, start),
        }
    }
}
