//! Runs of words, so that two texts can be compared however they are marked up, wrapped or encoded.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasherDefault, Hash, Hasher};

use crate::people::person::fold;

/// The fewest words of a sentence that is looked for. Shorter ones, such as a greeting, are in many texts by chance.
pub(super) const FEWEST: usize = 6;
/// The most words of a run: of a longer sentence, each run of ten words is looked for.
const MOST: usize = 10;

/// A word, in lower case and without punctuation. It is kept as a digest: a word is part of many shingles, and is hashed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    digest: u64,
    /// Whether it is more than a number.
    pub(super) has_letters: bool,
}

impl Word {
    fn of(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self { digest: hasher.finish(), has_letters: text.contains(char::is_alphabetic) }
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in fold(text).chars() {
        if letter.is_alphanumeric() {
            word.push(letter);
        } else if !is_ignorable(letter) && !word.is_empty() {
            words.push(Word::of(&word));
            word.clear();
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()).map(|word| Word::of(&word)));
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
    digests: HashSet<u64, BuildHasherDefault<DigestHasher>>,
}

/// Passes a digest on as its own hash: the bits of a digest are spread already.
#[derive(Debug, Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }
}

impl ShingleSet {
    /// An empty set, for shingles of these lengths.
    pub(super) fn of_lengths(lengths: &BTreeSet<usize>) -> Self {
        Self { lengths: lengths.iter().copied().collect(), digests: HashSet::default() }
    }

    /// Adds all shingles of a text.
    pub(super) fn add(&mut self, words: &[Word]) {
        for length in &self.lengths {
            self.digests.extend(words.windows(*length).map(digest));
        }
    }

    /// Whether a shingle is in one of the texts.
    pub(super) fn contains(&self, shingle: &[Word]) -> bool {
        self.digests.contains(&digest(shingle))
    }
}

/// The shingles of a sentence of at least [`FEWEST`] words: any of them is as good as the whole.
pub(super) fn shingles(sentence: &[Word]) -> impl Iterator<Item = &[Word]> {
    sentence.windows(sentence.len().clamp(FEWEST, MOST))
}

/// A polynomial in an odd number (of the golden ratio, as in Knuth, *The Art of Computer Programming* 3, §6.4), whose coefficients
/// are the digests of the words, so that their order counts.
fn digest(shingle: &[Word]) -> u64 {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    shingle.iter().fold(0, |sum, word| sum.wrapping_mul(BASE).wrapping_add(word.digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_width_does_not_end_a_word() {
        assert_eq!(
            words("Tro\u{2068}lig\u{2069}t *tal*let a\u{34f}b 7"),
            ["troligt", "tallet", "ab", "7"].map(Word::of)
        );
        assert_eq!(words("a\u{34f}b 7").iter().map(|word| word.has_letters).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_shingle_is_found_only_with_its_words_in_order() {
        let mut set = ShingleSet::of_lengths(&BTreeSet::from([2, 3]));
        set.add(&words("Vi mødes på mandag i Odense"));
        assert!(set.contains(&words("mødes på mandag")) && set.contains(&words("i odense")));
        for other in ["på mødes mandag", "mandag på", "mødes mandag", "mødes på tirsdag"] {
            assert!(!set.contains(&words(other)), "{other}");
        }
    }
}
