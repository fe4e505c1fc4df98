//! The project's audiences with their people, worked out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::explanation::Evidence;
use crate::audience::membership::Membership;
use crate::audience::{AudienceId, Audiences};
use crate::error::Error;
use crate::people::People;
use crate::source::{Diagnostics, Source};
use crate::workspace::Project;

/// The audiences of a project, their people, and who is in which.
#[derive(Debug)]
pub struct Readers {
    /// The audiences.
    pub audiences: Audiences,
    /// The people of their lists.
    pub people: BTreeMap<AudienceId, Arc<People>>,
    /// Who is in them.
    pub membership: Membership,
    /// The files that the audiences were read from.
    pub(super) sources: Vec<Source>,
}

impl Readers {
    /// What decides who is in which.
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence { audiences: &self.audiences, people: &self.people, membership: &self.membership }
    }
}

impl Project {
    /// Reads every audience and every list of people.
    ///
    /// # Errors
    ///
    /// A file of an audience cannot be read; mistakes in files are diagnostics.
    pub fn readers(&self) -> Result<(Readers, Diagnostics), Error> {
        let mut diagnostics = Diagnostics::new();
        let (sources, audiences) = self.audience_files(&mut diagnostics)?;
        let people = self.people(&audiences, &mut diagnostics);
        let (membership, more) = Membership::compute(&audiences, &people);
        diagnostics.extend(more);
        Ok((Readers { audiences, people, membership, sources }, diagnostics))
    }
}
