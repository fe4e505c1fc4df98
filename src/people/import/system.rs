//! Describes the exports of a system.

use crate::people::import::object_cell::ObjectNotation;
use crate::people::import::subscription_status::SubscriptionStatus;

/// A kind of file that a system exports. A system that exports several kinds has several of these, with one name.
#[derive(Debug)]
pub(super) struct ExportSystem {
    /// The value of `--from` for it.
    pub(super) id: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The headers that identify its files, without case, spaces and punctuation: a file must have all of them.
    pub(super) required: &'static [&'static str],
    /// The use of its columns, by header. Any other column is what its header means in all lists.
    pub(super) columns: &'static [(&'static str, SystemColumn)],
}

/// The use of a column of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SystemColumn {
    /// A field.
    Field(&'static str),
    /// A field of several values, with this separator.
    List(&'static str, &'static str),
    /// More fields.
    Object(ObjectNotation),
    /// The status of the person, as a word.
    Status,
    /// The same if all words in it are known; otherwise a field.
    MaybeStatus,
    /// This status if yes.
    Yes(SubscriptionStatus),
    /// This status if no.
    No(SubscriptionStatus),
    /// This status if not empty; the content may be the date.
    Filled(SubscriptionStatus),
    /// The date of the last change: since when a person is suppressed if nothing else says so.
    Changed,
    /// The date when they signed up.
    OptedIn,
    /// Ignored: a newsletter does not need it, and personal data that is not needed must not be stored (GDPR, article 5).
    Ignored,
}

impl ExportSystem {
    /// The use of a column; `None` if its header means the same as in all lists.
    pub(super) fn column(&self, letters: &str) -> Option<SystemColumn> {
        self.columns.iter().find(|(header, _)| *header == letters).map(|(_, column)| *column)
    }
}
