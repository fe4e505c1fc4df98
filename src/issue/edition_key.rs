//! The key of an edition: which readers it is for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::audience::AudienceId;
use crate::audience::channel::Channel;
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

/// The audiences whose members get a separate edition, since blocks follow them into the edition of any audience.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowedAudiences {
    /// Those that `for` blocks name.
    pub includes: BTreeSet<AudienceId>,
    /// Those that `not` blocks name.
    pub leaves_out: BTreeSet<AudienceId>,
}

impl EditionKey {
    /// The key of a channel besides letters. Anyone may read it, so it contains no `not` block of an audience, and no `for`
    /// block of one.
    pub fn of_channel(channel: Channel, lang: Lang, not: BTreeSet<AudienceId>) -> Self {
        Self { audience: AudienceId::of_channel(channel), lang, includes: BTreeSet::new(), leaves_out: not }
    }

    /// The key of a page on the web.
    pub fn web(lang: Lang, not: BTreeSet<AudienceId>) -> Self {
        Self::of_channel(Channel::Web, lang, not)
    }

    /// The key of an id; absent: no edition has such an id.
    pub fn of_id(id: &str) -> Option<Self> {
        // No audience has a dot in its name.
        let mut parts = id.split('.');
        let audience = AudienceId::parse(parts.next()?).ok()?;
        let tag = parts.next()?;
        let lang = Lang::ALL.into_iter().find(|lang| lang.tag() == tag)?;
        let mut key = Self { audience, lang, includes: BTreeSet::new(), leaves_out: BTreeSet::new() };
        for part in parts {
            let (followed, name) = match part.strip_prefix("for-") {
                Some(name) => (&mut key.includes, name),
                None => (&mut key.leaves_out, part.strip_prefix("not-")?),
            };
            followed.insert(AudienceId::parse(name).ok()?);
        }
        Some(key)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_gives_its_key_again() {
        for id in ["it-chefer.da", "for-x.en.for-board.not-not-y", "bestyrelse.da.not-leverandører"] {
            assert_eq!(EditionKey::of_id(id).map(|key| key.id()).as_deref(), Some(id));
        }
        for id in ["", "members", "members.xx", "members.da.board", "mem bers.da"] {
            assert_eq!(EditionKey::of_id(id), None, "{id}");
        }
    }
}
