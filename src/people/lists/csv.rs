//! Reads people from a CSV file.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::base::csv::encoding::{self, Encoding};
use crate::base::csv::row::ListRow;
use crate::base::csv::rows::{CsvRows, RowError};
use crate::base::message::message;
use crate::base::parallel;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::people::lists::list_reader::ListReader;

const UNREADABLE: Code = Code("NL201");
const OPEN_QUOTE: Code = Code("NL206");
const SWALLOWED_ROW: Code = Code("NL263");

/// How many bytes of rows are read at a time: some hundred rows of most lists. A row may be a megabyte, so that a number of
/// rows would be no limit.
const BATCH: usize = 1 << 16;
/// The largest row whose buffers are used again, in bytes: a few long ones must not fill the memory for good.
const REUSED: usize = 1 << 12;

/// Rows that were read, while others are still made into people.
#[derive(Default)]
struct RowBatch {
    rows: Vec<DecodedRow>,
    /// Why there are no more.
    error: Option<RowError>,
}

/// A row, with what was known of its file's encoding when it was read.
#[derive(Default)]
struct DecodedRow {
    row: ListRow,
    encoding: Encoding,
}

impl RowBatch {
    /// Replaces the rows by the next ones. Breaks at the end of the file.
    fn fill(&mut self, rows: &mut CsvRows<impl BufRead>) -> ControlFlow<()> {
        let (mut count, mut size) = (0, 0);
        let end = loop {
            if size >= BATCH {
                break ControlFlow::Continue(());
            }
            if count == self.rows.len() {
                self.rows.push(DecodedRow::default());
            }
            let DecodedRow { row, encoding } = &mut self.rows[count];
            if row.size() > REUSED {
                *row = ListRow::default();
            }
            match rows.read_row(row) {
                Ok(true) => {}
                Ok(false) => break ControlFlow::Break(()),
                Err(error) => {
                    self.error = Some(error);
                    break ControlFlow::Break(());
                }
            }
            *encoding = rows.encoding();
            size += row.size();
            count += 1;
        };
        self.rows.truncate(count);
        end
    }
}

/// Reads the people of a CSV file.
///
/// The file is UTF-8, UTF-16 with a byte-order mark, or Windows-1252, which is reported. Its first line names the
/// columns, separated by `;`, `,` or tabs.
pub(crate) fn read(input: impl Read + Send, reader: &mut ListReader<'_>) {
    if let Err(error) = rows(input, reader) {
        reader.report(unreadable(error, reader.path()));
    }
}

fn rows(input: impl Read + Send, reader: &mut ListReader<'_>) -> Result<(), RowError> {
    let mut rows = CsvRows::new(encoding::utf8(BufReader::with_capacity(1 << 16, input)).map_err(RowError::Read)?)?;
    let Some(header) = rows.next_row()? else {
        reader.report_empty();
        return Ok(());
    };
    if !reader.header(&header) {
        return Ok(());
    }
    let mut end = Ok(());
    parallel::refilled(
        |batch: &mut RowBatch| batch.fill(&mut rows),
        |batch| {
            for DecodedRow { row, encoding } in &batch.rows {
                if !row.is_blank() {
                    reader.row(row);
                }
                // The encoding is known only from the first line that is not UTF-8, which may come late in the file.
                if *encoding == Encoding::Windows1252 {
                    reader.note_guessed(row);
                }
            }
            if let Some(error) = batch.error.take() {
                end = Err(error);
            }
        },
    );
    end
}

fn unreadable(error: RowError, path: &Arc<str>) -> Diagnostic {
    match error {
        RowError::Read(error) => {
            Diagnostic::error(UNREADABLE, message!("{path} cannot be read: {error}", "{path} kan ikke læses: {error}"))
        }
        RowError::Encoding { line, text } => Diagnostic::error(
            UNREADABLE,
            message!("{path} is neither UTF-8 nor Windows-1252", "{path} er hverken UTF-8 eller Windows-1252"),
        )
        .at(Span::in_line(path, line, &text, 0..text.len()))
        .hint(message!(
            "save it again; in Excel: File, Save As, \"CSV UTF-8\"",
            "gem den igen; i Excel: Filer, Gem som, \"CSV UTF-8\""
        )),
        RowError::LongLine { line } => Diagnostic::error(
            UNREADABLE,
            message!(
                "line {line} of {path} is longer than a megabyte",
                "linje {line} i {path} er længere end en megabyte"
            ),
        )
        .hint(message!(
            "a list has one line per person; is this another kind of file?",
            "en liste har én linje pr. person; er det en anden slags fil?"
        )),
        RowError::OpenQuote { line, text } => Diagnostic::error(
            OPEN_QUOTE,
            message!(
                "this quotation mark opens a cell that is never closed",
                "anførselstegnet åbner en celle, der aldrig lukkes"
            ),
        )
        .at(Span::in_line(path, line, &text, 0..text.len()))
        .hint(message!(
            "remove it, or close the cell with another; inside a cell, write quotation marks twice",
            "slet det, eller luk cellen med et til; inde i en celle skrives anførselstegn to gange"
        )),
        RowError::SwallowedRow { line, text, opened } => {
            let message = message!(
                "this line is inside a cell that a quotation mark opens on line {opened}",
                "linjen er inde i en celle, som et anførselstegn åbner på linje {opened}"
            );
            Diagnostic::error(SWALLOWED_ROW, message).at(Span::in_line(path, line, &text, 0..text.len())).hint(
                message!(
                    "remove the quotation mark on line {opened} that has no partner, or write it twice",
                    "slet det anførselstegn på linje {opened}, der står alene, eller skriv det to gange"
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_bounded_in_bytes() {
        let row = |number: usize| format!("a{number}@x.example;{}\n", "x".repeat(if number < 40 { 60_000 } else { 9 }));
        let file: String = (0..2_000).map(row).collect();
        let mut rows = CsvRows::split_by(file.as_bytes(), b';');
        let mut batch = RowBatch::default();
        let (mut seen, mut most) = (Vec::new(), 0);
        loop {
            let end = batch.fill(&mut rows);
            let size: usize = batch.rows.iter().map(|row| row.row.size()).sum();
            assert!(size < BATCH + 4 * 60_000, "{size}");
            most = most.max(batch.rows.len());
            seen.extend(batch.rows.iter().map(|row| row.row.line));
            if end.is_break() {
                break;
            }
        }
        assert_eq!(seen, (1..=2_000).collect::<Vec<usize>>());
        assert!(most > 100 && batch.error.is_none(), "{most}");
        assert!(batch.rows.iter().all(|row| row.row.size() <= REUSED), "the buffers of long rows are freed");
    }
}
