//! The text of one file, places in it, and what is wrong there.

pub mod exemption;
pub mod register;
pub mod sarif;
pub mod yaml;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexSet;

/// The text of one file and the name it goes by in messages.
///
/// Cloning is cheap: the text is shared.
#[derive(Clone, Debug)]
pub struct Source {
    path: Arc<str>,
    text: Arc<str>,
    /// Where each line ends: counting lines for each place of a large file would take longer than reading it.
    ends: Arc<[usize]>,
    /// Where its text comes from, in order; empty where all of it is the file's own.
    origins: Arc<[SourceSegment]>,
}

/// Where a run of a text comes from that was gathered from several files.
#[derive(Clone, Debug)]
pub struct SourceSegment {
    /// The first byte of the run in the gathered text.
    at: usize,
    source: Source,
    from: usize,
    run: SegmentKind,
}

/// How a run of a gathered text goes with the file that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SegmentKind {
    /// Byte for byte.
    Copied,
    /// All of it stands for one place.
    Standing,
}

impl SourceSegment {
    /// A run that is byte for byte that of a file.
    pub fn copied(at: usize, source: &Source, from: usize) -> Self {
        Self { at, source: source.clone(), from, run: SegmentKind::Copied }
    }

    /// Whether a copied run of a file only goes on with this one.
    pub fn goes_on(&self, at: usize, source: &Source, from: usize) -> bool {
        let same = self.run == SegmentKind::Copied && Arc::ptr_eq(&self.source.text, &source.text);
        same && at.checked_sub(self.at) == from.checked_sub(self.from)
    }

    /// A run that stands for a place of a file.
    pub fn standing(at: usize, source: &Source, from: usize) -> Self {
        Self { at, source: source.clone(), from, run: SegmentKind::Standing }
    }
}

impl Source {
    /// A file's text under the name that the person knows it by: its path in the project.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Self { path: path.into(), text, ends, origins: Arc::default() }
    }

    /// A text gathered from several files: its places are those of the files.
    pub fn gathered(path: Arc<str>, text: String, origins: Vec<SourceSegment>) -> Self {
        Self { origins: origins.into(), ..Self::new(path, text) }
    }

    /// The path in the project, with `/` between its parts.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a range of bytes; a range that runs over the end of its first line is cut there.
    pub fn place(&self, span: Range<usize>) -> Span {
        if let Some((source, from)) = self.origin(span.start) {
            // The end counts where it lies in the same file, so that what was rewritten on the way is marked as a whole.
            let last = self.origin(span.end.max(span.start + 1) - 1);
            let end = last.filter(|(other, at)| Arc::ptr_eq(&other.text, &source.text) && *at >= from);
            return source.place(from..end.map_or(from, |(_, at)| at + 1));
        }
        let start = floor_char_boundary(&self.text, span.start);
        let end = floor_char_boundary(&self.text, span.end.max(span.start));
        let number = self.ends.partition_point(|it| *it < start);
        let line_start = number.checked_sub(1).and_then(|it| self.ends.get(it)).map_or(0, |at| at + 1);
        let line_end = self.ends.get(number).copied().unwrap_or(self.text.len());
        let line = self.text[line_start..line_end].trim_end_matches('\r');
        let marked = self.text.get(start..end.min(line_start + line.len()).max(start)).unwrap_or("");
        Span {
            path: Arc::clone(&self.path),
            line: number + 1,
            column: self.text[line_start..start].chars().count() + 1,
            width: marked.chars().count().max(1),
            excerpt: visible(line),
        }
    }

    /// The file that a byte of a gathered text comes from, and the byte in it.
    fn origin(&self, at: usize) -> Option<(&Self, usize)> {
        let origin = self.origins.get(self.origins.partition_point(|it| it.at <= at).checked_sub(1)?)?;
        let into = if origin.run == SegmentKind::Copied { at - origin.at } else { 0 };
        Some((&origin.source, origin.from + into))
    }

    /// The place of a whole line, counted from 1: from its first to its last visible character.
    pub fn line(&self, number: usize) -> Span {
        let start = match number.checked_sub(2) {
            None => 0,
            Some(newline) => self.ends.get(newline).map_or(self.text.len(), |at| at + 1),
        };
        let line = self.text[start..].lines().next().unwrap_or("");
        let indent = line.len() - line.trim_start().len();
        self.place(start + indent..start + line.trim_end().len().max(indent))
    }
}

/// A line as it may be shown: a terminal would obey its control characters.
fn visible(line: &str) -> Arc<str> {
    line.replace(|it: char| it.is_control() && it != '\t', "\u{fffd}").into()
}

/// The largest character boundary that is not behind `at`.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A piece of one line in a file, with the line itself, so that a message can show it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    path: Arc<str>,
    line: usize,
    column: usize,
    width: usize,
    excerpt: Arc<str>,
}

impl Span {
    /// A range of bytes of one line of a file that is read line by line, without ever being a [`Source`]; the line is
    /// given without its end and counted from 1.
    pub fn in_line(path: &Arc<str>, number: usize, line: &str, span: Range<usize>) -> Self {
        let start = floor_char_boundary(line, span.start);
        let end = floor_char_boundary(line, span.end.max(span.start));
        Self {
            path: Arc::clone(path),
            line: number,
            column: line[..start].chars().count() + 1,
            width: line[start..end].chars().count().max(1),
            excerpt: visible(line),
        }
    }

    /// The path in the project.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// How it is called beside another place: `line 5`, or `line 5 of snippets/om-os.md`.
    pub fn seen_from(&self, other: &Self) -> String {
        let file = if self.path == other.path { String::new() } else { format!(" of {}", self.path) };
        format!("line {}{file}", self.line)
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// How many characters of the line are meant; at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The line, without its end.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The same place, with `…` in its line where this text stands: it is nothing to show.
    #[must_use]
    pub fn without(self, text: &str) -> Self {
        Self { excerpt: self.excerpt.replace(text, "…").into(), ..self }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// A value with the place it was written at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Span,
}

/// The stable name of a kind of mistake: `NL` and three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether a mistake stops the issue or is only told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Told, and nothing is stopped.
    Warning,
    /// Nothing is sent until it is mended.
    Error,
}

/// A mistake that the author of a file can mend.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// Whether it stops.
    pub severity: Severity,
    /// What is wrong, in one clause, without a full stop.
    pub message: String,
    /// Where; absent where no line is to blame, such as a file that is not there.
    pub place: Option<Span>,
    /// What to write instead, in plain words.
    pub hint: Option<String>,
    /// Why somebody turned it off; absent: it is told.
    pub off: Option<String>,
}

impl Diagnostic {
    /// A mistake that stops.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), place: None, hint: None, off: None }
    }

    /// A mistake that is only told.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(mut self, place: Span) -> Self {
        self.place = Some(place);
        self
    }

    /// The same, with what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// All that is wrong, in the order in which it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(IndexSet<Diagnostic>);

impl Diagnostics {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more; the same mistake at the same place is kept once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.insert(diagnostic);
    }

    /// All of another's.
    pub fn extend(&mut self, other: Self) {
        other.0.into_iter().for_each(|it| self.push(it));
    }

    /// Whether one of them stops the issue.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|it| it.severity == Severity::Error)
    }

    /// Each, in order.
    pub fn iter(&self) -> indexmap::set::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether nothing is wrong at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// By file, then line, then column.
    pub fn sort(&mut self) {
        let key = |it: &Diagnostic| it.place.as_ref().map(|place| (place.path.to_string(), place.line, place.column));
        self.0.sort_by_cached_key(key);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(all: T) -> Self {
        let mut diagnostics = Self::new();
        all.into_iter().for_each(|it| diagnostics.push(it));
        diagnostics
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = indexmap::set::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The known word nearest to a mistyped one, if one is near enough to be meant.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let limit = (typed.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (distance(&typed, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be added, dropped, changed or swapped (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (i, a) in left.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let change = row[j] + usize::from(a != *b);
            let mut best = change.min(row[j + 1] + 1).min(next[j] + 1);
            if j > 0 && last == Some(*b) && right[j - 1] == a {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(a);
    }
    row[right.len()]
}
