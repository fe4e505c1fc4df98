//! A problem of one line of YAML, and the line as it was meant.

use crate::base::source::diagnostic::Code;
use std::ops::Range;

/// A mistake on a line whose number is not yet known.
#[derive(Debug)]
pub(super) struct LineProblem {
    pub(super) code: Code,
    pub(super) columns: Range<usize>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    pub(super) mended: String,
}

impl LineProblem {
    /// A mistake for which the better line is known.
    pub(super) fn mended(code: Code, columns: Range<usize>, message: impl Into<String>, mended: String) -> Self {
        let hint = Some(format!("write this instead: {}", mended.trim()));
        Self { code, columns, message: message.into(), hint, mended }
    }

    pub(super) fn advice(self, line: usize) -> LocatedProblem {
        let Self { code, columns, message, hint, mended } = self;
        LocatedProblem { code, line, columns, message, hint, mended }
    }
}

/// A mistake that is understood.
#[derive(Debug)]
pub(super) struct LocatedProblem {
    pub(super) code: Code,
    /// Counted from 1 in the text that is read.
    pub(super) line: usize,
    /// Bytes of that line.
    pub(super) columns: Range<usize>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// The line as it should be; empty where that is not known.
    pub(super) mended: String,
}
