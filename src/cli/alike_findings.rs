//! Joins findings that report the same thing for several lines, such as the parts of a new draft that are still to
//! write.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Diagnostic;
use crate::issue::text_to_replace::TEXT_TO_REPLACE;

/// How many lines are named.
const MAX_LINES: usize = 12;

/// A finding, and the lines of those like it in the same file, which are not printed themselves.
pub(super) struct AlikeFindings<'d> {
    pub(super) first: &'d Diagnostic,
    lines: Vec<usize>,
}

/// The findings in their order, those about text to replace joined per file.
pub(super) fn joined<'d>(all: &[&'d Diagnostic]) -> Vec<AlikeFindings<'d>> {
    let mut found: Vec<AlikeFindings<'d>> = Vec::new();
    let path = |diagnostic: &Diagnostic| diagnostic.place.as_ref().map(|place| place.path().to_owned());
    for diagnostic in all {
        let is_alike = |other: &&mut AlikeFindings<'d>| {
            other.first.code == diagnostic.code
                && other.first.severity == diagnostic.severity
                && path(other.first) == path(diagnostic)
        };
        let place = diagnostic.place.as_ref().filter(|_| diagnostic.code == TEXT_TO_REPLACE);
        match place.and_then(|place| Some((found.iter_mut().find(is_alike)?, place.line()))) {
            Some((alike, line)) => alike.lines.push(line),
            None => found.push(AlikeFindings { first: diagnostic, lines: Vec::new() }),
        }
    }
    found
}

impl AlikeFindings<'_> {
    /// Where the others are; absent: there are none.
    pub(super) fn others(&self) -> Option<Message> {
        let number = self.lines.len();
        let named: Vec<String> = self.lines.iter().take(MAX_LINES).map(ToString::to_string).collect();
        let lines = named.join(", ");
        let end = if number > MAX_LINES { " …" } else { "" };
        match number {
            0 => None,
            1 => Some(message!(
                "and 1 more text to replace in this file: line {lines}",
                "og 1 tekst mere, der skal erstattes i filen: linje {lines}"
            )),
            _ => Some(message!(
                "and {number} more texts to replace in this file: lines {lines}{end}",
                "og {number} tekster mere, der skal erstattes i filen: linje {lines}{end}"
            )),
        }
    }
}
