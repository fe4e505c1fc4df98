//! A key that a file can have, with what `help` and the JSON Schemas say about it.

use crate::base::language::Lang;
use crate::base::message::Message;

/// A key, as the reader of its file accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceKey {
    /// The key.
    pub name: &'static str,
    /// What it is for, in one sentence without a full stop: in English, as in schemas.
    pub about: &'static str,
    /// The same in Danish.
    translated: &'static str,
    /// What its value can be.
    pub shape: KeyShape,
    /// A value that is accepted, as it is written after the key; empty for groups, whose keys have their own, and for languages.
    example: &'static str,
}

/// What the value of a key can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyShape {
    /// A text or a number.
    Text,
    /// A text, or one for each language.
    Localised,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text, often one of these words.
    Word(&'static [&'static str]),
    /// A language that the program has words in, or another spelling of it.
    Language,
    /// A list of texts.
    Texts,
    /// A text, or a list of texts.
    TextOrTexts,
    /// A list of some of these words.
    Choices(&'static [&'static str]),
    /// A group of keys.
    Group(&'static [ReferenceKey]),
    /// A text, or a group of keys.
    TextOrGroup(&'static [ReferenceKey]),
    /// A list of groups.
    Groups(&'static [ReferenceKey]),
    /// Names that the user chooses, each with keys.
    Named(&'static [ReferenceKey]),
    /// Languages, each with keys.
    PerLanguage(&'static [ReferenceKey]),
    /// Names that the user chooses, each with a text, or with keys.
    NamedTexts(&'static [ReferenceKey]),
    /// Anything: the reader has rules that a schema cannot express.
    Any,
}

impl ReferenceKey {
    /// What it is for, in one sentence without a full stop.
    pub fn purpose(&self) -> Message {
        Message::fixed(self.about, self.translated)
    }

    /// A value that is accepted, as it is written after the key; absent for groups, whose keys have examples.
    pub fn example(&self) -> Option<&'static str> {
        match self.shape {
            KeyShape::Language => Some(Lang::default().tag()),
            _ => Some(self.example).filter(|example| !example.is_empty()),
        }
    }
}

impl KeyShape {
    /// The keys below it.
    pub fn keys(&self) -> &'static [ReferenceKey] {
        match self {
            Self::Group(keys)
            | Self::TextOrGroup(keys)
            | Self::Groups(keys)
            | Self::Named(keys)
            | Self::PerLanguage(keys)
            | Self::NamedTexts(keys) => keys,
            Self::Text
            | Self::Localised
            | Self::Flag
            | Self::Number
            | Self::Choice(_)
            | Self::Word(_)
            | Self::Language
            | Self::Texts
            | Self::TextOrTexts
            | Self::Choices(_)
            | Self::Any => &[],
        }
    }
}

/// A key with a value; `translated` is `about` in Danish.
pub(super) const fn key(
    name: &'static str,
    shape: KeyShape,
    example: &'static str,
    about: &'static str,
    translated: &'static str,
) -> ReferenceKey {
    ReferenceKey { name, about, translated, shape, example }
}

/// A key with a group of keys.
pub(super) const fn group(
    name: &'static str,
    shape: KeyShape,
    about: &'static str,
    translated: &'static str,
) -> ReferenceKey {
    ReferenceKey { name, about, translated, shape, example: "" }
}

/// Concatenates two lists of keys; the length is that of the constant's type.
pub(super) const fn joined<const N: usize>(first: &[ReferenceKey], more: &[ReferenceKey]) -> [ReferenceKey; N] {
    let mut all = [first[0]; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() { first[at] } else { more[at - first.len()] };
        at += 1;
    }
    all
}

/// A key whose value is a language.
pub(super) const fn language(name: &'static str, about: &'static str, translated: &'static str) -> ReferenceKey {
    ReferenceKey { name, about, translated, shape: KeyShape::Language, example: "" }
}
