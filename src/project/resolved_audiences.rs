//! The project's audiences with their people, and who is a member of which.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::explanation::MembershipEvidence;
use crate::audience::membership::Membership;
use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::people::lists::People;
use crate::people::store::address_interner::AddressInterner;
use crate::project::{Project, STATE, access, files};

/// The audiences of a project, their people, and who is in which.
#[derive(Debug)]
pub struct ResolvedAudiences {
    /// The audiences.
    pub audiences: Audiences,
    /// The people of their lists.
    pub people: BTreeMap<AudienceId, Arc<People>>,
    /// Who is a member of which.
    pub membership: Membership,
    /// Whether every list was read, since the project is trusted or needs no trust.
    pub lists_are_read: bool,
    /// The files that the audiences were read from.
    pub(crate) sources: Vec<Source>,
}

impl ResolvedAudiences {
    /// The data that membership is derived from.
    pub fn evidence(&self) -> MembershipEvidence<'_> {
        MembershipEvidence { audiences: &self.audiences, people: &self.people, membership: &self.membership }
    }
}

impl Project {
    /// The folder for temporary files of long lists: beside the ledger, which contains the same addresses, or else the system's
    /// temporary folder.
    pub(crate) fn scratch(&self) -> PathBuf {
        let state = self.root().join(STATE);
        if state.is_dir() && (self.may_act() || files::is_inside(self.root(), &state)) {
            state
        } else {
            env::temp_dir()
        }
    }

    /// Reads every audience and every list of people.
    ///
    /// # Errors
    ///
    /// A file of an audience cannot be read, or a temporary file not written; mistakes in files are diagnostics.
    pub fn readers(&self) -> Result<(ResolvedAudiences, Diagnostics), Error> {
        self.readers_with(self.interner())
    }

    /// An interner without addresses yet, for reading lists of people.
    pub(crate) fn interner(&self) -> AddressInterner {
        AddressInterner::new(self.scratch())
    }

    /// The same as [`readers`](Self::readers), if other people were read before with the same interner.
    ///
    /// # Errors
    ///
    /// A file of an audience cannot be read, or a temporary file not written; mistakes in files are diagnostics.
    pub(crate) fn readers_with(
        &self,
        mut registry: AddressInterner,
    ) -> Result<(ResolvedAudiences, Diagnostics), Error> {
        let mut diagnostics = Diagnostics::new();
        let (sources, audiences) = self.audience_files(&mut diagnostics)?;
        let people = self.people(&audiences, &mut registry, &mut diagnostics);
        let lists_are_read = !diagnostics.iter().any(access::is_unread_list);
        let (membership, more) = Membership::compute(&audiences, &people, registry)?;
        diagnostics.extend(more);
        Ok((ResolvedAudiences { audiences, people, membership, lists_are_read, sources }, diagnostics))
    }
}
