//! Problems of a list, which may have one in each of a million rows.

use std::collections::BTreeMap;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};

const MORE: Code = Code("NL200");

/// How many errors and how many warnings of one list are shown. With more, the file is of another kind, or has the same problem in each row.
const MAX_SHOWN: usize = 100;

/// Problems, of which the first are shown and the others counted.
#[derive(Default)]
pub(crate) struct CappedDiagnostics {
    shown: Diagnostics,
    hidden: BTreeMap<Severity, usize>,
}

impl CappedDiagnostics {
    /// Adds a problem.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.is_full_of(diagnostic.severity) {
            self.count(diagnostic.severity);
        } else {
            self.shown.push(diagnostic);
        }
    }

    /// Whether further problems of this severity are only counted: many warnings do not hide an error.
    pub(crate) fn is_full_of(&self, severity: Severity) -> bool {
        self.shown.len() >= MAX_SHOWN
            && self.shown.iter().filter(|diagnostic| diagnostic.severity == severity).count() >= MAX_SHOWN
    }

    /// Counts a problem that is not shown.
    pub(crate) fn count(&mut self, severity: Severity) {
        *self.hidden.entry(severity).or_default() += 1;
    }

    /// Adds several problems.
    pub(crate) fn extend(&mut self, diagnostics: &Diagnostics) {
        diagnostics.iter().for_each(|diagnostic| self.push(diagnostic.clone()));
    }

    /// The problems that are shown, and one that counts the others.
    pub(crate) fn finish(mut self) -> Diagnostics {
        for (severity, count) in self.hidden {
            let what = match severity {
                Severity::Warning => message!("warnings", "advarsler"),
                Severity::Error => message!("errors", "fejl"),
            };
            let message = message!("{count} more {what} in this list", "{count} {what} mere på listen");
            self.shown.push(Diagnostic { severity, ..Diagnostic::error(MORE, message) });
        }
        self.shown
    }
}
