//! A year of issues, and its figures by month, audience and topic.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::base::language::Lang;
use crate::publish::year::figures::LetterFigures;
use crate::publish::year::promises::PromiseFigures;
use crate::publish::year::sent_issue::{AudienceLetters, IssueReach, SentIssue};

/// What was sent in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearReport {
    /// The newsletter.
    pub name: String,
    /// The year.
    pub year: i16,
    /// The language that it is written in.
    pub lang: Lang,
    /// The day on which its figures were counted.
    pub day: Date,
    /// The issues whose first letter was sent in it, the oldest first.
    pub issues: Vec<SentIssue>,
    /// The names of audiences by their ids; one that the project no longer has is absent.
    pub audience_names: BTreeMap<String, String>,
    /// What the calendar promised, the firmest first; none: there is no calendar, or nothing of the year in it.
    pub promises: Vec<PromiseFigures>,
}

/// A month of the year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthFigures {
    /// How many issues were sent.
    pub issues: u64,
    /// The results of their letters.
    pub figures: LetterFigures,
}

/// A year of an audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudienceYear {
    /// Its id.
    pub audience: String,
    /// Its name, or its id where the project no longer has it.
    pub name: String,
    /// How many issues it got.
    pub issues: u64,
    /// All its letters.
    pub recipients: u64,
    /// Those that a mail server accepted.
    pub sent: u64,
    /// How many readers it had in the first and in the last of the issues that can be compared; absent: there are fewer
    /// than two.
    pub size: Option<AudienceSize>,
}

/// How an audience has grown within a year, measured by two issues to all readers of the same audiences: in other
/// issues, a reader of several audiences may count in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AudienceSize {
    /// The readers for whom the first of them was meant.
    pub first: u64,
    /// The same of the last one.
    pub last: u64,
}

/// A year of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicYear {
    /// The tag, as the first issue writes it; absent: issues without tags.
    pub topic: Option<String>,
    /// How many issues have it.
    pub issues: u64,
    /// How many letters of these a mail server accepted.
    pub sent: u64,
}

impl YearReport {
    /// The sentence with the day on which it was counted.
    pub(super) fn as_of(&self) -> String {
        self.lang.language().report.as_of(self.lang.date_alone(self.day).as_str())
    }

    /// All issues together.
    pub fn total(&self) -> LetterFigures {
        self.issues.iter().map(|issue| issue.figures).sum()
    }

    /// The twelve months, January first.
    pub fn months(&self) -> [MonthFigures; 12] {
        let mut months = [MonthFigures::default(); 12];
        for issue in &self.issues {
            // jiff counts months from 1 to 12.
            if let Some(month) = months.get_mut(usize::from(issue.day.month().unsigned_abs()) - 1) {
                month.issues += 1;
                month.figures = [month.figures, issue.figures].into_iter().sum();
            }
        }
        months
    }

    /// The audiences that got issues: those with most letters first.
    pub fn audiences(&self) -> Vec<AudienceYear> {
        let mut years: BTreeMap<&str, AudienceYear> = BTreeMap::new();
        for (id, letters) in self.issues.iter().flat_map(|issue| &issue.audiences) {
            let year = years.entry(id).or_insert_with(|| AudienceYear {
                audience: id.clone(),
                name: self.audience_names.get(id).unwrap_or(id).clone(),
                issues: 0,
                recipients: 0,
                sent: 0,
                size: self.size(id),
            });
            year.issues += 1;
            year.recipients += letters.recipients;
            year.sent += letters.sent;
        }
        let mut years: Vec<AudienceYear> = years.into_values().collect();
        years.sort_by(|one, other| other.sent.cmp(&one.sent).then_with(|| one.name.cmp(&other.name)));
        years
    }

    /// The size of an audience, by most of those of its issues that can be compared.
    fn size(&self, audience: &str) -> Option<AudienceSize> {
        let mut sizes: BTreeMap<Vec<&String>, (usize, AudienceSize)> = BTreeMap::new();
        for issue in self.issues.iter().filter(|issue| issue.reach == IssueReach::Whole) {
            let Some(AudienceLetters { recipients, .. }) = issue.audiences.get(audience).copied() else { continue };
            let first = (0, AudienceSize { first: recipients, last: recipients });
            let (issues, size) = sizes.entry(issue.audiences.keys().collect()).or_insert(first);
            *issues += 1;
            size.last = recipients;
        }
        let most = sizes.into_values().max_by_key(|(issues, _)| *issues);
        most.filter(|(issues, _)| *issues > 1).map(|(_, size)| size)
    }

    /// The topics of the issues: those of most issues first, and last the issues without topics. An issue with several is
    /// counted in each; `OS2mo` and `os2mo` are one.
    pub fn topics(&self) -> Vec<TopicYear> {
        let mut years: BTreeMap<Option<String>, TopicYear> = BTreeMap::new();
        for issue in &self.issues {
            let tags = issue.tags.iter().map(Some);
            let untagged = issue.tags.is_empty().then_some(None);
            for tag in tags.chain(untagged) {
                let year = years.entry(tag.map(|tag| tag.to_lowercase())).or_insert_with(|| TopicYear {
                    topic: tag.cloned(),
                    issues: 0,
                    sent: 0,
                });
                year.issues += 1;
                year.sent += issue.figures.sent;
            }
        }
        let mut years: Vec<TopicYear> = years.into_values().collect();
        years.sort_by_key(|year| (year.topic.is_none(), std::cmp::Reverse((year.issues, year.sent))));
        years
    }
}
