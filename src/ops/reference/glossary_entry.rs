//! An entry of the glossary.

use crate::base::message::Message;

/// What a word means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlossaryEntry {
    /// The words that people type for it, in lower case.
    pub words: &'static [&'static str],
    /// What it is, and what to type.
    pub text: Message,
    /// Related words that `help` explains.
    pub see: &'static [&'static str],
}
