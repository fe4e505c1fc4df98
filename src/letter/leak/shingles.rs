//! Runs of words, so that two texts can be compared however they are marked up, wrapped or encoded.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};

use crate::people::person::fold;

/// The fewest words of a sentence that is looked for. Shorter ones, such as a greeting, are in many texts by chance.
pub(super) const FEWEST: usize = 6;
/// The most words of a run: of a longer sentence, each run of ten words is looked for.
const MOST: usize = 10;

/// The words of a text, in lower case and without punctuation.
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
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// Whether a character does not end a word: emphasis (`*tal*let`), and what has no width.
pub(crate) fn is_ignorable(letter: char) -> bool {
    matches!(letter, '*' | '_' | '`' | '~' | '\\') || has_no_width(letter)
}

/// Whether a character has no width: soft hyphens, joiners, marks and isolates of direction.
pub(crate) fn has_no_width(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// The shingles (runs of words) of some texts. A look-up takes the same time however long the texts are.
#[derive(Debug, Default)]
pub(super) struct ShingleSet {
    lengths: Vec<usize>,
    digests: HashSet<u64>,
}

impl ShingleSet {
    /// An empty set, for shingles of these lengths.
    pub(super) fn of_lengths(lengths: &BTreeSet<usize>) -> Self {
        Self { lengths: lengths.iter().copied().collect(), digests: HashSet::new() }
    }

    /// Adds all shingles of a text.
    pub(super) fn add(&mut self, words: &[String]) {
        for length in &self.lengths {
            self.digests.extend(words.windows(*length).map(digest));
        }
    }

    /// Whether a shingle is in one of the texts.
    pub(super) fn contains(&self, shingle: &[String]) -> bool {
        self.digests.contains(&digest(shingle))
    }
}

/// The shingles of a sentence of at least [`FEWEST`] words: any of them is as good as the whole.
pub(super) fn shingles(sentence: &[String]) -> impl Iterator<Item = &[String]> {
    sentence.windows(sentence.len().clamp(FEWEST, MOST))
}

fn digest(shingle: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    shingle.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_width_does_not_end_a_word() {
        assert_eq!(words("Tro\u{2068}lig\u{2069}t *tal*let a\u{34f}b"), ["troligt", "tallet", "ab"]);
    }
}
