//! The audiences of a project.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::AudienceId;
use crate::audience::file::Audience;

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
