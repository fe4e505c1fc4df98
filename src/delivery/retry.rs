//! When to try again: soon within a run, later between runs.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How long a letter that was put off waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Before the second try; each later wait is twice the one before it, up to four hours.
    pub first: Duration,
    /// After this time since the first try the letter is given up: it expires.
    pub give_up: Duration,
}

impl Default for RetryPolicy {
    /// Five minutes and two days: greylisting relays let a letter in after some minutes, and RFC 5321 §4.5.4.1 asks for
    /// days before giving up.
    fn default() -> Self {
        Self { first: Duration::from_secs(5 * 60), give_up: Duration::from_secs(2 * 24 * 60 * 60) }
    }
}

impl RetryPolicy {
    /// The moment before which a letter is not tried again, after so many tries before this one.
    pub fn due(&self, now: Timestamp, tries: u32) -> Timestamp {
        const LONGEST: Duration = Duration::from_secs(4 * 60 * 60);
        let wait = self.first.saturating_mul(2_u32.saturating_pow(tries.min(16))).min(LONGEST.max(self.first));
        later(now, wait)
    }

    /// Letters first tried before this moment are given up.
    pub fn oldest(&self, now: Timestamp) -> Timestamp {
        SignedDuration::try_from(self.give_up).ok().and_then(|it| now.checked_sub(it).ok()).unwrap_or(Timestamp::MIN)
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|it| now.checked_add(it).ok()).unwrap_or(Timestamp::MAX)
}

/// How often in a row a connection may be lost before the letter in hand is put off.
pub(crate) const DROPS: u32 = 5;

/// The wait before the next connection after so many lost ones: 0.1 s, doubling, with a jitter that differs from
/// connection to connection, so that they do not all come back at once.
pub(crate) fn back_off(drops: u32, connection: usize) -> Duration {
    let spread = u32::try_from((connection * 7 + drops as usize * 3) % 10).unwrap_or(0);
    Duration::from_millis(100).saturating_mul(2_u32.saturating_pow(drops.saturating_sub(1).min(8))) * (10 + spread) / 10
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
        let total: Duration = (1..DROPS).map(|drops| back_off(drops, 0)).sum();
        assert!(total >= Duration::from_millis(1_500), "{total:?}");
    }
}
