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
use crate::people::lists::mapping::{ColumnRole, civil};

const UNREADABLE: Code = Code("NL253");
const NO_SHEET: Code = Code("NL254");
const SHEET_CHOSEN: Code = Code("NL255");
const NOT_SHOWN: Code = Code("NL256");
const BROKEN_FORMULA: Code = Code("NL257");

/// A header is looked for in so many rows: titles, dates and blank lines may stand above it.
const HEADER_SEARCH_ROWS: usize = 20;

/// Reads the sheet that is named; without a name the only one that has something in it, or the first with addresses.
pub(crate) fn read(input: impl Read + Seek, (kind, named): (WorkbookKind, Option<&str>), intake: &mut ListReader<'_>) {
    let input = BufReader::new(input);
    let failed = match kind {
        WorkbookKind::Xlsx => Xlsx::new(input).map_err(|it| it.to_string()).and_then(|it| sheets(it, named, intake)),
        WorkbookKind::Ods => Ods::new(input).map_err(|it| it.to_string()).and_then(|it| sheets(it, named, intake)),
    };
    if let Err(reason) = failed {
        let message = format!("{} cannot be read as a workbook: {reason}", intake.path());
        let hint = "open it and save it again as .xlsx or .ods; a password must be taken off first";
        intake.mistake(Diagnostic::error(UNREADABLE, message).hint(hint));
    }
}

/// A sheet, and where its header is; absent where it has no row with addresses.
struct WorkbookSheet {
    name: String,
    cells: Range<Data>,
    header: Option<usize>,
    hidden: bool,
}

fn sheets<B, R>(mut book: R, named: Option<&str>, intake: &mut ListReader<'_>) -> Result<(), String>
where
    B: Read + Seek,
    R: Reader<B>,
    R::Error: Display,
{
    let mut sheets = Vec::new();
    for it in book.sheets_metadata().to_vec().into_iter().filter(|it| it.typ == SheetType::WorkSheet) {
        let cells = book.worksheet_range(&it.name).map_err(|error| error.to_string())?;
        if !cells.is_empty() || named == Some(&it.name) {
            let header = header_of(&cells, intake);
            sheets.push(WorkbookSheet { name: it.name, cells, header, hidden: it.visible != SheetVisible::Visible });
        }
    }
    let Some(chosen) = choose(&sheets, named, intake) else { return Ok(()) };
    if sheets.len() > 1 {
        intake.rename(Arc::from(format!("{} ({})", intake.path(), chosen.name)));
    }
    if chosen.hidden {
        let message = format!("the sheet {} is hidden: who opens the file does not see these people", chosen.name);
        intake.mistake(Diagnostic::warning(NOT_SHOWN, message).hint("show the sheet, or name another one with sheet:"));
    }
    people(chosen, intake);
    Ok(())
}

fn choose<'s>(
    sheets: &'s [WorkbookSheet],
    named: Option<&str>,
    intake: &mut ListReader<'_>,
) -> Option<&'s WorkbookSheet> {
    let all: Vec<&str> = sheets.iter().map(|it| it.name.as_str()).collect();
    if let Some(named) = named {
        let found = sheets.iter().find(|it| it.name.trim().eq_ignore_ascii_case(named.trim()));
        if found.is_none() {
            let what = format!("sheet in {}:", intake.path());
            intake.mistake(Diagnostic::unknown(NO_SHEET, &what, named, all.iter().copied()));
        }
        return found;
    }
    let visible: Vec<&WorkbookSheet> = sheets.iter().filter(|it| !it.hidden).collect();
    let with_addresses: Vec<&WorkbookSheet> = visible.iter().copied().filter(|it| it.header.is_some()).collect();
    if let [first, _, ..] = with_addresses.as_slice() {
        let all: Vec<&str> = with_addresses.iter().map(|it| it.name.as_str()).collect();
        let message = format!("several sheets of {} have addresses: {}", intake.path(), all.join(", "));
        let hint = format!("the first is read; write which one is meant, such as sheet: {}", first.name);
        intake.mistake(Diagnostic::warning(SHEET_CHOSEN, message).hint(hint));
    }
    let chosen = with_addresses.first().or(visible.first()).copied().or(sheets.first());
    if chosen.is_none() {
        intake.empty();
    }
    chosen
}

/// The first row with a header for addresses; absent where none of the first rows has one.
fn header_of(cells: &Range<Data>, intake: &ListReader<'_>) -> Option<usize> {
    let is_email = |cell: &Data| {
        let text = shown(cell).map(|it| it.to_string()).unwrap_or_default();
        intake.mapping().role(&text) == ColumnRole::Fills(Column::Email)
    };
    cells.rows().take(HEADER_SEARCH_ROWS).position(|row| row.iter().any(is_email))
}

fn people(sheet: &WorkbookSheet, intake: &mut ListReader<'_>) {
    let above = sheet.cells.start().map_or(0, |(row, _)| row as usize);
    let header = sheet.header.unwrap_or(0);
    let mut rows = sheet.cells.rows().enumerate().skip(header);
    let Some((_, names)) = rows.next() else {
        intake.empty();
        return;
    };
    if !intake.header(&ListRow::of_values(above + header + 1, names.iter().map(shown))) {
        return;
    }
    for (at, cells) in rows {
        let row = ListRow::of_values(above + at + 1, cells.iter().map(shown));
        if row.is_blank() {
            continue;
        }
        if let Some(broken) = cells.iter().position(|it| matches!(it, Data::Error(_))) {
            let span = row.cells[broken].span.clone();
            let place = Span::in_line(intake.path(), row.line, &row.text, span);
            let message = format!("a formula in this row has no result: {}", row.cells[broken].text);
            let hint = "mend the formula in the spreadsheet, and save it";
            intake.mistake(Diagnostic::error(BROKEN_FORMULA, message).at(place).hint(hint));
        }
        intake.row(&row);
    }
}

/// What a cell shows.
fn shown(cell: &Data) -> Option<Value> {
    match cell {
        Data::Empty => None,
        Data::Int(whole) => Some(Value::Integer(*whole)),
        Data::Float(number) => Some(whole(*number).map_or(Value::Number(*number), Value::Integer)),
        Data::Bool(value) => Some(Value::Bool(*value)),
        Data::String(text) => Some(Value::Text(text.trim().to_owned())),
        Data::DateTime(time) if time.is_datetime() => Some(moment(time)),
        Data::DateTime(time) => Some(Value::Number(time.as_f64())),
        Data::DateTimeIso(text) => Some(iso(text)),
        Data::DurationIso(text) => Some(Value::Text(text.clone())),
        Data::Error(error) => Some(Value::Text(error.to_string())),
    }
}

/// Spreadsheets know one kind of number; what prints as a whole one is one.
fn whole(number: f64) -> Option<i64> {
    let text = number.to_string();
    text.parse().ok()
}

/// A day, or with the time of day, where it has one, as a text.
fn moment(time: &ExcelDateTime) -> Value {
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}");
    match civil(year, month, day) {
        Some(day) if clock == "00:00" => Value::Date(day),
        Some(day) => Value::Text(format!("{day} {clock}")),
        None => Value::Text(clock),
    }
}

fn iso(text: &str) -> Value {
    match (text.parse::<Date>(), text.split_once('T')) {
        (Ok(day), None | Some((_, "00:00:00"))) => Value::Date(day),
        (Ok(_) | Err(_), _) => Value::Text(text.replace('T', " ")),
    }
}
