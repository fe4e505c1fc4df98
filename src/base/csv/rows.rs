//! Splits a CSV file into rows and cells, each with its location.

use std::io::{self, BufRead};
use std::mem;
use std::ops::Range;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder, Terminator};

use crate::base::csv::encoding::{Encoding, LineDecoder};
use crate::base::csv::formula;
use crate::base::csv::row::ListRow;
use crate::base::limits;

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
    /// A cell in quotation marks runs over several lines, and one of them is itself a row, or text follows its closing
    /// mark: there is a mark too few or too many, and the rows in between would be lost.
    SwallowedRow {
        /// The line that would be lost, counted from 1.
        line: usize,
        /// That line.
        text: String,
        /// The line where the cell begins.
        opened: usize,
    },
}

/// Reads the rows of a file one by one.
pub(crate) struct CsvRows<R> {
    input: R,
    splitter: Reader,
    delimiter: u8,
    /// How many cells the first row has.
    columns: Option<usize>,
    /// The number of the line read last.
    line: usize,
    /// Whether that line ended in a CR: a LF that follows belongs to it.
    ended_in_cr: bool,
    /// The line that was read to find the delimiter, until it is split.
    ahead: Option<String>,
    /// The text of the cell that is being split off.
    cell: Vec<u8>,
    decoder: LineDecoder,
}

impl<R: BufRead> CsvRows<R> {
    /// A reader that finds the separator in the first line that is not empty, which may also name it as Excel does:
    /// `sep=;`.
    pub(crate) fn new(input: R) -> Result<Self, RowError> {
        let mut rows = Self::split_by(input, b';');
        let Some(first) = rows.next_visible_line(Vec::new())? else { return Ok(rows) };
        let named = first.trim_end_matches('\n').strip_prefix("sep=").and_then(|named| match named.as_bytes() {
            [separator @ (b';' | b',' | b'\t' | b'|')] => Some(*separator),
            _ => None,
        });
        rows.delimiter = named.unwrap_or_else(|| delimiter(&first));
        rows.splitter = splitter(rows.delimiter);
        if named.is_none() {
            rows.ahead = Some(first);
        }
        Ok(rows)
    }

    /// A reader with a known separator.
    pub(crate) fn split_by(input: R, delimiter: u8) -> Self {
        Self {
            input,
            splitter: splitter(delimiter),
            delimiter,
            columns: None,
            line: 0,
            ended_in_cr: false,
            ahead: None,
            cell: Vec::new(),
            decoder: LineDecoder::default(),
        }
    }

    /// The next row that is not an empty line.
    pub(crate) fn next_row(&mut self) -> Result<Option<ListRow>, RowError> {
        let mut row = ListRow::default();
        Ok(self.read_row(&mut row)?.then_some(row))
    }

    /// Reads the next row that is not an empty line into the buffers of one that is no longer needed. Returns whether there
    /// is a row; if not, or after an error, `row` is arbitrary.
    pub(crate) fn read_row(&mut self, row: &mut ListRow) -> Result<bool, RowError> {
        let Some(first) = self.next_visible_line(mem::take(&mut row.text).into_bytes())? else { return Ok(false) };
        (row.line, row.text) = (self.line, first);
        self.cell.clear();
        let mut count = 0;
        let mut output = [0; 1024];
        let (mut start, mut at) = (0, 0);
        loop {
            if at == row.text.len() {
                // A cell that is still open after this many bytes would take the rest of the file into memory.
                let is_short = row.text.len() as u64 <= limits::LINE;
                let next = self.next_line(Vec::new())?.filter(|_| is_short);
                let Some(line) = next else { return Err(open_quote(row, start)) };
                row.text.push_str(&line);
            }
            // A cell that is longer than `output`, or continues on the next line, is returned in several pieces.
            let (result, read, written) = self.splitter.read_field(&row.text.as_bytes()[at..], &mut output);
            self.cell.extend_from_slice(&output[..written]);
            at += read;
            if let ReadFieldResult::Field { record_end } = result {
                // The splitter copies whole characters of what was UTF-8, so nothing is replaced here.
                let text = String::from_utf8_lossy(&self.cell);
                row.set_cell(count, formula::restored(text.trim()), trimmed_range(&row.text, start..at));
                self.cell.clear();
                (start, count) = (at, count + 1);
                if record_end {
                    row.cells.truncate(count);
                    return self.check(row).map(|()| true);
                }
            }
        }
    }

    /// Fails if one of the cells of a row contains other rows. A line within a cell counts as a row if it has an address
    /// and as many cells as the first row.
    fn check(&mut self, row: &ListRow) -> Result<(), RowError> {
        let columns = *self.columns.get_or_insert(row.cells.len());
        if row.text.matches('\n').count() == 1 {
            return Ok(());
        }
        let has_all_cells =
            |line: &str| columns > 1 && line.bytes().filter(|byte| *byte == self.delimiter).count() + 1 == columns;
        let mut lines = row.text.lines().enumerate().skip(1);
        let swallowed = lines.find(|(_, line)| line.contains('@') && has_all_cells(line)).map(|(at, _)| at);
        // A cell that ends in the middle of a later line, with text behind the mark, ends where another one should begin.
        let stray = row.cells.iter().find_map(|cell| text_after_quote(&row.text, &cell.span));
        match swallowed.or(stray) {
            Some(at) => {
                let text = row.text.lines().nth(at).unwrap_or_default().to_owned();
                Err(RowError::SwallowedRow { line: row.line + at, text, opened: row.line })
            }
            None => Ok(()),
        }
    }

    /// The encoding of the lines so far.
    pub(crate) fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    /// The next line that is not blank, in this buffer.
    fn next_visible_line(&mut self, mut buffer: Vec<u8>) -> Result<Option<String>, RowError> {
        loop {
            match self.next_line(buffer)? {
                Some(line) if line.trim().is_empty() => buffer = line.into_bytes(),
                other => return Ok(other),
            }
        }
    }

    /// The next line, ending in exactly one `\n`, so that a row ends where its line does and a cell that is still open
    /// at the end of the file is known to lack its closing mark. In the file, a line ends in LF, CR LF, or CR alone, as old
    /// programs for the Mac write. It is in this buffer, whose content is lost.
    fn next_line(&mut self, buffer: Vec<u8>) -> Result<Option<String>, RowError> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let Some(bytes) = self.line_bytes(buffer)? else { return Ok(None) };
        let mut line = self.decoder.decode(bytes).map_err(|text| RowError::Encoding { line: self.line, text })?;
        if self.line == 1 && line.starts_with('\u{feff}') {
            line.drain(..'\u{feff}'.len_utf8());
        }
        line.push('\n');
        Ok(Some(line))
    }

    /// The bytes of the next line, without its end, in this buffer.
    fn line_bytes(&mut self, mut bytes: Vec<u8>) -> Result<Option<Vec<u8>>, RowError> {
        bytes.clear();
        let mut is_line = false;
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(RowError::Read(error)),
            };
            if buffer.is_empty() {
                self.line += usize::from(is_line);
                return Ok(is_line.then_some(bytes));
            }
            if std::mem::take(&mut self.ended_in_cr) && buffer[0] == b'\n' {
                self.input.consume(1);
                continue;
            }
            is_line = true;
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let length = end.unwrap_or(buffer.len());
            // With the line break that is added to the text.
            bytes.reserve(length + 1);
            bytes.extend_from_slice(&buffer[..length]);
            self.ended_in_cr = end.is_some_and(|end| buffer[end] == b'\r');
            self.input.consume(length + usize::from(end.is_some()));
            if bytes.len() as u64 > limits::LINE {
                return Err(RowError::LongLine { line: self.line + 1 });
            }
            if end.is_some() {
                self.line += 1;
                return Ok(Some(bytes));
            }
        }
    }
}

/// A splitter whose rows end in LF: a CR never ends one, since what follows in the line would be lost.
fn splitter(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build()
}

/// The line, counted from 0, where text follows the closing quotation mark of a cell of several lines; `None` if it has no such
/// text or mark.
fn text_after_quote(text: &str, span: &Range<usize>) -> Option<usize> {
    let inner = text[span.clone()].strip_prefix('"')?;
    let mut marks = inner.match_indices('"').map(|(at, _)| at).peekable();
    while let Some(at) = marks.next() {
        if marks.next_if_eq(&(at + 1)).is_none() {
            let rest = &inner[at + 1..];
            let lines = inner[..at].matches('\n').count();
            let before = text[..span.start].matches('\n').count();
            return (lines > 0 && !rest.trim().is_empty()).then_some(before + lines);
        }
    }
    None
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
