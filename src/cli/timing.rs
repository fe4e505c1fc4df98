//! How long a run took, and which recipients' servers made it wait.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::people::person::Address;

/// How many domains are kept apart: enough for every list of a municipality, and little memory for a list of the world.
const MOST: usize = 10_000;

/// A domain, and how long letters to it took from being handed over to the answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct SlowDomain {
    pub(super) domain: String,
    pub(super) letters: u64,
    pub(super) milliseconds: u128,
    pub(super) longest: u128,
}

/// The clock of a run.
#[derive(Debug)]
pub(super) struct RunTiming {
    begun: Instant,
    pub(super) attempts: u64,
    pub(super) connections: u64,
    domains: BTreeMap<String, DomainTiming>,
}

#[derive(Debug, Default)]
struct DomainTiming {
    letters: u32,
    all: Duration,
    longest: Duration,
}

impl RunTiming {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), attempts: 0, connections: 0, domains: BTreeMap::new() }
    }

    /// An attempt that was handed over was answered after so long; without a time it was not handed over.
    pub(super) fn attempted(&mut self, to: &Address, took: Option<Duration>) {
        self.attempts += 1;
        let Some(took) = took else { return };
        let has_room = self.domains.len() < MOST;
        let waited = match self.domains.get_mut(to.domain()) {
            Some(waited) => waited,
            None if has_room => self.domains.entry(to.domain().to_owned()).or_default(),
            None => return,
        };
        waited.letters += 1;
        waited.all += took;
        waited.longest = waited.longest.max(took);
    }

    pub(super) fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Attempts a second.
    pub(super) fn rate(&self) -> f64 {
        // More than 2^32 attempts are no run.
        f64::from(u32::try_from(self.attempts).unwrap_or(u32::MAX)) / self.seconds().max(0.001)
    }

    /// How long a letter took on average, from being handed over to the answer.
    pub(super) fn mean(&self) -> Duration {
        let letters: u32 = self.domains.values().map(|domain| domain.letters).sum();
        self.domains.values().map(|domain| domain.all).sum::<Duration>() / letters.max(1)
    }

    /// The domains whose letters took longest, on average; so many at most.
    pub(super) fn slowest(&self, most: usize) -> Vec<SlowDomain> {
        let mean = |waited: &DomainTiming| waited.all / waited.letters.max(1);
        let mut domains: Vec<_> = self.domains.iter().collect();
        domains.sort_by_key(|(_, waited)| std::cmp::Reverse(mean(waited)));
        let told = domains.into_iter().take(most).map(|(domain, waited)| SlowDomain {
            domain: domain.clone(),
            letters: u64::from(waited.letters),
            milliseconds: mean(waited).as_millis(),
            longest: waited.longest.as_millis(),
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_domain_is_told_first() {
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
