//! Who an issue is for: audiences, their rules and their members.

pub mod consent;
pub mod explanation;
mod expression;
mod file;
mod from_text;
mod list_keys;
pub mod membership;
mod rule;
mod rule_checks;
pub mod rules;
pub mod sample;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;

use crate::audience::consent::ConsentDemand;
use crate::audience::list_keys::DeclaredMapping;
use crate::audience::rule::{Rule, RuleForm};
use crate::audience::rules::Rules;
use crate::audience::sample::Sample;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::people::lists::People;
use crate::people::lists::list_source::ListSource;
use crate::people::lists::mapping::Mapping;
use crate::people::person::{Localised, Person};
use crate::people::store::address_interner::AddressInterner;

/// The name that issues and other audiences call an audience by: the stem of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AudienceId(Arc<str>);

/// Where a text is read that is no letter; no audience is called so.
pub const CHANNELS: [&str; 2] = [WEB, "linkedin"];

/// The channel of an issue's pages on the web.
const WEB: &str = "web";

/// A text is no audience's name: it is empty, or holds more than letters, digits, `-` and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("an audience's name has letters, digits, - and _ only")]
pub struct AudienceIdError;

impl AudienceId {
    /// Reads a name; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, AudienceIdError> {
        let text = text.trim();
        let valid = text.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_'));
        if valid && !text.is_empty() { Ok(Self(text.into())) } else { Err(AudienceIdError) }
    }

    /// Whoever reads an issue on the web.
    pub fn web() -> Self {
        Self(WEB.into())
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

/// Some of the readers of a project: where they are kept, which of them are meant, and why they get mail.
#[derive(Clone, Debug)]
pub struct Audience {
    /// What issues call it by.
    pub id: AudienceId,
    /// What people call it.
    pub name: String,
    /// Ends "You get this mail because …".
    pub reason: Localised,
    /// What is told of its readers without a consent; absent: what the project says.
    pub require_consent: Option<ConsentDemand>,
    /// What its members read who chose no language; absent: the project's language.
    pub lang: Option<Lang>,
    people: Option<Spanned<ListSource>>,
    columns: Vec<DeclaredMapping>,
    rule: Option<Rule>,
    recipients: Vec<Arc<Person>>,
    include: Vec<Spanned<AudienceId>>,
    /// Only who is in each of these too.
    within: Vec<Spanned<AudienceId>>,
    exclude: Vec<Spanned<AudienceId>>,
    /// Only so many of all these.
    sample: Option<Spanned<Sample>>,
}

impl Audience {
    /// Reads an audience's file; all that is wrong with it is told at once, and with an error there is no audience.
    /// Its rule may use `rules` by their names.
    pub fn parse(id: AudienceId, source: &Source, rules: &Rules) -> (Option<Self>, Diagnostics) {
        file::parse(id, source, rules)
    }

    /// Where its people are kept; absent: they stand in its own file, or are other audiences'.
    pub fn kept(&self) -> Option<&Spanned<ListSource>> {
        self.people.as_ref()
    }

    /// How the columns of its people's list become fields.
    pub fn mapping(&self) -> Mapping {
        list_keys::mapping(&self.columns)
    }

    /// What its rule wants of its members, where that is said in keys and values: each field, and the values of which
    /// it holds one.
    pub fn wanted(&self) -> Vec<(&str, Vec<&str>)> {
        let mut wanted = Vec::new();
        let mut next = self.rule.as_ref();
        while let Some(Rule { test: RuleForm::Fields(parts), .. }) = next {
            wanted.extend(&parts.all);
            next = parts.rules.first().map(|it| it.rule.as_ref());
        }
        wanted
            .into_iter()
            .map(|it| (it.field.value.as_str(), it.values.iter().map(|it| it.value.as_str()).collect()))
            .collect()
    }

    /// The people who stand in its own file, as a list.
    ///
    /// # Errors
    ///
    /// There are too many for the memory, and there is no room for them on the disk.
    pub(crate) fn at_hand(&self, registry: &mut AddressInterner) -> Result<People, Error> {
        let name = self.recipients.first().map_or_else(|| self.id.as_str().into(), |it| Arc::clone(&it.origin.path));
        People::of(&name, self.recipients.iter().map(AsRef::as_ref), registry)
    }

    /// The people who stand in its own file, in order, each address once.
    pub fn recipients(&self) -> &[Arc<Person>] {
        &self.recipients
    }
}

/// Every audience of a project.
#[derive(Clone, Debug, Default)]
pub struct Audiences {
    read: BTreeMap<AudienceId, Audience>,
    mistaken: BTreeSet<AudienceId>,
}

impl Audiences {
    /// The audience of this name.
    pub fn named(&self, id: &AudienceId) -> Option<&Audience> {
        self.read.get(id)
    }

    /// Each, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Audience> {
        self.read.values()
    }

    /// Adds one whose file has mistakes: nothing else is known of it than that it is there.
    pub fn insert_mistaken(&mut self, id: AudienceId) {
        self.mistaken.insert(id);
    }

    /// Whether there is a file for it, with mistakes or without.
    pub fn contains(&self, id: &AudienceId) -> bool {
        self.read.contains_key(id) || self.mistaken.contains(id)
    }

    /// The name of each for which there is a file, with mistakes or without.
    pub fn ids(&self) -> impl Iterator<Item = &AudienceId> {
        self.read.keys().chain(&self.mistaken)
    }
}

impl FromIterator<Audience> for Audiences {
    fn from_iter<I: IntoIterator<Item = Audience>>(audiences: I) -> Self {
        let read = audiences.into_iter().map(|audience| (audience.id.clone(), audience)).collect();
        Self { read, mistaken: BTreeSet::new() }
    }
}
