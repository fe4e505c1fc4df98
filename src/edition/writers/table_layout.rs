//! Decides how a table is laid out in the HTML part, from the widths of its texts: so that no word and no amount is broken on a
//! wide screen, and so that phones stack what does not fit.

use comrak::nodes::{Node, NodeTable, NodeValue, TableAlignment};

use crate::edition::blocks;
use crate::edition::text_language::TextLanguage;
use crate::edition::text_width::{FontFace, TableText, TextMeasure};

/// The width of the text on the narrowest phone (320 pixels), in pixels.
const PHONE: u32 = 280;

/// The space between two columns, in pixels.
const GAP: u32 = 12;

/// The widest amount or date that is kept on one line, in pixels: `24. september 2027`, also in bold type.
const AMOUNT: u32 = PHONE * 3 / 5;

/// The widest name with a number in it that is kept on one line, in pixels: `kl. 14.30`, `1. kvartal`.
const NAME: u32 = 84;

/// The longest telephone number, in characters: `+45 70 22 10 10`.
const PHONE_NUMBER: usize = 18;

/// A text that is more than this many times as wide as a phone's is hard to read in narrow columns.
const MOST_LINES: u32 = 4;

/// What is assumed of a value of the reader, which may be of any length: a name.
const READER_VALUE: &str = "Eksempelsen";

/// The most pixels that a picture in a cell needs; it shrinks with its column.
const PICTURE: u32 = 80;

/// The characters of the longest address that is not broken behind its `@`.
pub(super) const SHORT_ADDRESS: usize = 24;

/// The width of some letters, in pixels: a column whose words are broken has no less.
const LETTERS: u32 = 24;

/// How a table is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableLayout {
    /// On wide screens.
    pub(super) form: TableForm,
    /// On phones.
    pub(super) phone: PhoneForm,
    kept: KeptCells,
    amounts: AmountMeasure,
}

/// The form of a table on a wide screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TableForm {
    /// Mail programs find widths in which no word is broken: every row fits on one line.
    Free,
    /// Each column has a width in pixels.
    Columns(Vec<u32>),
    /// Too wide for the letter: each row is a list of its cells with their names, on every screen.
    Listed,
}

/// The form of a table on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PhoneForm {
    /// It fits, also where the styles for phones are ignored.
    Fits,
    /// It fits with the styles for phones.
    FitsWithStyles,
    /// Its rows fit on one line, but a value of the reader may be wider, and is then broken.
    FitsIfShort,
    /// Each row becomes a block, with a name before each value.
    Stacked,
}

/// Which cells are not broken on the narrowest phone where the styles for phones are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeptCells {
    HeadsAndAmounts,
    Heads,
    Amounts,
    None,
}

impl TableLayout {
    /// Lays out a table of an edition; the languages of its cells decide how their words are hyphenated.
    pub(crate) fn of(node: Node<'_>, table: &NodeTable, text: TableText, language: &TextLanguage) -> Self {
        let amounts = AmountMeasure(text.wide);
        let wide = ColumnWidths::of(node, table, CellMeasure { text: text.wide, amounts }, language);
        let phone = ColumnWidths::of(node, table, CellMeasure { text: text.phone, amounts }, language);
        let room = wide.room(blocks::room(node, text.column));
        let form = match () {
            () if sum(&wide.line) <= room => TableForm::Free,
            () if sum(&wide.word) <= room => TableForm::Columns(share(&wide.word, &wide.line, room)),
            () if sum(&wide.syllable) <= room => TableForm::Columns(share(&wide.syllable, &wide.word, room)),
            () if wide.line.len() > 1 && wide.rows > 0 => TableForm::Listed,
            () => TableForm::Free,
        };
        let bare = wide.room(blocks::room(node, text.bare_column));
        let on_phone = blocks::room_on_phone(node, PHONE);
        let phone = match form {
            TableForm::Listed => phone.form_of_list(on_phone),
            TableForm::Free | TableForm::Columns(_) => match phone.form(on_phone) {
                PhoneForm::FitsWithStyles if sum(&wide.word) <= bare => PhoneForm::Fits,
                form => form,
            },
        };
        Self { form, phone, kept: wide.kept(bare), amounts }
    }

    /// Whether it is too wide for a letter.
    pub(super) fn is_listed(&self) -> bool {
        self.form == TableForm::Listed
    }

    /// Whether a cell is not broken anywhere.
    pub(super) fn is_kept(&self, cell: Node<'_>, align: &str) -> bool {
        match self.kept {
            _ if matches!(self.phone, PhoneForm::Fits) => false,
            KeptCells::HeadsAndAmounts => is_head(cell) || self.is_amount(cell, align),
            KeptCells::Heads => is_head(cell),
            KeptCells::Amounts => self.is_amount(cell, align),
            KeptCells::None => false,
        }
    }

    /// Whether a cell is an amount or a date, which is on one line.
    pub(super) fn is_amount(&self, cell: Node<'_>, align: &str) -> bool {
        self.amounts.is_amount(cell, align)
    }
}

/// The widths of the columns of a table, in pixels, without the space between them.
#[derive(Debug, Default)]
struct ColumnWidths {
    /// The widest cell on one line.
    line: Vec<u32>,
    /// The widest word, or amount with its unit.
    word: Vec<u32>,
    /// The widest part of a word that is hyphenated.
    syllable: Vec<u32>,
    /// The widest word of the header.
    head: Vec<u32>,
    /// The widest amount.
    amount: Vec<u32>,
    /// Whether it holds values of the reader.
    has_values: bool,
    /// The number of its rows besides the header.
    rows: usize,
}

impl ColumnWidths {
    fn of(node: Node<'_>, table: &NodeTable, measure: CellMeasure, language: &TextLanguage) -> Self {
        let mut widths = Self::default();
        for column in 0..table.alignments.len() {
            let align = align(table, column);
            let mut widest = CellWidth::default();
            let (mut head, mut amount) = (0, 0);
            for cell in node.children().filter_map(|row| row.children().nth(column)) {
                let width = CellWidth::of(cell, align, measure, language);
                if is_head(cell) {
                    head = head.max(width.word);
                } else if measure.amounts.is_amount(cell, align) {
                    amount = amount.max(width.word);
                }
                widest = widest.or_wider(width);
            }
            widths.line.push(widest.line);
            widths.word.push(widest.word);
            widths.syllable.push(widest.syllable);
            widths.head.push(head);
            widths.amount.push(amount);
            widths.has_values |= widest.has_value;
        }
        widths.rows = node.children().filter(|row| matches!(row.data().value, NodeValue::TableRow(false))).count();
        widths
    }

    /// What is left of a width for the texts of the columns.
    fn room(&self, whole: u32) -> u32 {
        let gaps = u32::try_from(self.line.len()).unwrap_or(u32::MAX).saturating_sub(1);
        whole.saturating_sub(gaps.saturating_mul(GAP))
    }

    fn form(&self, whole: u32) -> PhoneForm {
        let room = self.room(whole);
        match () {
            // There is nothing to stack in one column, nor without rows.
            () if self.line.len() < 2 || self.rows == 0 => PhoneForm::FitsIfShort,
            () if self.has_values && sum(&self.line) <= room => PhoneForm::FitsIfShort,
            () if self.has_values || sum(&self.line) > room.saturating_mul(MOST_LINES) => PhoneForm::Stacked,
            () if sum(&self.word) <= room => PhoneForm::FitsWithStyles,
            () => PhoneForm::Stacked,
        }
    }

    /// The form of a list of cells with their names beside them: `.row-label` has a third of the width.
    fn form_of_list(&self, whole: u32) -> PhoneForm {
        let widest = |widths: &[u32]| widths.iter().copied().max().unwrap_or(0);
        let names = whole.saturating_mul(34) / 100;
        let fits = widest(&self.head).saturating_add(GAP) <= names && widest(&self.syllable) <= whole - names;
        if fits && !self.has_values { PhoneForm::FitsWithStyles } else { PhoneForm::Stacked }
    }

    fn kept(&self, room: u32) -> KeptCells {
        let fits = |widths: &[u32]| {
            let least: Vec<u32> = widths.iter().map(|width| *width.max(&LETTERS)).collect();
            sum(&least) <= room
        };
        let both: Vec<u32> = self.head.iter().zip(&self.amount).map(|(head, amount)| *head.max(amount)).collect();
        match () {
            () if self.has_values => KeptCells::None,
            () if fits(&both) => KeptCells::HeadsAndAmounts,
            () if fits(&self.amount) => KeptCells::Amounts,
            () if fits(&self.head) => KeptCells::Heads,
            () => KeptCells::None,
        }
    }
}

/// Shares a room among columns: each gets what it needs, and of what is left as much as it lacks to what it would like.
fn share(least: &[u32], most: &[u32], room: u32) -> Vec<u32> {
    let left = u64::from(room.saturating_sub(sum(least)));
    let wishes: Vec<u64> = least.iter().zip(most).map(|(least, most)| u64::from(most.saturating_sub(*least))).collect();
    let all = wishes.iter().sum::<u64>().max(1);
    let extra = |wish: u64| u32::try_from(left * wish / all).unwrap_or(0);
    least.iter().zip(wishes).map(|(least, wish)| least.saturating_add(extra(wish))).collect()
}

fn sum(widths: &[u32]) -> u32 {
    widths.iter().copied().fold(0, u32::saturating_add)
}

/// The width of some letters, in pixels, rounded up.
fn width_of(letters: &[StyledLetter], measure: TextMeasure) -> u32 {
    let widths: Vec<u32> = letters.iter().map(|letter| measure.character(letter.character, letter.face)).collect();
    sum(&widths).div_ceil(1000)
}

/// How wide the text of a cell is, in pixels.
#[derive(Clone, Copy, Debug, Default)]
struct CellWidth {
    line: u32,
    word: u32,
    syllable: u32,
    has_value: bool,
}

impl CellWidth {
    fn of(cell: Node<'_>, align: &str, measure: CellMeasure, language: &TextLanguage) -> Self {
        let text = CellText::of(cell);
        let lang = language.of_node(cell);
        let is_unbroken = measure.amounts.is_amount(cell, align);
        let measure = measure.text;
        let mut width = Self { has_value: text.has_value, ..Self::default() };
        for line in text.letters.split(|letter| letter.character == '\n') {
            let of = |letters: &[StyledLetter]| width_of(letters, measure);
            width.line = width.line.max(of(line));
            let words = if is_unbroken { vec![line] } else { words(line) };
            for word in words {
                width.word = width.word.max(of(word));
                let hyphen = measure.character('-', FontFace::Bold).div_ceil(1000);
                let letters: String = word.iter().map(|letter| letter.character).collect();
                let mut from = 0;
                let parts = lang.map(|lang| lang.parts_of_word(&letters));
                for part in parts.unwrap_or_else(|| vec![letters]) {
                    let end = from + part.chars().count();
                    let needed = of(&word[from..end]).saturating_add(if end < word.len() { hyphen } else { 0 });
                    width.syllable = width.syllable.max(needed);
                    from = end;
                }
            }
        }
        if text.has_picture {
            (width.line, width.word) = (width.line.max(PICTURE), width.word.max(PICTURE));
        }
        width
    }

    fn or_wider(self, other: Self) -> Self {
        Self {
            line: self.line.max(other.line),
            word: self.word.max(other.word),
            syllable: self.syllable.max(other.syllable),
            has_value: self.has_value || other.has_value,
        }
    }
}

/// The parts of a line that no mail program breaks.
fn words(line: &[StyledLetter]) -> Vec<&[StyledLetter]> {
    line.split(|letter| letter.character == ' ').flat_map(parts).collect()
}

/// A word in the parts that browsers put on lines of their own.
fn parts(word: &[StyledLetter]) -> Vec<&[StyledLetter]> {
    let is_long = word.len() > SHORT_ADDRESS;
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, StyledLetter { character, .. }) in word.iter().enumerate() {
        let next = word.get(at + 1).map(|letter| letter.character);
        // Browsers end a line behind a hyphen within a word (UAX 14, class HY), but not before a number.
        let after_hyphen = *character == '-' && at > from && next.is_some_and(char::is_alphabetic);
        if after_hyphen || (is_long && *character == '@') {
            parts.push(&word[from..=at]);
            from = at + 1;
        }
    }
    parts.push(&word[from..]);
    parts
}

/// A character, and the face that it is written in.
#[derive(Clone, Copy)]
struct StyledLetter {
    character: char,
    face: FontFace,
}

/// The text of a cell.
#[derive(Default)]
struct CellText {
    letters: Vec<StyledLetter>,
    has_value: bool,
    has_picture: bool,
}

impl CellText {
    fn of(cell: Node<'_>) -> Self {
        let mut text = Self::default();
        for node in cell.descendants() {
            let is_bold =
                || is_head(cell) || node.ancestors().any(|ancestor| matches!(ancestor.data().value, NodeValue::Strong));
            match &node.data().value {
                NodeValue::Text(words) => {
                    text.push(words, if is_bold() { FontFace::Bold } else { FontFace::Regular });
                }
                NodeValue::Code(code) => text.push(&code.literal, FontFace::Fixed),
                NodeValue::SoftBreak => text.push(" ", FontFace::Regular),
                NodeValue::LineBreak => text.push("\n", FontFace::Regular),
                NodeValue::HtmlInline(html) if html.starts_with("<br") => text.push("\n", FontFace::Regular),
                NodeValue::Raw(_) => {
                    text.has_value = true;
                    text.push(READER_VALUE, FontFace::Bold);
                }
                NodeValue::Image(_) => text.has_picture = true,
                _ => {}
            }
        }
        text
    }

    fn push(&mut self, text: &str, face: FontFace) {
        self.letters.extend(text.chars().map(|character| StyledLetter { character, face }));
    }
}

fn is_head(cell: Node<'_>) -> bool {
    cell.parent().is_some_and(is_header)
}

/// Whether a row is the header of its table.
pub(super) fn is_header(row: Node<'_>) -> bool {
    matches!(row.data().value, NodeValue::TableRow(true))
}

/// How a cell is measured.
#[derive(Clone, Copy, Debug)]
struct CellMeasure {
    text: TextMeasure,
    amounts: AmountMeasure,
}

/// Measures whether a cell is short enough to be on one line, on every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AmountMeasure(TextMeasure);

impl AmountMeasure {
    /// Whether a cell is an amount with its unit, a date, a telephone number, or a short name with a number in it.
    fn is_amount(self, cell: Node<'_>, align: &str) -> bool {
        if is_head(cell) {
            return false;
        }
        let text = CellText::of(cell);
        let width = width_of(&text.letters, self.0);
        let words: String = text.letters.iter().map(|letter| letter.character).collect();
        let is_digit_or_sign = |character: char| character.is_ascii_digit() || " \u{a0}+-–()".contains(character);
        let has_digit = words.contains(|character: char| character.is_ascii_digit());
        let may_be_long = align == "right" || ends_with_year(&words);
        (may_be_long && width <= AMOUNT)
            || (has_digit && width <= NAME)
            || (has_digit && words.chars().count() <= PHONE_NUMBER && words.chars().all(is_digit_or_sign))
    }
}

/// Whether a text is a day, a month or the like of a year: `21. januar 2027`, `uge 12, 2027`.
fn ends_with_year(text: &str) -> bool {
    let mut words = text.split(is_space).filter(|word| !word.is_empty());
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    words.next_back().is_some_and(is_year) && (1..=3).contains(&words.count())
}

fn is_space(character: char) -> bool {
    character == ' ' || character == '\u{a0}'
}

/// The alignment of a column, as the `align` attribute names it.
pub(super) fn align(table: &NodeTable, column: usize) -> &'static str {
    match table.alignments.get(column) {
        Some(TableAlignment::Right) => "right",
        Some(TableAlignment::Center) => "center",
        Some(TableAlignment::Left | TableAlignment::None) | None => "left",
    }
}

#[cfg(test)]
mod tests {
    use comrak::Arena;

    use super::*;
    use crate::base::language::Lang;
    use crate::base::language::direction::Direction;
    use crate::base::language::tag::LanguageTag;
    use crate::issue::manuscript::tree;

    #[test]
    fn a_table_of_huge_letters_is_laid_out() {
        let arena = Arena::new();
        let root = tree::markdown(&arena, "| Koordinationsgruppe | b |\n|---|---|\n| c | 12 |\n");
        let node = root.first_child().unwrap();
        let NodeValue::Table(table) = node.data().value.clone() else { panic!("no table") };
        let huge = TextMeasure::new("Arial", 99_999_999);
        let text = TableText { column: u32::MAX, bare_column: u32::MAX, wide: huge, phone: huge };
        let lang = Lang::default();
        let language = TextLanguage { tag: LanguageTag::from(lang), direction: Direction::default(), words: lang };
        let layout = TableLayout::of(node, &table, text, &language);
        assert_eq!(layout.phone, PhoneForm::Stacked);
    }
}
