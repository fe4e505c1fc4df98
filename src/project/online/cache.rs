//! Caches results for a while, by digests of the addresses, so that the file reveals none.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::project::online::link_status::LinkStatus;
use crate::project::online::request_url::RequestUrl;

/// A result, and when it was obtained.
#[derive(Debug, Serialize, Deserialize)]
struct CachedStatus {
    at: Timestamp,
    answer: LinkStatus,
}

impl CachedStatus {
    /// Valid for a day if the page works, otherwise for an hour: its owner may be repairing it.
    fn is_fresh(&self, now: Timestamp) -> bool {
        let hours = if self.answer == LinkStatus::There { 24 } else { 1 };
        self.at <= now && now.checked_sub(hours.hours()).is_ok_and(|since| since < self.at)
    }
}

/// The results that are still valid.
#[derive(Debug, Default)]
pub(super) struct LinkCache(BTreeMap<String, CachedStatus>);

impl LinkCache {
    /// Reads stored results; those that cannot be read are requested again.
    pub(super) fn read(kept: &[u8], now: Timestamp) -> Self {
        let mut cached: BTreeMap<String, CachedStatus> = serde_json::from_slice(kept).unwrap_or_default();
        cached.retain(|_, status| status.is_fresh(now));
        Self(cached)
    }

    pub(super) fn get(&self, address: &RequestUrl) -> Option<LinkStatus> {
        self.0.get(&key(address)).map(|cached| cached.answer)
    }

    pub(super) fn insert(&mut self, address: &RequestUrl, answer: LinkStatus, now: Timestamp) {
        if !answer.is_local() {
            self.0.insert(key(address), CachedStatus { at: now, answer });
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        // Cannot fail: the map has text keys, and its values are texts and numbers.
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
    fn results_are_valid_for_a_day_or_an_hour() {
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
            let mut cache = LinkCache::default();
            cache.insert(&address, answer, then);
            let later = LinkCache::read(&cache.write(), then + minutes.minutes());
            assert_eq!(later.get(&address), Some(answer).filter(|_| kept), "{answer:?} after {minutes}");
        }
        assert_eq!(LinkCache::read(b"{\"no\": ", then).get(&address), None);
    }
}
