//! Who an issue is for: audiences, their rules and their members.

pub mod audiences;
pub mod channel;
pub mod consent;
pub mod explanation;
mod expression;
pub mod file;
mod from_text;
mod list_keys;
pub mod membership;
pub mod named_lists;
mod near_values;
mod rule;
mod rule_checks;
pub mod rules;
pub mod sample;
pub mod shared;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;

use crate::audience::channel::{CHANNELS, Channel};
use crate::base::message::message;

/// The name of an audience in issues and other audiences: the stem of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AudienceId(Arc<str>);

/// A name that is empty, or has other characters than letters, digits, `-` and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "an audience's name has letters, digits, - and _ only",
    "navnet på en målgruppe har kun bogstaver, tal, - og _"
))]
pub struct AudienceIdError;

impl AudienceId {
    /// Parses a name; white space around it is ignored.
    pub fn parse(text: &str) -> Result<Self, AudienceIdError> {
        let text = text.trim();
        let valid = text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
        if valid && !text.is_empty() { Ok(Self(text.into())) } else { Err(AudienceIdError) }
    }

    /// The readers of a channel besides letters.
    pub fn of_channel(channel: Channel) -> Self {
        Self(channel.name().into())
    }

    /// Whether it is the name of a channel besides letters.
    pub fn is_channel(&self) -> bool {
        CHANNELS.contains(&self.as_str())
    }

    /// Those who run the newsletter, to whom the program mails what becomes of an issue.
    pub fn notify() -> Self {
        Self("notify".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AudienceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for AudienceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AudienceId {
    type Error = AudienceIdError;

    fn try_from(text: String) -> Result<Self, AudienceIdError> {
        Self::parse(&text)
    }
}

impl From<AudienceId> for String {
    fn from(id: AudienceId) -> Self {
        id.as_str().to_owned()
    }
}
