//! A diagnostic for programs: on standard output, and in the manifest of a preview.

use serde::Serialize;

use crate::base::message::Message;
use crate::base::source::diagnostic::{Diagnostic, Severity};
use crate::base::source::span::Span;

/// A diagnostic.
#[derive(Debug, Serialize)]
pub struct DiagnosticJson<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    path: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<&'a str>,
    turned_off: Option<&'a str>,
}

impl<'a> DiagnosticJson<'a> {
    /// Borrows everything.
    pub fn new(diagnostic: &'a Diagnostic) -> Self {
        let place = diagnostic.place.as_ref();
        Self {
            code: diagnostic.code.0,
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: diagnostic.message.english(),
            path: place.map(Span::path),
            line: place.map(Span::line),
            column: place.map(Span::column),
            hint: diagnostic.hint.as_ref().map(Message::english),
            turned_off: diagnostic.off.as_deref(),
        }
    }
}
