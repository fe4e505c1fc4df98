//! One newsletter as its author writes it: front matter, dates, translations, and the text in `manuscript`.

pub(crate) mod date_time;
pub mod edition_key;
pub mod front_matter;
mod front_matter_reader;
pub mod image;
mod kept_keys;
pub mod manuscript;
mod moment_hint;
pub(crate) mod named_moment;
pub(crate) mod parts;
pub mod people_source;
pub mod series;
mod site_keys;
pub(crate) mod slug;
mod subject;
mod tags;
#[cfg(test)]
mod tests;
pub(crate) mod text_to_replace;
pub mod translation;
pub(crate) mod when;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::issue::front_matter::FrontMatter;

/// Identifies an issue in the ledger: its slug, or else its path in the project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssueId(String);

impl IssueId {
    /// The id of an issue without a slug.
    pub fn of_path(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// An id that the ledger has recorded.
    pub fn recorded(text: String) -> Self {
        Self(text)
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IssueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One newsletter.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Its identity in the ledger.
    pub id: IssueId,
    /// Its file.
    pub source: Source,
    /// Its front matter.
    pub front: FrontMatter,
    /// The bytes of the text in the file; it is never blank.
    pub body: Range<usize>,
    /// The translations of the issue, each in a file of its own; these have no translations themselves.
    pub translations: BTreeMap<Lang, Issue>,
}

impl Issue {
    /// Reads an issue; times without a zone are in `zone`. All problems are reported; returns `None` if one of them is
    /// an error.
    pub fn parse(source: &Source, zone: &TimeZone) -> (Option<Self>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let issue = parts::split(source, &mut diagnostics).and_then(|parts| {
            let front = front_matter_reader::parse(source, parts.front, zone, None, &mut diagnostics)?;
            let id = front.slug.as_ref().map_or_else(|| IssueId::of_path(source.path()), |slug| IssueId(slug.clone()));
            Some(Self { id, source: source.clone(), front, body: parts.body, translations: BTreeMap::new() })
        });
        diagnostics.sort();
        let issue = issue.filter(|_| !diagnostics.has_errors());
        (issue, diagnostics)
    }

    /// The bytes of the text in its file, also where the front matter has mistakes; none where the front matter has no end.
    pub fn body_of(source: &Source) -> Option<Range<usize>> {
        parts::split(source, &mut Diagnostics::new()).map(|parts| parts.body)
    }

    /// The issue in a language: its translation, if there is one.
    pub fn in_lang(&self, lang: Lang) -> &Self {
        self.translations.get(&lang).unwrap_or(self)
    }

    /// The issue and its translations, each with the languages whose readers get it.
    pub fn texts(&self) -> impl Iterator<Item = (&Self, Vec<Lang>)> {
        let rest = Lang::ALL.into_iter().filter(|lang| !self.translations.contains_key(lang)).collect();
        let translations = self.translations.iter().map(|(lang, text)| (text, vec![*lang]));
        std::iter::once((self, rest)).chain(translations)
    }

    /// Its slug, or the name of its file or folder.
    pub fn short_name(&self) -> &str {
        let id = self.id.as_str();
        let path = id.strip_suffix("/index.md").or_else(|| id.strip_suffix(".md")).unwrap_or(id);
        path.rsplit('/').next().unwrap_or(path)
    }

    /// The text, in Markdown.
    pub fn text(&self) -> &str {
        &self.source.text()[self.body.clone()]
    }
}
