//! A problem in one line of YAML, and the line as it was meant.

use std::ops::Range;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Code;

/// A problem in a line whose number is not known yet.
#[derive(Debug)]
pub(super) struct LineProblem {
    pub(super) code: Code,
    pub(super) columns: Range<usize>,
    pub(super) message: Message,
    pub(super) hint: Option<Message>,
    pub(super) fixed: String,
}

impl LineProblem {
    /// A problem whose correct line is known.
    pub(super) fn fixed(code: Code, columns: Range<usize>, message: Message, fixed: String) -> Self {
        let hint = Some(message!("write this instead: {}", "skriv i stedet: {}", fixed.trim()));
        Self { code, columns, message, hint, fixed }
    }

    /// The problem with the number of its line, counted from 1.
    pub(super) fn on_line(self, line: usize) -> LocatedProblem {
        let Self { code, columns, message, hint, fixed } = self;
        LocatedProblem { code, line, columns, message, hint, fixed }
    }
}

/// A problem with its location.
#[derive(Debug)]
pub(super) struct LocatedProblem {
    pub(super) code: Code,
    /// Counted from 1 in the text that is read.
    pub(super) line: usize,
    /// Bytes of that line.
    pub(super) columns: Range<usize>,
    pub(super) message: Message,
    pub(super) hint: Option<Message>,
    /// The correct line; empty if that is not known.
    pub(super) fixed: String,
}
