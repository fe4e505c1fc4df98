//! The sizes of audiences and of their overlaps.

use crate::audience::AudienceId;
use crate::audience::file::Audience;
use crate::project::resolved_audiences::ResolvedAudiences;

/// The size of each audience, and how many of its members are in each other one.
pub(super) struct AudienceCounts<'a> {
    pub(super) audiences: Vec<&'a Audience>,
    /// A row for each audience, a cell for each of the others; an audience's own cell is its size.
    pub(super) shared: Vec<Vec<usize>>,
}

impl<'a> AudienceCounts<'a> {
    pub(super) fn of(readers: &'a ResolvedAudiences) -> Self {
        let audiences: Vec<&Audience> = readers.audiences.iter().collect();
        let shared = |one: &AudienceId, other: &AudienceId| readers.membership.shared(one, other);
        let row = |one: &&Audience| audiences.iter().map(|other| shared(&one.id, &other.id)).collect();
        let shared = audiences.iter().map(row).collect();
        Self { audiences, shared }
    }
}
