//! How many letters may be refused before a run pauses.

use std::fmt;

use crate::delivery::ledger::state::{LetterState, Totals};

/// Refusals are compared with at least this many letters: in a small plan, a few closed mailboxes are a large share.
const LEAST_COMPARED: u64 = 100;

/// The part of the letters that may be refused for good before a run pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalLimit {
    per_mille: u16,
}

impl Default for RefusalLimit {
    /// 5%: mailbox providers assume that a sender with more unknown recipients has bought the list.
    fn default() -> Self {
        Self { per_mille: 50 }
    }
}

impl RefusalLimit {
    /// Reads a percentage such as `5%` or `2.5%`, above 0% and below 100%; `None` if the text is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (whole, tenths) = number.split_once(['.', ',']).unwrap_or((number, "0"));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || tenths.len() != 1 || !digits(tenths) {
            return None;
        }
        let per_mille = whole.parse::<u16>().ok()?.checked_mul(10)? + tenths.parse::<u16>().ok()?;
        (1..1000).contains(&per_mille).then_some(Self { per_mille })
    }

    /// Whether a run may go on. Of fewer than a hundred letters, as many may be refused as of a hundred: so a run stops as soon
    /// as too many of its first hundred are refused, and not only after the hundredth.
    pub fn allows(self, counts: RefusalCounts) -> bool {
        counts.refused * 1000 <= u64::from(self.per_mille) * counts.attempted.max(LEAST_COMPARED)
    }

    /// Whether more than half of the allowed refusals are used up.
    fn is_close(self, counts: RefusalCounts) -> bool {
        !self.allows(RefusalCounts { refused: counts.refused * 2, ..counts })
    }
}

impl fmt::Display for RefusalLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, tenths) = (self.per_mille / 10, self.per_mille % 10);
        if tenths == 0 { write!(f, "{whole}%") } else { write!(f, "{whole}.{tenths}%") }
    }
}

/// How many letters of a plan were attempted, and how many of them were refused for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefusalCounts {
    /// Letters that were tried, each once.
    pub attempted: u64,
    /// Those that the relay refused.
    pub refused: u64,
}

impl RefusalCounts {
    /// The counts of a plan.
    pub fn of(totals: &Totals) -> Self {
        let refused = totals.of(LetterState::Refused);
        let open = totals.of(LetterState::Deferred) + totals.of(LetterState::InDoubt);
        Self { attempted: totals.ever_accepted() + refused + open, refused }
    }
}

/// Counts the refusals of a run, including those of other hosts that send the same plan.
#[derive(Debug)]
pub(crate) struct RefusalCounter {
    /// Absent: no limit.
    limit: Option<RefusalLimit>,
    counts: RefusalCounts,
    /// How many letters had been attempted when the ledger was last asked.
    asked_at: u64,
}

impl RefusalCounter {
    /// Begins with the counts of the plan before the run.
    pub(super) fn new(limit: Option<RefusalLimit>, before: RefusalCounts) -> Self {
        Self { limit, counts: before, asked_at: before.attempted }
    }

    /// A letter was tried for the first time.
    pub(super) fn attempted(&mut self) {
        self.counts.attempted += 1;
    }

    /// A letter was refused; returns whether the ledger is to be asked what other hosts have counted.
    ///
    /// The ledger counts letter by letter, so that it is asked rarely: where the limit is near and a tenth more letters were
    /// attempted than the last time, or where this host alone would pause.
    pub(super) fn refused(&mut self) -> bool {
        self.counts.refused += 1;
        let Some(limit) = self.limit else { return false };
        let is_old = self.counts.attempted.saturating_sub(self.asked_at) > self.asked_at / 10;
        !limit.allows(self.counts) || is_old && limit.is_close(self.counts)
    }

    /// Takes back refusals that turned out to be about the sender.
    pub(super) fn take_back(&mut self, letters: usize) {
        self.counts.refused = self.counts.refused.saturating_sub(letters as u64);
    }

    /// Updates the counts with those of all hosts from the ledger.
    pub(super) fn learn(&mut self, counts: RefusalCounts) {
        (self.counts, self.asked_at) = (counts, counts.attempted);
    }

    /// The counts, if they are over the limit.
    pub(super) fn over_limit(&self) -> Option<RefusalCounts> {
        Some(self.counts).filter(|counts| self.limit.is_some_and(|limit| !limit.allows(*counts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_percentage() {
        for (text, shown) in [("5%", "5%"), (" 2.5 %", "2.5%"), ("0,1%", "0.1%"), ("99.9%", "99.9%")] {
            assert_eq!(RefusalLimit::parse(text).unwrap().to_string(), shown);
        }
        for text in ["5", "0%", "0.0%", "100%", "-1%", "2.55%", "%", ".5%%", "five%", "5.%", "99999999%"] {
            assert_eq!(RefusalLimit::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_hundred_letters_may_have_as_many_refusals_as_a_hundred() {
        let allows = |refused, attempted| RefusalLimit::default().allows(RefusalCounts { attempted, refused });
        assert!(allows(5, 5) && allows(5, 100) && allows(50, 1000));
        assert!(!allows(6, 6) && !allows(6, 100) && !allows(51, 1000));
    }

    #[test]
    fn other_hosts_are_asked_for_where_the_limit_is_near() {
        let before = RefusalCounts { attempted: 1000, refused: 20 };
        let mut counter = RefusalCounter::new(Some(RefusalLimit::default()), before);
        assert!(!counter.refused(), "21 of 1000");
        (0..101).for_each(|_| counter.attempted());
        assert!(!counter.refused(), "22 of 1101");
        (0..8).for_each(|_| _ = counter.refused());
        assert!(counter.refused(), "31 of 1101");
        counter.learn(RefusalCounts { attempted: 1200, refused: 61 });
        assert_eq!(counter.over_limit(), Some(RefusalCounts { attempted: 1200, refused: 61 }));
        counter.take_back(5);
        assert_eq!(counter.over_limit(), None);
        let mut off = RefusalCounter::new(None, before);
        assert!((0..1000).all(|_| !off.refused()) && off.over_limit().is_none());
    }
}
