//! How a workbook shows a number that is a code, such as a postcode or a membership number.

/// A number format of digits only, such as `0000`, `000000-0000` or `00 00 00 00` (ECMA-376 part 1, 18.8.31).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DigitFormat(Vec<FormatSign>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FormatSign {
    Digit,
    Literal(char),
}

/// One more than the largest number whose digits a spreadsheet stores exactly.
pub(super) const EXACT: f64 = 1e15;

impl DigitFormat {
    /// Parses a format code; `None` if it is one for amounts, dates or texts.
    pub(super) fn parse(code: &str) -> Option<Self> {
        // The sections after the first are for negative numbers, zero and texts.
        let mut letters = code.split(';').next().unwrap_or_default().chars();
        let mut signs = Vec::new();
        while let Some(letter) = letters.next() {
            match letter {
                '0' => signs.push(FormatSign::Digit),
                ' ' | '-' | '/' | '(' | ')' | '+' | '\u{a0}' => signs.push(FormatSign::Literal(letter)),
                '\\' => signs.push(FormatSign::Literal(letters.next()?)),
                '"' => signs.extend(letters.by_ref().take_while(|letter| *letter != '"').map(FormatSign::Literal)),
                // A locale, such as `[$-406]`.
                '[' => letters.by_ref().take_while(|letter| *letter != ']').for_each(drop),
                // The width of another letter.
                '_' => drop(letters.next()),
                _ => return None,
            }
        }
        let digits = signs.iter().filter(|sign| **sign == FormatSign::Digit).count();
        (digits > 1).then_some(Self(signs))
    }

    /// The text that is shown for a number; `None` if it is not a code.
    pub(super) fn show(&self, number: f64) -> Option<String> {
        if !(0.0..EXACT).contains(&number) || number.fract() != 0.0 {
            return None;
        }
        let digits = format!("{number:.0}");
        let mut rest = digits.chars().rev();
        let mut left = self.0.iter().filter(|sign| **sign == FormatSign::Digit).count();
        let mut shown: Vec<char> = Vec::new();
        for sign in self.0.iter().rev() {
            match sign {
                FormatSign::Literal(letter) => shown.push(*letter),
                FormatSign::Digit => {
                    shown.push(rest.next().unwrap_or('0'));
                    left -= 1;
                    // The first digit represents all that are left.
                    if left == 0 {
                        shown.extend(rest.by_ref());
                    }
                }
            }
        }
        Some(shown.into_iter().rev().collect())
    }
}

/// The digits of a number of more than 15, as a spreadsheet shows them: the others are lost, and are zeros.
pub(super) fn large_number(number: f64) -> Option<String> {
    if number.abs() < EXACT || number.abs() >= 1e40 || number.fract() != 0.0 {
        return None;
    }
    let scientific = format!("{number:.14e}");
    let (digits, exponent) = scientific.split_once('e')?;
    let exponent: usize = exponent.parse().ok()?;
    let digits = digits.replace('.', "");
    Some(format!("{digits}{}", "0".repeat(exponent.checked_sub(14)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shown_with_their_zeros() {
        for (code, number, expected) in [
            ("0000", 800.0, Some("0800")),
            ("0000", 8000.0, Some("8000")),
            ("0000", 12345.0, Some("12345")),
            ("[$-406]0000", 800.0, Some("0800")),
            ("000000\\-0000", 101_901_234.0, Some("010190-1234")),
            ("00 00 00 00", 12_345_678.0, Some("12 34 56 78")),
            ("\"M\"000;\"x\"", 7.0, Some("M007")),
            ("0000", 1.5, None),
            ("0000", -5.0, None),
        ] {
            let shown = DigitFormat::parse(code).and_then(|format| format.show(number));
            assert_eq!(shown.as_deref(), expected, "{code} {number}");
        }
        for code in ["General", "0", "0.00", "#,##0", "0%", "0E+00", "dd-mm-yyyy", "@", ""] {
            assert_eq!(DigitFormat::parse(code), None, "{code}");
        }
    }

    #[test]
    fn a_number_of_many_digits_ends_in_zeros() {
        assert_eq!(large_number(12_345_678_901_234_567_890.0).as_deref(), Some("12345678901234600000"));
        assert_eq!(large_number(1e15).as_deref(), Some("1000000000000000"));
        assert_eq!((large_number(123_456_789_012_345.0), large_number(1e300)), (None, None));
    }
}
