//! The register of all checks: what each code means, why it matters, and an example. A check is one folder in
//! `tests/cases/checks`, and `docs/checks.md` and `docs/checks.da.md` are made from these folders.

use crate::base::message::Message;

/// `tests/it/checks.rs` writes the documents, and compares them with the folders and with the codes of the program.
const ORIGINAL: &str = include_str!("../../../docs/checks.md");
const TRANSLATION: &str = include_str!("../../../docs/checks.da.md");

/// One section of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckEntry {
    /// The code.
    pub code: &'static str,
    /// `error`, `warning`, or both, as the headings of the section say.
    pub severity: Message,
    /// What is wrong, in a few words.
    pub title: Message,
    /// The section below its heading, in Markdown.
    pub text: Message,
}

impl CheckEntry {
    /// Whether it can be a warning.
    pub fn warns(&self) -> bool {
        self.severity.english().contains("warning")
    }
}

/// A section of one document.
struct Section {
    code: &'static str,
    severity: &'static str,
    title: &'static str,
    text: &'static str,
}

/// Every check, in the order of the documents, which have the same sections.
pub fn checks() -> impl Iterator<Item = CheckEntry> {
    sections(ORIGINAL).zip(sections(TRANSLATION)).map(|(original, translation)| CheckEntry {
        code: original.code,
        severity: Message::fixed(original.severity, translation.severity),
        title: Message::fixed(original.title, translation.title),
        text: Message::fixed(original.text, translation.text),
    })
}

fn sections(document: &'static str) -> impl Iterator<Item = Section> {
    document.split("\n### ").skip(1).filter_map(|section| {
        let (heading, text) = section.split_once('\n')?;
        let mut parts = heading.splitn(3, " · ");
        let (code, severity, title) = (parts.next()?, parts.next()?, parts.next()?);
        // The last check of a chapter is followed by the heading of the next one.
        let text = text.split("\n## ").next().unwrap_or(text).trim();
        Some(Section { code, severity, title, text })
    })
}

/// The check with a code, in whatever case it is typed.
pub fn check(code: &str) -> Option<CheckEntry> {
    checks().find(|check| check.code.eq_ignore_ascii_case(code))
}
