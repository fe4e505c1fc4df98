//! Texts made comparable: the same words are the same, however they are marked up, wrapped or encoded.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};

use crate::people::person::fold;

/// From so many words on, a sentence says something of its own.
pub(super) const FEWEST: usize = 6;
/// So many words in a row of a longer sentence are as good as the whole.
const MOST: usize = 10;

/// The words of a text in lower case, without any sign; emphasis and what nobody sees do not part a word.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in fold(text).chars() {
        if letter.is_alphanumeric() {
            word.push(letter);
        } else if !is_ignorable(letter) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words.extend(Some(word).filter(|it| !it.is_empty()));
    words
}

/// Signs of emphasis, and signs of no width: soft hyphens, joiners, directions.
fn is_ignorable(letter: char) -> bool {
    matches!(
        letter,
        '*' | '_' | '`' | '~' | '\\' | '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

/// The rows of words of some lengths in some texts: found at once, however long the texts are.
#[derive(Debug, Default)]
pub(super) struct ShingleSet {
    lengths: Vec<usize>,
    digests: HashSet<u64>,
}

impl ShingleSet {
    pub(super) fn of_lengths(lengths: &BTreeSet<usize>) -> Self {
        Self { lengths: lengths.iter().copied().collect(), digests: HashSet::new() }
    }

    pub(super) fn add(&mut self, words: &[String]) {
        for length in &self.lengths {
            self.digests.extend(words.windows(*length).map(digest));
        }
    }

    /// Whether a row is in one of the texts.
    pub(super) fn hold(&self, row: &[String]) -> bool {
        self.digests.contains(&digest(row))
    }
}

/// What stands for a sentence: all its words, or each row of ten.
pub(super) fn shingles(sentence: &[String]) -> impl Iterator<Item = &[String]> {
    sentence.windows(sentence.len().clamp(FEWEST, MOST))
}

fn digest(row: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish()
}

/// A text with its entities resolved: the numbers, and the names that people and programs write.
pub(super) fn resolved(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(12).position(|it| it == b';');
        match end.and_then(|end| Some((entity(rest.get(..end)?)?, end))) {
            Some((letter, end)) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    const NAMES: [(&str, char); 32] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("shy", '\u{ad}'),
        ("zwnj", '\u{200c}'),
        ("zwj", '\u{200d}'),
        ("ensp", ' '),
        ("emsp", ' '),
        ("thinsp", ' '),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("euro", '€'),
        ("pound", '£'),
        ("percnt", '%'),
        ("commat", '@'),
        ("period", '.'),
        ("aelig", 'æ'),
        ("AElig", 'Æ'),
        ("oslash", 'ø'),
        ("Oslash", 'Ø'),
        ("aring", 'å'),
        ("Aring", 'Å'),
        ("eacute", 'é'),
        ("ouml", 'ö'),
        ("Ouml", 'Ö'),
        ("auml", 'ä'),
        ("Auml", 'Ä'),
        ("uuml", 'ü'),
    ];
    if let Some(number) = name.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let code = hexadecimal.map_or_else(|| number.parse().ok(), |it| u32::from_str_radix(it, 16).ok())?;
        return char::from_u32(code);
    }
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}
