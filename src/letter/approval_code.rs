//! The digest of everything that decides what is sent, and the code that is short enough to be said on the telephone.

use std::fmt;

use crate::base::digest::Digest;
use crate::letter::plan::Fingerprint;

/// How many hexadecimal digits a code has: enough to notice any change, and too few to keep out a person who tries millions of
/// texts.
const DIGITS: usize = 6;
/// How many of them are before the hyphen.
const BEFORE_HYPHEN: usize = 4;

/// The digest of some files with their names.
pub fn content_digest(files: &Fingerprint) -> Digest {
    Digest::of(files.iter().flat_map(|(name, digest)| [name.as_bytes(), digest.as_str().as_bytes()]))
}

/// A short form of a digest: `7F3A-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalCode([char; DIGITS]);

impl ApprovalCode {
    /// The code of a digest.
    pub fn of(digest: &Digest) -> Self {
        let mut code = Self(['0'; DIGITS]);
        for (place, digit) in code.0.iter_mut().zip(digest.as_str().chars()) {
            *place = digit.to_ascii_uppercase();
        }
        code
    }

    /// The codes that a typed text may mean: `7f3a22` as well as `7F3A – 22`, with the letter O for a zero, and in what was
    /// copied with it, such as `[TEST members.da 7F3A-22]`. Usually there is one.
    pub fn read(typed: &str) -> Vec<Self> {
        let words: Vec<Vec<char>> = typed
            .split(|sign: char| !is_in_code(sign))
            .map(|word| word.chars().filter(char::is_ascii_alphanumeric).map(digit).collect())
            .filter(|word: &Vec<char>| !word.is_empty())
            .collect();
        // Spaces may be anywhere in a code, so several words together may be one.
        let codes = (0..words.len()).flat_map(|first| {
            let words = &words;
            (first..words.len().min(first + DIGITS))
                .filter_map(move |last| Self::of_digits(&words[first..=last].concat()))
        });
        let mut codes: Vec<Self> = codes.collect();
        codes.dedup();
        codes
    }

    fn of_digits(digits: &[char]) -> Option<Self> {
        let digits = digits.to_vec().try_into().ok()?;
        Some(Self(digits)).filter(|code| code.0.iter().all(char::is_ascii_hexdigit))
    }
}

/// Whether a character may be part of a code: a letter, a digit, or one of the hyphens and dashes that programs
/// substitute for `-`.
fn is_in_code(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '_')
}

/// A digit of a code, which has no letter O.
fn digit(sign: char) -> char {
    match sign.to_ascii_uppercase() {
        'O' => '0',
        other => other,
    }
}

impl fmt::Display for ApprovalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = self.0.split_at(BEFORE_HYPHEN);
        write!(f, "{}-{}", before.iter().collect::<String>(), after.iter().collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = ApprovalCode::of(&Digest::of([b"".as_slice()]));
        assert_eq!(code.to_string(), "AF55-70");
        let typed = [
            "AF55-70",
            "af55-70",
            "af5570",
            "AF55 70",
            "AF55–70",
            "AF55 — 7O",
            "af55\u{2011}7o",
            " AF55\u{a0}70 ",
            "A F 5 5 7 0",
            "[TEST members.da AF55-70]",
            "[TEST members.da AF55-70] Nyt i maj",
            "kode af5570",
            "Kode: AF55-70.",
            "\u{201c}AF55-70\u{201d}",
            "AF55\u{ad}70",
        ];
        for typed in typed {
            assert!(ApprovalCode::read(typed).contains(&code), "{typed}: {:?}", ApprovalCode::read(typed));
        }
        for typed in ["", " ", "AF55-7", "AF55-701", "AF55-7G", "æf5570", "kode", "-"] {
            assert_eq!(ApprovalCode::read(typed), Vec::new(), "{typed}");
        }
        let other = ApprovalCode::read("[TEST bestyrelse.da AF55-71] Dagsorden 2026");
        assert_eq!(other.iter().map(ToString::to_string).collect::<Vec<_>>(), ["AF55-71"]);
    }

    #[test]
    fn a_digest_depends_on_names_and_contents() {
        let files = |name: &str, text: &str| Fingerprint::from([(name.to_owned(), Digest::of([text.as_bytes()]))]);
        let digest = content_digest(&files("issues/maj.md", "Nyt"));
        assert_ne!(digest, content_digest(&files("issues/maj.md", "Nyt.")));
        assert_ne!(digest, content_digest(&files("issues/juni.md", "Nyt")));
        assert_eq!(digest, content_digest(&files("issues/maj.md", "Nyt")));
    }
}
