//! Problems that the author of a file can fix.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexSet;

use crate::base::message::{Message, message};
use crate::base::source::nearest::suggestion;
use crate::base::source::span::Span;

/// The stable name of a check: `NL` and three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether a problem stops the issue or is only reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Reported; nothing is stopped.
    Warning,
    /// Nothing is sent until it is fixed.
    Error,
}

/// A problem that the author of a file can fix.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// The check that found it.
    pub code: Code,
    /// Whether it stops the issue.
    pub severity: Severity,
    /// What is wrong, in one clause, without a full stop.
    pub message: Message,
    /// Where; absent if it is in no line, such as a missing file.
    pub place: Option<Span>,
    /// What to write instead.
    pub hint: Option<Message>,
    /// The reason why it is turned off; absent: it is reported.
    pub off: Option<String>,
}

impl Diagnostic {
    /// A problem that stops the issue.
    pub fn error(code: Code, message: impl Into<Message>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), place: None, hint: None, off: None }
    }

    /// A problem that is only reported.
    pub fn warning(code: Code, message: impl Into<Message>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// A name or word that is not among the known ones: suggests the nearest of them, or else lists them.
    ///
    /// `what` is a noun in the singular, such as `audience`. Words that are known only to be refused do not belong
    /// in `known`.
    pub fn unknown<'a>(
        code: Code,
        what: impl Into<Message>,
        typed: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let what = what.into();
        let message = message!("unknown {what} `{typed}`", "ukendt {what} `{typed}`");
        Self { hint: suggestion(typed, known), ..Self::error(code, message) }
    }

    /// The same problem, only reported.
    #[must_use]
    pub fn as_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// The same problem; the hint counts only if it has none yet.
    #[must_use]
    pub fn or_hint(self, hint: impl Into<Message>) -> Self {
        if self.hint.is_some() { self } else { self.hint(hint) }
    }

    /// The same problem, with its location.
    #[must_use]
    pub fn at(mut self, place: Span) -> Self {
        self.place = Some(place);
        self
    }

    /// The same problem, with what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Message>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How many problems of one kind are kept for a line: a line of 19 kB can have thousands, too many to read.
const KEPT_IN_LINE: usize = 20;

/// The problems found, in that order.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    all: IndexSet<Diagnostic>,
    /// How many problems of one kind a line has. Boxed, since an error that holds problems is returned often.
    lines: Box<LineCounts>,
}

/// The count for each kind of problem in each line of each file. Errors and warnings are counted apart: a warning must not
/// take the place of an error.
#[derive(Clone, Debug, Default)]
struct LineCounts(HashMap<(Code, Severity, Arc<str>, usize), LineCount>);

/// The problems of one kind in a line.
#[derive(Clone, Copy, Debug, Default)]
struct LineCount {
    count: usize,
    /// Which problem counts those that are not kept.
    summary: Option<usize>,
}

impl Diagnostics {
    /// No problems so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one; the same problem at the same place is kept once. Of many problems of one kind in one line, the first are kept,
    /// and the others counted.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let Some(place) = &diagnostic.place else {
            self.all.insert(diagnostic);
            return;
        };
        if self.all.contains(&diagnostic) {
            return;
        }
        let kind = (diagnostic.code, diagnostic.severity, place.shared_path(), place.line());
        let line = self.lines.0.entry(kind).or_default();
        line.count += 1;
        if line.count <= KEPT_IN_LINE {
            self.all.insert(diagnostic);
            return;
        }
        let more = line.count - KEPT_IN_LINE;
        let message = message!("{more} more like this in the line", "{more} mere af samme slags på linjen");
        let summary = Diagnostic { message, hint: None, ..diagnostic };
        match line.summary {
            None => line.summary = Some(self.all.insert_full(summary).0),
            Some(at) => {
                // The new count takes the place of the old one, which is removed from the end.
                let (last, _) = self.all.insert_full(summary);
                self.all.swap_indices(at, last);
                self.all.pop();
            }
        }
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: Self) {
        self.all.extend(other.all);
    }

    /// Whether one of them stops the issue.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The problems, in order.
    pub fn iter(&self) -> indexmap::set::Iter<'_, Diagnostic> {
        self.all.iter()
    }

    /// The number of problems.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The same problems, with their messages and hints as `rewrite` makes them.
    #[must_use]
    pub fn reworded(self, rewrite: impl Fn(&str) -> String) -> Self {
        let reworded = |diagnostic: Diagnostic| Diagnostic {
            message: diagnostic.message.map(&rewrite),
            hint: diagnostic.hint.as_ref().map(|hint| hint.map(&rewrite)),
            ..diagnostic
        };
        self.into_iter().map(reworded).collect()
    }

    /// Orders them by file, then line, then column.
    pub fn sort(&mut self) {
        let key = |diagnostic: &Diagnostic| {
            diagnostic.place.as_ref().map(|place| (place.path().to_owned(), place.line(), place.column()))
        };
        self.all.sort_by_cached_key(key);
        // The summaries are no longer where they were.
        self.lines.0.clear();
    }
}

impl PartialEq for Diagnostics {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl Eq for Diagnostics {}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(all: T) -> Self {
        Self { all: all.into_iter().collect(), lines: Box::default() }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = indexmap::set::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = indexmap::set::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}
