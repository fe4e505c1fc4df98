//! When to try again: within a run after a lost connection, and later for a deferred letter.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::delivery::ledger::due_time::DueTime;

/// How long a deferred letter waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Before the second try; each later wait is twice the one before it, up to four hours.
    pub first: Duration,
    /// This long after the first try the letter expires.
    pub give_up: Duration,
}

impl Default for RetryPolicy {
    /// Five minutes and two days: greylisting relays accept a letter after some minutes, and RFC 5321 §4.5.4.1 asks for days
    /// before giving up.
    fn default() -> Self {
        Self { first: Duration::from_secs(5 * 60), give_up: Duration::from_secs(2 * 24 * 60 * 60) }
    }
}

impl RetryPolicy {
    /// The moment before which a letter is not tried again, after `tries` tries before this one.
    pub fn due(&self, now: Timestamp, tries: u32) -> Timestamp {
        let wait = self.first.saturating_mul(2_u32.saturating_pow(tries.min(16))).min(self.longest());
        later(now, wait)
    }

    /// This moment, and the latest one that a letter which is deferred now can be due at.
    pub fn due_time(&self, now: Timestamp) -> DueTime {
        DueTime { now, latest: later(now, self.longest()) }
    }

    fn longest(&self) -> Duration {
        const LONGEST: Duration = Duration::from_secs(4 * 60 * 60);
        LONGEST.max(self.first)
    }

    /// Letters first tried before this moment expire.
    pub fn oldest(&self, now: Timestamp) -> Timestamp {
        SignedDuration::try_from(self.give_up).ok().and_then(|age| now.checked_sub(age).ok()).unwrap_or(Timestamp::MIN)
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

/// How many connections may be lost in a row before the letter is deferred.
pub(crate) const MAX_LOST_CONNECTIONS: u32 = 5;

/// The pause before the next connection after `lost` ones: 0.1 s, doubling, with a jitter that differs from connection to
/// connection, so that they do not all reconnect at once.
pub(crate) fn back_off(lost: u32, connection: usize) -> Duration {
    let spread = u32::try_from((connection * 7 + lost as usize * 3) % 10).unwrap_or(0);
    Duration::from_millis(100).saturating_mul(2_u32.saturating_pow(lost.saturating_sub(1).min(8))) * (10 + spread) / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_at_four_hours() {
        let retry = RetryPolicy::default();
        let waits: Vec<i64> =
            [0, 1, 2, 5, 6, 40].map(|tries| retry.due(Timestamp::UNIX_EPOCH, tries).as_second() / 60).to_vec();
        assert_eq!(waits, [5, 10, 20, 160, 240, 240]);
        let at_once = RetryPolicy { first: Duration::ZERO, ..retry };
        assert_eq!(at_once.due(Timestamp::UNIX_EPOCH, 9), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn five_back_offs_outlast_a_short_restart() {
        let total: Duration = (1..MAX_LOST_CONNECTIONS).map(|lost| back_off(lost, 0)).sum();
        assert!(total >= Duration::from_millis(1_500), "{total:?}");
    }
}
