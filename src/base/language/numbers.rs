//! Writes numbers in a language.

use crate::base::language::Lang;

impl Lang {
    /// A number that may have decimals: `1.234,5`. `None` if it is too large or too small for people to read.
    pub fn decimal(self, number: f64) -> Option<String> {
        if !(number == 0.0 || (1e-6..1e15).contains(&number.abs())) {
            return None;
        }
        // Fifteen digits are exact; what follows is noise: 3 × 1.1 is 3.3000000000000003.
        let number: f64 = format!("{number:.14e}").parse().ok()?;
        let plain = number.abs().to_string();
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        let [thousands, decimal] = self.language().separators;
        let mut text = String::from(if number < 0.0 { "-" } else { "" });
        for (at, digit) in whole.char_indices() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                text.push(thousands);
            }
            text.push(digit);
        }
        if !decimals.is_empty() {
            text.push(decimal);
            text.push_str(decimals);
        }
        Some(text)
    }
}
