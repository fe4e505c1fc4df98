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
    /// The audiences that `not` blocks name and that these readers are in too.
    pub leaves_out: BTreeSet<AudienceId>,
}

impl EditionKey {
    /// The key of a page on the web. Anyone may read it, so it contains no `not` block.
    pub fn web(lang: Lang, not: BTreeSet<AudienceId>) -> Self {
        Self { audience: AudienceId::web(), lang, leaves_out: not }
    }

    /// The name of an edition, usable as the name of a file: `it-chiefs.da`, `it-chiefs.da.not-suppliers`.
    pub fn id(&self) -> String {
        let mut id = format!("{}.{}", self.audience, self.lang);
        for audience in &self.leaves_out {
            id.extend([".not-", audience.as_str()]);
        }
        id
    }
}
