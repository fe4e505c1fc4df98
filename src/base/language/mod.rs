//! The languages of editions. Each is one file, with its words, its date formats and its plural.
//!
//! To add one, copy `english.rs`, translate it, and name the new file twice here: as a module and in [`LANGUAGES`].

pub mod amounts;
pub mod calendar;
mod danish;
mod dates;
pub mod definition;
pub mod direction;
mod english;
mod german;
mod holidays;
pub(crate) mod hyphenation;
pub mod live_preview_words;
mod norwegian;
mod numbers;
mod sentences;
pub mod starter_texts;
mod swedish;
pub mod tag;
#[cfg(test)]
mod tests;
pub mod words;
pub mod year_words;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::base::language::definition::Language;
use crate::base::language::words::LetterWords;
use crate::base::message::{UserLanguage, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;

const UNKNOWN: Code = Code("NL112");

/// Every language; the first one is the default.
const LANGUAGES: [&Language; 5] =
    [&danish::LANGUAGE, &english::LANGUAGE, &german::LANGUAGE, &norwegian::LANGUAGE, &swedish::LANGUAGE];

/// A language that editions can be written in: an index of [`LANGUAGES`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Lang(u8);

impl Lang {
    /// Every language, the default one first.
    pub const ALL: [Self; LANGUAGES.len()] = {
        // A constant is evaluated without iterators, so that this is a loop, with two counters instead of a cast.
        let mut all = [Self(0); LANGUAGES.len()];
        let (mut at, mut number) = (0, 0);
        while at < all.len() {
            all[at] = Self(number);
            at += 1;
            number += 1;
        }
        all
    };

    /// The language that people mean by `da`, `da-DK`, `EN_gb` (RFC 5646, primary subtag) or `Dansk`; `None` if the
    /// language is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or("").to_lowercase();
        Self::ALL.into_iter().find(|lang| lang.tag() == word || lang.name() == word || lang.spells(&word))
    }

    fn spells(self, word: &str) -> bool {
        self.language().spellings.contains(&word)
    }

    /// The language in which the program speaks to the users of a project in this language.
    pub fn user_language(self) -> UserLanguage {
        UserLanguage::of_locale(self.tag()).unwrap_or_default()
    }

    /// The language in which names of days and months are written to users.
    pub fn of_user(language: UserLanguage) -> Self {
        Self::ALL.into_iter().find(|lang| lang.user_language() == language).unwrap_or_default()
    }

    /// The language of a tag alone, with or without a region: `en`, `en-GB`.
    pub fn of_tag(text: &str) -> Option<Self> {
        // A region has two letters here, so that the file name `en-draft` is not read as a language tag.
        let (primary, region) = text.split_once(['-', '_']).unwrap_or((text, "XX"));
        let region = region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_alphabetic());
        // `no` is the tag of Norwegian; it means bokmål unless a form is named.
        let primary = if primary.eq_ignore_ascii_case("no") { "nb" } else { primary };
        Self::ALL.into_iter().find(|lang| region && lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The language of a valid tag, whatever its region, script or variant: `de-CH-1901` is German.
    pub fn of_primary_subtag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next();
        Self::ALL.into_iter().find(|lang| Some(lang.tag()) == primary)
    }

    /// The tags that can be written, for a hint: `da, en, de`.
    pub fn known() -> String {
        Self::ALL.map(Self::tag).join(", ")
    }

    /// Its texts and formats.
    pub fn language(self) -> &'static Language {
        LANGUAGES[usize::from(self.0)]
    }

    /// Its tag, for `lang="…"`.
    pub fn tag(self) -> &'static str {
        self.language().tag
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        self.language().name
    }

    /// The same as the text of a link, with a capital: `English`.
    pub fn title(self) -> String {
        let mut letters = self.name().chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// The words around the author's text.
    pub fn words(self) -> &'static LetterWords {
        &self.language().words
    }

    /// The reason for getting a letter, for an audience that gives none.
    pub fn on_list(self, audience: &str) -> String {
        self.language().on_list.replace("{name}", audience)
    }

    /// The text of the link to unsubscribe from one series only.
    pub fn leave_series(self, name: &str) -> String {
        self.language().leave_series.replace("{name}", name)
    }

    /// The form of a word for a number; the last one if the author gives too few.
    pub fn plural<T: Copy>(self, number: impl Into<f64>, forms: &[T]) -> Option<T> {
        forms.get((self.language().plural)(number.into())).or(forms.last()).copied()
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl Serialize for Lang {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.tag())
    }
}

impl<'de> Deserialize<'de> for Lang {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        let unknown =
            || de::Error::custom(format_args!("unknown language `{tag}`, expected one of: {}", Self::known()));
        Self::ALL.into_iter().find(|lang| lang.tag() == tag).ok_or_else(unknown)
    }
}

impl FromText for Lang {
    fn from_text(text: &str, _key: &str) -> Result<Self, Box<Diagnostic>> {
        let unknown = || Diagnostic::unknown(UNKNOWN, message!("language", "sprog"), text, Self::ALL.map(Self::tag));
        Self::parse(text).ok_or_else(|| Box::new(unknown()))
    }
}
