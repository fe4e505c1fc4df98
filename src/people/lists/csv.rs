//! Reads people from a CSV file.

use std::io::{BufReader, Read};
use std::sync::Arc;

use crate::base::csv::encoding::{self, Encoding};
use crate::base::csv::rows::{CsvRows, RowError};
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::people::lists::list_reader::ListReader;

const UNREADABLE: Code = Code("NL201");
const OPEN_QUOTE: Code = Code("NL206");
const SWALLOWED_ROW: Code = Code("NL263");

/// Reads the people of a CSV file.
///
/// The file is UTF-8, UTF-16 with a byte-order mark, or Windows-1252, which is reported. Its first line names the
/// columns, separated by `;`, `,` or tabs.
pub(crate) fn read(input: impl Read, reader: &mut ListReader<'_>) {
    if let Err(error) = rows(input, reader) {
        reader.report(unreadable(error, reader.path()));
    }
}

fn rows(input: impl Read, reader: &mut ListReader<'_>) -> Result<(), RowError> {
    let mut rows = CsvRows::new(encoding::utf8(BufReader::with_capacity(1 << 16, input)).map_err(RowError::Read)?)?;
    let Some(header) = rows.next_row()? else {
        reader.report_empty();
        return Ok(());
    };
    if !reader.header(&header) {
        return Ok(());
    }
    while let Some(row) = rows.next_row()? {
        if !row.is_blank() {
            reader.row(&row);
        }
        // The encoding is known only from the first line that is not UTF-8, which may come late in the file.
        if rows.encoding() == Encoding::Windows1252 {
            reader.note_guessed(&row);
        }
    }
    Ok(())
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
