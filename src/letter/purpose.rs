//! What letters are sent for.

/// What letters are sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterPurpose {
    /// The recipients read them.
    Mailing,
    /// Testers read them: the subject begins with `[TEST]`, and their links unsubscribe nobody.
    Test(TestLabel),
}

/// What the subject of a test says in its brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestLabel {
    /// `[TEST]`.
    Plain,
    /// `[TEST members.da]`: the edition's id too.
    Edition,
}

impl LetterPurpose {
    /// The subject of a letter of an edition.
    pub(super) fn subject(self, edition: &str, subject: &str) -> String {
        match self {
            Self::Mailing => subject.to_owned(),
            Self::Test(TestLabel::Plain) => format!("[TEST] {subject}"),
            Self::Test(TestLabel::Edition) => format!("[TEST {edition}] {subject}"),
        }
    }
}
