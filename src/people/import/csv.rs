//! Reads all rows of a CSV file.

use std::io::Cursor;

use crate::base::csv::encoding::{self, Encoding};
use crate::base::csv::row::ListRow;
use crate::base::csv::rows::{CsvRows, RowError};
use crate::base::message::message;
use crate::people::import::ImportError;

/// The endings of spreadsheets.
const SPREADSHEETS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];

/// A CSV file.
pub(super) struct CsvFile {
    pub(super) header: ListRow,
    /// The rows below the header that are not empty.
    pub(super) rows: Vec<ListRow>,
    pub(super) encoding: Encoding,
}

/// Reads a file.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<CsvFile, ImportError> {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    // The signature of a compound file, as Excel wrote it until 2003 ([MS-CFB] 2.2).
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") || SPREADSHEETS.contains(&ending.as_str()) && !bytes.is_empty() {
        return Err(ImportError::Spreadsheet { file: file.to_owned() });
    }
    // The signature of a local file header (APPNOTE.TXT, 4.3.7).
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(ImportError::Archive { file: file.to_owned() });
    }
    let failed = |error: RowError| unreadable(file, &error);
    let input = encoding::utf8(Cursor::new(bytes)).map_err(|error| failed(RowError::Read(error)))?;
    let mut input = CsvRows::new(input).map_err(failed)?;
    let header = input.next_row().map_err(failed)?.ok_or_else(|| ImportError::Empty { file: file.to_owned() })?;
    let mut rows = Vec::new();
    while let Some(row) = input.next_row().map_err(failed)? {
        if !row.is_blank() {
            rows.push(row);
        }
    }
    Ok(CsvFile { header, rows, encoding: input.encoding() })
}

fn unreadable(file: &str, error: &RowError) -> ImportError {
    let (line, reason) = match error {
        RowError::Read(_) => (
            1,
            message!("the file is not valid UTF-16, or is truncated", "filen er ikke gyldig UTF-16 eller er afkortet"),
        ),
        RowError::Encoding { line, .. } => (
            *line,
            message!("this line is neither UTF-8 nor Windows-1252", "linjen er hverken UTF-8 eller Windows-1252"),
        ),
        RowError::LongLine { line } => {
            (*line, message!("this line is longer than a megabyte", "linjen er længere end en megabyte"))
        }
        RowError::OpenQuote { line, .. } => (
            *line,
            message!(
                "a quotation mark opens a cell that is never closed",
                "et anførselstegn åbner en celle, som aldrig lukkes"
            ),
        ),
        RowError::SwallowedRow { line, .. } => (
            *line,
            message!(
                "this line is inside a cell that a quotation mark above opens: remove the mark without a partner",
                "linjen er inde i en celle, som et anførselstegn længere oppe åbner: slet det anførselstegn, der står alene"
            ),
        ),
    };
    ImportError::Unreadable { file: file.to_owned(), line, reason }
}
