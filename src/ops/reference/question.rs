//! The words of a question that may have a meaning, such as `billede` in `hvordan indsætter jeg et billede`.

use crate::ops::reference::glossary::{self, bare};

/// The most words of a phrase with one meaning, such as `test mail`.
const LONGEST_PHRASE: usize = 3;
/// Words that say nothing about the subject of a question.
const SMALL_WORDS: &str = "\
    a af alle an and are at can de den der det do does du en er et for fra får get gør har have how hvad \
    hvem hvilken hvilke hvor hvordan hvorfor hvornår i ikke in is it jeg kan lave laver make man med min \
    mine mit my når not of og om on only or os på se sig sin skal skrive skriver som så that the til to \
    use vi vil virker vores we what when where who why with betyder from";
/// The endings of words that a question may add to those of the glossary.
const ENDINGS: &str = "e en er ene erne et n ne r rne s";
/// How many letters a word has at least that forms are looked for.
const SHORTEST_STEM: usize = 3;

/// The word of the glossary that a typed one is a form of, such as `billede` for `billederne`.
pub fn base_form(typed: &str) -> Option<&'static str> {
    let is_form = |word: &&str| {
        let Some(rest) = typed.strip_prefix(*word) else { return false };
        let doubled = word.chars().next_back().and_then(|last| rest.strip_prefix(last));
        word.chars().count() >= SHORTEST_STEM
            && !is_small(word)
            && [Some(rest), doubled].into_iter().flatten().any(|rest| is_one_of(ENDINGS, rest))
    };
    glossary::words().filter(is_form).min_by_key(|word| word.len())
}

/// The phrases in a question, those of most words first, and then the longest.
pub fn phrases(question: &str) -> Vec<String> {
    let words: Vec<String> = question.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    let mut phrases = Vec::new();
    for count in (1..=LONGEST_PHRASE.min(words.len())).rev() {
        let mut of_count: Vec<String> = words.windows(count).map(|words| words.join(" ")).collect();
        of_count.retain(|phrase| !is_small(phrase));
        of_count.sort_by_key(|phrase| std::cmp::Reverse(phrase.chars().count()));
        phrases.extend(of_count);
    }
    phrases
}

fn is_small(word: &str) -> bool {
    is_one_of(SMALL_WORDS, word)
}

fn is_one_of(words: &str, wanted: &str) -> bool {
    words.split(' ').any(|word| word == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_words_are_found() {
        for (typed, word) in [("billederne", "billede"), ("knappen", "knap"), ("tiden", "tid")] {
            assert_eq!(base_form(typed), Some(word));
        }
        for typed in ["billede", "foren", "smtp"] {
            assert_eq!(base_form(typed), None, "{typed}");
        }
    }

    #[test]
    fn long_phrases_come_first_and_small_words_never_alone() {
        assert_eq!(phrases("Hvem fik mailen?"), ["hvem fik mailen", "fik mailen", "hvem fik", "mailen", "fik"]);
        assert_eq!(phrases("hvad er det"), ["hvad er det", "hvad er", "er det"]);
        assert_eq!(phrases(""), Vec::<String>::new());
    }
}
