//! Which readers an edition of an issue is for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::audience::AudienceId;
use crate::base::language::Lang;

/// Which of its readers an edition of an issue is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EditionKey {
    /// Their audience.
    pub audience: AudienceId,
    /// Their language.
    pub lang: Lang,
    /// The audiences that `for` blocks name and that these readers are in besides their own.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub includes: BTreeSet<AudienceId>,
    /// The audiences that `not` blocks name and that these readers are in too.
    pub leaves_out: BTreeSet<AudienceId>,
}

/// The audiences whose members get an edition of their own, since blocks follow them into the edition of any audience.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowedAudiences {
    /// Those that `for` blocks name.
    pub includes: BTreeSet<AudienceId>,
    /// Those that `not` blocks name.
    pub leaves_out: BTreeSet<AudienceId>,
}

impl EditionKey {
    /// The key of a page on the web. Anyone may read it, so it contains no `not` block, and no `for` block of an audience.
    pub fn web(lang: Lang, not: BTreeSet<AudienceId>) -> Self {
        Self { audience: AudienceId::web(), lang, includes: BTreeSet::new(), leaves_out: not }
    }

    /// The name of an edition, usable as the name of a file: `it-chiefs.da`, `it-chiefs.da.for-board.not-suppliers`.
    pub fn id(&self) -> String {
        let mut id = format!("{}.{}", self.audience, self.lang);
        for audience in &self.includes {
            id.extend([".for-", audience.as_str()]);
        }
        for audience in &self.leaves_out {
            id.extend([".not-", audience.as_str()]);
        }
        id
    }
}
