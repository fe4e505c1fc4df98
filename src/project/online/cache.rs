//! Answers that are kept for a while, by the digests of their addresses: who reads the file learns of nobody.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::project::online::link_status::LinkStatus;
use crate::project::online::request_url::RequestUrl;

/// What was answered, and when.
#[derive(Debug, Serialize, Deserialize)]
struct CachedStatus {
    at: Timestamp,
    answer: LinkStatus,
}

impl CachedStatus {
    /// A page that is there is believed for a day, and any other for an hour: somebody may be at work on it.
    fn holds(&self, now: Timestamp) -> bool {
        let hours = if self.answer == LinkStatus::There { 24 } else { 1 };
        self.at <= now && now.checked_sub(hours.hours()).is_ok_and(|since| since < self.at)
    }
}

/// The answers that still hold.
#[derive(Debug, Default)]
pub(super) struct LinkCache(BTreeMap<String, CachedStatus>);

impl LinkCache {
    /// Reads what was kept; what cannot be read is asked again.
    pub(super) fn read(kept: &[u8], now: Timestamp) -> Self {
        let mut noted: BTreeMap<String, CachedStatus> = serde_json::from_slice(kept).unwrap_or_default();
        noted.retain(|_, it| it.holds(now));
        Self(noted)
    }

    pub(super) fn recall(&self, address: &RequestUrl) -> Option<LinkStatus> {
        self.0.get(&key(address)).map(|cached| cached.answer)
    }

    pub(super) fn note(&mut self, address: &RequestUrl, answer: LinkStatus, now: Timestamp) {
        if !answer.is_of_here() {
            self.0.insert(key(address), CachedStatus { at: now, answer });
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        // Only texts and numbers: they can always be written.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }
}

fn key(address: &RequestUrl) -> String {
    Digest::of([address.url().as_bytes()]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_a_day_or_an_hour() {
        let address = RequestUrl::parse("https://a.example/").unwrap();
        let then = Timestamp::UNIX_EPOCH;
        for (answer, minutes, kept) in [
            (LinkStatus::There, 23 * 60, true),
            (LinkStatus::There, 25 * 60, false),
            (LinkStatus::Status(404), 59, true),
            (LinkStatus::Status(404), 61, false),
            (LinkStatus::NoNames, 0, false),
            (LinkStatus::There, -1, false),
        ] {
            let mut memory = LinkCache::default();
            memory.note(&address, answer, then);
            let later = LinkCache::read(&memory.write(), then + minutes.minutes());
            assert_eq!(later.recall(&address), Some(answer).filter(|_| kept), "{answer:?} after {minutes}");
        }
        assert_eq!(LinkCache::read(b"{\"no\": ", then).recall(&address), None);
    }
}
