//! CSV for spreadsheets and programs.

use clap::ValueEnum;

use crate::base::csv::formula::defused;
use crate::base::value::Value;
use crate::cli::terminal::Terminal;
use crate::ops::text::visible;

/// What a CSV file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CsvForm {
    /// For Excel in Denmark: separated by `;`, with a byte-order mark and decimal commas
    Excel,
    /// For programs: separated by commas
    Comma,
}

impl CsvForm {
    /// Prints the first row.
    pub(super) fn print_header(self, cells: &[&str]) {
        // Without the mark, Excel reads a file as Windows-1252.
        let mark = if self == Self::Excel { "\u{feff}" } else { "" };
        Terminal::answer(&format!("{mark}{}", self.row(cells)));
    }

    /// Prints another row.
    pub(super) fn print_row(self, cells: &[&str]) {
        Terminal::answer(&self.row(cells));
    }

    /// The text of a value.
    pub(super) fn text(self, value: &Value) -> String {
        match (self, value) {
            // Danish Excel reads `12.5`, with a point, as the 12th of May.
            (Self::Excel, Value::Number(number)) => number.to_string().replace('.', ","),
            (Self::Excel | Self::Comma, value) => value.to_string(),
        }
    }

    fn row(self, cells: &[&str]) -> String {
        let separator = if self == Self::Excel { ";" } else { "," };
        cells.iter().map(|cell| csv_cell(cell, separator)).collect::<Vec<_>>().join(separator)
    }
}

/// A cell of a CSV file (RFC 4180 §2).
fn csv_cell(text: &str, separator: &str) -> String {
    let text = visible(text);
    let text = defused(&text);
    let needs_marks = text.contains(['"', '\n']) || text.contains(separator);
    if needs_marks { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.into_owned() }
}
