//! Two versions of an issue side by side: who gets it, and what they read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::cli::report::count;
use crate::cli::text_diff::{self, EditionDiff};
use crate::letter::compose::{ComposedPlan, MissingValue};
use crate::letter::plan::Fingerprint;
use crate::ops::prepared_issue::PreparedIssue;

/// What the readers of one version get, each edition as an invented reader has it.
pub(super) struct IssueVersion {
    label: String,
    /// What the issue is known by among its files.
    issue: String,
    sender: String,
    editions: BTreeMap<String, EditionText>,
    /// The editions by the addresses that get them.
    readers: BTreeMap<String, String>,
    /// The blocks that decide who reads what, with the editions that hold them.
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
    /// Reads every edition of an issue; given are the editions by the addresses that get them.
    ///
    /// # Errors
    ///
    /// The letters that an invented reader cannot get.
    pub(super) fn of(
        prepared: PreparedIssue<'_>,
        label: &str,
        readers: BTreeMap<String, String>,
    ) -> Result<Self, Vec<MissingValue>> {
        let blocks = prepared.matrix.rows().iter().map(|row| {
            let editions = prepared.keys.iter().filter(|(_, key)| row.is_in(key)).map(|(id, _)| id.as_str());
            format!("::: {} ({})", row.fence, editions.collect::<Vec<_>>().join(", "))
        });
        let blocks = blocks.collect();
        let masthead = prepared.preview_masthead();
        let letters: Vec<_> = prepared
            .keys
            .values()
            .filter_map(|key| Some(prepared.preview_letter(prepared.invented(key).ok()?, key)))
            .collect();
        let sender = masthead.from.to_string();
        let files = prepared.fingerprint.clone();
        let issue = prepared.issue.id.to_string();
        let composed = ComposedPlan::compose(masthead, prepared.editions, &letters)?;
        let part = |letter| {
            let reading = composed.decode(letter).ok()?;
            let (subject, preheader, text) = (reading.subject, reading.preheader, reading.text);
            Some((letter.edition.clone(), EditionText { subject, preheader, text }))
        };
        let editions = letters.iter().filter_map(part).collect();
        Ok(Self { label: label.to_owned(), issue, sender, editions, readers, blocks, files })
    }

    fn recipients(&self, edition: &str) -> usize {
        self.readers.values().filter(|it| *it == edition).count()
    }
}

/// How those are told who are added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PeopleDetail {
    /// By their number: addresses are personal data, and comparisons are shared.
    Counted,
    /// By their addresses.
    Named,
}

/// What is different between two versions.
pub(super) struct IssueComparison<'v> {
    before: &'v IssueVersion,
    after: &'v IssueVersion,
    added: Vec<&'v str>,
    removed: Vec<&'v str>,
    /// Those who get another edition.
    moved: Vec<&'v str>,
    editions: BTreeMap<&'v str, EditionDiff>,
    files: Vec<String>,
}

impl<'v> IssueComparison<'v> {
    pub(super) fn new(before: &'v IssueVersion, after: &'v IssueVersion) -> Self {
        let only = |one: &'v IssueVersion, other: &IssueVersion| {
            one.readers.keys().filter(|it| !other.readers.contains_key(*it)).map(String::as_str).collect()
        };
        let differs =
            |(address, edition): &(&'v String, &String)| before.readers.get(*address).is_some_and(|it| it != *edition);
        let ids: BTreeSet<&str> = before.editions.keys().chain(after.editions.keys()).map(String::as_str).collect();
        let nothing = EditionText::default();
        let change = |id: &'v str| {
            let side = |version: &'v IssueVersion| version.editions.get(id);
            let (one, other) = (side(before).unwrap_or(&nothing), side(after).unwrap_or(&nothing));
            let change = EditionDiff {
                subject: text_diff::text(&one.subject, &other.subject),
                preheader: text_diff::text(&one.preheader, &other.preheader),
                text: text_diff::text(&one.text, &other.text),
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

    fn kind(&self, edition: &str) -> &'static str {
        match (self.before.editions.contains_key(edition), self.after.editions.contains_key(edition)) {
            (false, _) => "added",
            (true, false) => "removed",
            (true, true) if self.editions.get(edition).is_some_and(EditionDiff::is_empty) => "same",
            (true, true) => "changed",
        }
    }

    /// For programs.
    pub(super) fn json(&self, people: PeopleDetail) -> Value {
        let editions: Vec<Value> = self
            .editions
            .iter()
            .map(|(id, change)| {
                let recipients = [self.before.recipients(id), self.after.recipients(id)];
                let plain =
                    |pieces: &[text_diff::DiffLine]| pieces.iter().map(text_diff::DiffLine::plain).collect::<Vec<_>>();
                json!({
                    "edition": id, "change": self.kind(id), "recipients": recipients, "subject": plain(&change.subject),
                    "preheader": plain(&change.preheader), "text": plain(&change.text),
                })
            })
            .collect();
        let mut whole = json!({
            "before": self.before.label, "after": self.after.label,
            "recipients": [self.before.readers.len(), self.after.readers.len()],
            "added": self.added.len(), "removed": self.removed.len(), "moved": self.moved.len(),
            "sender": [self.before.sender, self.after.sender], "files": self.files,
            "blocks_added": self.new_blocks(), "blocks_removed": self.old_blocks(), "editions": editions,
        });
        if people == PeopleDetail::Named {
            whole["people"] = json!({ "added": self.added, "removed": self.removed, "moved": self.moved });
        }
        whole
    }

    fn new_blocks(&self) -> Vec<&String> {
        self.after.blocks.difference(&self.before.blocks).collect()
    }

    fn old_blocks(&self) -> Vec<&String> {
        self.before.blocks.difference(&self.after.blocks).collect()
    }

    /// For people.
    pub(super) fn lines(&self, people: PeopleDetail) -> Vec<String> {
        let mut lines = vec![format!("from {} to {}", self.before.label, self.after.label), self.readers()];
        if people == PeopleDetail::Named {
            let listed = [("+", &self.added), ("-", &self.removed), ("~", &self.moved)];
            lines.extend(listed.iter().flat_map(|(sign, list)| list.iter().map(move |it| format!("  {sign} {it}"))));
        }
        if self.before.sender != self.after.sender {
            lines.push(format!("sender: {}, now {}", self.before.sender, self.after.sender));
        }
        if !self.files.is_empty() {
            lines.push(format!("changed as well: {}", self.files.join(", ")));
        }
        let (gone, new) = (self.old_blocks(), self.new_blocks());
        if !gone.is_empty() || !new.is_empty() {
            lines.push("who reads what:".to_owned());
            lines.extend(gone.into_iter().map(|it| text_diff::removed(it)));
            lines.extend(new.into_iter().map(|it| text_diff::added(it)));
        }
        lines.extend(self.texts());
        lines
    }

    fn readers(&self) -> String {
        let (before, after) = (self.before.readers.len(), self.after.readers.len());
        let told =
            [(self.added.len(), "added"), (self.removed.len(), "removed"), (self.moved.len(), "with another edition")];
        let told: Vec<String> =
            told.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
        if told.is_empty() {
            return format!("{}, the same as before", count(after as u64, "recipient"));
        }
        format!("{}, before {before}: {}", count(after as u64, "recipient"), told.join(", "))
    }

    /// The changes of the texts; editions that change alike are told together.
    fn texts(&self) -> Vec<String> {
        let mut groups: Vec<(Vec<&str>, &'static str, &EditionDiff)> = Vec::new();
        for (id, change) in &self.editions {
            let kind = self.kind(id);
            match groups.iter_mut().find(|(_, other, it)| *other == kind && *it == change) {
                Some((ids, _, _)) => ids.push(id),
                None => groups.push((vec![id], kind, change)),
            }
        }
        let mut lines = Vec::new();
        for (ids, kind, change) in groups {
            lines.push(String::new());
            lines.push(format!("{}: {kind}", ids.join(", ")));
            for (name, pieces) in
                [("subject", &change.subject), ("preheader", &change.preheader), ("text", &change.text)]
            {
                if !pieces.is_empty() {
                    lines.push(format!("  {name}"));
                    lines.extend(pieces.iter().map(text_diff::DiffLine::painted));
                }
            }
        }
        lines
    }
}

/// The files besides the issue that make the mail and are not as they were.
fn files(before: &IssueVersion, after: &IssueVersion) -> Vec<String> {
    let names: BTreeSet<&String> = before.files.keys().chain(after.files.keys()).collect();
    let differ = names.into_iter().filter(|it| before.files.get(*it) != after.files.get(*it));
    let others = differ.filter(|it| **it != before.issue && **it != after.issue);
    // A picture's name is its content, so that one that changes is two names.
    let (pictures, mut files): (Vec<String>, Vec<String>) =
        others.cloned().partition(|it| it.starts_with("the picture "));
    if !pictures.is_empty() {
        files.push(count(pictures.len() as u64, "picture"));
    }
    files
}
