//! The tokens in unsubscribe links: which reader leaves, and what they leave.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::base::digest::{HmacKey, hex};
use crate::issue::series::SeriesId;
use crate::people::person::Address;

/// How many hexadecimal digits a token has.
///
/// 96 bits cannot be guessed, and keep the header line below 78 columns (RFC 5322 §2.1.1) for most addresses.
const DIGITS: usize = 24;
/// What the subject of a mail to unsubscribe begins with.
const SUBJECT_PREFIX: &str = "leave-";
/// How long a text that holds a token may be; longer ones are not searched.
const LONGEST_TEXT: usize = 4_096;

/// Identifies a reader in unsubscribe links: the same in every letter. No address can be read from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnsubscribeToken([u8; DIGITS / 2]);

impl UnsubscribeToken {
    /// A token that no reader has.
    pub(super) const NOBODY: Self = Self([0; DIGITS / 2]);

    /// The token of an address.
    pub fn of(key: &HmacKey, address: &Address) -> Self {
        let tag = key.tag("unsubscribe", &[&address.key()]);
        // A tag has 40 digits, so that the default never occurs.
        tag.get(..DIGITS).and_then(Self::parse).unwrap_or(Self::NOBODY)
    }

    /// Reads 24 lower-case hexadecimal digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        if text.len() != DIGITS {
            return None;
        }
        let mut bytes = [0; DIGITS / 2];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for UnsubscribeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl Serialize for UnsubscribeToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for UnsubscribeToken {
    /// Anyone with a token can unsubscribe its reader, so it is kept out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnsubscribeToken(…)")
    }
}

/// What a reader leaves. As text it is `TOKEN-SERIES`, or `TOKEN` for everything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaveTarget {
    /// The reader.
    pub token: UnsubscribeToken,
    /// The series that they leave; absent: everything.
    pub series: Option<SeriesId>,
}

impl LeaveTarget {
    /// Reads a target in any form in which it may return: on its own, as the subject `leave-…`, at the end of a link's
    /// path, or as a value of its query. Upper case, percent-encoding, angle brackets and white space around it are
    /// accepted. `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let text = percent_decoded(text).to_ascii_lowercase();
        let text = text.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>'));
        text.rsplit(['/', '?', '&', '=', '#']).find_map(Self::parse_exactly)
    }

    /// Reads `TOKEN` or `TOKEN-SERIES`, with or without `leave-` before it.
    fn parse_exactly(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(SUBJECT_PREFIX).unwrap_or(text);
        let token = UnsubscribeToken::parse(text.get(..DIGITS)?)?;
        let series = match &text[DIGITS..] {
            "" => None,
            rest => Some(SeriesId::parse(rest.strip_prefix('-')?).ok()?),
        };
        Some(Self { token, series })
    }

    /// The subject of a mail to unsubscribe.
    pub fn subject(&self) -> String {
        format!("{SUBJECT_PREFIX}{self}")
    }
}

impl fmt::Display for LeaveTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.series {
            Some(series) => write!(f, "{}-{series}", self.token),
            None => write!(f, "{}", self.token),
        }
    }
}

/// A text with its percent-encoded octets decoded (RFC 3986 §2.1); what is not valid stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let octet = after.get(..2).filter(|_| *first == b'%').and_then(|digits| str::from_utf8(digits).ok());
        // `from_str_radix` accepts a sign as well, which is not a digit of an octet.
        let octet =
            octet.filter(|digits| !digits.starts_with('+')).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(octet.unwrap_or(*first));
        rest = if octet.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef01234567";

    #[test]
    fn a_target_is_read_in_every_form_in_which_it_comes_back() {
        let with_series = [
            "0123456789abcdef01234567-os2-forms",
            "leave-0123456789abcdef01234567-os2-forms",
            " <Leave-0123456789ABCDEF01234567-OS2-Forms>\r\n",
            "https://a.example/afmeld/0123456789abcdef01234567-os2-forms",
            "https://a.example/afmeld/0123456789abcdef01234567-os2-forms/",
            "/afmeld?t=0123456789abcdef01234567-os2-forms&lang=da",
            "/afmeld?lang=da&t=0123456789abcdef01234567%2Dos2%2dforms#top",
            "%30123456789abcdef01234567-os2-forms",
            "mailto:afmeld@a.example?subject=leave-0123456789abcdef01234567-os2-forms",
        ];
        for text in with_series {
            let target = LeaveTarget::parse(text).map(|target| target.to_string());
            assert_eq!(target.as_deref(), Some("0123456789abcdef01234567-os2-forms"), "{text}");
        }
        for text in [TOKEN, "leave-0123456789abcdef01234567", "https://a.example/0123456789ABCDEF01234567?a=b"] {
            let target = LeaveTarget::parse(text).unwrap();
            assert_eq!((target.series, target.token.to_string().as_str()), (None, TOKEN), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_read_as_targets() {
        let long = format!("/{}/{TOKEN}", "a".repeat(LONGEST_TEXT));
        for text in [
            "",
            "test",
            "leave-test",
            "%",
            "%+1",
            "anna@a.example",
            "0123456789abcdef0123456",
            "0123456789abcdef012345678",
            "0123456789abcdef0123456g",
            "0123456789abcdef01234567-",
            "0123456789abcdef01234567--",
            "0123456789abcdef01234567-æ",
            "0123456789abcdef0123456æ",
            "0123456789abcdef01234567os2forms",
            "0123456789abcdef0123456789abcdef01234567",
            "x0123456789abcdef01234567",
            "0123456789abcdef 01234567",
            &long,
        ] {
            assert_eq!(LeaveTarget::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_depends_on_key_and_address_only() {
        let token = |key: &[u8], address: &str| {
            UnsubscribeToken::of(&HmacKey::new(key), &Address::parse(address).unwrap()).to_string()
        };
        let anna = token(b"one", "anna@a.example");
        assert_eq!(anna, token(b"one", "Anna@A.example"));
        assert_ne!(anna, token(b"two", "anna@a.example"));
        assert_ne!(anna, token(b"one", "bo@a.example"));
        assert_eq!(UnsubscribeToken::parse(&anna).map(|token| token.to_string()), Some(anna));
    }
}
