//! How fast a run sends after a relay has asked it to slow down.

use std::time::{Duration, Instant};

/// The pause between two letters of a run, over all its connections: none until the relay asks for one. It doubles with
/// each such reply and shrinks with each accepted letter, the inverse of TCP's congestion window (RFC 5681 §3.1).
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    gap: Duration,
    next: Option<Instant>,
}

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(10);

impl Throttle {
    /// The relay asked to slow down.
    pub(super) fn slow_down(&mut self) {
        self.gap = (self.gap * 2).clamp(SHORTEST, LONGEST);
    }

    /// The relay accepted a letter.
    pub(super) fn accepted(&mut self) {
        // A tenth less with each letter would stay above zero for long: a gap too short to matter ends.
        let gap = self.gap * 9 / 10;
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
        throttle.slow_down();
        assert_eq!(
            [throttle.delay(now), throttle.delay(now), throttle.delay(now)],
            [0, 50, 100].map(Duration::from_millis)
        );
        (0..20).for_each(|_| throttle.slow_down());
        assert_eq!(throttle.gap, LONGEST);
        (0..100).for_each(|_| throttle.accepted());
        assert_eq!((throttle.gap, throttle.delay(now + LONGEST)), (Duration::ZERO, Duration::ZERO));
    }
}
