//! The register of all checks: what each code means, why it matters, and an example. A check is one folder in
//! `tests/cases/checks`, and `docs/checks.md` is made from these folders.

/// `tests/it/checks.rs` writes the document, and compares it with the folders and with the codes of the program.
const DOCUMENT: &str = include_str!("../../../docs/checks.md");

/// One section of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckEntry {
    /// The code.
    pub code: &'static str,
    /// `error`, `warning`, or both, as the section's heading says.
    pub severity: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// The section below its heading, in Markdown.
    pub text: &'static str,
}

impl CheckEntry {
    /// Whether it can be a warning.
    pub fn warns(&self) -> bool {
        self.severity.contains("warning")
    }
}

/// Every check, in the order of the document.
pub fn checks() -> impl Iterator<Item = CheckEntry> {
    DOCUMENT.split("\n### ").skip(1).filter_map(|section| {
        let (heading, text) = section.split_once('\n')?;
        let mut parts = heading.splitn(3, " · ");
        let (code, severity, title) = (parts.next()?, parts.next()?, parts.next()?);
        // The last check of a chapter is followed by the heading of the next one.
        let text = text.split("\n## ").next().unwrap_or(text).trim();
        Some(CheckEntry { code, severity, title, text })
    })
}

/// The check with a code, in whatever case it is typed.
pub fn check(code: &str) -> Option<CheckEntry> {
    checks().find(|check| check.code.eq_ignore_ascii_case(code))
}
