//! Addresses, people and what is known of them.

mod address_checks;
pub mod address_matcher;
mod from_text;
mod from_yaml;
pub mod mailbox;
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
use thiserror::Error as ThisError;
use unicode_normalization::UnicodeNormalization;

use crate::base::language::Lang;
use crate::base::source::span::Spanned;
use crate::people::person::values::Values;

/// A text in the form in which it is compared: composed (NFC), since a Mac writes `å` as two characters where Windows
/// writes one, and in lower case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Lower-casing can take a text out of NFC: `İ` becomes `i` and a dot.
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// How many values a field holds: a field that is a list for somebody is one for everybody, empty where they lack it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldShape {
    /// One, whoever has it.
    Single,
    /// Several, for somebody.
    List,
}

/// Why somebody may be written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// On what ground: `member`, `opt-in` and the like.
    pub basis: String,
    /// Since when; absent: not known.
    pub at: Option<Date>,
    /// Where that is written down; absent: not known.
    pub source: Option<String>,
    /// The version of the text that they agreed to; absent: not known.
    pub text: Option<String>,
}

impl fmt::Display for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.basis)?;
        self.at.iter().try_for_each(|at| write!(f, ", since {at}"))?;
        self.source.iter().try_for_each(|source| write!(f, ", by {source}"))?;
        self.text.iter().try_for_each(|text| write!(f, ", to the text {text}"))
    }
}

/// Where a person stands: the file and the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonOrigin {
    /// The file's path in the project.
    pub path: Arc<str>,
    /// The line, counted from 1.
    pub line: usize,
}

impl fmt::Display for PersonOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// Somebody in an audience: an address, and what is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Where the letter goes.
    pub address: Address,
    /// The language they chose; absent: their audience's.
    pub lang: Option<Lang>,
    /// Every other field by its name (`first_name`, `last_name`, `name`, and the user's own); never a missing value.
    pub fields: Values,
    /// Why they may be written to; absent: nothing is recorded.
    #[serde(default)]
    pub consent: Option<Box<Consent>>,
    /// Where they were found.
    pub origin: PersonOrigin,
}

/// A text that may differ by language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Localised {
    /// One text for every reader.
    Same(Spanned<String>),
    /// A text a language; never empty.
    PerLang(BTreeMap<Lang, Spanned<String>>),
}

impl Localised {
    /// The text for a reader of this language; where there is none, the first language's that there is.
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

    /// The language of the text that a reader of this language gets; `usual` is that of a text which is the same for
    /// all.
    pub fn lang_for(&self, lang: Lang, usual: Lang) -> Lang {
        match self {
            Self::Same(_) => usual,
            Self::PerLang(texts) if texts.contains_key(&lang) => lang,
            Self::PerLang(texts) => texts.keys().next().copied().unwrap_or(usual),
        }
    }

    /// The languages that it is written in; none where it is the same for all.
    pub fn langs(&self) -> impl Iterator<Item = Lang> {
        let texts = match self {
            Self::Same(_) => None,
            Self::PerLang(texts) => Some(texts),
        };
        texts.into_iter().flat_map(|it| it.keys().copied())
    }
}

/// An address that a letter can be sent to: it exists only if it is valid.
///
/// The domain is ASCII and lower case (an IDN domain is `xn--…`, so that no SMTPUTF8 is needed for it); the local
/// part is as it was written, its letters with marks in one form (NFC).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    text: String,
    at: usize,
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum AddressError {
    /// Nothing is written at all.
    #[error("the address is empty")]
    Empty,
    /// A line break, a NUL or another character that cannot be seen but steers a program.
    #[error("the address holds a line break or another control character")]
    Control,
    /// A character of no width, such as those that come along when an address is copied from a web page.
    #[error("the address holds an invisible character")]
    Invisible,
    /// `Anna <anna@kommune.example>`.
    #[error("this is a name and an address; here stands the address alone, without < and >")]
    DisplayForm,
    /// Several addresses in one place.
    #[error("these are two addresses; each needs a place of its own")]
    TwoAddresses,
    /// There is no `@`.
    #[error("the address has no @")]
    NoAt,
    /// There is more than one `@`.
    #[error("the address has more than one @")]
    TwoAts,
    /// Nothing stands before the `@`.
    #[error("nothing stands before the @")]
    NoLocal,
    /// Nothing stands after the `@`.
    #[error("nothing stands after the @")]
    NoDomain,
    /// White space inside.
    #[error("the address has a space in it")]
    Space,
    /// `"anna berg"@kommune.example`, which few systems accept.
    #[error("addresses with quotation marks are not supported")]
    Quoted,
    /// A dot first, last or twice before the `@`.
    #[error("before the @ a dot may not stand first, last or twice in a row")]
    LocalDots,
    /// A character that may not stand before the `@`.
    #[error("the character {0:?} may not stand before the @")]
    LocalCharacter(char),
    /// More than 64 bytes before the `@` (RFC 5321, 4.5.3.1.1).
    #[error("the part before the @ is longer than 64 characters")]
    LocalTooLong,
    /// `anna@[192.0.2.1]` or `anna@192.0.2.1`.
    #[error("after the @ stands a computer's number; a domain such as kommune.example is needed")]
    Literal,
    /// A domain of one word.
    #[error("the domain after the @ has no dot")]
    NoDot,
    /// A dot first, last or twice in the domain.
    #[error("in the domain after the @ a dot may not stand first, last or twice in a row")]
    EmptyLabel,
    /// A label of more than 63 bytes (RFC 1035, 2.3.4).
    #[error("a part of the domain is longer than 63 characters")]
    LabelTooLong,
    /// A domain of more than 253 bytes (RFC 1035, 2.3.4), or an address of more than 254 (RFC 5321, 4.5.3.1.3).
    #[error("the address is longer than 254 characters")]
    TooLong,
    /// A label that begins or ends with a hyphen.
    #[error("in the domain after the @ a hyphen may not stand first or last between the dots")]
    Hyphen,
    /// An underscore in the domain.
    #[error("the domain after the @ has an underscore, which no domain may have")]
    Underscore,
    /// The domain holds what no domain may hold.
    #[error("what stands after the @ is not a domain")]
    Domain,
}

impl Address {
    /// Reads an address; white space around it is dropped.
    ///
    /// This fails, with the first reason found, where the text is not exactly one address that a relay can deliver
    /// to. Forms that RFC 5321 allows and hardly any system accepts (quoted local parts, address literals) are refused.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        address_checks::whole(&text)?;
        let (local, domain) = text.split_once('@').ok_or(AddressError::NoAt)?;
        address_checks::local(local)?;
        let domain = address_checks::domain(domain)?;
        if local.len() + 1 + domain.len() > address_checks::LONGEST {
            return Err(AddressError::TooLong);
        }
        // The mail library has the last word, so that turning this into its type later cannot fail.
        lettre::Address::new(local, &domain).map_err(|_| AddressError::Domain)?;
        Ok(Self { at: local.len(), text: format!("{local}@{domain}") })
    }

    /// Whether it needs no SMTPUTF8 (RFC 6531) of the relays on its way: its local part is ASCII; the domain is anyway.
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// The address as it goes into an envelope.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What decides whether two addresses are one: both parts in lower case, letters with marks in one form (NFC).
    pub fn key(&self) -> String {
        fold(&self.text)
    }

    /// What tells it from every other address, in 96 bits. Two of a million addresses are alike once in 10^17 runs, and
    /// nobody can choose addresses that are: the keys are new in each run.
    pub fn identity(&self) -> AddressHash {
        let key = self.key();
        let [low, high] = [0, 1].map(|half| KEYS[half].hash_one(&key).to_le_bytes());
        AddressHash([
            [low[0], low[1], low[2], low[3]],
            [low[4], low[5], low[6], low[7]],
            [high[0], high[1], high[2], high[3]],
        ])
    }

    /// The address again whose text this was.
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

/// An address as a number without the address, for as long as the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressHash([[u8; 4]; 3]);

impl AddressHash {
    /// Some of its bits, which are as good as chance.
    pub(crate) fn seed(self) -> u32 {
        u32::from_le_bytes(self.0[0])
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
