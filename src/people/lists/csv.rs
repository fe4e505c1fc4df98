//! Reads people from a CSV file, row by row.

use std::io::{BufReader, Read};

use crate::base::csv::encoding::{self, Encoding};
use crate::base::csv::rows::{CsvRows, RowError};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::people::lists::list_reader::ListReader;

const UNREADABLE: Code = Code("NL201");
const OPEN_QUOTE: Code = Code("NL206");

/// Reads the people of a CSV file.
///
/// The file is UTF-8, with or without a byte-order mark, UTF-16 with one, or Windows-1252, which is told; its first line
/// names the columns and decides whether `;`, `,` or a tab separates them.
pub(crate) fn read(input: impl Read, intake: &mut ListReader<'_>) {
    if let Err(error) = rows(input, intake) {
        intake.mistake(unreadable(error, intake));
    }
}

fn rows(input: impl Read, intake: &mut ListReader<'_>) -> Result<(), RowError> {
    let mut rows = CsvRows::new(encoding::utf8(BufReader::with_capacity(1 << 16, input)).map_err(RowError::Read)?)?;
    let Some(header) = rows.next_row()? else {
        intake.empty();
        return Ok(());
    };
    if !intake.header(&header) {
        return Ok(());
    }
    while let Some(row) = rows.next_row()? {
        if !row.is_blank() {
            intake.row(&row);
        }
        if rows.encoding() == Encoding::Windows1252 {
            intake.note_letters(&row);
        }
    }
    Ok(())
}

fn unreadable(error: RowError, intake: &ListReader<'_>) -> Diagnostic {
    let path = intake.path();
    match error {
        RowError::Read(error) => Diagnostic::error(UNREADABLE, format!("{path} cannot be read: {error}")),
        RowError::Encoding { line, text } => {
            Diagnostic::error(UNREADABLE, format!("{path} is not a CSV file in UTF-8"))
                .at(Span::in_line(path, line, &text, 0..text.len()))
                .hint("save it again: in Excel File, Save as, \"CSV UTF-8\"")
        }
        RowError::LongLine { line } => {
            Diagnostic::error(UNREADABLE, format!("line {line} of {path} is longer than a megabyte"))
                .hint("a list of people has one line a person; is this another kind of file?")
        }
        RowError::OpenQuote { line, text } => {
            Diagnostic::error(OPEN_QUOTE, "a quotation mark opens a cell here and nothing closes it")
                .at(Span::in_line(path, line, &text, 0..text.len()))
                .hint("remove the mark, or close the cell with another; a mark inside a cell is written twice")
        }
    }
}
