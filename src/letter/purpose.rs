//! What letters are sent for.

use crate::letter::approval_code::ApprovalCode;

/// What letters are sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterPurpose {
    /// The recipients read them.
    Mailing,
    /// Testers read them: the subject begins with `[TEST]`, and their links unsubscribe no one.
    Test(TestMark),
}

/// What marks the letters of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestMark {
    /// What their subjects say.
    pub label: TestLabel,
    /// The code with which a reader of the test can approve the issue; absent: it needs no approval, or is a draft.
    pub code: Option<ApprovalCode>,
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
            Self::Test(TestMark { label, code }) => {
                let edition = match label {
                    TestLabel::Edition => format!(" {edition}"),
                    TestLabel::Plain => String::new(),
                };
                let code = code.map(|code| format!(" {code}")).unwrap_or_default();
                format!("[TEST{edition}{code}] {subject}")
            }
        }
    }

    /// The code of a test.
    pub(super) fn code(self) -> Option<ApprovalCode> {
        match self {
            Self::Mailing => None,
            Self::Test(mark) => mark.code,
        }
    }
}
