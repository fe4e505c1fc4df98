//! Reads the rows and cells of a table from a spreadsheet's file or from pasted text.

use std::ops::Range;

use crate::base::csv::rows::{CsvRows, RowError};

/// One row, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CellRow {
    /// Its first line, counted from 1.
    pub(super) line: usize,
    /// Its bytes in that line.
    pub(super) span: Range<usize>,
    pub(super) cells: Vec<String>,
}

/// Why a text is not a table.
#[derive(Debug)]
pub(super) enum CellError {
    /// A quotation mark in this line opens a cell that is never closed.
    OpenQuote { line: usize },
    /// More rows than this, or more columns in this line.
    TooLarge { line: usize },
    /// A line is too long to read.
    LongLine { line: usize },
    /// No separator between cells, or no cells.
    NoCells,
}

/// The largest table that a letter shows.
#[derive(Clone, Copy)]
pub(super) struct TableLimits {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// The rows of a file; its first line decides what separates cells.
pub(super) fn of_file(text: &str, limits: TableLimits) -> Result<Vec<CellRow>, CellError> {
    CsvRows::new(text.as_bytes()).map_err(|error| cell_error(&error)).and_then(|rows| collect(rows, limits))
}

/// The rows of what was pasted: tabs separate cells, or `;`, `|`, the same number of `,` in each line, or wide gaps.
pub(super) fn pasted(text: &str, limits: TableLimits) -> Result<Vec<CellRow>, CellError> {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let each = |sign: &str| lines().all(|line| line.trim().contains(sign));
    let commas = |line: &str| line.matches(',').count();
    if text.contains('\t') {
        collect(CsvRows::split_by(text.as_bytes(), b'\t'), limits)
    } else if each(";") {
        collect(CsvRows::split_by(text.as_bytes(), b';'), limits)
    } else if each("|") {
        let bare = |line: &str| line.trim().trim_matches('|').to_owned();
        let inner: Vec<String> = text.lines().map(bare).collect();
        let mut rows = collect(CsvRows::split_by(inner.join("\n").as_bytes(), b'|'), limits)?;
        // The line of dashes below the head of a Markdown table is not a row.
        rows.retain(|row| {
            !row.cells
                .iter()
                .all(|cell| cell.len() >= 3 && cell.chars().all(|character| matches!(character, '-' | ':')))
        });
        Ok(rows)
    } else if lines().next().is_some_and(|first| commas(first) > 0 && lines().all(|line| commas(line) == commas(first)))
    {
        collect(CsvRows::split_by(text.as_bytes(), b','), limits)
    } else if each("  ") {
        collect(CsvRows::split_by(gaps(text).as_bytes(), b'\t'), limits)
    } else {
        Err(CellError::NoCells)
    }
}

/// The text with a tab for every gap of two spaces or more.
fn gaps(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let cells: Vec<&str> = line.trim().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    out
}

fn collect(mut rows: CsvRows<&[u8]>, limits: TableLimits) -> Result<Vec<CellRow>, CellError> {
    let mut found = Vec::new();
    while let Some(row) = rows.next_row().map_err(|error| cell_error(&error))? {
        if row.is_blank() {
            continue;
        }
        let first = row.text.lines().next().unwrap_or("");
        let indent = first.len() - first.trim_start().len();
        let span = indent..first.trim_end().len().max(indent);
        let mut cells: Vec<String> = row.cells.into_iter().map(|cell| cell.text).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.len() > limits.columns || found.len() > limits.rows {
            return Err(CellError::TooLarge { line: row.line });
        }
        found.push(CellRow { line: row.line, span, cells });
    }
    if found.is_empty() { Err(CellError::NoCells) } else { Ok(found) }
}

fn cell_error(error: &RowError) -> CellError {
    match error {
        RowError::OpenQuote { line, .. } | RowError::SwallowedRow { opened: line, .. } => {
            CellError::OpenQuote { line: *line }
        }
        RowError::LongLine { line } => CellError::LongLine { line: *line },
        // Neither happens: the text is in memory and is UTF-8.
        RowError::Read(_) | RowError::Encoding { .. } => CellError::NoCells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: TableLimits = TableLimits { rows: 10, columns: 5 };

    fn cells(text: &str) -> Vec<Vec<String>> {
        pasted(text, LIMITS).unwrap().into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn cells_are_found_however_they_were_pasted() {
        let expected = [["By", "Antal"], ["Ærø", "1,5"]];
        for text in [
            "By\tAntal\nÆrø\t1,5\n",
            "By;Antal\n\nÆrø;1,5",
            "| By | Antal |\n|----|---:|\n| Ærø | 1,5 |",
            "By   Antal\nÆrø  1,5",
        ] {
            assert_eq!(cells(text), expected, "{text}");
        }
        assert_eq!(cells("a,b\nc,d"), [["a", "b"], ["c", "d"]]);
        assert_eq!(
            cells("\tJan\tFeb\t\nÆrø\t\"1\n2\"\t\"\"\"x\"\"\"\n"),
            [["", "Jan", "Feb"], ["Ærø", "1\n2", "\"x\""]]
        );
        assert!(matches!(pasted("En sætning, og en til.\nOg mere.", LIMITS), Err(CellError::NoCells)));
        assert!(matches!(pasted("a\t\"b", LIMITS), Err(CellError::OpenQuote { line: 1 })));
        assert!(matches!(pasted(&"a\tb\n".repeat(12), LIMITS), Err(CellError::TooLarge { line: 12 })));
    }
}
