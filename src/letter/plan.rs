//! The plan of an issue: who gets which letter, frozen before the first one is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::audience::AudienceId;
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::issue::IssueId;
use crate::issue::edition_key::EditionKey;
use crate::issue::series::SeriesId;
use crate::letter::message_id::MessageIds;
use crate::letter::selection::{EditionRecipient, Selection};
use crate::people::person::Person;

/// The kind of transport a plan was made for. It never changes: letters that were written to a folder have not been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// The default: a Maildir in the project; no one receives these letters.
    Outbox,
    /// An SMTP relay.
    Smtp,
    /// The folder of a dry run.
    Folder,
}

impl TransportKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Outbox, Self::Smtp, Self::Folder];

    /// Whether a letter can be delivered again without harm, since the second copy replaces the first. Otherwise it is in
    /// doubt when its run was killed while it was in flight.
    pub fn can_repeat(self) -> bool {
        match self {
            Self::Outbox | Self::Folder => true,
            Self::Smtp => false,
        }
    }

    /// Its name in the ledger and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Smtp => "smtp",
            Self::Folder => "folder",
        }
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One letter of a plan: the person with the values that it prints, and the edition they get.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedLetter {
    /// The person as they were when the plan was frozen.
    pub person: Arc<Person>,
    /// The audience for which they get it: the first of the issue's order that they are in.
    pub audience: AudienceId,
    /// The edition's id.
    pub edition: String,
    /// The Message-ID with its angle brackets (RFC 5322 §3.6.4): the same on every attempt.
    pub message_id: String,
}

/// Digests of all that decides what letters say, except people's data, by names that mean something to users.
pub type Fingerprint = BTreeMap<String, Digest>;

/// A plan without its letters. Two plans from the same files, people and date are equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The issue.
    pub issue: IssueId,
    /// Its series; absent: the issue belongs to none.
    pub series: Option<SeriesId>,
    /// How it is delivered.
    pub transport: TransportKind,
    /// The Date header of every letter (RFC 5322 §3.3).
    pub date: String,
    /// What the letters were made from.
    pub fingerprint: Fingerprint,
    /// The editions that at least one person gets.
    pub editions: Vec<EditionKey>,
}

/// The letters of a plan, in the order in which they are sent. Each is made when it is needed: together they take many
/// times the memory of the lists of people.
#[derive(Debug)]
pub struct PlannedLetters {
    issue: IssueId,
    selection: Arc<Selection>,
    /// The positions of recipients who get none.
    left_out: BTreeSet<usize>,
    message_ids: MessageIds,
}

impl PlannedLetters {
    /// The letters of an issue to these recipients.
    pub fn new(issue: IssueId, selection: Arc<Selection>, message_ids: MessageIds) -> Self {
        Self { issue, selection, left_out: BTreeSet::new(), message_ids }
    }

    /// Leaves out the letters to some people.
    ///
    /// # Errors
    ///
    /// People that were spilled to disk cannot be read back.
    pub fn leave_out(&mut self, is_out: impl Fn(&Person) -> bool) -> Result<(), Error> {
        for (position, recipient) in self.selection.recipients().enumerate() {
            if is_out(&recipient.person()?) {
                self.left_out.insert(position);
            }
        }
        Ok(())
    }

    fn recipients(&self) -> impl Iterator<Item = EditionRecipient<'_>> {
        let recipients = self.selection.recipients().enumerate();
        recipients.filter(|(position, _)| !self.left_out.contains(position)).map(|(_, recipient)| recipient)
    }

    /// The number of letters.
    pub fn len(&self) -> usize {
        self.selection.len() - self.left_out.len()
    }

    /// Whether it has no letters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of letters per edition, in the order in which the editions are first sent.
    pub fn counts(&self) -> Vec<(&str, u64)> {
        let mut counts: Vec<(&str, u64)> = Vec::new();
        let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
        for recipient in self.recipients() {
            let id = recipient.edition_id();
            let position = *positions.entry(id).or_insert_with(|| {
                counts.push((id, 0));
                counts.len() - 1
            });
            counts[position].1 += 1;
        }
        counts
    }

    /// Each letter.
    ///
    /// # Errors
    ///
    /// People that were spilled to disk cannot be read back.
    pub fn iter(&self) -> impl Iterator<Item = Result<PlannedLetter, Error>> {
        self.recipients().map(|recipient| {
            let person = recipient.person()?;
            Ok(PlannedLetter {
                audience: recipient.edition().audience.clone(),
                edition: recipient.edition_id().to_owned(),
                message_id: self.message_ids.letter(&self.issue, &person.address),
                person: Arc::new(person),
            })
        })
    }
}
