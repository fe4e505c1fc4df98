//! The lines of header fields: where they are folded, how a long word is encoded, and how long they may be.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::base::source::span::floor_char_boundary;

/// The longest line that is written where the field has a space to break at, without its CRLF (RFC 5322 §2.1.1).
const COLUMNS: usize = 78;
/// The longest line that a relay must accept, without its CRLF (RFC 5322 §2.1.1, RFC 5321 §4.5.3.1.6).
const MAX_OCTETS: usize = 998;
/// How many octets of text an encoded word holds: in base64 and with what surrounds them they have 72 of its 75 characters
/// (RFC 2047 §2).
const ENCODED_OCTETS: usize = 45;

/// A header field with a line that cannot be broken, and is longer than a relay must accept.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "the header field `{field}` has a line of more than {MAX_OCTETS} octets, which relays refuse",
    "headerfeltet `{field}` har en linje på mere end {MAX_OCTETS} byte, og det afviser mailservere"
))]
pub struct HeaderTooLong {
    /// The name of the field: `To`.
    pub field: String,
}

/// Writes header fields with lines over 78 columns broken at their spaces (RFC 5322 §2.2.3). lettre folds within a value
/// only: not before an address, and not after the name of the field.
pub(super) fn fold(headers: &str, folded: &mut String) -> Result<(), HeaderTooLong> {
    folded.reserve(headers.len() + 64);
    let mut field = "";
    for line in headers.split_inclusive("\r\n") {
        if !line.starts_with(' ') {
            field = line.split(':').next().unwrap_or_default();
        }
        let mut rest = line;
        while let Some(space) = fold_point(rest) {
            push(folded, &rest[..space], field)?;
            folded.push_str("\r\n");
            rest = &rest[space..];
        }
        push(folded, rest, field)?;
    }
    Ok(())
}

/// The last space of a long line that leaves at most 78 columns before it, or else the first space behind these.
fn fold_point(line: &str) -> Option<usize> {
    let bytes = line.trim_end().as_bytes();
    if bytes.len() <= COLUMNS {
        return None;
    }
    // A space at the start is the fold before, and a second one in a row would begin a line of spaces alone, which is no
    // longer allowed (RFC 5322 §3.2.2).
    let is_break = |at: &usize| bytes[*at] == b' ' && bytes[at - 1] != b' ';
    (1..COLUMNS).rev().find(is_break).or_else(|| (COLUMNS..bytes.len()).find(is_break))
}

fn push(folded: &mut String, line: &str, field: &str) -> Result<(), HeaderTooLong> {
    if line.trim_end().len() > MAX_OCTETS {
        return Err(HeaderTooLong { field: field.to_owned() });
    }
    folded.push_str(line);
    Ok(())
}

/// Whether a text has a word that must be encoded even if it is ASCII, since no line can hold it.
pub(super) fn has_long_word(text: &str) -> bool {
    text.split(' ').any(|word| word.len() >= MAX_OCTETS)
}

/// A whole text as encoded words, a line each (RFC 2047 §2). The spaces between them do not belong to the text.
pub(super) struct EncodedWords<'a>(pub(super) &'a str);

impl fmt::Display for EncodedWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while !rest.is_empty() {
            // A character must not be split over two words (RFC 2047 §5).
            let end = floor_char_boundary(rest, ENCODED_OCTETS);
            let (word, behind) = rest.split_at(end);
            write!(f, "=?utf-8?b?{}?=", STANDARD.encode(word))?;
            f.write_str(if behind.is_empty() { "" } else { "\r\n " })?;
            rest = behind;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(headers: &str) -> Result<String, HeaderTooLong> {
        let mut folded = String::new();
        super::fold(headers, &mut folded).map(|()| folded)
    }

    #[test]
    fn a_header_line_is_folded_where_it_has_a_space() {
        let long = "a".repeat(70);
        let headers = format!(
            "From: {long} <x@y>\r\nTo: bo@x.example\r\nList-Unsubscribe: <{long}>,\r\n <{long}{long}> <{long}>\r\n"
        );
        let expected = format!(
            "From: {long}\r\n <x@y>\r\nTo: bo@x.example\r\nList-Unsubscribe:\r\n <{long}>,\r\n <{long}{long}>\r\n <{long}>\r\n"
        );
        assert_eq!(fold(&headers), Ok(expected));
    }

    #[test]
    fn spaces_in_a_row_never_make_an_empty_line() {
        for before in 60..90 {
            let headers = format!("Subject: {}   {}\r\n", "a".repeat(before), "b".repeat(100));
            let folded = fold(&headers).unwrap();
            assert!(folded.lines().all(|line| !line.trim().is_empty()), "{folded}");
            assert_eq!(folded.replace("\r\n ", " ").trim_end(), headers.trim_end());
        }
    }

    #[test]
    fn a_line_that_no_relay_need_accept_is_an_error() {
        let fits = format!("To:\r\n {}\r\n", "a".repeat(MAX_OCTETS - 1));
        assert_eq!(fold(&fits), Ok(fits.clone()));
        let too_long = Err(HeaderTooLong { field: "To".into() });
        for name in [format!("{} <x@y>", "a".repeat(MAX_OCTETS)), format!("{}\r\n <x@y>", "a".repeat(MAX_OCTETS))] {
            assert_eq!(fold(&format!("From: a@b\r\nTo: {name}\r\nDate: x\r\n")), too_long);
        }
    }

    #[test]
    fn a_long_word_is_encoded_in_pieces_that_fit() {
        let text = format!("Nyt: {}", "å€😀x".repeat(400));
        assert!(has_long_word(&text) && !has_long_word(&"word ".repeat(400)));
        let written = EncodedWords(&text).to_string();
        assert!(written.split("\r\n ").all(|word| word.len() <= 75), "{written}");
        let decoded: Vec<u8> = written
            .split("\r\n ")
            .flat_map(|word| STANDARD.decode(&word["=?utf-8?b?".len()..word.len() - 2]).unwrap())
            .collect();
        assert_eq!(String::from_utf8(decoded).unwrap(), text);
    }
}
