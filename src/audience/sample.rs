//! A few of an audience's members, to try an issue on them.

use std::fmt;

use crate::audience::AudienceId;
use crate::base::digest;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;
use crate::people::person::Address;

const NO_SAMPLE: Code = Code("NL229");

/// How many of an audience's members stay in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// So many people; more than none.
    Count(usize),
    /// So many of a hundred, from 1 to 100, rounded up.
    Percent(u8),
}

impl Sample {
    /// Reads `50` or `10%`; none where it is neither, or nobody.
    fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(share) => share.trim_end().parse().ok().filter(|it| (1..=100).contains(it)).map(Self::Percent),
            None => text.parse().ok().filter(|it| *it > 0).map(Self::Count),
        }
    }

    /// How many stay of so many.
    pub fn of(self, members: usize) -> usize {
        match self {
            Self::Count(count) => count.min(members),
            Self::Percent(share) => (members * usize::from(share)).div_ceil(100),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

impl FromText for Sample {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        Self::parse(text).ok_or_else(|| {
            Box::new(
                Diagnostic::error(NO_SAMPLE, format!("invalid `{key}`: {text}"))
                    .hint("write sample: 50 for 50 people, or sample: 10%"),
            )
        })
    }
}

/// The lot of an address in an audience: the lowest ones are the sample. It depends on nothing else, so that the same
/// people are in it on each run, wherever they stand in their list; and each audience draws its own.
pub fn sample_hash(audience: &AudienceId, address: &Address) -> u64 {
    digest::number(&[audience.as_str(), &address.key()])
}

/// The highest lot that is in a sample of so many.
pub(super) fn threshold(mut lots: Vec<u64>, sample: Sample) -> Option<u64> {
    let last = sample.of(lots.len()).checked_sub(1)?;
    Some(*lots.select_nth_unstable(last).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_count_or_a_share() {
        let read = |text: &str| Sample::parse(text).map(|it| it.to_string());
        for (text, expected) in [("50", "50"), ("10%", "10%"), ("100 %", "100%")] {
            assert_eq!(read(text).as_deref(), Some(expected));
        }
        assert_eq!(["0", "-1", "0%", "101%", "12,5%", "half", "", "%"].map(read), [const { None }; 8]);
        assert_eq!([7, 0].map(|it| Sample::Count(5).of(it)), [5, 0]);
        assert_eq!([500, 11, 1, 0].map(|it| Sample::Percent(10).of(it)), [50, 2, 1, 0]);
    }

    #[test]
    fn the_lowest_lots_are_the_sample() {
        assert_eq!(threshold(vec![9, 1, 7, 3], Sample::Count(2)), Some(3));
        assert_eq!(threshold(Vec::new(), Sample::Percent(10)), None);
    }
}
