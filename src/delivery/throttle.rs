//! How fast a run sends after a relay has asked it to slow down, or defers one letter after another.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::delivery::ledger::claim::LetterNumber;

/// The pause between two letters of a run, over all its connections: none until the relay asks for one. It doubles with
/// each such reply and shrinks with each accepted letter, the inverse of TCP's congestion window (RFC 5681 §3.1).
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    gap: Duration,
    next: Option<Instant>,
    /// When a request to slow down last counted; absent: never.
    slowed: Option<Instant>,
    /// How many replies in a row deferred letters for a reason of the relay.
    deferred: u32,
    /// How many letters were accepted.
    accepted: u64,
    /// The letters to which the relay replied with a request to slow down, and how many had been accepted by then.
    slow_requests: HashMap<LetterNumber, u64>,
}

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(10);
/// Above this pause, one accepted letter is reason enough to send twice as fast.
const LONG: Duration = Duration::from_secs(1);
/// This many letters in a row may be deferred for their own reasons; after that the run slows down.
const BY_CHANCE: u32 = 2;
/// After this many deferred letters in a row the run ends: the relay accepts nothing for the moment.
const MAX_DEFERRED: u32 = 7;

impl Throttle {
    /// The relay asked to slow down. Replies that come within the pause count once: they are to letters that were offered
    /// before the run had slowed down.
    pub(super) fn slow_down(&mut self, now: Instant) {
        if self.slowed.is_none_or(|slowed| now.duration_since(slowed) >= self.gap.max(SHORTEST)) {
            self.slowed = Some(now);
            self.deferred += 1;
            self.widen();
        }
    }

    /// The relay deferred a letter for a reason that may be its own.
    pub(super) fn deferred(&mut self) {
        self.deferred += 1;
        if self.deferred > BY_CHANCE {
            self.widen();
        }
    }

    /// The relay replied about a letter: it is not busy.
    pub(super) fn replied(&mut self) {
        self.deferred = 0;
    }

    fn widen(&mut self) {
        self.gap = (self.gap * 2).clamp(SHORTEST, LONGEST);
    }

    /// Records that the relay replied to a letter with a request to slow down; returns whether it did so before, and
    /// accepted other letters in between.
    pub(super) fn accepts_others_than(&mut self, letter: LetterNumber) -> bool {
        let before = self.slow_requests.insert(letter, self.accepted);
        before.is_some_and(|accepted| accepted < self.accepted)
    }

    /// Whether the relay has deferred enough letters in a row to end the run.
    pub(super) fn is_exhausted(&self) -> bool {
        self.deferred >= MAX_DEFERRED
    }

    /// The relay accepted a letter.
    pub(super) fn accepted(&mut self) {
        (self.deferred, self.accepted) = (0, self.accepted + 1);
        // Reducing it by a tenth each time would never reach zero: a pause too short to matter is dropped.
        let gap = if self.gap > LONG { self.gap / 2 } else { self.gap * 9 / 10 };
        self.gap = if gap < SHORTEST / 4 { Duration::ZERO } else { gap };
    }

    /// Whether there is a pause between letters.
    pub(super) fn is_slowed(&self) -> bool {
        !self.gap.is_zero()
    }

    /// Reserves the next moment for a letter; how long it is until then.
    pub(super) fn delay(&mut self, now: Instant) -> Duration {
        if self.gap.is_zero() {
            return Duration::ZERO;
        }
        let at = self.next.map_or(now, |next| next.max(now));
        self.next = Some(at + self.gap);
        at - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_when_asked_and_shrinks_with_accepted_letters() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        assert_eq!(
            (throttle.delay(now), throttle.delay(now), throttle.is_slowed()),
            (Duration::ZERO, Duration::ZERO, false)
        );
        throttle.slow_down(now);
        assert_eq!(
            [throttle.delay(now), throttle.delay(now), throttle.delay(now)],
            [0, 50, 100].map(Duration::from_millis)
        );
        (1..20).for_each(|second| throttle.slow_down(now + LONGEST * second));
        assert_eq!(throttle.gap, LONGEST);
        let recovery: Duration = (0..60)
            .map(|_| {
                throttle.accepted();
                throttle.gap
            })
            .sum();
        assert_eq!((throttle.gap, throttle.delay(now + LONGEST)), (Duration::ZERO, Duration::ZERO));
        assert!(recovery < Duration::from_secs(20), "{recovery:?}");
    }

    #[test]
    fn a_repeated_request_while_others_are_accepted_is_about_the_letter() {
        let mut throttle = Throttle::default();
        let [one, two] = [1, 2].map(LetterNumber);
        assert!(!throttle.accepts_others_than(one) && !throttle.accepts_others_than(one));
        throttle.accepted();
        assert!(throttle.accepts_others_than(one) && !throttle.accepts_others_than(two));
    }

    #[test]
    fn several_requests_at_once_slow_down_once() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        (0..4).for_each(|_| throttle.slow_down(now));
        assert_eq!(throttle.gap, SHORTEST);
    }

    #[test]
    fn one_deferred_letter_after_another_slows_the_run_down_and_ends_it() {
        let mut throttle = Throttle::default();
        let mut states = Vec::new();
        for _ in 0..MAX_DEFERRED {
            throttle.deferred();
            states.push((throttle.is_slowed(), throttle.is_exhausted()));
        }
        assert_eq!(states[..3], [(false, false), (false, false), (true, false)]);
        assert_eq!(states[5..], [(true, false), (true, true)]);
        throttle.replied();
        assert!(!throttle.is_exhausted() && throttle.is_slowed());
    }
}
