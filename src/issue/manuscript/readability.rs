//! How hard the text of an edition is to read: words per sentence, plus the percentage of long words (LIX, Björnsson 1968).

use comrak::nodes::{Node, NodeValue};

use crate::base::language::words::ReadabilityMeasure;
use crate::issue::manuscript::captions;
use crate::issue::manuscript::content_blocks;
use crate::issue::manuscript::tree;

/// The least number of words for which the figure is meaningful.
const ENOUGH: u32 = 40;

/// The figure of an edition's tree. Absent if the text is short.
///
/// Tables with their captions, code, the words behind fences, addresses and template tags are not prose; each heading and
/// each item of a list is a sentence.
pub(crate) fn figure(root: Node<'_>, measure: &ReadabilityMeasure) -> Option<u32> {
    let is_prose = |node: &Node<'_>| matches!(node.data().value, NodeValue::Paragraph | NodeValue::Heading(_));
    let is_left_out =
        |node: &Node<'_>| content_blocks::is_label(node) || captions::is_caption(node) || is_caption(node);
    let prose = root.descendants().filter(|node| is_prose(node) && !is_left_out(node));
    count(prose.map(tree::plain), measure).figure()
}

/// Whether a paragraph is the caption of the table below it: all of it is bold. A `table` block is unwrapped by the time its
/// text is measured, and its caption has no label any more.
fn is_caption(node: Node<'_>) -> bool {
    let is_table = |below: Node<'_>| matches!(below.data().value, NodeValue::Table(_));
    let is_bold =
        |inside: Node<'_>| matches!(inside.data().value, NodeValue::Strong) && inside.next_sibling().is_none();
    node.next_sibling().is_some_and(is_table) && node.first_child().is_some_and(is_bold)
}

/// The name of a figure in its language: `middel`.
pub fn level(measure: &ReadabilityMeasure, figure: u32) -> &'static str {
    measure.levels.iter().rev().find(|(from, _)| *from <= figure).map_or("", |(_, name)| *name)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct TextCount {
    sentences: u32,
    words: u32,
    long: u32,
}

impl TextCount {
    fn figure(self) -> Option<u32> {
        // Half of the divisor is added, so that the division rounds to the nearest integer.
        let per_sentence = (self.words + self.sentences / 2).checked_div(self.sentences)?;
        let long = (100 * self.long + self.words / 2).checked_div(self.words)?;
        (self.words >= ENOUGH).then_some(per_sentence + long)
    }
}

fn count(blocks: impl Iterator<Item = String>, measure: &ReadabilityMeasure) -> TextCount {
    let mut count = TextCount::default();
    for block in blocks {
        let words: Vec<&str> = block.split_whitespace().filter(|word| is_word(word)).collect();
        for (at, word) in words.iter().enumerate() {
            let letters = word.chars().filter(|character| character.is_alphanumeric()).count();
            count.words += 1;
            count.long += u32::from(letters > measure.longest_short_word);
            count.sentences += u32::from(words.get(at + 1).is_none_or(|next| ends(word, next)));
        }
    }
    count
}

/// Whether a word counts: an address is not read word for word.
fn is_word(text: &str) -> bool {
    let address = text.contains("://") || text.contains('@') || text.starts_with("www.");
    !address && text.contains(char::is_alphanumeric)
}

/// Whether a sentence ends between two words. It does not in `f.eks. nu`, `den 3. Maj` and `J. Hansen`.
fn ends(word: &str, next: &str) -> bool {
    let word = word.trim_end_matches(['"', '\'', ')', '”', '’', '»', '«', ']']);
    if word.ends_with(['!', '?']) {
        return true;
    }
    let Some(stem) = word.strip_suffix(['.', ':', '…']) else { return false };
    let shortened =
        stem.contains('.') || stem.chars().count() < 2 || stem.ends_with(|character: char| character.is_ascii_digit());
    let begins = next.chars().find(|character| character.is_alphanumeric()).is_some_and(char::is_uppercase);
    begins && !(shortened && word.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIX: ReadabilityMeasure = ReadabilityMeasure {
        measure: "LIX",
        longest_short_word: 6,
        levels: &[(0, "meget let"), (25, "let"), (35, "middel"), (45, "svær"), (55, "meget svær")],
    };

    #[track_caller]
    fn check(text: &str, sentences: u32, words: u32, long: u32) {
        let blocks = text.split('|').map(str::to_owned);
        assert_eq!(count(blocks, &LIX), TextCount { sentences, words, long }, "{text}");
    }

    #[test]
    fn sentences_and_words_are_counted_as_a_reader_would() {
        check("Vi ses. Kom nu! Gør du?", 3, 6, 0);
        check("Det er f.eks. kl. 9.30 den 21. januar.", 1, 8, 0);
        check("J. Hansen bor i nr. 5.", 1, 6, 0);
        check("Frist: Torsdag.|Overskrift|Punkt et|Punkt to", 5, 7, 2);
        check("Skriv til nyt@kommune.example eller se https://kommune.example/a-b – nu", 1, 5, 0);
        check("Kommunernes digitaliseringsstrategi \"vedtages\". Tak", 2, 4, 3);
        check("", 0, 0, 0);
    }

    #[test]
    fn a_table_and_its_caption_are_not_counted() {
        let sentence = "Ti korte ord er nok til at en tekst kan ".repeat(5);
        let figure_of = |text: &str| figure(tree::markdown(&comrak::Arena::new(), text), &LIX);
        let table = "\n\n**Fællesskabet**\n\n| Kommune | Medlemmer |\n|---|---|\n| Fredericia | 12 |\n";
        assert_eq!(figure_of(&format!("{sentence}.{table}")), figure_of(&format!("{sentence}.")));
        assert_ne!(figure_of(&format!("{sentence}.\n\n**Fællesskabet**")), figure_of(&format!("{sentence}.")));
    }

    #[test]
    fn the_figure_is_words_per_sentence_and_percentage_of_long_words() {
        assert_eq!(TextCount { sentences: 10, words: 150, long: 45 }.figure(), Some(45));
        assert_eq!(TextCount { sentences: 2, words: 39, long: 1 }.figure(), None);
        assert_eq!(TextCount::default().figure(), None);
    }

    #[test]
    fn each_figure_has_a_name() {
        let names = [0, 24, 25, 44, 45, 55, 900].map(|figure| level(&LIX, figure));
        assert_eq!(names, ["meget let", "meget let", "let", "middel", "svær", "meget svær", "meget svær"]);
    }
}
