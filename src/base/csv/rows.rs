//! Splits a CSV file into rows and cells, each with its location.

use std::io::{self, BufRead};
use std::ops::Range;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use crate::base::csv::encoding::{Encoding, LineDecoder};
use crate::base::csv::row::{Cell, ListRow};

/// No row of a list is longer; the limit keeps a wrong file from filling the memory.
const LONGEST_LINE: u64 = 1 << 20;

/// Why there is no next row.
#[derive(Debug)]
pub(crate) enum RowError {
    /// The file cannot be read.
    Read(io::Error),
    /// A line is in no known encoding.
    Encoding {
        /// The line, counted from 1.
        line: usize,
        /// What can be read of it.
        text: String,
    },
    /// A line is too long.
    LongLine {
        /// The line, counted from 1.
        line: usize,
    },
    /// A quotation mark opens a cell that is never closed.
    OpenQuote {
        /// The line of the mark, counted from 1.
        line: usize,
        /// That line.
        text: String,
    },
}

/// Reads the rows of a file one by one.
pub(crate) struct CsvRows<R> {
    input: R,
    splitter: Reader,
    /// The number of the line read last.
    line: usize,
    /// The line that was read to find the delimiter, until it is split.
    ahead: Option<String>,
    decoder: LineDecoder,
}

impl<R: BufRead> CsvRows<R> {
    /// A reader that finds the separator in the first line that is not empty, which may also name it as Excel does:
    /// `sep=;`.
    pub(crate) fn new(input: R) -> Result<Self, RowError> {
        let decoder = LineDecoder::default();
        let mut rows = Self { input, splitter: Reader::new(), line: 0, ahead: None, decoder };
        let Some(first) = rows.next_visible_line()? else { return Ok(rows) };
        let named = first.trim_end_matches('\n').strip_prefix("sep=").and_then(|named| match named.as_bytes() {
            [separator @ (b';' | b',' | b'\t' | b'|')] => Some(*separator),
            _ => None,
        });
        rows.splitter = ReaderBuilder::new().delimiter(named.unwrap_or_else(|| delimiter(&first))).build();
        if named.is_none() {
            rows.ahead = Some(first);
        }
        Ok(rows)
    }

    /// A reader with a known separator.
    pub(crate) fn split_by(input: R, delimiter: u8) -> Self {
        let splitter = ReaderBuilder::new().delimiter(delimiter).build();
        Self { input, splitter, line: 0, ahead: None, decoder: LineDecoder::default() }
    }

    /// The next row that is not an empty line.
    pub(crate) fn next_row(&mut self) -> Result<Option<ListRow>, RowError> {
        let Some(first) = self.next_visible_line()? else { return Ok(None) };
        let mut row = ListRow { line: self.line, text: first, cells: Vec::new() };
        let mut bytes = Vec::new();
        let mut output = [0; 1024];
        let (mut start, mut at) = (0, 0);
        loop {
            if at == row.text.len() {
                let Some(line) = self.next_line()? else { return Err(open_quote(&row, start)) };
                row.text.push_str(&line);
            }
            // A cell that is longer than `output`, or continues on the next line, is returned in several pieces.
            let (result, read, written) = self.splitter.read_field(&row.text.as_bytes()[at..], &mut output);
            bytes.extend_from_slice(&output[..written]);
            at += read;
            if let ReadFieldResult::Field { record_end } = result {
                // The splitter copies whole characters of what was UTF-8, so nothing is replaced here.
                let text = String::from_utf8_lossy(&bytes).trim().to_owned();
                row.cells.push(Cell { text, span: trimmed_range(&row.text, start..at), value: None });
                bytes.clear();
                start = at;
                if record_end {
                    return Ok(Some(row));
                }
            }
        }
    }

    /// The encoding of the lines so far.
    pub(crate) fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    fn next_visible_line(&mut self) -> Result<Option<String>, RowError> {
        loop {
            match self.next_line()? {
                Some(line) if line.trim().is_empty() => {}
                other => return Ok(other),
            }
        }
    }

    /// The next line, ending in exactly one `\n`, so that a row ends where its line does and a cell that is still open
    /// at the end of the file is known to lack its closing mark.
    fn next_line(&mut self) -> Result<Option<String>, RowError> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        // Without the limit, `read_until` would read a file without line breaks into memory as a whole.
        let read =
            io::Read::take(&mut self.input, LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(RowError::Read)?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        if bytes.len() as u64 == LONGEST_LINE && bytes.last() != Some(&b'\n') {
            return Err(RowError::LongLine { line: self.line });
        }
        let mut line = self.decoder.decode(bytes).map_err(|text| RowError::Encoding { line: self.line, text })?;
        if self.line == 1 && line.starts_with('\u{feff}') {
            line.drain(..'\u{feff}'.len_utf8());
        }
        line.truncate(line.trim_end_matches(['\r', '\n']).len());
        line.push('\n');
        Ok(Some(line))
    }
}

/// The most frequent separator in a header line, outside quotation marks; `;` if there is none.
fn delimiter(line: &str) -> u8 {
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in line.bytes() {
        // A doubled quotation mark inside a quoted cell switches twice, and so changes nothing.
        quoted ^= byte == b'"';
        counts.iter_mut().filter(|(separator, _)| *separator == byte && !quoted).for_each(|(_, count)| *count += 1);
    }
    // `max_by_key` returns the last of equals, so the order is reversed: a header of one column gets the `;` of Danish
    // spreadsheets.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b';', |(separator, _)| separator)
}

/// The range of a cell without the separator after it and the white space around it.
fn trimmed_range(text: &str, span: Range<usize>) -> Range<usize> {
    let cell = text[span.clone()].trim_end_matches('\n');
    let cell = cell.strip_suffix([';', ',', '\t', '|']).unwrap_or(cell);
    let start = span.start + (cell.len() - cell.trim_start().len());
    start..start + cell.trim().len()
}

fn open_quote(row: &ListRow, at: usize) -> RowError {
    let before = row.text[..at].matches('\n').count();
    let text = row.text.lines().nth(before).unwrap_or("").to_owned();
    RowError::OpenQuote { line: row.line + before, text }
}
