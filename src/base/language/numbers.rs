//! Writes numbers in a language.

use crate::base::language::Lang;

/// Between a number and its unit: a space where no line ends.
const NO_BREAK_SPACE: &str = "\u{a0}";

/// Whole numbers below this one are written without separators where no format is asked for: they may be years.
const FIRST_GROUPED: u128 = 10_000;

/// The most decimals that people read.
const MOST_DECIMALS: usize = 6;

impl Lang {
    /// A whole number: `12.345`, and `2027` as it is.
    pub fn whole(self, number: i128) -> String {
        let digits = number.unsigned_abs();
        let text = digits.to_string();
        let text = if digits < FIRST_GROUPED { text } else { self.grouped(&text, "") };
        if number < 0 { format!("-{text}") } else { text }
    }

    /// A number that may have decimals: `1.234,5`. `None` if it is too large or too small for people to read.
    pub fn decimal(self, number: f64) -> Option<String> {
        if !(number == 0.0 || is_readable(number)) {
            return None;
        }
        // Fifteen digits are exact; what follows is noise: 3 × 1.1 is 3.3000000000000003.
        let number: f64 = format!("{number:.14e}").parse().ok()?;
        let plain = number.abs().to_string();
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        Some(format!("{}{}", sign(number), self.grouped(whole, decimals)))
    }

    /// A number with a number of decimals, rounded half up as people round: `1.234,50`. `None` where it cannot be written so.
    pub fn rounded(self, number: f64, decimals: usize) -> Option<String> {
        if decimals > MOST_DECIMALS || number.is_nan() || number.abs() >= 1e15 {
            return None;
        }
        // In binary 2.675 is a little less than that, and would be rounded down.
        let plain = format!("{:.decimals$}", number.abs() * (1.0 + 1e-14));
        let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
        let is_zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let sign = if is_zero { "" } else { sign(number) };
        Some(format!("{sign}{}", self.grouped(whole, rest)))
    }

    /// An amount of money in the currency of a code (ISO 4217): `1.200 kr.`, `1.234,50 kr.`.
    pub fn money(self, number: f64, code: &str) -> Option<String> {
        let formats = &self.language().amounts;
        let own = formats.currencies.iter().find(|(known, _)| known.eq_ignore_ascii_case(code));
        let amount = self.rounded(number, 2)?;
        let [_, decimal] = self.language().separators;
        let amount = amount.strip_suffix(&format!("{decimal}00")).unwrap_or(&amount);
        let name = own.map_or(code, |(_, name)| name);
        Some(unbroken(formats.money).replace("{number}", amount).replace("{currency}", name))
    }

    /// A share of a hundred: `12,5 %`.
    pub fn percent(self, number: f64) -> Option<String> {
        Some(unbroken(self.language().amounts.percent).replace("{number}", &self.decimal(number)?))
    }

    fn grouped(self, whole: &str, decimals: &str) -> String {
        let [thousands, decimal] = self.language().separators;
        let mut text = String::new();
        for (at, digit) in whole.char_indices() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push(thousands);
            }
            text.push(digit);
        }
        if !decimals.is_empty() {
            text.push(decimal);
            text.push_str(decimals);
        }
        text
    }
}

fn is_readable(number: f64) -> bool {
    (1e-6..1e15).contains(&number.abs())
}

fn sign(number: f64) -> &'static str {
    if number < 0.0 { "-" } else { "" }
}

fn unbroken(format: &str) -> String {
    format.replace(' ', NO_BREAK_SPACE)
}
