//! Decides how a table is laid out in the HTML part, from the widths of its texts: so that no word and no amount is broken on a
//! wide screen, and so that phones stack what does not fit.

use comrak::nodes::{Node, NodeTable, NodeValue, TableAlignment};

use crate::base::language::Lang;
use crate::base::language::hyphenation::DividedWords;
use crate::edition::blocks;
use crate::edition::text_language::TextLanguage;
use crate::edition::text_width::{FontFace, TableText, TextMeasure};
use crate::edition::writers::cell_text::{CellAdvance, CellLines, CellText, CellWidth, WordDivision};

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

/// The width of a few letters, in pixels: the minimum of a column whose words are broken.
const LETTERS: u32 = 24;

/// The least width of a column whose words are broken, in pixels, beside one whose words are not.
const READABLE: u32 = 64;

/// How a table is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableLayout {
    /// On wide screens.
    pub(super) form: TableForm,
    /// On phones.
    pub(super) phone: PhoneForm,
    kept: Kept,
    /// By column, and by row.
    cells: Vec<Vec<CellFacts>>,
}

/// What is known about a cell; the default if the row lacks it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CellFacts {
    is_head: bool,
    /// Whether it is an amount or a date.
    is_amount: bool,
    /// Whether it is an amount or a date that is on one line on every screen.
    pub(super) is_on_one_line: bool,
    /// Which of its words are hyphenated.
    pub(super) words: DividedWords,
    /// Whether it holds a value of the reader.
    has_value: bool,
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

/// Which cells are not broken on the narrowest phone if the styles for phones are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    Table,
    /// The cells of each column.
    Columns(Vec<UnbrokenCells>),
}

impl Kept {
    /// Whether nothing is broken but values of the reader, which may be of any length.
    fn is_everything(&self) -> bool {
        match self {
            Self::Table => true,
            Self::Columns(columns) => !columns.is_empty() && columns.iter().all(|cells| *cells == UnbrokenCells::All),
        }
    }
}

/// How cells are made narrower in a table that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NarrowCells {
    /// All words are hyphenated.
    WithDividedWords,
    /// A line of an amount or a date ends between two words, so that none is broken.
    WithBrokenAmounts,
}

/// Which cells of a column are not broken in that case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnbrokenCells {
    None,
    Amounts,
    HeadAndAmounts,
    All,
}

impl TableLayout {
    /// Lays out a table of an edition; the languages of its cells decide how their words are hyphenated.
    pub(crate) fn of(node: Node<'_>, table: &NodeTable, text: TableText, language: &TextLanguage) -> Self {
        let mut cells = TableCells::of(node, table, text.wide, language);
        let [wide, phone] = [text.wide, text.phone].map(|measure| ColumnWidths::of(&cells, measure));
        let room = blocks::room(node, text.column);
        let form = TableForm::of(&wide, room);
        let bare_column = blocks::room(node, text.bare_column);
        let bare = wide.room(bare_column);
        let on_phone = blocks::room_on_phone(node, text.phone_column);
        let phone = match form {
            TableForm::Listed => phone.form_of_list(on_phone),
            TableForm::Free | TableForm::Columns(_) => match phone.form(on_phone) {
                PhoneForm::FitsWithStyles if sum(&wide.word) <= bare => PhoneForm::Fits,
                form => form,
            },
        };
        let kept_in = |wide: &ColumnWidths| match form {
            TableForm::Listed if wide.fits_as_list(bare_column) => Kept::Table,
            TableForm::Listed => Kept::Columns(Vec::new()),
            TableForm::Free | TableForm::Columns(_) if phone == PhoneForm::Fits => Kept::Table,
            TableForm::Free | TableForm::Columns(_) => wide.kept(bare),
        };
        let mut kept = kept_in(&wide);
        for narrow in [NarrowCells::WithDividedWords, NarrowCells::WithBrokenAmounts] {
            if !kept.is_everything() {
                cells.narrow(narrow, text.wide, |column, cell| form.line_width(room, column, cell));
                kept = kept_in(&ColumnWidths::of(&cells, text.wide));
            }
        }
        let facts = |column: &ColumnCells| column.cells.iter().map(|cell| cell.facts).collect();
        Self { form, phone, kept, cells: cells.columns.iter().map(facts).collect() }
    }

    /// Whether it is too wide for a letter.
    pub(super) fn is_listed(&self) -> bool {
        self.form == TableForm::Listed
    }

    /// Whether no cell is ever broken.
    pub(super) fn is_all_kept(&self) -> bool {
        self.kept == Kept::Table
    }

    /// What is known about a cell.
    pub(super) fn facts(&self, row: usize, column: usize) -> CellFacts {
        self.cells.get(column).and_then(|rows| rows.get(row)).copied().unwrap_or_default()
    }

    /// Whether a cell of a column is not broken anywhere, although others are.
    pub(super) fn is_kept(&self, cell: CellFacts, column: usize, align: &str) -> bool {
        let Kept::Columns(columns) = &self.kept else { return false };
        match columns.get(column) {
            // A value of the reader may be of any length, but not one in a column of amounts.
            Some(UnbrokenCells::All) => align == "right" || !cell.has_value,
            Some(UnbrokenCells::HeadAndAmounts) => cell.is_head || cell.is_amount,
            Some(UnbrokenCells::Amounts) => cell.is_amount,
            Some(UnbrokenCells::None) | None => false,
        }
    }
}

impl TableForm {
    /// The form of a table in this room, in pixels.
    fn of(wide: &ColumnWidths, room: u32) -> Self {
        let room = wide.room(room);
        match () {
            () if sum(&wide.line) <= room => Self::Free,
            () if sum(&wide.word) <= room => Self::Columns(share(&wide.word, &wide.line, room)),
            () if sum(&wide.syllable) <= room => Self::Columns(share(&wide.syllable, &wide.word, room)),
            () if wide.line.len() > 1 && wide.rows > 0 => Self::Listed,
            () => Self::Free,
        }
    }
}

/// The share of a list's names of its width, in per cent: the width of `.row-label` in the default theme's styles.
const NAMES: u32 = 34;

impl TableForm {
    /// The widest line of a cell on wide screens, in this room.
    fn line_width(&self, room: u32, column: usize, cell: CellFacts) -> u32 {
        let names = room.saturating_mul(NAMES) / 100;
        match self {
            Self::Free => u32::MAX,
            Self::Columns(widths) => widths.get(column).copied().unwrap_or(0),
            Self::Listed if cell.is_head => names.saturating_sub(GAP),
            Self::Listed => room.saturating_sub(names),
        }
    }
}

/// The cells of a table, measured for its fonts in any size.
struct TableCells {
    columns: Vec<ColumnCells>,
    /// The number of its rows besides the header.
    rows: usize,
}

/// The cells of a column.
struct ColumnCells {
    /// Whether it is right-aligned, as amounts are.
    is_right: bool,
    cells: Vec<MeasuredCell>,
}

/// One cell of a row, if the row has one in this column.
#[derive(Default)]
struct MeasuredCell {
    facts: CellFacts,
    text: CellText,
    lang: Option<Lang>,
    advance: CellAdvance,
}

impl MeasuredCell {
    fn measure(&mut self, measure: TextMeasure) {
        let division = WordDivision { lang: self.lang, words: self.facts.words };
        let lines = if self.facts.is_on_one_line { CellLines::Whole } else { CellLines::Words(division) };
        self.advance = CellAdvance::of(&self.text, lines, measure);
    }
}

impl TableCells {
    fn of(node: Node<'_>, table: &NodeTable, measure: TextMeasure, language: &TextLanguage) -> Self {
        let column = |column| {
            let align = align(table, column);
            let cell = |cell: Node<'_>| {
                let is_head = cell.parent().is_some_and(is_header);
                let text = CellText::of(cell, if is_head { FontFace::Bold } else { FontFace::Regular });
                let is_amount = !is_head && is_amount(&text, align, measure);
                let (words, has_value) = (DividedWords::Long, text.has_value);
                let facts = CellFacts { is_head, is_amount, is_on_one_line: is_amount, words, has_value };
                let lang = language.of_node(cell);
                let mut cell = MeasuredCell { facts, text, lang, advance: CellAdvance::default() };
                cell.measure(measure);
                cell
            };
            let cell = |row: Node<'_>| row.children().nth(column).map(cell).unwrap_or_default();
            let cells = node.children().map(cell).collect();
            ColumnCells { is_right: align == "right", cells }
        };
        let rows = node.children().filter(|row| matches!(row.data().value, NodeValue::TableRow(false))).count();
        Self { columns: (0..table.alignments.len()).map(column).collect(), rows }
    }
}

impl TableCells {
    /// Makes cells narrower. A cell with more than one line on wide screens keeps its short words: a line would end within a word
    /// that fits on the next one. `line` is the width of a line there.
    fn narrow(&mut self, narrow: NarrowCells, measure: TextMeasure, line: impl Fn(usize, CellFacts) -> u32) {
        for (column, ColumnCells { cells, .. }) in self.columns.iter_mut().enumerate() {
            for cell in cells {
                match narrow {
                    NarrowCells::WithDividedWords if cell.text.width(measure) <= line(column, cell.facts) => {
                        cell.facts.words = DividedWords::All;
                    }
                    NarrowCells::WithDividedWords => {}
                    NarrowCells::WithBrokenAmounts => cell.facts.is_on_one_line = false,
                }
                cell.measure(measure);
            }
        }
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
    /// The widest part of a word of the header.
    head: Vec<u32>,
    /// The widest amount.
    amount: Vec<u32>,
    /// Whether it is right-aligned, as amounts are.
    is_right: Vec<bool>,
    /// Whether it holds values of the reader.
    has_values: bool,
    /// The number of its rows besides the header.
    rows: usize,
}

impl ColumnWidths {
    fn of(table: &TableCells, measure: TextMeasure) -> Self {
        let mut widths = Self { rows: table.rows, ..Self::default() };
        for ColumnCells { is_right, cells } in &table.columns {
            let mut widest = CellWidth::default();
            let (mut head, mut amount) = (0, 0);
            for cell in cells {
                let width = cell.advance.width(measure);
                if cell.facts.is_head {
                    head = head.max(width.syllable);
                } else if cell.facts.is_amount {
                    amount = amount.max(width.syllable);
                }
                widest = widest.or_wider(width);
            }
            widths.is_right.push(*is_right);
            widths.line.push(widest.line);
            widths.word.push(widest.word);
            widths.syllable.push(widest.syllable);
            widths.head.push(head);
            widths.amount.push(amount);
            widths.has_values |= widest.has_value;
        }
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
            // A single column, or a table without rows, cannot be stacked.
            () if self.line.len() < 2 || self.rows == 0 => PhoneForm::FitsIfShort,
            () if self.has_values && sum(&self.line) <= room => PhoneForm::FitsIfShort,
            () if self.has_values || sum(&self.line) > room.saturating_mul(MOST_LINES) => PhoneForm::Stacked,
            () if sum(&self.word) <= room => PhoneForm::FitsWithStyles,
            () => PhoneForm::Stacked,
        }
    }

    /// The form of a list of cells with their names beside them.
    fn form_of_list(&self, whole: u32) -> PhoneForm {
        if self.fits_as_list(whole) { PhoneForm::FitsWithStyles } else { PhoneForm::Stacked }
    }

    /// Whether each name fits beside its value: `.row-label` has a third of the width.
    fn fits_as_list(&self, whole: u32) -> bool {
        let widest = |widths: &[u32]| widths.iter().copied().max().unwrap_or(0);
        let names = whole.saturating_mul(NAMES) / 100;
        let fits = widest(&self.head).saturating_add(GAP) <= names && widest(&self.syllable) <= whole - names;
        fits && !self.has_values
    }

    /// Which cells are kept unbroken in a room: amounts first, then the names of columns, then as many columns as fit;
    /// those on the right before others, and the narrowest first.
    fn kept(&self, room: u32) -> Kept {
        let mut kept = vec![UnbrokenCells::None; self.line.len()];
        for (next, least) in [
            (UnbrokenCells::Amounts, LETTERS),
            (UnbrokenCells::HeadAndAmounts, LETTERS),
            (UnbrokenCells::All, READABLE),
        ] {
            let mut columns: Vec<usize> = (0..kept.len()).collect();
            columns.sort_by_key(|column| (!self.is_right[*column], self.kept_width(*column, next)));
            for column in columns {
                let width = |(other, cells): (usize, &UnbrokenCells)| {
                    let cells = if other == column { next } else { *cells };
                    self.kept_width(other, cells).max(self.syllable[other].min(least))
                };
                let needed: Vec<u32> = kept.iter().enumerate().map(width).collect();
                if sum(&needed) <= room {
                    kept[column] = next;
                }
            }
        }
        let is_whole = !self.has_values && kept.iter().all(|cells| *cells == UnbrokenCells::All);
        if is_whole { Kept::Table } else { Kept::Columns(kept) }
    }

    /// The width that a column needs for its kept cells.
    fn kept_width(&self, column: usize, cells: UnbrokenCells) -> u32 {
        match cells {
            UnbrokenCells::None => 0,
            UnbrokenCells::Amounts => self.amount[column],
            UnbrokenCells::HeadAndAmounts => self.head[column].max(self.amount[column]),
            UnbrokenCells::All => self.syllable[column],
        }
    }
}

/// Distributes a room among columns: each gets what it needs, and the rest is shared in proportion to what each lacks
/// of its preferred width.
pub(super) fn share(least: &[u32], most: &[u32], room: u32) -> Vec<u32> {
    let left = u64::from(room.saturating_sub(sum(least)));
    let wishes: Vec<u64> = least.iter().zip(most).map(|(least, most)| u64::from(most.saturating_sub(*least))).collect();
    let all = wishes.iter().sum::<u64>().max(1);
    let extra = |wish: u64| u32::try_from(left * wish / all).unwrap_or(0);
    least.iter().zip(wishes).map(|(least, wish)| least.saturating_add(extra(wish))).collect()
}

pub(super) fn sum(widths: &[u32]) -> u32 {
    widths.iter().copied().fold(0, u32::saturating_add)
}

/// Whether a row is the header of its table.
pub(super) fn is_header(row: Node<'_>) -> bool {
    matches!(row.data().value, NodeValue::TableRow(true))
}

/// Whether a cell below the header is short enough to be on one line, on every screen: an amount with its unit, a date, a
/// telephone number, or a short name with a number in it.
fn is_amount(text: &CellText, align: &str, measure: TextMeasure) -> bool {
    let has_digit = text.letters.iter().any(|letter| letter.character.is_ascii_digit());
    // Most cells are words, which need no measuring.
    if !has_digit && align != "right" {
        return false;
    }
    let width = text.width(measure);
    let words = text.characters();
    let is_digit_or_sign = |character: char| character.is_ascii_digit() || " \u{a0}+-–()".contains(character);
    let may_be_long = align == "right" || ends_with_year(&words);
    (may_be_long && width <= AMOUNT)
        || (has_digit && width <= NAME)
        || (has_digit && words.chars().count() <= PHONE_NUMBER && words.chars().all(is_digit_or_sign))
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
    use crate::base::language::direction::Direction;
    use crate::base::language::tag::LanguageTag;
    use crate::edition::text_width::TextRoom;
    use crate::issue::manuscript::tree;

    #[test]
    fn a_table_of_huge_letters_is_laid_out() {
        let arena = Arena::new();
        let root = tree::markdown(&arena, "| Koordinationsgruppe | b |\n|---|---|\n| c | 12 |\n");
        let node = root.first_child().unwrap();
        let NodeValue::Table(table) = node.data().value.clone() else { panic!("no table") };
        let huge = TextMeasure::new("Arial", 99_999_999);
        let [column, phone] = [u32::MAX, 280].map(|column| TextRoom { column, ..TextRoom::default() });
        let text = TableText { column, bare_column: phone, phone_column: phone, wide: huge, phone: huge };
        let lang = Lang::default();
        let language = TextLanguage { tag: LanguageTag::from(lang), direction: Direction::default(), words: lang };
        let layout = TableLayout::of(node, &table, text, &language);
        assert_eq!(layout.phone, PhoneForm::Stacked);
    }
}
