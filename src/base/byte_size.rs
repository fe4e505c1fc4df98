//! Sizes of letters and files, as people read them.

use std::fmt::{self, Display, Formatter};

use crate::base::message::message;

const UNITS: [(u64, &str); 2] = [(1_000_000_000, "GB"), (1_000_000, "MB")];
/// A limit that is a multiple of these is a round number only in powers of two.
const BINARY_UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];

/// The size of something, in bytes. It is shown as `812 bytes`, `13 kB` or `1.3 MB`, rounded up: what is larger than a
/// [`ByteLimit`] never looks smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteSize(pub(crate) u64);

/// The largest size allowed, in bytes. It is shown like a [`ByteSize`], but rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteLimit(pub(crate) u64);

impl ByteSize {
    /// The size of something in memory.
    pub(crate) fn of_length(length: usize) -> Self {
        Self(u64::try_from(length).unwrap_or(u64::MAX))
    }
}

impl ByteLimit {
    /// The largest length of something in memory.
    pub(crate) fn of_length(length: usize) -> Self {
        Self(ByteSize::of_length(length).0)
    }
}

impl Display for ByteSize {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        show(f, self.0, u64::div_ceil)
    }
}

impl Display for ByteLimit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match BINARY_UNITS
            .iter()
            .find(|(bytes, _)| self.0.is_multiple_of(*bytes) && (1..1000).contains(&(self.0 / bytes)))
        {
            Some((bytes, name)) => write!(f, "{} {name}", self.0 / bytes),
            None => show(f, self.0, |bytes, unit| bytes / unit),
        }
    }
}

/// Shows a number of bytes in the largest unit that it fills, with one decimal from a megabyte on.
fn show(f: &mut Formatter<'_>, bytes: u64, divide: fn(u64, u64) -> u64) -> fmt::Result {
    if let Some((unit, name)) = UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        let tenths = divide(bytes, unit / 10);
        let whole = tenths / 10;
        return match tenths % 10 {
            0 => write!(f, "{whole} {name}"),
            decimal => message!("{whole}.{decimal} {name}", "{whole},{decimal} {name}").fmt(f),
        };
    }
    match bytes {
        1 => f.write_str("1 byte"),
        0..1000 => message!("{bytes} bytes", "{bytes} byte").fmt(f),
        _ => write!(f, "{} kB", divide(bytes, 1000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_up_and_limits_down() {
        for (bytes, size, limit) in [
            (0, "0 bytes", "0 bytes"),
            (1, "1 byte", "1 byte"),
            (999, "999 bytes", "999 bytes"),
            (1000, "1 kB", "1 kB"),
            (1001, "2 kB", "1 kB"),
            (102_400, "103 kB", "100 kB"),
            (1_000_000, "1 MB", "1 MB"),
            (1_000_001, "1.1 MB", "1 MB"),
            (10_240_000, "10.3 MB", "10.2 MB"),
            (25_000_000, "25 MB", "25 MB"),
            (16 << 20, "16.8 MB", "16 MB"),
            (1 << 30, "1.1 GB", "1 GB"),
            (5_050_000_000, "5.1 GB", "5 GB"),
        ] {
            assert_eq!((ByteSize(bytes).to_string(), ByteLimit(bytes).to_string()), (size.into(), limit.into()));
        }
    }
}
