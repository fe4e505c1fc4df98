//! A row of a list, whatever it is kept in: what is known of one person, each value with its place.

use std::ops::Range;

use crate::base::value::Value;

/// A row of a list. A quoted cell of a CSV file may run over several lines.
#[derive(Debug)]
pub(crate) struct ListRow {
    /// The number of its first line, or of the row in its sheet or answer, counted from 1.
    pub(crate) line: usize,
    /// The text of its lines, with their ends; of a row that has none, its cells side by side.
    pub(crate) text: String,
    /// Its cells, in the order of the columns.
    pub(crate) cells: Vec<Cell>,
}

/// A cell of a row.
#[derive(Debug)]
pub(crate) struct Cell {
    /// What it holds, without quotation marks and without white space around it; empty where it holds nothing.
    pub(crate) text: String,
    /// Where it stands in the row's text.
    pub(crate) span: Range<usize>,
    /// What it holds where the list knows kinds of values; absent: a text.
    pub(crate) value: Option<Value>,
}

impl ListRow {
    /// A row that has no text of its own.
    pub(crate) fn of_values(line: usize, values: impl IntoIterator<Item = Option<Value>>) -> Self {
        let mut row = Self { line, text: String::new(), cells: Vec::new() };
        for value in values {
            if !row.cells.is_empty() {
                row.text.push_str(" | ");
            }
            let text = value.as_ref().map(|value| value.to_string().trim().to_owned()).unwrap_or_default();
            let start = row.text.len();
            row.text.push_str(&text.replace(['\n', '\r'], " "));
            row.cells.push(Cell { span: start..row.text.len(), value: value.filter(|_| !text.is_empty()), text });
        }
        row
    }

    /// Whether every cell is empty, as in the rows that a spreadsheet leaves below a list.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.is_empty())
    }
}
