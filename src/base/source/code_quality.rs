//! Diagnostics as a code quality report of GitLab, which shows them in a merge request
//! (docs.gitlab.com, "Code Quality", "Code Quality report format").

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::message::{UserLanguage, message};
use crate::base::source::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::source::sarif::{NO_PLACE, fingerprint};
use crate::base::source::span::Span;

/// The report: an array with an object for each problem that is not turned off. `folder` is the project's folder in the
/// repository; empty: the project is the repository.
pub fn report(diagnostics: &Diagnostics, folder: &str, language: UserLanguage) -> Value {
    let mut seen = BTreeMap::new();
    let reported = diagnostics.iter().filter(|diagnostic| diagnostic.off.is_none());
    reported.map(|diagnostic| finding(diagnostic, folder, language, &mut seen)).collect()
}

fn finding(diagnostic: &Diagnostic, folder: &str, language: UserLanguage, seen: &mut BTreeMap<String, usize>) -> Value {
    let place = diagnostic.place.as_ref();
    let path = place.map_or(NO_PLACE, Span::path);
    let path = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    let (code, text) = (diagnostic.code, &diagnostic.message);
    let text = match &diagnostic.hint {
        Some(hint) => message!("{code}: {text}. Hint: {hint}", "{code}: {text}. Hjælp: {hint}"),
        None => message!("{code}: {text}", "{code}: {text}"),
    };
    json!({
        "description": text.in_language(language),
        "check_name": code.0,
        // It may not change with the language, and not where lines move.
        "fingerprint": fingerprint(diagnostic, seen),
        "severity": match diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        "location": { "path": path, "lines": { "begin": place.map_or(1, Span::line) } },
    })
}
