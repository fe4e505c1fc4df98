//! Rows of lists and tables in any format, each cell with its location.

use std::mem::size_of;
use std::ops::Range;

use crate::base::value::Value;

/// A row of a list. A quoted cell of a CSV file may run over several lines.
#[derive(Debug, Default)]
pub(crate) struct ListRow {
    /// The number of its first line, or of the row in its sheet or result, counted from 1.
    pub(crate) line: usize,
    /// The text of its lines, with their line breaks; of a format without lines, its cells side by side.
    pub(crate) text: String,
    /// Its cells, in the order of the columns.
    pub(crate) cells: Vec<Cell>,
}

/// A cell of a row.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Its text, without quotation marks and white space around it.
    pub(crate) text: String,
    /// Its range in the row's text.
    pub(crate) span: Range<usize>,
    /// Its value, if the format has types; absent: the text.
    pub(crate) value: Option<Value>,
}

impl ListRow {
    /// A row of a format without lines.
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

    /// Sets a cell, or adds it after the last one. A cell that the row has keeps its buffer.
    pub(super) fn set_cell(&mut self, at: usize, text: &str, span: Range<usize>) {
        let Some(cell) = self.cells.get_mut(at) else {
            self.cells.push(Cell { text: text.to_owned(), span, value: None });
            return;
        };
        cell.text.clear();
        cell.text.push_str(text);
        (cell.span, cell.value) = (span, None);
    }

    /// How many bytes of memory its text and its cells take.
    pub(crate) fn size(&self) -> usize {
        let cells = self.cells.iter().map(|cell| size_of::<Cell>() + cell.text.capacity());
        self.text.capacity() + cells.sum::<usize>()
    }

    /// Whether every cell is empty, as in the rows that spreadsheets export below a list.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.is_empty())
    }
}
