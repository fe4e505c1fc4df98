//! Messages about files: each case is a folder with a file and the expected messages.

use std::fmt::Write;

use jiff::tz::TimeZone;
use newsletter::base::source::diagnostic::{Diagnostics, Severity};
use newsletter::base::source::text::Source;
use newsletter::base::source::yaml;
use newsletter::issue::Issue;
use newsletter::project::settings::Settings;

use crate::case::Case;

#[test]
fn yaml() {
    check("yaml", |source| yaml::parse(source).err().unwrap_or_default());
}

#[test]
fn issue() {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap();
    check("issue", |source| {
        let (issue, diagnostics) = Issue::parse(source, &zone);
        assert_eq!(issue.is_none(), diagnostics.has_errors(), "{}", source.path());
        diagnostics
    });
}

#[test]
fn settings() {
    check("settings", |source| {
        let (settings, diagnostics) = Settings::parse(source);
        assert_eq!(settings.is_none(), diagnostics.has_errors(), "{}", source.path());
        diagnostics
    });
}

/// Compares what is reported about the file of each case.
fn check(kind: &str, read: impl Fn(&Source) -> Diagnostics) {
    let mut wrong = String::new();
    for case in Case::all(&format!("files/{kind}")) {
        let inputs = case.inputs();
        let [input] = inputs.as_slice() else { panic!("{kind}/{} must hold one file", case.name) };
        let reported = shown(&read(&Source::new(input.as_str(), case.text(input).unwrap())));
        if !case.holds("expected.txt", &reported) {
            write!(wrong, "== {kind}/{}\n{reported}", case.name).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn shown(diagnostics: &Diagnostics) -> String {
    let mut text = String::new();
    for it in diagnostics {
        let place = it.place.as_ref().unwrap();
        let severity = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(text, "{place} (+{}) {severity} {}: {}", place.width(), it.code, it.message).unwrap();
        writeln!(text, "  hint: {}", it.hint.as_ref().unwrap()).unwrap();
    }
    if text.is_empty() { "nothing\n".to_owned() } else { text }
}
