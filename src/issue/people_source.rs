//! `people` of an issue: the recipients of an earlier issue, as `people: {issue: 2026-12, state: accepted}`.

use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;

/// The recipients of an earlier issue, who are the only ones that an issue is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleSource {
    /// The earlier issue, as it is typed on the command line; empty: none is named.
    pub issue: Spanned<String>,
    /// The states of its letters whose recipients are meant; empty: accepted ones.
    pub states: Vec<Spanned<String>>,
}

impl PeopleSource {
    /// Reads the key `people`; absent where it is missing or not a mapping, which is reported.
    pub(super) fn read(fields: &mut MappingReader<'_, '_>) -> Option<Self> {
        let place = fields.key_place("people")?;
        let mut group = fields.group("people")?;
        let issue = group.text("issue").unwrap_or(Spanned { value: String::new(), place });
        let is_one = group.node("state").is_some_and(|state| state.scalar().is_some());
        let states = if is_one { group.text("state").into_iter().collect() } else { group.texts("state") };
        group.finish();
        Some(Self { issue, states })
    }
}
