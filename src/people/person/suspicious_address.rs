//! Addresses that are valid, and probably mistyped.

use std::fmt;

use crate::base::message::{Message, message};

/// Large providers: a domain one typo away from theirs is almost never intended.
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

/// Typos of `com` that are not top-level domains, or ones that hardly anyone uses.
const COM_TYPOS: [&str; 7] = ["con", "cmo", "ocm", "comm", "vom", "xom", "cpm"];

/// Those of them that are not top-level domains at all: no address in them can exist.
const NO_TOP_LEVELS: [&str; 6] = ["con", "cmo", "ocm", "vom", "xom", "cpm"];

/// Why an address is probably mistyped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuspiciousAddress {
    /// Its domain is one typo away from a large provider's.
    Typo {
        /// The provider's domain.
        meant: &'static str,
    },
    /// It has a letter of another script among Latin ones, which it looks like.
    Homoglyph {
        /// The letter.
        letter: char,
    },
}

impl SuspiciousAddress {
    /// What is suspicious in an address as it is written.
    pub fn of(written: &str) -> Option<Self> {
        let (local, domain) = written.trim().split_once('@')?;
        if !written.is_ascii()
            && let Some(letter) = [local].into_iter().chain(domain.split('.')).find_map(foreign_letter)
        {
            return Some(Self::Homoglyph { letter });
        }
        let domain = domain.to_ascii_lowercase();
        if domain.rsplit('.').next().is_some_and(|end| NO_TOP_LEVELS.contains(&end)) && !has_provider(&domain) {
            return Some(Self::Typo { meant: ".com" });
        }
        let meant = PROVIDERS
            .into_iter()
            .find(|provider| is_typo(&domain, provider))
            .filter(|_| !PROVIDERS.contains(&&*domain));
        meant.map(|meant| Self::Typo { meant })
    }

    /// What to do about it.
    pub fn hint(&self) -> Message {
        match self {
            Self::Typo { meant } => message!("did you mean {meant}?", "mente du {meant}?"),
            Self::Homoglyph { .. } => {
                message!("retype the address, or ask its owner", "skriv adressen igen, eller spørg dens ejer")
            }
        }
    }
}

impl fmt::Display for SuspiciousAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typo { .. } => message!("this domain looks mistyped", "domænet ligner en tastefejl").fmt(f),
            Self::Homoglyph { letter } => {
                let code = u32::from(*letter);
                message!(
                    "a {} letter among Latin ones: {letter:?} (U+{code:04X})",
                    "et {} bogstav blandt latinske: {letter:?} (U+{code:04X})",
                    script(*letter)
                )
                .fmt(f)
            }
        }
    }
}

/// Whether a domain is that of a large provider with a typo in its `com`, which is named in full.
fn has_provider(domain: &str) -> bool {
    PROVIDERS.into_iter().any(|provider| is_typo(domain, provider))
}

/// A Greek or Cyrillic letter beside a Latin one.
fn foreign_letter(word: &str) -> Option<char> {
    let has_latin = word.chars().any(|letter| letter.is_ascii_alphabetic());
    word.chars().find(|letter| has_latin && matches!(letter, '\u{370}'..='\u{52f}'))
}

fn script(letter: char) -> Message {
    if letter < '\u{400}' { message!("Greek", "græsk") } else { message!("Cyrillic", "kyrillisk") }
}

/// Whether a domain is the meant one with two letters swapped, one missing that is not the first, one doubled, or a typo in
/// its `com`.
fn is_typo(domain: &str, meant: &str) -> bool {
    // Each of these changes the length by one at most. Nearly all addresses of a list end here.
    if domain.len().abs_diff(meant.len()) > 1 {
        return false;
    }
    let (Some((name, end)), Some((right, right_end))) = (domain.split_once('.'), meant.split_once('.')) else {
        return false;
    };
    if name == right {
        return right_end == "com" && COM_TYPOS.contains(&end);
    }
    // Domains that differ from a short name by one letter are often real: `line.dk` is not `live.dk`.
    end == right_end
        && right.len() >= 5
        && (is_swapped(name, right) || has_missing(name, right) || has_doubled(name, right))
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

fn has_missing(name: &str, right: &str) -> bool {
    name.len() + 1 == right.len() && (1..right.len()).any(|at| [&right[..at], &right[at + 1..]].concat() == name)
}

fn has_doubled(name: &str, right: &str) -> bool {
    name.len() == right.len() + 1 && (0..right.len()).any(|at| [&right[..=at], &right[at..]].concat() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_of_large_providers_are_suspicious_and_other_domains_are_not() {
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
                PROVIDERS
                    .into_iter()
                    .find(|provider| *provider == meant)
                    .map(|meant| SuspiciousAddress::Typo { meant })
            );
        }
        assert_eq!(SuspiciousAddress::of("a@firma.con"), Some(SuspiciousAddress::Typo { meant: ".com" }));
        let fine =
            ["gmail.com", "mail.com", "ymail.com", "hotmail.de", "gmail.dk", "live.se", "line.dk", "kommune.example"];
        for domain in fine {
            assert_eq!(SuspiciousAddress::of(&format!("a@{domain}")), None, "{domain}");
        }
    }

    #[test]
    fn a_letter_of_another_script_is_suspicious_among_latin_ones() {
        let letter = |written: &str| match SuspiciousAddress::of(written) {
            Some(SuspiciousAddress::Homoglyph { letter }) => Some(letter),
            Some(SuspiciousAddress::Typo { .. }) | None => None,
        };
        assert_eq!(letter("anna@k\u{43e}mmune.example"), Some('\u{43e}'));
        assert_eq!(letter("\u{3b1}nna@kommune.example"), Some('\u{3b1}'));
        assert_eq!(letter("søren.ærø@blåbær.example"), None);
        assert_eq!(letter("\u{43f}\u{440}@\u{43f}\u{440}.example"), None, "a name in one script is fine");
    }
}
