//! Reads people from a workbook of Excel or `LibreOffice`.

use std::fmt::Display;
use std::io::{BufReader, Read, Seek};
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, Ods, Range, Reader, SheetType, SheetVisible, Xlsx};
use jiff::civil::Date;

use crate::base::csv::row::ListRow;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::base::value::Value;
use crate::people::lists::column::Column;
use crate::people::lists::list_reader::ListReader;
use crate::people::lists::list_source::WorkbookKind;
use crate::people::lists::mapping::ColumnRole;

const UNREADABLE: Code = Code("NL253");
const NO_SHEET: Code = Code("NL254");
const SHEET_CHOSEN: Code = Code("NL255");
const HIDDEN_SHEET: Code = Code("NL256");
const BROKEN_FORMULA: Code = Code("NL257");

/// How many rows are searched for a header: there may be titles, dates and blank lines above it.
const HEADER_SEARCH_ROWS: usize = 20;

/// Reads the named sheet; without a name, the only one with content, or the first one with addresses.
pub(crate) fn read(input: impl Read + Seek, kind: WorkbookKind, named: Option<&str>, reader: &mut ListReader<'_>) {
    let input = BufReader::new(input);
    let failed = match kind {
        WorkbookKind::Xlsx => {
            Xlsx::new(input).map_err(|error| error.to_string()).and_then(|book| read_book(book, named, reader))
        }
        WorkbookKind::Ods => {
            Ods::new(input).map_err(|error| error.to_string()).and_then(|book| read_book(book, named, reader))
        }
    };
    if let Err(reason) = failed {
        let message = format!("{} cannot be read as a workbook: {reason}", reader.path());
        let hint = "open it and save it again as .xlsx or .ods, without a password";
        reader.report(Diagnostic::error(UNREADABLE, message).hint(hint));
    }
}

/// A sheet.
struct WorkbookSheet {
    name: String,
    cells: Range<Data>,
    /// The row of its header; absent if no header is for addresses.
    header: Option<usize>,
    hidden: bool,
}

fn read_book<B, R>(mut book: R, named: Option<&str>, reader: &mut ListReader<'_>) -> Result<(), String>
where
    B: Read + Seek,
    R: Reader<B>,
    R::Error: Display,
{
    let mut sheets = Vec::new();
    for sheet in book.sheets_metadata().to_vec().into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let cells = book.worksheet_range(&sheet.name).map_err(|error| error.to_string())?;
        if !cells.is_empty() || named == Some(&sheet.name) {
            let header = find_header(&cells, reader);
            let hidden = sheet.visible != SheetVisible::Visible;
            sheets.push(WorkbookSheet { name: sheet.name, cells, header, hidden });
        }
    }
    let Some(chosen) = choose(&sheets, named, reader) else { return Ok(()) };
    if sheets.len() > 1 {
        reader.rename(Arc::from(format!("{} ({})", reader.path(), chosen.name)));
    }
    if chosen.hidden {
        let message = format!("sheet `{}` is hidden in the workbook", chosen.name);
        reader.report(Diagnostic::warning(HIDDEN_SHEET, message).hint("unhide it, or name another one with sheet:"));
    }
    read_people(chosen, reader);
    Ok(())
}

fn choose<'s>(
    sheets: &'s [WorkbookSheet],
    named: Option<&str>,
    reader: &mut ListReader<'_>,
) -> Option<&'s WorkbookSheet> {
    if let Some(named) = named {
        let found = sheets.iter().find(|sheet| sheet.name.trim().eq_ignore_ascii_case(named.trim()));
        if found.is_none() {
            let what = format!("sheet of {}:", reader.path());
            let known = sheets.iter().map(|sheet| sheet.name.as_str());
            reader.report(Diagnostic::unknown(NO_SHEET, &what, named, known));
        }
        return found;
    }
    let visible: Vec<&WorkbookSheet> = sheets.iter().filter(|sheet| !sheet.hidden).collect();
    let with_addresses: Vec<&WorkbookSheet> = visible.iter().copied().filter(|sheet| sheet.header.is_some()).collect();
    if let [first, _, ..] = with_addresses.as_slice() {
        let all: Vec<&str> = with_addresses.iter().map(|sheet| sheet.name.as_str()).collect();
        let message = format!("several sheets of {} have addresses: {}", reader.path(), all.join(", "));
        let hint = format!("the first one is read; name the sheet, such as sheet: {}", first.name);
        reader.report(Diagnostic::warning(SHEET_CHOSEN, message).hint(hint));
    }
    let chosen = with_addresses.first().or(visible.first()).copied().or(sheets.first());
    if chosen.is_none() {
        reader.report_empty();
    }
    chosen
}

/// The first row with a header for addresses, among the first rows.
fn find_header(cells: &Range<Data>, reader: &ListReader<'_>) -> Option<usize> {
    let is_email = |cell: &Data| {
        let text = value(cell).map(|value| value.to_string()).unwrap_or_default();
        reader.mapping().role(&text) == ColumnRole::Fills(Column::Email)
    };
    cells.rows().take(HEADER_SEARCH_ROWS).position(|row| row.iter().any(is_email))
}

fn read_people(sheet: &WorkbookSheet, reader: &mut ListReader<'_>) {
    // The range of cells begins at the first one that is not empty.
    let above = sheet.cells.start().map_or(0, |(row, _)| row as usize);
    let header = sheet.header.unwrap_or(0);
    let mut rows = sheet.cells.rows().enumerate().skip(header);
    let Some((_, names)) = rows.next() else {
        reader.report_empty();
        return;
    };
    if !reader.header(&ListRow::of_values(above + header + 1, names.iter().map(value))) {
        return;
    }
    for (at, cells) in rows {
        let row = ListRow::of_values(above + at + 1, cells.iter().map(value));
        if row.is_blank() {
            continue;
        }
        if let Some(broken) = cells.iter().position(|cell| matches!(cell, Data::Error(_))) {
            let span = row.cells[broken].span.clone();
            let place = Span::in_line(reader.path(), row.line, &row.text, span);
            let message = format!("a formula in this row fails: {}", row.cells[broken].text);
            let hint = "fix the formula in the spreadsheet, and save it";
            reader.report(Diagnostic::error(BROKEN_FORMULA, message).at(place).hint(hint));
        }
        reader.row(&row);
    }
}

/// The value of a cell.
fn value(cell: &Data) -> Option<Value> {
    match cell {
        Data::Empty => None,
        Data::Int(whole) => Some(Value::Integer(*whole)),
        Data::Float(number) => Some(whole(*number).map_or(Value::Number(*number), Value::Integer)),
        Data::Bool(value) => Some(Value::Bool(*value)),
        Data::String(text) => Some(Value::Text(text.trim().to_owned())),
        Data::DateTime(time) if time.is_datetime() => Some(date_time(time)),
        // A duration, such as `[h]:mm`: days as a number.
        Data::DateTime(time) => Some(Value::Number(time.as_f64())),
        Data::DateTimeIso(text) => Some(iso_date_time(text)),
        Data::DurationIso(text) => Some(Value::Text(text.clone())),
        Data::Error(error) => Some(Value::Text(error.to_string())),
    }
}

/// Spreadsheets have one type of number: what prints as an integer is one.
fn whole(number: f64) -> Option<i64> {
    number.to_string().parse().ok()
}

/// A date; with a time of day, a text.
fn date_time(time: &ExcelDateTime) -> Value {
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}");
    match date(year, month, day) {
        Some(day) if time == "00:00" => Value::Date(day),
        Some(day) => Value::Text(format!("{day} {time}")),
        None => Value::Text(time),
    }
}

fn iso_date_time(text: &str) -> Value {
    // jiff also parses a date that is followed by a time, so that the time must be looked at on its own.
    match (text.parse::<Date>(), text.split_once('T')) {
        (Ok(day), None | Some((_, "00:00:00"))) => Value::Date(day),
        (Ok(_) | Err(_), _) => Value::Text(text.replace('T', " ")),
    }
}

/// The date of a spreadsheet; `None` in the days around 1900, which mean that a cell has a time of day alone.
fn date(year: u16, month: u8, day: u8) -> Option<Date> {
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok().filter(|date| *date > Date::constant(1900, 1, 1))
}
