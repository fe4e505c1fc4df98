//! The recipients of an earlier issue, each with the edition that they had of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::AudienceId;
use crate::audience::membership::Member;
use crate::base::error::Error;
use crate::issue::edition_key::EditionKey;
use crate::people::lists::People;
use crate::people::person::Person;
use crate::people::store::address_interner::AddressInterner;

/// The recipients of an earlier issue, in the order in which it was sent.
#[derive(Debug)]
pub struct FormerRecipients {
    people: Arc<People>,
    /// The editions that they had.
    editions: Vec<EditionKey>,
    /// The position of the edition of each row.
    of_rows: Vec<usize>,
}

impl FormerRecipients {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.of_rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.of_rows.is_empty()
    }

    /// How many had an edition of an audience that is not among these.
    pub fn outside(&self, audiences: &[&AudienceId]) -> usize {
        let is_outside = |edition: &&usize| !audiences.contains(&&self.editions[**edition].audience);
        self.of_rows.iter().filter(is_outside).count()
    }

    /// Those who had an edition of an audience, each with its key.
    pub(crate) fn of(&self, audience: &AudienceId) -> impl Iterator<Item = (Member<'_>, &EditionKey)> + use<'_> {
        let is_of: Vec<bool> = self.editions.iter().map(|key| key.audience == *audience).collect();
        let rows = (0..).zip(&self.of_rows).filter(move |(_, edition)| is_of[**edition]);
        rows.map(|(row, edition)| (Member { people: &self.people, row }, &self.editions[*edition]))
    }
}

/// Collects former recipients one by one.
#[derive(Debug)]
pub struct FormerRecipientsBuilder {
    people: People,
    editions: Vec<EditionKey>,
    of_rows: Vec<usize>,
    positions: BTreeMap<String, usize>,
}

impl FormerRecipientsBuilder {
    /// Starts without recipients; `name` is the list's name in messages, and the interner is shared with all lists of
    /// the project.
    pub(crate) fn new(name: &Arc<str>, interner: &AddressInterner) -> Self {
        let people = People::empty(name, interner);
        Self { people, editions: Vec::new(), of_rows: Vec::new(), positions: BTreeMap::new() }
    }

    /// Adds the recipient of a letter with the id of its edition. A letter whose edition has an invalid id is skipped.
    ///
    /// # Errors
    ///
    /// A long list cannot be spilled to disk.
    pub(crate) fn add(&mut self, person: &Person, edition: &str, interner: &mut AddressInterner) -> Result<(), Error> {
        let position = if let Some(position) = self.positions.get(edition) {
            *position
        } else {
            let Some(key) = EditionKey::of_id(edition) else { return Ok(()) };
            self.editions.push(key);
            self.positions.insert(edition.to_owned(), self.editions.len() - 1);
            self.editions.len() - 1
        };
        self.people.push(person, interner)?;
        self.of_rows.push(position);
        Ok(())
    }

    /// All that were added.
    pub(crate) fn finish(self) -> FormerRecipients {
        FormerRecipients { people: Arc::new(self.people), editions: self.editions, of_rows: self.of_rows }
    }
}
