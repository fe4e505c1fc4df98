//! How many letters may leave in which time, over all plans of a ledger.
//!
//! The ledger keeps when letters left, so that neither a restart nor a second host begins to count anew.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

/// How many letters a relay takes at most. The windows slide: it is so in any minute, and not only in those of the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// In a minute; absent: any number.
    pub per_minute: Option<NonZeroU32>,
    /// In 24 hours; absent: any number.
    pub per_day: Option<NonZeroU32>,
    /// In a minute to one domain, in lower case.
    pub per_domain: BTreeMap<String, NonZeroU32>,
}

impl RateLimits {
    /// Whether letters may leave as fast as they can.
    pub fn is_free(&self) -> bool {
        self.per_minute.is_none() && self.per_day.is_none() && self.per_domain.is_empty()
    }

    /// What a letter to this domain has to pass, the domain's own last.
    pub(crate) fn windows<'a>(&self, domain: &'a str) -> impl Iterator<Item = RateWindow<'a>> {
        let of_domain =
            self.per_domain.get(domain).map(|most| RateWindow { domain: Some(domain), length: MINUTE, most: *most });
        let of_all = [(MINUTE, self.per_minute), (DAY, self.per_day)];
        let of_all =
            of_all.into_iter().filter_map(|(length, most)| Some(RateWindow { domain: None, length, most: most? }));
        of_all.chain(of_domain)
    }
}

/// A letter's mark is written a moment before the relay has it, so that a window is a second longer than it says.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// So many letters in so much time.
pub(crate) struct RateWindow<'a> {
    /// Only letters to this domain are counted; absent: all.
    pub(crate) domain: Option<&'a str>,
    length: SignedDuration,
    most: NonZeroU32,
}

impl RateWindow<'_> {
    /// What left at this moment or before it is not counted any more.
    pub(crate) fn begins(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.length + MARGIN).unwrap_or(Timestamp::MIN)
    }

    /// How many of the latest letters fit into it besides one that is to leave now: where there is one before them, the
    /// window is full.
    pub(crate) fn room(&self) -> u32 {
        self.most.get() - 1
    }

    /// Until when it is full, where the oldest of the letters that fill it left at this moment.
    pub(crate) fn full_until(&self, oldest: Timestamp) -> RateDecision {
        let until = oldest.checked_add(self.length + MARGIN).unwrap_or(Timestamp::MAX);
        if self.domain.is_some() { RateDecision::DomainNotBefore(until) } else { RateDecision::NotBefore(until) }
    }
}

/// What left before this moment is in no window at all.
pub(crate) fn oldest_counted(now: Timestamp) -> Timestamp {
    now.checked_sub(DAY + MARGIN).unwrap_or(Timestamp::MIN)
}

/// Whether a letter may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateDecision {
    /// Now: it is counted from here on.
    Now(RateSlot),
    /// No letter may before this moment.
    NotBefore(Timestamp),
    /// No letter to its domain may before this moment.
    DomainNotBefore(Timestamp),
}

/// A letter that is counted among those that left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateSlot(pub(crate) i64);
