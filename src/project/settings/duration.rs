//! Lengths of time: `30s`, `5m`, `1h`, `2d`.

use std::time::Duration;

/// Reads a whole number and its unit.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|it: char| !it.is_ascii_digit())?;
    let seconds: u64 = match text[digits..].trim_start() {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    let count: u64 = text[..digits].parse().ok()?;
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit() {
        let seconds = |text: &str| parse(text).map(|it| it.as_secs());
        assert_eq!(["0s", "90s", "5m", "1h", "2d"].map(seconds), [0, 90, 300, 3600, 172_800].map(Some));
        assert_eq!(["", "5", "m", "-5m", "5 minutes", "1.5h", "99999999999999999999d"].map(seconds), [None; 7]);
    }
}
