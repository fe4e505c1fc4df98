//! The identity of an event in the calendars of its readers (RFC 7986, section 5.3).

use std::collections::BTreeMap;

use crate::base::digest::Digest;
use crate::edition::blocks::event::details::EventDetails;
use crate::people::person::fold;

/// The identities of the events of one letter. They are made of the sender's domain and the event alone, so that an
/// invitation, a reminder and a correction in three issues are one entry in a calendar.
pub(super) struct EventIdentities<'d> {
    domain: &'d str,
    seen: BTreeMap<Vec<String>, usize>,
}

/// The identity of an event.
pub(super) struct EventIdentity {
    /// The value of UID.
    pub(super) uid: String,
    /// How many events of the letter before this one have the same `id`, or the same title and year.
    pub(super) earlier: usize,
}

impl<'d> EventIdentities<'d> {
    /// No identities yet, for a sender of this domain.
    pub(super) fn new(domain: &'d str) -> Self {
        Self { domain, seen: BTreeMap::new() }
    }

    /// The identity of the next event of the letter.
    pub(super) fn next(&mut self, event: &EventDetails) -> EventIdentity {
        let mut parts = match &event.id {
            Some(id) => vec!["id".to_owned(), fold(&id.value)],
            // The year is part of it, since an annual meeting has the same title every year. The day is not: an event that is
            // moved stays the same event, and so does one whose title says that it is cancelled.
            None => {
                vec!["title".to_owned(), normalised(event.plain_title()), event.when.first_day().year().to_string()]
            }
        };
        let earlier = self.seen.entry(parts.clone()).or_default();
        let count = *earlier;
        *earlier += 1;
        parts.extend((count > 0).then(|| count.to_string()));
        let digest = Digest::of(parts.iter().map(String::as_bytes));
        EventIdentity { uid: format!("{}@{}", &digest.as_str()[..32], fold(self.domain)), earlier: count }
    }
}

/// A title normalised against corrections of spelling: without case, spaces, punctuation and invisible characters.
fn normalised(title: &str) -> String {
    let letters: String = fold(title).chars().filter(|sign| sign.is_alphanumeric()).collect();
    // A title of signs alone is compared as it is written.
    if letters.is_empty() { title.to_owned() } else { letters }
}
