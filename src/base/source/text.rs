//! The text of one file, under the name that messages use for it.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::digest::Digest;
use crate::base::source::span::{Excerpt, Span, floor_char_boundary, without_controls};

/// The text of one file and its path, as shown in messages.
///
/// Cloning is cheap: the text is shared.
#[derive(Clone, Debug)]
pub struct Source {
    path: Arc<str>,
    text: Arc<str>,
    /// The byte of each `\n`. A large file has many positions to report: counting lines for each of them would take
    /// longer than reading the file.
    line_ends: Arc<[usize]>,
    /// The line that was quoted last, with its number: a line may have thousands of mistakes, and is kept once for all.
    quoted: Arc<Mutex<(usize, Arc<str>)>>,
    /// Where the text comes from, in order; empty if all of it is the file's own.
    segments: Arc<[SourceSegment]>,
    /// Confidential texts, for which quoted lines have `…`.
    hidden: Arc<[String]>,
}

/// The origin of one run of bytes in a text that was assembled from several files.
#[derive(Clone, Debug)]
pub struct SourceSegment {
    /// The first byte of the run in the assembled text.
    at: usize,
    source: Source,
    from: usize,
    kind: SegmentKind,
}

/// How the bytes of a segment relate to the file they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SegmentKind {
    /// Byte for byte.
    Copied,
    /// All bytes map to one position.
    Generated,
}

impl SourceSegment {
    /// Bytes copied from a file, from byte `from` of it on.
    pub fn copied(at: usize, source: &Source, from: usize) -> Self {
        Self { at, source: source.clone(), from, kind: SegmentKind::Copied }
    }

    /// Whether a copied segment that starts at `at` only continues this one.
    pub fn continues(&self, at: usize, source: &Source, from: usize) -> bool {
        let same = self.kind == SegmentKind::Copied && Arc::ptr_eq(&self.source.text, &source.text);
        same && at.checked_sub(self.at) == from.checked_sub(self.from)
    }

    /// Bytes that were written in place of something at byte `from` of a file.
    pub fn generated(at: usize, source: &Source, from: usize) -> Self {
        Self { at, source: source.clone(), from, kind: SegmentKind::Generated }
    }
}

impl Source {
    /// A file's text; the path is relative to the project, as the user knows it.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let line_ends = text.match_indices('\n').map(|(at, _)| at).collect();
        let (quoted, segments, hidden) = (Arc::default(), Arc::default(), Arc::default());
        Self { path: path.into(), text, line_ends, quoted, segments, hidden }
    }

    /// The same text, with `…` for confidential texts in the lines that are quoted.
    #[must_use]
    pub fn hiding(self, texts: Vec<String>) -> Self {
        Self { hidden: texts.into(), quoted: Arc::default(), ..self }
    }

    /// A text assembled from several files; its spans are those of the files.
    pub fn gathered(path: Arc<str>, text: String, segments: Vec<SourceSegment>) -> Self {
        Self { segments: segments.into(), ..Self::new(path, text) }
    }

    /// The path in the project, with `/` between its parts.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The digest of the text, independent of its line endings: Git changes them on Windows (`core.autocrlf`), and no
    /// letter depends on them.
    pub fn digest(&self) -> Digest {
        Digest::of([self.text.replace("\r\n", "\n").as_bytes()])
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The span of a range of bytes, cut at the end of its first line.
    pub fn place(&self, range: Range<usize>) -> Span {
        if let Some((source, from)) = self.origin(range.start) {
            // The last byte is looked up on its own: if it comes from the same file, all of what was rewritten in
            // between is marked.
            let last = self.origin(range.end.max(range.start + 1) - 1);
            let end = last.filter(|(other, at)| Arc::ptr_eq(&other.text, &source.text) && *at >= from);
            return source.place(from..end.map_or(from, |(_, at)| at + 1));
        }
        let start = floor_char_boundary(&self.text, range.start);
        let number = self.line_ends.partition_point(|end| *end < start);
        let line_start = number.checked_sub(1).and_then(|line| self.line_ends.get(line)).map_or(0, |at| at + 1);
        let line_end = self.line_ends.get(number).copied().unwrap_or(self.text.len());
        // A line may end in CR LF; the CR is neither quoted nor counted.
        let line = self.text[line_start..line_end].trim_end_matches('\r');
        let range = start - line_start..range.end.max(start) - line_start;
        let excerpt = Excerpt { number: number + 1, text: self.excerpt(number + 1, line) };
        Span::quoting(&self.path, excerpt, line, range)
    }

    /// The line with a number, as messages quote it.
    fn excerpt(&self, number: usize, line: &str) -> Arc<str> {
        // A thread that panics leaves a consistent pair.
        let mut quoted = self.quoted.lock().unwrap_or_else(PoisonError::into_inner);
        if quoted.0 != number {
            let shown = self.hidden.iter().fold(line.to_owned(), |line, text| line.replace(text, "…"));
            *quoted = (number, without_controls(&shown));
        }
        Arc::clone(&quoted.1)
    }

    /// The file that a byte of an assembled text comes from, and the byte in it.
    fn origin(&self, at: usize) -> Option<(&Self, usize)> {
        let next = self.segments.partition_point(|segment| segment.at <= at);
        let segment = self.segments.get(next.checked_sub(1)?)?;
        let offset = if segment.kind == SegmentKind::Copied { at - segment.at } else { 0 };
        Some((&segment.source, segment.from + offset))
    }

    /// The span of a whole line, counted from 1, from its first to its last visible character.
    pub fn line(&self, number: usize) -> Span {
        let start = match number.checked_sub(2) {
            None => 0,
            Some(newline) => self.line_ends.get(newline).map_or(self.text.len(), |at| at + 1),
        };
        let line = self.text[start..].lines().next().unwrap_or("");
        let indent = line.len() - line.trim_start().len();
        self.place(start + indent..start + line.trim_end().len().max(indent))
    }
}
