//! Mistakes of a list that may have one in each of a million rows.

use std::collections::BTreeMap;

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};

const MORE: Code = Code("NL200");

/// So many mistakes of one list are shown; a file with more is another kind of file, or has the same one in each row.
const SHOWN: usize = 100;

/// What is wrong so far; beyond a limit mistakes are only counted.
#[derive(Default)]
pub(crate) struct CappedDiagnostics {
    shown: Diagnostics,
    hidden: BTreeMap<Severity, usize>,
}

impl CappedDiagnostics {
    /// One more.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.is_full() {
            self.count(diagnostic.severity);
        } else {
            self.shown.push(diagnostic);
        }
    }

    /// Whether whatever else is wrong is only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.shown.iter().len() >= SHOWN
    }

    /// One more that is not shown.
    pub(crate) fn count(&mut self, severity: Severity) {
        *self.hidden.entry(severity).or_default() += 1;
    }

    /// All of another's.
    pub(crate) fn extend(&mut self, diagnostics: &Diagnostics) {
        diagnostics.iter().for_each(|diagnostic| self.push(diagnostic.clone()));
    }

    /// Those that are shown, and how many are not.
    pub(crate) fn finish(mut self) -> Diagnostics {
        for (severity, count) in self.hidden {
            let what = match severity {
                Severity::Warning => "warnings",
                Severity::Error => "mistakes",
            };
            let message = format!("{count} more {what} in this list are not shown");
            self.shown.push(Diagnostic { severity, ..Diagnostic::error(MORE, message) });
        }
        self.shown
    }
}
