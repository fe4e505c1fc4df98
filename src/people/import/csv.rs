//! The rows of a CSV file, however it is encoded and whatever separates its cells.

use std::io::Cursor;

use crate::base::csv::encoding::{self, Encoding};
use crate::base::csv::row::ListRow;
use crate::base::csv::rows::{CsvRows, RowError};
use crate::people::import::ImportError;

/// The header of a file, and the rows below it that are not empty.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<(ListRow, Vec<ListRow>), ImportError> {
    decoded(file, bytes).map(|(header, rows, _)| (header, rows))
}

/// The same, and how it is encoded.
pub(super) fn decoded(file: &str, bytes: &[u8]) -> Result<(ListRow, Vec<ListRow>, Encoding), ImportError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(ImportError::Archive { file: file.to_owned() });
    }
    let failed = |error: RowError| unreadable(file, &error);
    let input = encoding::utf8(Cursor::new(bytes)).map_err(|error| failed(RowError::Read(error)))?;
    let mut rows = CsvRows::new(input).map_err(failed)?;
    let header = rows.next_row().map_err(failed)?.ok_or_else(|| ImportError::Empty { file: file.to_owned() })?;
    let mut found = Vec::new();
    while let Some(row) = rows.next_row().map_err(failed)? {
        if !row.is_blank() {
            found.push(row);
        }
    }
    Ok((header, found, rows.encoding()))
}

fn unreadable(file: &str, error: &RowError) -> ImportError {
    let (line, reason) = match error {
        RowError::Read(_) => (1, "it ends in the middle of a letter"),
        RowError::Encoding { line, .. } => (*line, "it is neither UTF-8 nor Windows-1252"),
        RowError::LongLine { line } => (*line, "the line is longer than a megabyte"),
        RowError::OpenQuote { line, .. } => (*line, "a quotation mark opens a cell that nothing closes"),
    };
    ImportError::Unreadable { file: file.to_owned(), line, reason }
}
