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

    /// The code that was typed: with or without the hyphen, in lower or upper case.
    pub fn parse(typed: &str) -> Option<Self> {
        let signs = typed.chars().filter(|sign| !matches!(sign, '-' | '–' | ' '));
        let digits: Vec<char> = signs.map(|sign| sign.to_ascii_uppercase()).collect();
        let digits = digits.try_into().ok()?;
        Some(Self(digits)).filter(|code| code.0.iter().all(char::is_ascii_hexdigit))
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
        for typed in ["AF55-70", "af55-70", "af5570", "AF55 70", "AF55–70"] {
            assert_eq!(ApprovalCode::parse(typed), Some(code), "{typed}");
        }
        for typed in ["", "AF55-7", "AF55-701", "AF55-7G", "æf5570"] {
            assert_eq!(ApprovalCode::parse(typed), None, "{typed}");
        }
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
