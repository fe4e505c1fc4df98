//! The systems whose exports are known, and which of them wrote a file.

use std::collections::BTreeSet;

use crate::people::import::ImportError;
use crate::people::import::object_cell::ObjectNotation;
use crate::people::import::subscription_status::{SubscriptionStatus, letters};
use crate::people::import::systems::{ANY, SYSTEMS};

/// A kind of file that a system writes. A system that writes several kinds has several of these, with one name.
#[derive(Debug)]
pub(super) struct ExportSystem {
    /// Its name after `--from`.
    pub(super) id: &'static str,
    /// What people call it.
    pub(super) name: &'static str,
    /// The headers by which its files are known, as [`letters`] has them: all of them are there.
    pub(super) marks: &'static [&'static str],
    /// What its columns are for, by their headers; any other column is what its header means in every list of people.
    pub(super) columns: &'static [(&'static str, SystemColumn)],
}

/// What a column of a system is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SystemColumn {
    /// It is a field of people.
    Field(&'static str),
    /// It is a field of several values, with this between them.
    List(&'static str, &'static str),
    /// It holds more fields.
    Object(ObjectNotation),
    /// A word says where somebody stands.
    Status,
    /// The same, as far as all of its words are known; otherwise it is a field.
    MaybeStatus,
    /// A yes says that they stand here.
    Yes(SubscriptionStatus),
    /// A no says that they stand here.
    No(SubscriptionStatus),
    /// Anything at all says that they stand here; it may be since when.
    Filled(SubscriptionStatus),
    /// When the row was changed last: since when somebody is away of whom nothing else is known.
    Changed,
    /// When they said that they want to read.
    OptedIn,
    /// Nothing that a newsletter needs; data on people that nobody needs is not kept.
    Nothing,
}

/// The systems that can be named after `--from`, each once.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = SYSTEMS.iter().map(|it| it.id).chain([ANY.id]).collect();
    names.dedup();
    names
}

/// The system that wrote a file with these headers, or the one that was named.
pub(super) fn recognise(
    file: &str,
    headers: &[String],
    named: Option<&str>,
) -> Result<&'static ExportSystem, ImportError> {
    let headers: BTreeSet<&str> = headers.iter().map(String::as_str).collect();
    let marked = |it: &&ExportSystem| it.marks.iter().all(|mark| headers.contains(mark));
    if let Some(named) = named {
        let typed = letters(named);
        let mut kinds = SYSTEMS.iter().chain([&ANY]).filter(|it| it.id == typed).collect::<Vec<_>>();
        kinds.sort_by_key(|it| (!marked(it), it.marks.len()));
        return kinds.first().copied().ok_or_else(|| ImportError::UnknownSystem { name: named.to_owned() });
    }
    let candidates: Vec<&ExportSystem> = SYSTEMS.iter().filter(marked).collect();
    let is_part = |it: &ExportSystem, of: &ExportSystem| {
        it.marks.len() < of.marks.len() && it.marks.iter().all(|mark| of.marks.contains(mark))
    };
    let mut best: Vec<&ExportSystem> =
        candidates.iter().filter(|it| !candidates.iter().any(|other| is_part(it, other))).copied().collect();
    best.dedup_by_key(|it| it.id);
    match best.as_slice() {
        [] => Ok(&ANY),
        [system] => Ok(system),
        several => {
            Err(ImportError::Ambiguous { file: file.to_owned(), candidates: several.iter().map(|it| it.id).collect() })
        }
    }
}

impl ExportSystem {
    /// What a column is for; none where its header says it, as in every list.
    pub(super) fn named_use(&self, letters: &str) -> Option<SystemColumn> {
        self.columns.iter().find(|(header, _)| *header == letters).map(|(_, it)| *it)
    }
}
