//! Two versions of an issue side by side: who gets it, and what they read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::base::digest::Digest;
use crate::base::source::diagnostic::Diagnostics;
use crate::issue::edition_key::EditionKey;
use crate::letter::approval_code::content_digest;
use crate::letter::compose::ComposedPlan;
use crate::letter::plan::Fingerprint;
use crate::ops::compose::missing_values;
use crate::ops::diff::text::{self, DiffLine, EditionDiff};
use crate::ops::plan::changes;
use crate::ops::prepared_issue::PreparedIssue;

/// What the recipients of one version get, each edition as composed for a sample reader.
pub struct IssueVersion {
    /// How the version was typed.
    pub label: String,
    /// The path under which its own file is among `files`.
    path: String,
    /// The sender.
    pub sender: String,
    editions: BTreeMap<String, EditionText>,
    /// The editions by the addresses that get them.
    pub readers: BTreeMap<String, String>,
    /// Whether every list of people was read: otherwise there are more readers than these.
    pub lists_are_read: bool,
    /// The conditional blocks, each with the editions that have it.
    blocks: BTreeSet<String>,
    files: Fingerprint,
}

#[derive(Default)]
struct EditionText {
    subject: String,
    preheader: String,
    text: String,
}

impl IssueVersion {
    /// Composes every edition of an issue; `readers` are the editions by the addresses that get them.
    ///
    /// # Errors
    ///
    /// A letter cannot be composed for its sample reader.
    pub fn of(
        prepared: PreparedIssue<'_>,
        label: &str,
        readers: BTreeMap<String, String>,
    ) -> Result<Self, Diagnostics> {
        let matrix = prepared.inputs.manuscripts.matrix();
        let blocks = matrix.rows().iter().map(|row| {
            let editions = prepared.keys().filter(|key| row.is_in(key)).map(EditionKey::id);
            format!("::: {} ({})", row.fence, editions.collect::<Vec<_>>().join(", "))
        });
        let blocks = blocks.collect();
        let options = prepared.preview_letter_options();
        let letters = prepared.sample_letters();
        let sender = options.headers.from.to_string();
        let files = prepared.inputs.approved_files.clone();
        let path = prepared.inputs.issue.source.path().to_string();
        let lists_are_read = prepared.inputs.lists_are_read;
        // The leak guard is not run: nothing is sent or written, and the comparison itself would show a leak.
        let composed =
            ComposedPlan::compose(options, prepared.editions, &letters).map_err(|failed| missing_values(&failed))?;
        let text = |letter| {
            let decoded = composed.decode(letter).ok()?;
            let (subject, preheader, text) = (decoded.subject, decoded.preheader, decoded.text);
            Some((letter.edition.clone(), EditionText { subject, preheader, text }))
        };
        let editions = letters.iter().filter_map(text).collect();
        Ok(Self { label: label.to_owned(), path, sender, editions, readers, lists_are_read, blocks, files })
    }

    /// The version before this issue existed: it has no readers, and nothing else is different.
    #[must_use]
    pub fn before_it_was(&self, label: &str) -> Self {
        Self {
            label: label.to_owned(),
            path: self.path.clone(),
            sender: self.sender.clone(),
            editions: BTreeMap::new(),
            readers: BTreeMap::new(),
            lists_are_read: self.lists_are_read,
            blocks: BTreeSet::new(),
            files: self.files.clone(),
        }
    }

    /// The digest of everything that decides what is sent.
    pub(crate) fn digest(&self) -> Digest {
        content_digest(&self.files)
    }

    /// The files that differ between the versions, by their paths.
    pub(crate) fn changed_since(&self, former: &Fingerprint) -> Vec<String> {
        changes(former, &self.files)
    }

    fn recipients(&self, edition: &str) -> usize {
        self.readers.values().filter(|other| *other == edition).count()
    }
}

/// What happened to an edition between two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditionChange {
    /// Only the second version has it.
    Added,
    /// Only the first version has it.
    Removed,
    /// Its readers get the same.
    Unchanged,
    /// Its readers get another text.
    Changed,
}

impl EditionChange {
    /// Its name for programs.
    fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Unchanged => "same",
            Self::Changed => "changed",
        }
    }
}

/// How people who are added or removed are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleDetail {
    /// By their number: addresses are personal data, and a comparison may be shared.
    Counted,
    /// By their addresses.
    Named,
}

/// The differences between two versions.
pub struct IssueComparison<'v> {
    /// The version to compare with.
    pub before: &'v IssueVersion,
    /// The version that is compared.
    pub after: &'v IssueVersion,
    /// The addresses that only the second version is sent to.
    pub added: Vec<&'v str>,
    /// The addresses that only the first version is sent to.
    pub removed: Vec<&'v str>,
    /// The addresses that get another edition.
    pub moved: Vec<&'v str>,
    /// What changes in each edition.
    pub editions: BTreeMap<&'v str, EditionDiff>,
    /// The other files that letters are made from and that changed.
    pub files: Vec<String>,
}

impl<'v> IssueComparison<'v> {
    /// Compares two versions.
    pub fn new(before: &'v IssueVersion, after: &'v IssueVersion) -> Self {
        let only = |one: &'v IssueVersion, other: &IssueVersion| {
            one.readers.keys().filter(|address| !other.readers.contains_key(*address)).map(String::as_str).collect()
        };
        let differs = |(address, edition): &(&'v String, &String)| {
            before.readers.get(*address).is_some_and(|other| other != *edition)
        };
        let ids: BTreeSet<&str> = before.editions.keys().chain(after.editions.keys()).map(String::as_str).collect();
        let nothing = EditionText::default();
        let change = |id: &'v str| {
            let side = |version: &'v IssueVersion| version.editions.get(id);
            let (one, other) = (side(before).unwrap_or(&nothing), side(after).unwrap_or(&nothing));
            let change = EditionDiff {
                subject: text::text(&one.subject, &other.subject),
                preheader: text::text(&one.preheader, &other.preheader),
                text: text::text(&one.text, &other.text),
            };
            (id, change)
        };
        Self {
            before,
            after,
            added: only(after, before),
            removed: only(before, after),
            moved: after.readers.iter().filter(differs).map(|(address, _)| address.as_str()).collect(),
            editions: ids.into_iter().map(change).collect(),
            files: files(before, after),
        }
    }

    /// What happened to an edition.
    pub fn kind(&self, edition: &str) -> EditionChange {
        match (self.before.editions.contains_key(edition), self.after.editions.contains_key(edition)) {
            (false, _) => EditionChange::Added,
            (true, false) => EditionChange::Removed,
            (true, true) if self.editions.get(edition).is_some_and(EditionDiff::is_empty) => EditionChange::Unchanged,
            (true, true) => EditionChange::Changed,
        }
    }

    /// For programs.
    pub fn json(&self, people: PeopleDetail) -> Value {
        let editions: Vec<Value> = self
            .editions
            .iter()
            .map(|(id, change)| {
                let recipients = [self.before.recipients(id), self.after.recipients(id)];
                let plain = |lines: &[DiffLine]| lines.iter().map(DiffLine::plain).collect::<Vec<_>>();
                json!({
                    "edition": id, "change": self.kind(id).name(), "recipients": recipients, "subject": plain(&change.subject),
                    "preheader": plain(&change.preheader), "text": plain(&change.text),
                })
            })
            .collect();
        let mut whole = json!({
            "before": self.before.label, "after": self.after.label,
            "recipients": [self.before.readers.len(), self.after.readers.len()],
            "lists_are_read": self.are_lists_read(),
            "added": self.added.len(), "removed": self.removed.len(), "moved": self.moved.len(),
            "sender": [self.before.sender, self.after.sender], "files": self.files,
            "blocks_added": self.new_blocks(), "blocks_removed": self.old_blocks(), "editions": editions,
        });
        if people == PeopleDetail::Named {
            whole["people"] = json!({ "added": self.added, "removed": self.removed, "moved": self.moved });
        }
        whole
    }

    /// Whether the readers of both versions are known, and not only some of them.
    pub fn are_lists_read(&self) -> bool {
        self.before.lists_are_read && self.after.lists_are_read
    }

    /// The blocks that only the second version has, with their editions.
    pub fn new_blocks(&self) -> Vec<&String> {
        self.after.blocks.difference(&self.before.blocks).collect()
    }

    /// The blocks that only the first version has, with their editions.
    pub fn old_blocks(&self) -> Vec<&String> {
        self.before.blocks.difference(&self.after.blocks).collect()
    }
}

/// The files besides the issue that letters are made from and that changed.
fn files(before: &IssueVersion, after: &IssueVersion) -> Vec<String> {
    let names: BTreeSet<&String> = before.files.keys().chain(after.files.keys()).collect();
    let differ = names.into_iter().filter(|name| before.files.get(*name) != after.files.get(*name));
    differ.filter(|name| **name != before.path && **name != after.path).cloned().collect()
}
