//! Rows read are rows written, whatever ends the lines.

use std::io::{self, BufReader, Cursor, Read};
use std::ops::Range;

use encoding_rs::WINDOWS_1252;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::base::csv::encoding;
use crate::base::csv::formula::{defused, restored};
use crate::base::csv::row::ListRow;
use crate::base::csv::rows::{CsvRows, RowError};
use crate::base::value::Value;

const LINE_ENDS: [&str; 3] = ["\n", "\r\n", "\r"];

/// How a file is encoded.
#[derive(Clone, Copy, Debug)]
enum FileEncoding {
    Utf8,
    Utf8WithMark,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

fn encoded(text: &str, encoding: FileEncoding) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    match encoding {
        FileEncoding::Utf8 => text.as_bytes().to_vec(),
        FileEncoding::Utf8WithMark => marked.into_bytes(),
        FileEncoding::Utf16Le => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        FileEncoding::Utf16Be => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        FileEncoding::Windows1252 => WINDOWS_1252.encode(text).0.into_owned(),
    }
}

fn read(bytes: &[u8]) -> Result<Vec<Vec<String>>, RowError> {
    let mut rows = CsvRows::new(encoding::utf8(Cursor::new(bytes)).map_err(RowError::Read)?)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next_row()? {
        found.push(row.cells.into_iter().map(|cell| cell.text).collect());
    }
    Ok(found)
}

fn cells(row: &ListRow) -> Vec<(&str, Range<usize>)> {
    row.cells.iter().map(|cell| (cell.text.as_str(), cell.span.clone())).collect()
}

#[test]
fn nothing_of_a_row_is_left_in_its_buffers() {
    let file = "a;b;c;d\n\n\"et\nto\";2;3;4\n5\n;;\n  æ  ;7;\"8\"\n";
    let (mut fresh, mut reused) = (CsvRows::new(file.as_bytes()).unwrap(), CsvRows::new(file.as_bytes()).unwrap());
    let mut row = ListRow::of_values(9, [Some(Value::Integer(1)), Some(Value::Bool(true))]);
    while let Some(expected) = fresh.next_row().unwrap() {
        assert!(reused.read_row(&mut row).unwrap());
        assert_eq!((row.line, &row.text, cells(&row)), (expected.line, &expected.text, cells(&expected)));
        assert!(row.cells.iter().all(|cell| cell.value.is_none()));
    }
    assert!(!reused.read_row(&mut row).unwrap());
}

fn quoted(cell: &str, delimiter: char) -> String {
    let cell = defused(cell);
    if cell.contains([delimiter, '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.into_owned()
    }
}

proptest! {
    #[test]
    fn rows_read_are_rows_written(
        delimiter in prop::sample::select(vec![';', ',', '\t']),
        encoding in prop::sample::select(vec![
            FileEncoding::Utf8, FileEncoding::Utf8WithMark, FileEncoding::Utf16Le, FileEncoding::Utf16Be,
            FileEncoding::Windows1252,
        ]),
        rows in vec((vec("[aø;,\"'\t =+@\r\n-]{0,6}", 2), 0_usize..3), 1..8),
        ends_in_line_end in any::<bool>(),
    ) {
        let mut text = format!("email{delimiter}a{delimiter}b{}", LINE_ENDS[rows[0].1]);
        let mut expected = vec![vec!["email".to_owned(), "a".to_owned(), "b".to_owned()]];
        for (at, (cells, line_end)) in rows.iter().enumerate() {
            // An address in a cell would make a row of a line of it, which is an error.
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('@', "").trim().to_owned()).collect();
            let cells = [vec![format!("p{at}")], cells].concat();
            text.push_str(&cells.iter().map(|cell| quoted(cell, delimiter)).collect::<Vec<_>>().join(&delimiter.to_string()));
            if ends_in_line_end || at + 1 < rows.len() {
                text.push_str(LINE_ENDS[*line_end]);
            }
            let as_read = |cell: &String| cell.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
            expected.push(cells.iter().map(as_read).collect());
        }
        prop_assert_eq!(read(&encoded(&text, encoding)).unwrap(), expected, "{:?}", text);
    }

    #[test]
    fn a_defused_cell_comes_back(text in "['=+@＝aø0-9 -]{0,5}") {
        let cell = defused(&text);
        prop_assert_eq!(restored(&cell), &text);
    }
}

#[test]
fn no_line_end_loses_a_row() {
    for line_end in ["\n", "\r\n", "\r", "\r\r\n", "\n\r", "\r\r", "\n\n"] {
        let file = ["email;navn", "a@x.example;A", "b@x.example;B"].join(line_end);
        let rows = read(file.as_bytes()).unwrap();
        assert_eq!(rows.concat(), ["email", "navn", "a@x.example", "A", "b@x.example", "B"], "{line_end:?}");
    }
}

#[test]
fn a_row_inside_a_cell_is_an_error() {
    for (file, line) in [
        ("email;navn\na@x.example;\"Anna\nb@x.example;Bo\nc@x.example;Carl\"\n", 3),
        ("email;navn\na@x.example;\"Anna\nb@x.example;\"Bo\"\n", 3),
        ("email;note\na@x.example;\"Anna\nog\nmere\" Bo;\n", 4),
    ] {
        let error = read(file.as_bytes());
        assert!(
            matches!(error, Err(RowError::SwallowedRow { line: found, .. }) if found == line),
            "{file:?}: {error:?}"
        );
    }
    let note = "email;note\na@x.example;\"Skriv til\nb@x.example\"\n";
    assert_eq!(read(note.as_bytes()).unwrap()[1][1], "Skriv til\nb@x.example");
}

#[test]
fn an_open_quote_ends_before_it_fills_the_memory() {
    let file = "email;navn\na@x.example;\"Anna\n".as_bytes().chain(io::repeat(b'\n'));
    let mut rows = CsvRows::new(BufReader::new(file)).unwrap();
    rows.next_row().unwrap();
    let error = rows.next_row();
    assert!(matches!(error, Err(RowError::OpenQuote { line: 2, .. })), "{error:?}");
}

#[test]
fn numbers_and_phone_numbers_are_not_defused() {
    for text in ["-5", "-1.234,5", "+45 12 34 56 78", "+4512345678", "-", "12", "Anna", "'t Hooft", ""] {
        assert_eq!(defused(text), text);
    }
    for text in ["=1", "+1-2", "-cmd", "@SUM(A1)", "\t=1", "＝1", "-1+cmd|' /C calc'!A0", "+", "'=1"] {
        let expected = if text == "+" { "+".to_owned() } else { format!("'{text}") };
        assert_eq!(defused(text), expected);
        assert_eq!(restored(&expected), text);
    }
}
