//! How long a run took, and which recipients' domains had the slowest replies.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::people::person::Address;

/// How many domains are timed separately, so that memory stays small for any list.
const MAX_DOMAINS: usize = 10_000;

/// A domain, and how long letters to it took, from being offered to the relay to its reply.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct SlowDomain {
    pub(super) domain: String,
    pub(super) letters: u64,
    pub(super) milliseconds: u128,
    pub(super) longest: u128,
}

/// The timing of a run.
#[derive(Debug)]
pub(super) struct RunTiming {
    started: Instant,
    pub(super) attempts: u64,
    pub(super) connections: u64,
    domains: BTreeMap<String, DomainTiming>,
}

#[derive(Debug, Default)]
struct DomainTiming {
    letters: u32,
    total: Duration,
    longest: Duration,
}

impl RunTiming {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), attempts: 0, connections: 0, domains: BTreeMap::new() }
    }

    /// Counts an attempt, and the time until the reply; absent where the letter was not offered to the relay.
    pub(super) fn attempted(&mut self, to: &Address, took: Option<Duration>) {
        self.attempts += 1;
        let Some(took) = took else { return };
        let has_room = self.domains.len() < MAX_DOMAINS;
        let timing = match self.domains.get_mut(to.domain()) {
            Some(timing) => timing,
            None if has_room => self.domains.entry(to.domain().to_owned()).or_default(),
            None => return,
        };
        timing.letters += 1;
        timing.total += took;
        timing.longest = timing.longest.max(took);
    }

    pub(super) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Attempts per second.
    pub(super) fn rate(&self) -> f64 {
        // f64 has no lossless conversion from u64; no run has 2^32 attempts.
        f64::from(u32::try_from(self.attempts).unwrap_or(u32::MAX)) / self.seconds().max(0.001)
    }

    /// How long a letter took on average.
    pub(super) fn mean(&self) -> Duration {
        let letters: u32 = self.domains.values().map(|domain| domain.letters).sum();
        self.domains.values().map(|domain| domain.total).sum::<Duration>() / letters.max(1)
    }

    /// The domains whose letters took longest on average, at most `most` of them.
    pub(super) fn slowest(&self, most: usize) -> Vec<SlowDomain> {
        let mean = |timing: &DomainTiming| timing.total / timing.letters.max(1);
        let mut domains: Vec<_> = self.domains.iter().collect();
        domains.sort_by_key(|(_, timing)| std::cmp::Reverse(mean(timing)));
        let slowest = domains.into_iter().take(most).map(|(domain, timing)| SlowDomain {
            domain: domain.clone(),
            letters: u64::from(timing.letters),
            milliseconds: mean(timing).as_millis(),
            longest: timing.longest.as_millis(),
        });
        slowest.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_domain_comes_first() {
        let mut timing = RunTiming::new();
        for (address, took) in [
            ("a@fast.example", Some(2)),
            ("b@slow.example", Some(900)),
            ("c@slow.example", Some(100)),
            ("d@no.example", None),
        ] {
            timing.attempted(&Address::parse(address).unwrap(), took.map(Duration::from_millis));
        }
        let slow = |domain: &str, letters, milliseconds, longest| SlowDomain {
            domain: domain.to_owned(),
            letters,
            milliseconds,
            longest,
        };
        assert_eq!(timing.attempts, 4);
        assert_eq!(timing.slowest(9), [slow("slow.example", 2, 500, 900), slow("fast.example", 1, 2, 2)]);
        assert_eq!(timing.slowest(1), [slow("slow.example", 2, 500, 900)]);
    }
}
