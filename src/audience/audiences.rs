//! The audiences of a project.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::AudienceId;
use crate::audience::file::Audience;

/// The audiences of a project.
#[derive(Clone, Debug, Default)]
pub struct Audiences {
    read: BTreeMap<AudienceId, Audience>,
    invalid: BTreeSet<AudienceId>,
}

impl Audiences {
    /// The audience of this name.
    pub fn named(&self, id: &AudienceId) -> Option<&Audience> {
        self.read.get(id)
    }

    /// The audiences, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Audience> {
        self.read.values()
    }

    /// Adds an audience whose file has errors, of which only the name is known.
    pub fn insert_invalid(&mut self, id: AudienceId) {
        self.invalid.insert(id);
    }

    /// Whether it has a file, valid or not.
    pub fn contains(&self, id: &AudienceId) -> bool {
        self.read.contains_key(id) || self.invalid.contains(id)
    }

    /// The name of each audience with a file, valid or not.
    pub fn ids(&self) -> impl Iterator<Item = &AudienceId> {
        self.read.keys().chain(&self.invalid)
    }
}

impl FromIterator<Audience> for Audiences {
    fn from_iter<I: IntoIterator<Item = Audience>>(audiences: I) -> Self {
        let read = audiences.into_iter().map(|audience| (audience.id.clone(), audience)).collect();
        Self { read, invalid: BTreeSet::new() }
    }
}
