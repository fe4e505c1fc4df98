//! Rate limits: how many letters may be sent per minute and per day, over all plans of a ledger.
//!
//! The ledger records when letters were sent, so that a restart or a second host does not restart the count.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

/// How many letters a relay accepts. The windows slide: a limit holds for any 60 seconds, not only for a minute of the
/// clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// In a minute; absent: no limit.
    pub per_minute: Option<NonZeroU32>,
    /// In 24 hours; absent: no limit.
    pub per_day: Option<NonZeroU32>,
    /// In a minute to one domain, in lower case.
    pub per_domain: BTreeMap<String, NonZeroU32>,
}

impl RateLimits {
    /// Whether no limit is set.
    pub fn is_free(&self) -> bool {
        self.per_minute.is_none() && self.per_day.is_none() && self.per_domain.is_empty()
    }

    /// The windows that a letter to this domain has to fit in, the domain's own last.
    pub(crate) fn windows<'a>(&self, domain: &'a str) -> impl Iterator<Item = RateWindow<'a>> {
        let of_domain =
            self.per_domain.get(domain).map(|most| RateWindow { domain: Some(domain), length: MINUTE, most: *most });
        let of_all = [(MINUTE, self.per_minute), (DAY, self.per_day)];
        let of_all =
            of_all.into_iter().filter_map(|(length, most)| Some(RateWindow { domain: None, length, most: most? }));
        of_all.chain(of_domain)
    }
}

/// A letter is recorded just before the relay gets it, so each window is a second longer than its name.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// At most N letters in a length of time.
pub(crate) struct RateWindow<'a> {
    /// Only letters to this domain are counted; absent: all.
    pub(crate) domain: Option<&'a str>,
    length: SignedDuration,
    most: NonZeroU32,
}

impl RateWindow<'_> {
    /// Letters sent at this moment or before it are not counted any more.
    pub(crate) fn begins(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.length + MARGIN).unwrap_or(Timestamp::MIN)
    }

    /// How many letters fit in besides the one to be sent: if there is one more in the window, it is full.
    pub(crate) fn room(&self) -> u32 {
        self.most.get() - 1
    }

    /// The decision for a full window, of whose letters the oldest was sent at this moment.
    pub(crate) fn full_until(&self, oldest: Timestamp) -> RateDecision {
        let until = oldest.checked_add(self.length + MARGIN).unwrap_or(Timestamp::MAX);
        if self.domain.is_some() { RateDecision::DomainNotBefore(until) } else { RateDecision::NotBefore(until) }
    }
}

/// Letters sent before this moment are in no window.
pub(crate) fn oldest_counted(now: Timestamp) -> Timestamp {
    now.checked_sub(DAY + MARGIN).unwrap_or(Timestamp::MIN)
}

/// Whether a letter may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateDecision {
    /// Now: it is counted from now on.
    Now(RateSlot),
    /// No letter before this moment.
    NotBefore(Timestamp),
    /// No letter to its domain before this moment.
    DomainNotBefore(Timestamp),
}

/// A letter that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateSlot(pub(crate) i64);
