//! The text of a table's cell: how wide it is, and where its lines may end.

use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::base::language::hyphenation::DividedWords;
use crate::edition::html::escape::escape;
use crate::edition::text_width::{FontFace, TextMeasure};

/// What is assumed of a value of the reader, which may be of any length: a name.
const READER_VALUE: &str = "Eksempelsen";

/// The most room that a picture in a cell is given, in pixels; it shrinks with its column.
const PICTURE: u32 = 80;

/// The characters of the longest word that is not broken behind a sign in it: addresses are longer, names are not.
const SHORT_WORD: usize = 24;

/// The characters of the longest part of an address that fits on a phone.
const SHORT_PART: usize = 40;

/// A character, and the face that it is written in.
#[derive(Clone, Copy)]
pub(super) struct StyledLetter {
    pub(super) character: char,
    face: FontFace,
}

/// The text of a cell.
#[derive(Default)]
pub(super) struct CellText {
    pub(super) letters: Vec<StyledLetter>,
    pub(super) has_value: bool,
    has_picture: bool,
}

impl CellText {
    /// The text of a cell of Markdown; that of a header is bold.
    pub(super) fn of(cell: Node<'_>, face: FontFace) -> Self {
        let mut text = Self::default();
        for node in cell.descendants() {
            let face = || {
                let is_bold = node.ancestors().any(|ancestor| matches!(ancestor.data().value, NodeValue::Strong));
                if is_bold { FontFace::Bold } else { face }
            };
            match &node.data().value {
                NodeValue::Text(words) => text.push(words, face()),
                NodeValue::Code(code) => text.push(&code.literal, FontFace::Fixed),
                NodeValue::SoftBreak => text.push(" ", FontFace::Regular),
                NodeValue::LineBreak => text.push("\n", FontFace::Regular),
                NodeValue::HtmlInline(html) if html.starts_with("<br") => text.push("\n", FontFace::Regular),
                NodeValue::Raw(_) => text.push_value(),
                NodeValue::Image(_) => text.has_picture = true,
                _ => {}
            }
        }
        text
    }

    pub(super) fn push(&mut self, text: &str, face: FontFace) {
        self.letters.extend(text.chars().map(|character| StyledLetter { character, face }));
    }

    pub(super) fn push_value(&mut self) {
        self.has_value = true;
        self.push(READER_VALUE, FontFace::Bold);
    }

    pub(super) fn push_picture(&mut self) {
        self.has_picture = true;
    }

    /// Its characters.
    pub(super) fn characters(&self) -> String {
        self.letters.iter().map(|letter| letter.character).collect()
    }

    /// How wide it is on one line, in pixels.
    pub(super) fn width(&self, measure: TextMeasure) -> u32 {
        measure.pixels(advance_of(&self.letters, measure))
    }
}

/// How the text of a cell is broken into lines.
#[derive(Clone, Copy, Debug)]
pub(super) enum CellLines {
    /// Not at all: it is an amount or a date.
    Whole,
    /// Between words.
    Words(WordDivision),
}

/// How words are hyphenated.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WordDivision {
    /// Absent: not at all.
    pub(super) lang: Option<Lang>,
    pub(super) words: DividedWords,
}

impl WordDivision {
    /// The parts of a word, if it is hyphenated.
    fn parts(self, word: &[StyledLetter]) -> Option<Vec<String>> {
        let lang = self.lang.filter(|_| word.len() >= self.words.shortest())?;
        Some(lang.parts_of_word(&characters(word), self.words)).filter(|parts| parts.len() > 1)
    }
}

/// How wide the text of a cell is, in pixels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CellWidth {
    /// On one line.
    pub(super) line: u32,
    /// Its widest word.
    pub(super) word: u32,
    /// The widest part of a word that is hyphenated.
    pub(super) syllable: u32,
    /// Whether it holds a value of the reader.
    pub(super) has_value: bool,
}

/// The same in thousandths of the font size, for text of any size in one list of fonts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CellAdvance {
    line: u32,
    word: u32,
    /// The widest part of a word that has no hyphen behind it.
    syllable: u32,
    /// The widest one that has a hyphen behind it, without the hyphen.
    hyphenated: Option<u32>,
    has_value: bool,
    has_picture: bool,
}

impl CellAdvance {
    /// Measures a cell for the fonts of a measure.
    pub(super) fn of(text: &CellText, lines: CellLines, measure: TextMeasure) -> Self {
        let mut widest = Self { has_value: text.has_value, has_picture: text.has_picture, ..Self::default() };
        for line in text.letters.split(|letter| letter.character == '\n') {
            widest.line = widest.line.max(advance_of(line, measure));
            match lines {
                CellLines::Whole => widest.add_part(line, None, measure),
                CellLines::Words(division) => {
                    for word in line.split(|letter| letter.character == ' ') {
                        if is_whole(word) {
                            widest.add_part(word, Some(division), measure);
                        } else {
                            for part in parts(word) {
                                widest.add_part(part, Some(division), measure);
                            }
                        }
                    }
                }
            }
        }
        widest
    }

    /// A part of a word; without `division` it is not hyphenated.
    fn add_part(&mut self, part: &[StyledLetter], division: Option<WordDivision>, measure: TextMeasure) {
        let whole = advance_of(part, measure);
        self.word = self.word.max(whole);
        let Some(syllables) = division.and_then(|division| division.parts(part)) else {
            self.syllable = self.syllable.max(whole);
            return;
        };
        let mut rest = part;
        for syllable in syllables {
            let (letters, behind) = rest.split_at(syllable.chars().count());
            let width = advance_of(letters, measure);
            if behind.is_empty() {
                self.syllable = self.syllable.max(width);
            } else {
                self.hyphenated = self.hyphenated.max(Some(width));
            }
            rest = behind;
        }
    }

    /// In the size of a measure that has the same fonts.
    pub(super) fn width(self, measure: TextMeasure) -> CellWidth {
        let hyphen = measure.pixels(measure.advance('-', FontFace::Bold));
        let hyphenated = self.hyphenated.map_or(0, |width| measure.pixels(width).saturating_add(hyphen));
        let picture = if self.has_picture { PICTURE } else { 0 };
        CellWidth {
            line: measure.pixels(self.line).max(picture),
            word: measure.pixels(self.word).max(picture),
            syllable: measure.pixels(self.syllable).max(hyphenated).max(picture),
            has_value: self.has_value,
        }
    }
}

impl CellWidth {
    pub(super) fn or_wider(self, other: Self) -> Self {
        Self {
            line: self.line.max(other.line),
            word: self.word.max(other.word),
            syllable: self.syllable.max(other.syllable),
            has_value: self.has_value || other.has_value,
        }
    }
}

fn characters(letters: &[StyledLetter]) -> String {
    letters.iter().map(|letter| letter.character).collect()
}

/// The width of some letters, in thousandths of the font size.
fn advance_of(letters: &[StyledLetter], measure: TextMeasure) -> u32 {
    letters.iter().map(|letter| measure.advance(letter.character, letter.face)).fold(0, u32::saturating_add)
}

/// Whether browsers never break a word, as nearly all.
fn is_whole(word: &[StyledLetter]) -> bool {
    word.len() <= SHORT_WORD && word.iter().all(|letter| letter.character != '-')
}

/// A word in the parts that browsers put on lines of their own.
fn parts(word: &[StyledLetter]) -> Vec<&[StyledLetter]> {
    let letters: Vec<char> = word.iter().map(|letter| letter.character).collect();
    let ends = ends_of_parts(&letters);
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, pair) in letters.windows(2).enumerate() {
        // Browsers end a line behind a hyphen within a word (UAX 14, class HY), but not before a number.
        let after_hyphen = pair[0] == '-' && at > from && pair[1].is_alphabetic();
        if after_hyphen || ends.contains(&(at + 1)) {
            parts.push(&word[from..=at]);
            from = at + 1;
        }
    }
    parts.push(&word[from..]);
    parts
}

/// Where a long word may end a line, in characters: behind the signs of an address. Browsers would break it between any two
/// letters, and only where it does not fit.
fn ends_of_parts(word: &[char]) -> Vec<usize> {
    if word.len() <= SHORT_WORD {
        return Vec::new();
    }
    let mut ends = Vec::new();
    let mut from = 0;
    for (at, pair) in word.windows(2).enumerate() {
        let [sign, next] = [pair[0], pair[1]];
        // A time is not broken: `2027-01-21T09:30`.
        let ends_part = match sign {
            '@' | '/' | '&' | '=' | '|' | ';' => next != sign,
            ':' => next != '/' && !next.is_ascii_digit(),
            _ => "?#".contains(next),
        };
        if ends_part && at > 0 {
            ends.extend(ends_of_names(&word[from..=at]).map(|end| from + end));
            ends.push(at + 1);
            from = at + 1;
        }
    }
    ends.extend(ends_of_names(&word[from..]).map(|end| from + end));
    ends
}

/// The same for a long part of an address: the name of a host or of a file.
fn ends_of_names(part: &[char]) -> impl Iterator<Item = usize> {
    let pairs = part.windows(2).enumerate().filter(|_| part.len() > SHORT_PART);
    let ends = pairs.filter(|(_, pair)| "._-+,".contains(pair[0]) && pair[1].is_alphanumeric());
    ends.map(|(at, _)| at + 1)
}

/// Text as HTML whose long addresses may be broken behind their signs, and not just anywhere. `<wbr>` is not part of what is
/// copied.
pub(super) fn escaped_with_breaks(text: &str) -> String {
    let is_space = |character: char| character.is_whitespace() && character != '\u{a0}';
    let mut out = String::with_capacity(text.len() + 8);
    for word in text.split_inclusive(is_space) {
        // Nearly every word is this short.
        if word.len() <= SHORT_WORD {
            out.push_str(&escape(word));
            continue;
        }
        let letters: Vec<char> = word.trim_end_matches(is_space).chars().collect();
        let ends = ends_of_parts(&letters);
        if ends.is_empty() {
            out.push_str(&escape(word));
            continue;
        }
        for (at, letter) in word.chars().enumerate() {
            out.push_str(if ends.contains(&at) { "<wbr>" } else { "" });
            out.push_str(&escape(letter.encode_utf8(&mut [0; 4])));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_addresses_are_broken_behind_their_signs() {
        for (text, parts) in [
            ("https://test.register.example/rest/v1/person", "https://|test.register.example/|rest/|v1/|person"),
            ("urn:no:difi:profile:arkivmelding:ver1.0", "urn:|no:|difi:|profile:|arkivmelding:|ver1.0"),
            ("informationssikkerhed@eksempelkommune.example", "informationssikkerhed@|eksempelkommune.example"),
            (
                "https://a.example/find?navn=hansen&by=aarhus#top",
                "https://|a.example/|find|?navn=|hansen&amp;|by=|aarhus|#top",
            ),
            ("2027-01-21T09:30:00+01:00/2027-01-22", "2027-01-21T09:30:00+01:00/|2027-01-22"),
            (
                "https://selvbetjening.test.samarbejde.eksempelkommune.example",
                "https://|selvbetjening.|test.|samarbejde.|eksempelkommune.|example",
            ),
            ("kl. 9.30/10.30 og/eller <b> a@b.example", "kl. 9.30/10.30 og/eller &lt;b&gt; a@b.example"),
            ("Koordinationsgruppen/Styregruppen", "Koordinationsgruppen/|Styregruppen"),
        ] {
            assert_eq!(escaped_with_breaks(text).replace("<wbr>", "|"), parts);
        }
    }
}
