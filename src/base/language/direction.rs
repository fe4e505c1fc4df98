//! The direction in which a text is written.

/// The direction in which a text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// As in Danish.
    #[default]
    LeftToRight,
    /// As in Arabic and Hebrew.
    RightToLeft,
}

impl Direction {
    /// The direction of a text by its first letter with one (UAX #9, rules P2 and P3); none if it has no letters.
    pub fn of_first_letter(signs: impl IntoIterator<Item = char>) -> Option<Self> {
        signs.into_iter().find_map(|sign| match sign {
            '\u{200e}' => Some(Self::LeftToRight),
            '\u{200f}' => Some(Self::RightToLeft),
            // The blocks in which Unicode reserves every letter for scripts from right to left (DerivedBidiClass.txt).
            '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
                if sign.is_alphabetic() =>
            {
                Some(Self::RightToLeft)
            }
            _ => sign.is_alphabetic().then_some(Self::LeftToRight),
        })
    }

    /// The value of `dir`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_decides() {
        let of = |text: &str| Direction::of_first_letter(text.chars()).map(Direction::name);
        for (text, expected) in [
            ("Velkommen مرحبا", Some("ltr")),
            ("1. «مرحبا» Hej", Some("rtl")),
            ("(שלום)", Some("rtl")),
            ("٢٠٢٧ Hej", Some("ltr")),
            ("Добро", Some("ltr")),
            ("2027 – 1", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
