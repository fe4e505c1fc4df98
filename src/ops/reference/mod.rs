//! The reference: the keys of each file, checks, states and the glossary. `help` explains them, and the JSON Schemas
//! for editors are generated from them. A test compares these tables with the keys that the readers of each file ask
//! for.

mod audience_keys;
pub mod glossary;
pub mod glossary_entry;
mod issue_keys;
pub mod key;
pub mod lookup;
pub mod question;
pub mod schema;
mod sending_words;
mod server_keys;
mod settings_keys;
#[cfg(test)]
mod tests;
mod writing_words;

use crate::base::message::{Message, message};
use crate::ops::reference::key::ReferenceKey;

/// A kind of file that people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `newsletter.yaml`.
    Newsletter,
    /// `audiences/<name>.yaml`.
    Audience,
    /// The front matter of an issue.
    Issue,
    /// `calendar.yaml`.
    Calendar,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Newsletter, Self::Audience, Self::Issue, Self::Calendar];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Newsletter => "newsletter",
            Self::Audience => "audience",
            Self::Issue => "issue",
            Self::Calendar => "calendar",
        }
    }

    /// What it is called in texts.
    pub fn title(self) -> Message {
        match self {
            Self::Newsletter => Message::verbatim("newsletter.yaml"),
            Self::Audience => message!("an audience", "en målgruppe"),
            Self::Issue => message!("an issue's front matter", "et nyhedsbrevs front matter"),
            Self::Calendar => Message::verbatim("calendar.yaml"),
        }
    }

    /// Its keys.
    pub fn keys(self) -> &'static [ReferenceKey] {
        match self {
            Self::Newsletter => settings_keys::SETTINGS,
            Self::Audience => audience_keys::AUDIENCE,
            Self::Issue => issue_keys::ISSUE,
            Self::Calendar => issue_keys::CALENDAR,
        }
    }

    /// The keys that it must have.
    fn required(self) -> &'static [&'static str] {
        match self {
            Self::Newsletter => &["name", "from", "postal_address"],
            // An issue has `subject` or `title`, or the subject of its series.
            Self::Audience | Self::Issue => &[],
            Self::Calendar => &["entries"],
        }
    }
}
