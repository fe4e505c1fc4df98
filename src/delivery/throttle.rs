//! How fast a run goes after a relay asked it to slow down.

use std::time::{Duration, Instant};

/// The pause between two letters of a run, over all its connections: none until the relay asks for one. It doubles with
/// each such answer and shrinks with each letter that is taken, as TCP does with its window (RFC 5681 §3.1, the other
/// way round).
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

    /// It took a letter.
    pub(super) fn accepted(&mut self) {
        let gap = self.gap * 9 / 10;
        self.gap = if gap < SHORTEST / 4 { Duration::ZERO } else { gap };
    }

    /// Whether letters go out one after the other.
    pub(super) fn is_slowed(&self) -> bool {
        !self.gap.is_zero()
    }

    /// The next letter's turn, and how long it is until then.
    pub(super) fn turn(&mut self, now: Instant) -> Duration {
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
    fn a_relay_that_asks_for_it_gets_time_and_one_that_takes_letters_gets_them() {
        let (mut tempo, now) = (Throttle::default(), Instant::now());
        assert_eq!((tempo.turn(now), tempo.turn(now), tempo.is_slowed()), (Duration::ZERO, Duration::ZERO, false));
        tempo.slow_down();
        assert_eq!([tempo.turn(now), tempo.turn(now), tempo.turn(now)], [0, 50, 100].map(Duration::from_millis));
        (0..20).for_each(|_| tempo.slow_down());
        assert_eq!(tempo.gap, LONGEST);
        (0..100).for_each(|_| tempo.accepted());
        assert_eq!((tempo.gap, tempo.turn(now + LONGEST)), (Duration::ZERO, Duration::ZERO));
    }
}
