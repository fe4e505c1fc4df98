//! How many letters an unattended `send` may send: `440`, `440±5%`, `440±20`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error as ThisError;

use crate::base::message::message;

/// A number of letters, and how far the real one may be from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedLetters {
    lowest: u64,
    highest: u64,
    typed: String,
}

/// A text that is not an expected number of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "write a number of letters, such as 440, 440±5% or 440±20; `+-` may replace `±`",
    "skriv et antal mails, f.eks. 440, 440±5% eller 440±20; `+-` kan bruges for `±`"
))]
pub struct ExpectedLettersError;

impl ExpectedLetters {
    /// Whether this is one of the numbers.
    pub fn allows(&self, letters: u64) -> bool {
        (self.lowest..=self.highest).contains(&letters)
    }
}

impl FromStr for ExpectedLetters {
    type Err = ExpectedLettersError;

    fn from_str(typed: &str) -> Result<Self, ExpectedLettersError> {
        let parts = ["±", "+-", "+/-"].into_iter().find_map(|sign| typed.split_once(sign));
        let (number, tolerance) = parts.map_or((typed, None), |(number, tolerance)| (number, Some(tolerance.trim())));
        let parse = |text: &str| text.trim().parse::<u64>().map_err(|_| ExpectedLettersError);
        let number = parse(number)?;
        let tolerance = match tolerance.map(|text| (text, text.strip_suffix('%'))) {
            None => 0,
            Some((_, Some(percent))) => percent_of(number, percent).ok_or(ExpectedLettersError)?,
            Some((letters, None)) => parse(letters)?,
        };
        let (lowest, highest) = (number.saturating_sub(tolerance), number.saturating_add(tolerance));
        Ok(Self { lowest, highest, typed: typed.trim().to_owned() })
    }
}

/// A share of a number, rounded down, so that the limits are never exceeded. At most three decimals, with a point or a
/// comma.
fn percent_of(number: u64, percent: &str) -> Option<u64> {
    let (whole, decimals) = percent.trim().split_once(['.', ',']).unwrap_or((percent.trim(), ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u64 = format!("{whole}{decimals:0<3}").parse().ok().filter(|share| *share <= 100_000)?;
    u64::try_from(u128::from(number) * u128::from(thousandths) / 100_000).ok()
}

impl fmt::Display for ExpectedLetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lowest == self.highest {
            return f.write_str(&self.typed);
        }
        message!("{} ({} to {})", "{} ({} til {})", self.typed, self.lowest, self.highest).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_how_far_it_may_be_off() {
        for (typed, lowest, highest) in [
            ("440", 440, 440),
            ("440±5%", 418, 462),
            ("440+-5%", 418, 462),
            ("440+/-5 %", 418, 462),
            ("440 ± 20", 420, 460),
            ("10±100%", 0, 20),
            ("3±5%", 3, 3),
            ("1000±0.5%", 995, 1005),
            ("1000±0,5%", 995, 1005),
            ("5±20", 0, 25),
            ("18446744073709551615±100%", 0, u64::MAX),
        ] {
            let expected: ExpectedLetters = typed.parse().unwrap();
            assert_eq!((expected.lowest, expected.highest), (lowest, highest), "{typed}");
        }
        for typed in ["", "±5%", "440±", "440±5%%", "440±101%", "-1", "440±-5", "440±5‰", "4 40", "440±0.00001%"]
        {
            assert_eq!(typed.parse::<ExpectedLetters>(), Err(ExpectedLettersError), "{typed}");
        }
        assert_eq!("440±5%".parse::<ExpectedLetters>().unwrap().to_string(), "440±5% (418 to 462)");
    }
}
