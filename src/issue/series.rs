//! A series: a newsletter with its own name, for example about a product.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;

const BAD_SERIES: Code = Code("NL118");

/// The name of a series in settings and issues.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId(Arc<str>);

/// A text is not a valid name of a series. The name is part of the List-Id header, whose labels are ASCII (RFC 2919,
/// section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "a series' name has the letters a to z, digits and - only, and at most 40 of them",
    "navnet på en serie har kun bogstaverne a til z, tal og -, i alt højst 40 tegn"
))]
pub struct SeriesIdError;

impl SeriesId {
    /// Reads a name; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, SeriesIdError> {
        let text = text.trim();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let inside = !text.starts_with('-') && !text.ends_with('-');
        let valid = inside && (1..=40).contains(&text.len()) && text.bytes().all(plain);
        if valid { Ok(Self(text.into())) } else { Err(SeriesIdError) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for SeriesId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for SeriesId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromText for SeriesId {
    fn from_text(text: &str, _key: &str) -> Result<Self, Box<Diagnostic>> {
        Self::parse(text).map_err(|error| {
            Box::new(
                Diagnostic::error(
                    BAD_SERIES,
                    message!("invalid series `{text}`: {error}", "ugyldig serie `{text}`: {error}"),
                )
                .hint(message!(
                    "write a name like os2forms, which is under `series:` in newsletter.yaml",
                    "skriv et navn som os2forms, der står under `series:` i newsletter.yaml"
                )),
            )
        })
    }
}
