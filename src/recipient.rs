//! Addresses, people and the languages they read.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;

use crate::source::Spanned;

/// A language that editions can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Lang {
    /// Danish.
    #[serde(rename = "da")]
    Danish,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Lang {
    /// Every language, the default one first.
    pub const ALL: [Self; 2] = [Self::Danish, Self::English];

    /// The language of a tag such as `da`, `da-DK` or `EN_gb` (RFC 5646, primary subtag); none if there is no such
    /// edition.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        Self::ALL.into_iter().find(|it| it.tag() == primary)
    }

    /// Its tag, for `lang="…"`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Danish => "da",
            Self::English => "en",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// What a person's field holds. An empty cell holds nothing: the field is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// A day.
    Date(Date),
    /// Several values.
    List(Vec<Value>),
    /// Any other text.
    Text(String),
}

/// Where a person stands: the file and the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file's path in the project.
    pub path: Arc<str>,
    /// The line, counted from 1.
    pub line: usize,
}

impl fmt::Display for Origin {
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
    pub fields: BTreeMap<String, Value>,
    /// Where they were found.
    pub origin: Origin,
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
}

/// An address that a letter can be sent to: it exists only if it is valid.
///
/// The domain is ASCII and lower case (an IDN domain is `xn--…`, so that no SMTPUTF8 is needed for it); the local
/// part is as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    text: String,
    at: usize,
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum AddressError {
    /// There is no `@`.
    #[error("an address needs an @")]
    NoAt,
    /// The part before the `@` is not allowed.
    #[error("the part before the @ is not allowed in an address")]
    Local,
    /// The part after the `@` is not a domain.
    #[error("the part after the @ is not a domain")]
    Domain,
}

impl Address {
    /// Reads an address; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(AddressError::NoAt)?;
        if local.is_empty() || local.len() > 64 {
            return Err(AddressError::Local);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| AddressError::Domain)?;
        if !domain.contains('.') {
            return Err(AddressError::Domain);
        }
        Ok(Self { at: local.len(), text: format!("{local}@{domain}") })
    }

    /// The address as it goes into an envelope.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What decides whether two addresses are one: both parts in lower case.
    pub fn key(&self) -> String {
        self.text.to_lowercase()
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
