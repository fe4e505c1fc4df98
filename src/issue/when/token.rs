//! The words, numbers and signs of a text about time.

use std::ops::Range;

/// A token, with its bytes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WhenToken {
    pub(super) span: Range<usize>,
    pub(super) kind: WhenTokenKind,
}

/// The kinds of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WhenTokenKind {
    /// Letters, in lower case.
    Word(String),
    /// Digits.
    Number { value: u32, digits: usize },
    /// Any other character; every dash is `-`.
    Sign(char),
}

/// The tokens of a text, without white space.
pub(super) fn tokens(text: &str) -> Vec<WhenToken> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let run = |belongs: fn(char) -> bool| {
            let rest = &text[at..];
            &rest[..rest.find(|character| !belongs(character)).unwrap_or(rest.len())]
        };
        let (length, kind) = if first.is_ascii_digit() {
            let digits = run(|character| character.is_ascii_digit());
            // A number that does not fit is larger than any day or year, and fails later.
            (digits.len(), WhenTokenKind::Number { value: digits.parse().unwrap_or(u32::MAX), digits: digits.len() })
        } else if first.is_alphabetic() {
            let word = run(char::is_alphabetic);
            (word.len(), WhenTokenKind::Word(word.to_lowercase()))
        } else {
            (first.len_utf8(), WhenTokenKind::Sign(dash(first)))
        };
        if !first.is_whitespace() {
            tokens.push(WhenToken { span: at..at + length, kind });
        }
        at += length;
    }
    tokens
}

fn dash(sign: char) -> char {
    if matches!(sign, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { sign }
}
