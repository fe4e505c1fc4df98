//! People, their addresses and their fields.

pub mod address_checks;
pub mod address_matcher;
pub(crate) mod from_text;
mod from_yaml;
pub mod mailbox;
pub mod reserved_domain;
pub mod suppression_reason;
pub mod suspicious_address;
#[cfg(test)]
mod tests;
pub mod values;

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::span::Spanned;
use crate::people::person::address_checks::AddressError;
use crate::people::person::values::Values;

/// The form in which texts are compared: composed (NFC), since macOS writes `å` as two characters and Windows as one,
/// and in lower case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower: String = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.chars().flat_map(char::to_lowercase).collect(),
        IsNormalized::No | IsNormalized::Maybe => text.nfc().flat_map(char::to_lowercase).collect(),
    };
    // Lower case can undo the composition: `İ` becomes `i` and a combining dot.
    match is_nfc_quick(lower.chars()) {
        IsNormalized::Yes => lower,
        IsNormalized::No | IsNormalized::Maybe => lower.nfc().collect(),
    }
}

/// Whether [`fold`] of `text` equals another text, which is folded already. Stops at the first letter that differs.
pub(crate) fn folds_to(text: &str, folded: &str) -> bool {
    if text.is_ascii() {
        return text.eq_ignore_ascii_case(folded);
    }
    // A list mostly has the spelling of the rule, and folding twice is folding once.
    text == folded || text.nfc().flat_map(char::to_lowercase).nfc().eq(folded.chars())
}

/// How many values a field holds. A field that is a list for anyone is one for everyone, empty if they lack it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldShape {
    /// One.
    Single,
    /// Several, for at least one person.
    List,
}

/// The fields of some people.
pub type FieldShapes = BTreeMap<String, FieldShape>;

/// Why a person may be sent mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// On what basis: `member`, `opt-in` and the like.
    pub basis: String,
    /// Since when; absent: unknown.
    pub at: Option<Date>,
    /// Where it is recorded; absent: unknown.
    pub source: Option<String>,
    /// The version of the text that they consented to; absent: unknown.
    pub text: Option<String>,
}

impl fmt::Display for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.basis)?;
        self.at.iter().try_for_each(|at| write!(f, "{}", message!(", since {at}", ", siden {at}")))?;
        self.source.iter().try_for_each(|source| write!(f, "{}", message!(", by {source}", ", fra {source}")))?;
        self.text.iter().try_for_each(|text| write!(f, "{}", message!(", to the text {text}", ", til teksten {text}")))
    }
}

/// Where a person was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonOrigin {
    /// The file's path in the project, or the name of another list.
    pub path: Arc<str>,
    /// The line or row, counted from 1.
    pub line: usize,
}

impl fmt::Display for PersonOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// A person on a list: an address, and fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Where letters are sent.
    pub address: Address,
    /// The language they chose; absent: their audience's.
    pub lang: Option<Lang>,
    /// Every other field by its name: `first_name`, `last_name`, `name`, and those of the list. A missing value is not
    /// a field.
    pub fields: Values,
    /// Their consent; absent: none is recorded.
    #[serde(default)]
    pub consent: Option<Box<Consent>>,
    /// Where they were read from.
    pub origin: PersonOrigin,
}

/// A text that may differ by language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Localised {
    /// One text for every reader.
    Same(Spanned<String>),
    /// A text per language; never empty.
    PerLang(BTreeMap<Lang, Spanned<String>>),
}

impl Localised {
    /// The text for a reader of this language; if there is none, the first one there is.
    pub fn for_lang(&self, lang: Lang) -> Option<&Spanned<String>> {
        match self {
            Self::Same(text) => Some(text),
            Self::PerLang(texts) => texts.get(&lang).or_else(|| texts.values().next()),
        }
    }

    /// Its texts, in every language.
    pub fn texts(&self) -> impl Iterator<Item = &Spanned<String>> {
        let (same, per_lang) = match self {
            Self::Same(text) => (Some(text), None),
            Self::PerLang(texts) => (None, Some(texts)),
        };
        same.into_iter().chain(per_lang.into_iter().flat_map(BTreeMap::values))
    }

    /// The language of the text for a reader of this language; `default` is that of a text which is the same for all.
    pub fn lang_for(&self, lang: Lang, default: Lang) -> Lang {
        match self {
            Self::Same(_) => default,
            Self::PerLang(texts) if texts.contains_key(&lang) => lang,
            Self::PerLang(texts) => texts.keys().next().copied().unwrap_or(default),
        }
    }

    /// The languages that it is written in; none if it is the same for all.
    pub fn langs(&self) -> impl Iterator<Item = Lang> {
        let texts = match self {
            Self::Same(_) => None,
            Self::PerLang(texts) => Some(texts),
        };
        texts.into_iter().flat_map(|texts| texts.keys().copied())
    }
}

/// A valid address.
///
/// The domain is in ASCII and lower case (an internationalised one is `xn--…`, so that it needs no SMTPUTF8). The local
/// part is as it was written, in NFC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    text: String,
    at: usize,
}

impl Address {
    /// Parses an address; white space around it is ignored.
    ///
    /// # Errors
    ///
    /// The text is not exactly one address that a relay can deliver to. Forms that RFC 5321 allows but hardly any
    /// system accepts (quoted local parts, address literals) are refused.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        match address_checks::plain_at(text) {
            Some(at) => Ok(Self { text: text.to_owned(), at }),
            None => Self::checked(text),
        }
    }

    /// Parses an address of any kind.
    fn checked(text: &str) -> Result<Self, AddressError> {
        let text: String = text.nfc().collect();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        address_checks::check_text(&text)?;
        let (local, domain) = text.split_once('@').ok_or(AddressError::NoAt)?;
        address_checks::check_local(local)?;
        let domain = address_checks::ascii_domain(domain)?;
        if local.len() + 1 + domain.len() > address_checks::MAX_ADDRESS {
            return Err(AddressError::TooLong);
        }
        // Converting an address to lettre's type for the SMTP session must not fail later.
        lettre::Address::new(local, &domain).map_err(|_| AddressError::Domain)?;
        Ok(Self { at: local.len(), text: format!("{local}@{domain}") })
    }

    /// Whether it needs no SMTPUTF8 (RFC 6531): its local part is ASCII, and its domain always is.
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// The address as it is sent in the envelope.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Equal for two addresses exactly if they are the same: both parts in lower case and NFC.
    pub fn key(&self) -> String {
        fold(&self.text)
    }

    /// Identifies the address, in 96 bits.
    pub fn hash(&self) -> AddressHash {
        let key = self.key();
        // Two of a million addresses collide once in 10^17 runs. The keys of the hash are new in each run, so no one
        // can choose addresses that do.
        let [low, high] = [0, 1].map(|half| KEYS[half].hash_one(&key).to_le_bytes());
        AddressHash([
            [low[0], low[1], low[2], low[3]],
            [low[4], low[5], low[6], low[7]],
            [high[0], high[1], high[2], high[3]],
        ])
    }

    /// Restores an address from its own text, without checking it again.
    pub(crate) fn restored(text: String) -> Option<Self> {
        Some(Self { at: text.rfind('@')?, text })
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// The part after the `@`, in ASCII.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }
}

/// A hash of an address, for as long as the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressHash([[u8; 4]; 3]);

impl AddressHash {
    /// The first 64 bits.
    pub(crate) fn prefix(self) -> u64 {
        let [high, low, _] = self.0.map(|part| u64::from(u32::from_le_bytes(part)));
        high << 32 | low
    }
}

static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.text
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
