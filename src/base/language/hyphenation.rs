//! Divides long words, where there is little room for them.

use std::borrow::Cow;

use crate::base::language::Lang;

/// Shown as a hyphen at the end of a line, and invisible elsewhere.
const SOFT_HYPHEN: char = '\u{ad}';

/// Which words are divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DividedWords {
    /// Words of 14 letters and more.
    #[default]
    Long,
    /// All words with enough letters on both sides of the hyphen: in tables that do not fit on a phone.
    All,
}

impl DividedWords {
    /// The number of letters of the shortest word that is divided.
    pub(crate) const fn shortest(self) -> usize {
        match self {
            Self::Long => 14,
            Self::All => 2 * SIDE,
        }
    }
}

/// The fewest letters on each side of a hyphen.
const SIDE: usize = 3;

/// The vowels of the languages, with the accents of their loanwords.
const VOWELS: &str = "aeiouyæøåäöüàáâèéêëìíîïòóôùúûý";

impl Lang {
    /// A text with soft hyphens in its long words, but not in addresses, names of files and the like, and not where its author
    /// wrote soft hyphens.
    pub fn with_soft_hyphens(self, text: &str) -> Cow<'_, str> {
        self.divided(text, DividedWords::Long)
    }

    /// The same in these words.
    pub(crate) fn divided(self, text: &str, words: DividedWords) -> Cow<'_, str> {
        let is_divided = |word: &str| word.chars().count() >= words.shortest();
        // Nearly no text has a long word.
        if !may_have_word(text, words) || !text.split(|letter: char| !letter.is_alphabetic()).any(is_divided) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + 8);
        for word in text.split_inclusive(char::is_whitespace) {
            if is_technical(word.trim_end()) {
                out.push_str(word);
            } else {
                word.split_inclusive(|letter: char| !letter.is_alphabetic())
                    .for_each(|part| self.push_divided(part, words, &mut out));
            }
        }
        Cow::Owned(out)
    }

    /// A word in the parts that it may be divided into.
    pub(crate) fn parts_of_word(self, word: &str, words: DividedWords) -> Vec<String> {
        self.divided(word, words).split(SOFT_HYPHEN).map(str::to_owned).collect()
    }

    fn push_divided(self, part: &str, words: DividedWords, out: &mut String) {
        let word = part.trim_end_matches(|letter: char| !letter.is_alphabetic());
        if word.chars().count() >= words.shortest() {
            let syllables = hypher::hyphenate_bounded(word, self.language().hyphenation, SIDE, SIDE);
            // The patterns divide some compounds on both sides of a lone consonant: `rå-d-gi-ver`, `strikt-s-ud`.
            let mut may_end = false;
            for syllable in syllables {
                let has_vowel = has_vowel(syllable);
                out.extend((may_end && has_vowel).then_some(SOFT_HYPHEN));
                out.push_str(syllable);
                may_end = has_vowel;
            }
        } else {
            out.push_str(word);
        }
        out.push_str(&part[word.len()..]);
    }
}

fn has_vowel(syllable: &str) -> bool {
    syllable.chars().flat_map(char::to_lowercase).any(|letter| VOWELS.contains(letter))
}

/// Whether a text has enough bytes in a row that may be letters.
fn may_have_word(text: &str, words: DividedWords) -> bool {
    let mut length = 0;
    text.bytes().any(|byte| {
        length = if byte.is_ascii_alphabetic() || !byte.is_ascii() { length + 1 } else { 0 };
        length >= words.shortest()
    })
}

/// Whether a word is an address, the name of a file or of a product: who copies it needs every character of it.
fn is_technical(word: &str) -> bool {
    let inner = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    inner.contains(|letter: char| letter.is_ascii_digit() || "@/\\_.:=&#".contains(letter) || letter == SOFT_HYPHEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(text: &str) -> String {
        Lang::default().with_soft_hyphens(text).replace(SOFT_HYPHEN, "|")
    }

    #[test]
    fn long_words_are_divided_between_syllables() {
        assert_eq!(divided("(Koordinationsgruppen), ja"), "(Koor|di|na|tions|grup|pen), ja");
        assert_eq!(divided("IT-sikkerhedskoordinator"), "IT-sik|ker|heds|ko|or|di|na|tor");
        assert_eq!(divided("selvbetjeningsløsninger og "), "selv|be|tje|nings|løs|nin|ger og ");
    }

    #[test]
    fn short_words_are_divided_in_narrow_cells() {
        let divided = |text| Lang::default().divided(text, DividedWords::All).replace(SOFT_HYPHEN, "|");
        assert_eq!(divided("Ansvarlig, Redaktionen: Møde på OS2forms"), "Ansvar|lig, Redak|tio|nen: Møde på OS2forms");
    }

    #[test]
    fn no_part_of_a_word_is_without_a_vowel() {
        for word in ["databeskyttelsesrådgiveren", "distriktsudviklingsplan", "ERHVERVSRÅDGIVNING"] {
            let parts = divided(word);
            assert!(parts.split('|').all(has_vowel), "{parts}");
        }
        assert_eq!(divided("Databeskyttelsesrådgiver"), "Data|be|skyt|tel|ses|rådgi|ver");
    }

    #[test]
    fn all_else_stays_as_it_is() {
        for text in [
            "",
            "Redaktionen",
            "rollekatalogets2navn",
            "anna.koordinationsgruppen@kommune.example",
            "https://kommune.example/koordinationsgruppen",
            "koordinationsgruppen.csv",
            "Koor\u{ad}dinationsgruppensmøder",
            "zq0w000001t",
        ] {
            assert_eq!(Lang::default().with_soft_hyphens(text), text);
        }
    }
}
