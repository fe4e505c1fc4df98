//! Addresses that are valid, and hardly what somebody meant.

use std::fmt;

/// Large providers: nearly every other name that is one slip away from theirs is nobody's.
const PROVIDERS: [&str; 13] = [
    "gmail.com",
    "hotmail.com",
    "hotmail.dk",
    "outlook.com",
    "outlook.dk",
    "live.dk",
    "live.com",
    "yahoo.com",
    "yahoo.dk",
    "icloud.com",
    "msn.com",
    "mail.dk",
    "jubii.dk",
];

/// What is written for `com`, and is no top-level domain or one that hardly anybody has.
const NO_COM: [&str; 7] = ["con", "cmo", "ocm", "comm", "vom", "xom", "cpm"];

/// Why an address is doubted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuspiciousAddress {
    /// Its domain is one slip away from a large provider's.
    Slip {
        /// The provider's.
        meant: &'static str,
    },
    /// A letter of another script stands among Latin ones, which it looks like.
    Homoglyph {
        /// The letter.
        letter: char,
    },
}

impl SuspiciousAddress {
    /// What is to be doubted of an address as it is written; none of most.
    pub fn of(written: &str) -> Option<Self> {
        let (local, domain) = written.trim().split_once('@')?;
        let mixed = [local].into_iter().chain(domain.split('.')).find_map(foreign_letter);
        if let Some(letter) = mixed {
            return Some(Self::Homoglyph { letter });
        }
        let domain = domain.to_ascii_lowercase();
        let meant = PROVIDERS.into_iter().find(|it| is_slip(&domain, it)).filter(|_| !PROVIDERS.contains(&&*domain));
        meant.map(|meant| Self::Slip { meant })
    }

    /// What to look at.
    pub fn hint(&self) -> String {
        match self {
            Self::Slip { meant } => format!("did you mean {meant}?"),
            Self::Homoglyph { .. } => "write the address again by hand, or ask its owner".to_owned(),
        }
    }
}

impl fmt::Display for SuspiciousAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slip { .. } => f.write_str("this domain looks like a slip of the pen"),
            Self::Homoglyph { letter } => {
                let code = u32::from(*letter);
                write!(f, "a {} letter stands among Latin ones: {letter:?} (U+{code:04X})", script(*letter))
            }
        }
    }
}

/// A Greek or Cyrillic letter beside a Latin one.
fn foreign_letter(word: &str) -> Option<char> {
    let has_latin = word.chars().any(|it| it.is_ascii_alphabetic());
    word.chars().find(|it| has_latin && matches!(it, '\u{370}'..='\u{52f}'))
}

fn script(letter: char) -> &'static str {
    if letter < '\u{400}' { "Greek" } else { "Cyrillic" }
}

/// Whether a domain is another one with two letters swapped, one dropped that is not the first, one doubled, or a slip
/// in its `com`.
fn is_slip(domain: &str, meant: &str) -> bool {
    let (Some((name, end)), Some((right, right_end))) = (domain.split_once('.'), meant.split_once('.')) else {
        return false;
    };
    if name == right {
        return right_end == "com" && NO_COM.contains(&end);
    }
    // Short names have neighbours that are somebody's.
    end == right_end
        && right.len() >= 5
        && (is_swapped(name, right) || is_shorter(name, right) || is_doubled(name, right))
}

fn is_swapped(name: &str, right: &str) -> bool {
    let bytes = right.as_bytes();
    name.len() == right.len()
        && (1..bytes.len()).any(|at| {
            let mut swapped = bytes.to_vec();
            swapped.swap(at - 1, at);
            swapped == name.as_bytes()
        })
}

fn is_shorter(name: &str, right: &str) -> bool {
    name.len() + 1 == right.len() && (1..right.len()).any(|at| [&right[..at], &right[at + 1..]].concat() == name)
}

fn is_doubled(name: &str, right: &str) -> bool {
    name.len() == right.len() + 1 && (0..right.len()).any(|at| [&right[..=at], &right[at..]].concat() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_large_providers_are_doubted_and_neighbours_are_not() {
        for (written, meant) in [
            ("a@gmial.com", "gmail.com"),
            ("a@Gmai.com", "gmail.com"),
            ("a@gmaill.com", "gmail.com"),
            ("a@gmail.con", "gmail.com"),
            ("a@hotmial.dk", "hotmail.dk"),
            ("a@hotmal.com", "hotmail.com"),
            ("a@outlok.com", "outlook.com"),
            ("a@outloook.dk", "outlook.dk"),
            ("a@yaho.dk", "yahoo.dk"),
            ("a@icluod.com", "icloud.com"),
        ] {
            assert_eq!(
                SuspiciousAddress::of(written),
                PROVIDERS.into_iter().find(|it| *it == meant).map(|meant| SuspiciousAddress::Slip { meant })
            );
        }
        let sound =
            ["gmail.com", "mail.com", "ymail.com", "hotmail.de", "gmail.dk", "live.se", "line.dk", "kommune.example"];
        for domain in sound {
            assert_eq!(SuspiciousAddress::of(&format!("a@{domain}")), None, "{domain}");
        }
    }

    #[test]
    fn a_letter_of_another_script_is_doubted_among_latin_ones() {
        let letter = |written: &str| match SuspiciousAddress::of(written) {
            Some(SuspiciousAddress::Homoglyph { letter }) => Some(letter),
            Some(SuspiciousAddress::Slip { .. }) | None => None,
        };
        assert_eq!(letter("anna@k\u{43e}mmune.example"), Some('\u{43e}'));
        assert_eq!(letter("\u{3b1}nna@kommune.example"), Some('\u{3b1}'));
        assert_eq!(letter("søren.ærø@blåbær.example"), None);
        assert_eq!(letter("\u{43f}\u{440}@\u{43f}\u{440}.example"), None, "a name of its own script is sound");
    }
}
