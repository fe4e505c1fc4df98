//! A part of one line of a file.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::base::message::{Message, message};

/// A part of one line of a file, together with the line itself, so that a message can quote it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    path: Arc<str>,
    line: usize,
    column: usize,
    width: usize,
    excerpt: Arc<str>,
}

/// A line as messages quote it.
pub(super) struct Excerpt {
    /// Its number, counted from 1.
    pub(super) number: usize,
    /// Its text, without control characters.
    pub(super) text: Arc<str>,
}

impl Span {
    /// A range of bytes of one line: the line is given without its end and its number counts from 1.
    ///
    /// For files that are read line by line, without a [`Source`](crate::base::source::text::Source).
    pub fn in_line(path: &Arc<str>, number: usize, line: &str, range: Range<usize>) -> Self {
        Self::quoting(path, Excerpt { number, text: without_controls(line) }, line, range)
    }

    /// The same, with what is quoted of the line.
    pub(super) fn quoting(path: &Arc<str>, excerpt: Excerpt, line: &str, range: Range<usize>) -> Self {
        let start = floor_char_boundary(line, range.start);
        let end = floor_char_boundary(line, range.end.max(range.start));
        Self {
            path: Arc::clone(path),
            line: excerpt.number,
            column: line[..start].chars().count() + 1,
            width: line[start..end].chars().count().max(1),
            excerpt: excerpt.text,
        }
    }

    /// The path in the project.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same, shared.
    pub(super) fn shared_path(&self) -> Arc<str> {
        Arc::clone(&self.path)
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// How to name it in a message about another span: `line 5`, or `line 5 of snippets/om-os.md`.
    pub fn relative_to(&self, other: &Self) -> Message {
        let Self { path, line, .. } = self;
        if *path == other.path {
            message!("line {line}", "linje {line}")
        } else {
            message!("line {line} of {path}", "linje {line} i {path}")
        }
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The number of characters; at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The line, without its end.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The same span, with `…` in place of a confidential text in the quoted line.
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

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub place: Span,
}

impl<T> Spanned<T> {
    /// Another value made from this one, at the same place.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: make(self.value), place: self.place }
    }
}

/// A line that is safe to print: a terminal would execute control characters as commands.
pub(super) fn without_controls(line: &str) -> Arc<str> {
    line.replace(|sign: char| sign.is_control() && sign != '\t', "\u{fffd}").into()
}

/// The last character boundary at or before `at`.
pub(crate) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
