//! Which text of an issue each reader got, and under which subject an issue is known.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::state::LetterState;
use crate::issue::IssueId;
use crate::ops::receipts;
use crate::project::Project;

/// The versions of the text that letters of one issue were planned with: a new one each time the issue was changed and
/// planned again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueVersions {
    /// Since when each is planned, the oldest first.
    since: Vec<Timestamp>,
}

impl IssueVersions {
    /// The versions of a plan's issue.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn of(ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<Self, Error> {
        let mut versions: Vec<PlanRecord> = ledger.every_plan()?.into_iter().map(|row| row.record).collect();
        versions.retain(|other| other.issue == plan.issue && other.transport == plan.transport);
        // A plan that was made again for other recipients has the same text.
        versions.dedup_by(|later, earlier| later.content == earlier.content);
        Ok(Self { since: versions.into_iter().map(|version| version.frozen_at).collect() })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.since.len()
    }

    /// The number of the version that a letter has, counted from 1; absent where it is not sent. A letter that was settled
    /// before the issue was planned again keeps its own.
    pub fn of_letter(&self, letter: &LetterRecord) -> Option<usize> {
        match (letter.state, letter.at) {
            (LetterState::Suppressed | LetterState::Expired | LetterState::Cancelled, _) => None,
            (
                LetterState::Accepted
                | LetterState::Bounced
                | LetterState::Complained
                | LetterState::Left
                | LetterState::Refused
                | LetterState::InDoubt,
                Some(at),
            ) => Some(self.since.iter().filter(|since| **since <= at).count().max(1)),
            _ => Some(self.count()),
        }
    }
}

/// The current content of an issue's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentText {
    /// The subject.
    pub subject: String,
    /// The digest of the text; absent: it cannot be read.
    content: Option<Digest>,
}

impl CurrentText {
    /// Whether the text is the one that a plan was made from, so that its subject is that of the letters.
    pub fn is_of(&self, plan: &PlanRecord) -> bool {
        self.content.as_ref().is_none_or(|content| *content == plan.content)
    }
}

/// The texts of the project's issues by their ids. An issue that has errors, or was deleted after it was sent, has none.
///
/// # Errors
///
/// The folder of the issues cannot be read.
pub fn current_texts(project: &Project) -> Result<BTreeMap<IssueId, CurrentText>, Error> {
    let lang = project.settings().lang;
    let text = |path: &PathBuf| {
        let issue = project.issue(path).ok()?.issue?;
        let subject = issue.front.subject.for_lang(lang)?.value.clone();
        let content = receipts::identity(project, path).ok().and_then(|identity| identity.content);
        Some((issue.id, CurrentText { subject, content }))
    };
    Ok(project.issues()?.iter().filter_map(text).collect())
}
