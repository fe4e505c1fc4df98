//! Samples: a few members of an audience, to try an issue on.

use std::fmt;

use crate::audience::AudienceId;
use crate::base::digest;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;
use crate::people::person::Address;

const NO_SAMPLE: Code = Code("NL229");

/// The size of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// A number of people, at least 1.
    Count(usize),
    /// A percentage, from 1 to 100, rounded up.
    Percent(u8),
}

impl Sample {
    /// Reads `50` or `10%`.
    fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => {
                percent.trim_end().parse().ok().filter(|percent| (1..=100).contains(percent)).map(Self::Percent)
            }
            None => text.parse().ok().filter(|count| *count > 0).map(Self::Count),
        }
    }

    /// How many of this many members are in the sample.
    pub fn of(self, members: usize) -> usize {
        match self {
            Self::Count(count) => count.min(members),
            Self::Percent(percent) => (members * usize::from(percent)).div_ceil(100),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl FromText for Sample {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        Self::parse(text).ok_or_else(|| {
            Box::new(Diagnostic::error(NO_SAMPLE, message!("invalid `{key}`: {text}", "ugyldig `{key}`: {text}")).hint(
                message!(
                    "write a number of people, such as sample: 50, or a percentage, such as sample: 10%",
                    "skriv et antal personer, f.eks. sample: 50, eller en procentdel, f.eks. sample: 10%"
                ),
            ))
        })
    }
}

/// The hash of an address in an audience: the members with the lowest hashes are the sample.
///
/// It depends on nothing else: the same people are in the sample on each run, whatever their order in the list, and
/// audiences have different samples.
pub fn sample_hash(audience: &AudienceId, address: &Address) -> u64 {
    digest::number(&[audience.as_str(), &address.key()])
}

/// The highest hash in the sample; absent if there are no members.
pub(super) fn threshold(mut hashes: Vec<u64>, sample: Sample) -> Option<u64> {
    let last = sample.of(hashes.len()).checked_sub(1)?;
    // Only the last hash of the sample must be in its place, so a full sort is not needed.
    Some(*hashes.select_nth_unstable(last).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_count_or_a_percentage() {
        let read = |text: &str| Sample::parse(text).map(|sample| sample.to_string());
        for (text, expected) in [("50", "50"), ("10%", "10%"), ("100 %", "100%")] {
            assert_eq!(read(text).as_deref(), Some(expected));
        }
        assert_eq!(["0", "-1", "0%", "101%", "12,5%", "half", "", "%"].map(read), [const { None }; 8]);
        assert_eq!([7, 0].map(|members| Sample::Count(5).of(members)), [5, 0]);
        assert_eq!([500, 11, 1, 0].map(|members| Sample::Percent(10).of(members)), [50, 2, 1, 0]);
    }

    #[test]
    fn the_lowest_hashes_are_the_sample() {
        assert_eq!(threshold(vec![9, 1, 7, 3], Sample::Count(2)), Some(3));
        assert_eq!(threshold(Vec::new(), Sample::Percent(10)), None);
    }
}
