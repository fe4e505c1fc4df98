//! What is told about the files that people write: each case is a folder with a file and with what is told about it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use newsletter::base::source::yaml;
use newsletter::base::source::{Diagnostics, Severity, Source};
use newsletter::issue::Issue;
use newsletter::project::settings::Settings;

const EXPECTED: &str = "mistakes.txt";

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

/// Compares what is told about the file in each folder with what the folder says. With `NEWSLETTER_EXPECT=write` what
/// is told is written there instead, to be read before it is committed.
fn check(kind: &str, read: impl Fn(&Source) -> Diagnostics) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/files").join(kind);
    let mut wrong = String::new();
    for folder in entries(&root) {
        let inputs: Vec<PathBuf> = entries(&folder).into_iter().filter(|it| !it.ends_with(EXPECTED)).collect();
        let [input] = inputs.as_slice() else { panic!("{} must hold one file", folder.display()) };
        let name = input.file_name().unwrap().to_string_lossy().into_owned();
        let told = shown(&read(&Source::new(name, fs::read_to_string(input).unwrap())));
        let path = folder.join(EXPECTED);
        if std::env::var("NEWSLETTER_EXPECT").is_ok_and(|it| it == "write") {
            fs::write(&path, &told).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if told != expected {
            write!(wrong, "== {}\n-- expected\n{expected}-- told\n{told}", folder.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths
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
        writeln!(text, "  hint: {}", it.hint.as_deref().unwrap()).unwrap();
    }
    if text.is_empty() { "nothing\n".to_owned() } else { text }
}
