//! Words as they are compared: without case, emphasis and characters that have no width.

use std::hash::{DefaultHasher, Hasher};

/// Elements of HTML that do not end a word.
pub(super) const INLINE: [&str; 19] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "s", "small",
    "span", "strong", "u",
];

use crate::letter::leak::shingles;

/// The form in which a word is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct WordDigest(u64);

/// Who sees a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Every reader.
    EveryLetter,
    /// Those for whom a condition is true; or the word touches a value, so that it is never seen alone.
    SomeLetters,
}

/// The word that is being read.
#[derive(Debug, Default)]
pub(super) struct WordBuilder {
    hasher: DefaultHasher,
    is_open: bool,
}

impl WordBuilder {
    /// Adds a character of the word. Titles are in capitals in the text part, where `ß` is `SS`.
    pub(super) fn push(&mut self, letter: char) {
        self.is_open = true;
        if letter.is_ascii() {
            self.hasher.write_u32(u32::from(letter.to_ascii_lowercase()));
            return;
        }
        for folded in letter.to_uppercase().flat_map(char::to_lowercase) {
            self.hasher.write_u32(u32::from(folded));
        }
    }

    /// The word, if one has begun.
    pub(super) fn finish(&mut self) -> Option<WordDigest> {
        let is_word = std::mem::take(&mut self.is_open);
        let hasher = if is_word { std::mem::take(&mut self.hasher) } else { return None };
        Some(WordDigest(hasher.finish()))
    }

    /// Whether a word has begun.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }
}

/// The words of a text without markup.
pub(super) fn plain(text: &str) -> impl Iterator<Item = WordDigest> {
    let mut word = WordBuilder::default();
    let ends = std::iter::once(' ');
    text.chars().chain(ends).filter_map(move |letter| {
        if letter.is_alphanumeric() {
            word.push(letter);
            None
        } else if shingles::is_ignorable(letter) {
            None
        } else {
            word.finish()
        }
    })
}
