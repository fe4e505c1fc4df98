//! Answers that are kept for a while, by the digests of their addresses: who reads the file learns of nobody.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::project::online::address::Address;
use crate::project::online::answer::Answer;

/// What was answered, and when.
#[derive(Debug, Serialize, Deserialize)]
struct Noted {
    at: Timestamp,
    answer: Answer,
}

impl Noted {
    /// A page that is there is believed for a day, and any other for an hour: somebody may be at work on it.
    fn holds(&self, now: Timestamp) -> bool {
        let hours = if self.answer == Answer::There { 24 } else { 1 };
        self.at <= now && now.checked_sub(hours.hours()).is_ok_and(|it| it < self.at)
    }
}

/// The answers that still hold.
#[derive(Debug, Default)]
pub(super) struct Memory(BTreeMap<String, Noted>);

impl Memory {
    /// Reads what was kept; what cannot be read is asked again.
    pub(super) fn read(kept: &[u8], now: Timestamp) -> Self {
        let mut noted: BTreeMap<String, Noted> = serde_json::from_slice(kept).unwrap_or_default();
        noted.retain(|_, it| it.holds(now));
        Self(noted)
    }

    pub(super) fn recall(&self, address: &Address) -> Option<Answer> {
        self.0.get(&key(address)).map(|it| it.answer)
    }

    pub(super) fn note(&mut self, address: &Address, answer: Answer, now: Timestamp) {
        if !answer.is_of_here() {
            self.0.insert(key(address), Noted { at: now, answer });
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        // Only texts and numbers: they can always be written.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }
}

fn key(address: &Address) -> String {
    Digest::of([address.url().as_bytes()]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_a_day_or_an_hour() {
        let address = Address::parse("https://a.example/").unwrap();
        let then = Timestamp::UNIX_EPOCH;
        for (answer, minutes, kept) in [
            (Answer::There, 23 * 60, true),
            (Answer::There, 25 * 60, false),
            (Answer::Status(404), 59, true),
            (Answer::Status(404), 61, false),
            (Answer::NoNames, 0, false),
            (Answer::There, -1, false),
        ] {
            let mut memory = Memory::default();
            memory.note(&address, answer, then);
            let later = Memory::read(&memory.write(), then + minutes.minutes());
            assert_eq!(later.recall(&address), Some(answer).filter(|_| kept), "{answer:?} after {minutes}");
        }
        assert_eq!(Memory::read(b"{\"no\": ", then).recall(&address), None);
    }
}
