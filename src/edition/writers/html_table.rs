//! Tables in HTML: which cells must not be broken on a narrow phone, and how columns are aligned.

use comrak::nodes::{Node, NodeTable, NodeValue, TableAlignment};

use crate::edition::blocks;
use crate::issue::manuscript::tree;

/// The width of the text in pixels, and of a character on average, in tenths of a pixel.
#[derive(Clone, Copy, Debug)]
struct TextWidth {
    room: u32,
    letter: usize,
}

/// The narrowest phone (320 pixels), in a mail program that ignores the styles for phones.
const BARE_PHONE: TextWidth = TextWidth { room: 232, letter: 78 };

/// The same, with the styles for phones.
const PHONE: TextWidth = TextWidth { room: 280, letter: 73 };

/// The space between two columns, in pixels.
const GAP: usize = 12;

/// The longest amount with its unit, in characters, that fits on one line beside other columns: `12.345.678 kr.`
const AMOUNT: usize = 14;

/// The longest name with a number in it, in characters, that is kept on one line: `kl. 14.30`, `1. kvartal`.
const NAME: usize = 10;

/// How a table is written so that phones break no word of it.
pub(super) struct TableFit {
    bare: ColumnFit,
    styled: ColumnFit,
}

impl TableFit {
    /// Measures a table.
    pub(super) fn of(node: Node<'_>, table: &NodeTable) -> Self {
        Self { bare: ColumnFit::of(node, table, BARE_PHONE), styled: ColumnFit::of(node, table, PHONE) }
    }

    /// The classes of the table.
    pub(super) fn table_class(&self) -> &'static str {
        match (self.bare, self.styled) {
            (ColumnFit::Whole, _) => "data kept",
            (_, ColumnFit::Whole) => "data kept-on-phone",
            _ => "data",
        }
    }

    /// A cell around its finished content.
    pub(super) fn cell(&self, cell: Node<'_>, align: &str, mut content: String) -> String {
        let header = cell.parent().is_some_and(is_header);
        let amount = !header && is_amount(cell, align);
        // If an amount must be broken, it is broken before its unit and not inside.
        if amount && !matches!(self.bare, ColumnFit::Heads | ColumnFit::Nothing) && !content.contains('<') {
            content = content.replace(' ', "&nbsp;");
        }
        let kept = match self.bare {
            ColumnFit::Whole | ColumnFit::Nothing => false,
            ColumnFit::Heads => header,
            ColumnFit::Amounts => amount,
            ColumnFit::HeadsAndAmounts => header || amount,
        };
        let class = if kept { " class=\"kept-cell\"" } else { "" };
        // An empty header cell is an error to screen readers (axe: empty-table-header).
        let (tag, scope) = if header && !content.is_empty() { ("th", " scope=\"col\"") } else { ("td", "") };
        let align = if tag == "td" && align == "left" { String::new() } else { format!(" align=\"{align}\"") };
        format!("<{tag}{class}{scope}{align}>{content}</{tag}>")
    }
}

/// What fits on a narrow phone without breaking a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnFit {
    Whole,
    HeadsAndAmounts,
    Heads,
    Amounts,
    Nothing,
}

impl ColumnFit {
    fn of(node: Node<'_>, table: &NodeTable, screen: TextWidth) -> Self {
        let room = usize::try_from(blocks::room(node, screen.room)).unwrap_or(0);
        let columns = table.alignments.len();
        let letters = room.saturating_sub(GAP * columns.saturating_sub(1)) * 10 / screen.letter;
        if letters == 0 {
            return Self::Nothing;
        }
        let longest = |which: &dyn Fn(Node<'_>, &str) -> bool| -> usize {
            let of = |column: usize| {
                let align = align(table, column);
                let cells = node.children().filter_map(|row| row.children().nth(column));
                cells.filter(|cell| which(cell, align)).map(|cell| unbroken(cell, align)).max().unwrap_or(0)
            };
            (0..columns).map(of).sum()
        };
        let head = |cell: Node<'_>| cell.parent().is_some_and(is_header);
        let heads = longest(&|cell, _| head(cell)) <= letters;
        match () {
            () if longest(&|_, _| true) <= letters => Self::Whole,
            () if longest(&|cell, align| head(cell) || is_amount(cell, align)) <= letters => Self::HeadsAndAmounts,
            () if longest(&|cell, align| is_amount(cell, align)) <= letters && !heads => Self::Amounts,
            () if heads => Self::Heads,
            () => Self::Nothing,
        }
    }
}

/// The length of the longest part of a cell that must not be broken, in characters. A value of the reader may be of any
/// length.
fn unbroken(cell: Node<'_>, align: &str) -> usize {
    if cell.descendants().any(|node| tree::placeholder(node).is_some()) {
        return usize::from(u16::MAX);
    }
    let text = tree::plain(cell);
    if is_amount(cell, align) && !cell.parent().is_some_and(is_header) {
        return text.chars().count();
    }
    text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0)
}

/// Whether a row is the header of its table.
pub(super) fn is_header(row: Node<'_>) -> bool {
    matches!(row.data().value, NodeValue::TableRow(true))
}

/// Whether a cell is an amount with its unit, or a short name with a number in it.
fn is_amount(cell: Node<'_>, align: &str) -> bool {
    let text = tree::plain(cell);
    let letters = text.chars().count();
    (align == "right" && letters <= AMOUNT)
        || (letters <= NAME && text.contains(|character: char| character.is_ascii_digit()))
}

/// The alignment of a column, as the `align` attribute names it.
pub(super) fn align(table: &NodeTable, column: usize) -> &'static str {
    match table.alignments.get(column) {
        Some(TableAlignment::Right) => "right",
        Some(TableAlignment::Center) => "center",
        Some(TableAlignment::Left | TableAlignment::None) | None => "left",
    }
}
