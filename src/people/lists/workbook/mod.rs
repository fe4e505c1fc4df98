//! Reads people from a workbook of Excel or `LibreOffice`.

mod archive;
mod number_format;
mod repeated_cells;
mod sheet_cells;

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, Ods, Reader, Sheet, SheetType, SheetVisible, Xlsx};
use jiff::civil::Date;

use crate::base::csv::row::ListRow;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::base::value::Value;
use crate::people::lists::column::Column;
use crate::people::lists::list_reader::ListReader;
use crate::people::lists::list_source::WorkbookKind;
use crate::people::lists::mapping::ColumnRole;
use crate::people::lists::workbook::number_format::{EXACT, large_number};
use crate::people::lists::workbook::sheet_cells::{SheetCells, SheetRow};

const UNREADABLE: Code = Code("NL253");
const NO_SHEET: Code = Code("NL254");
const SHEET_CHOSEN: Code = Code("NL255");
const HIDDEN_SHEET: Code = Code("NL256");
const BROKEN_FORMULA: Code = Code("NL257");
const OUTSIDE: Code = Code("NL265");
const LARGE_NUMBER: Code = Code("NL266");

/// How many rows are searched for a header: there may be titles, dates and blank lines above it.
const HEADER_SEARCH_ROWS: u32 = 20;

/// Reads the named sheet; without a name, the only one with content, or the first one with addresses.
pub(crate) fn read(mut input: impl Read + Seek, kind: WorkbookKind, named: Option<&str>, reader: &mut ListReader<'_>) {
    // The library that reads workbooks does not validate them: numbers in a damaged one may overflow.
    let read = panic::catch_unwind(AssertUnwindSafe(|| sheets(&mut input, kind, named)));
    match read.unwrap_or_else(|_| Err(message!("it is damaged", "det er ødelagt"))) {
        Ok(sheets) => read_book(sheets, named, reader),
        Err(reason) => {
            let message = message!(
                "{} cannot be read as a workbook: {reason}",
                "{} kan ikke læses som regneark: {reason}",
                reader.path()
            );
            let hint = message!(
                "open it and save it again as .xlsx or .ods, without a password",
                "åbn det, og gem det igen som .xlsx eller .ods uden adgangskode"
            );
            reader.report(Diagnostic::error(UNREADABLE, message).hint(hint));
        }
    }
}

/// A sheet.
struct WorkbookSheet {
    name: String,
    cells: SheetCells,
    /// The number of the row of its header; absent if no header is for addresses.
    header: Option<u32>,
    hidden: bool,
}

/// The sheets with content, and the one that is named.
fn sheets(mut input: impl Read + Seek, kind: WorkbookKind, named: Option<&str>) -> Result<Vec<WorkbookSheet>, Message> {
    let size = input.seek(SeekFrom::End(0)).map_err(|error| Message::shown(&error))?;
    if size > limits::WORKBOOK {
        return Err(message!("it has more than {} MB", "det fylder mere end {} MB", limits::WORKBOOK >> 20));
    }
    archive::check(BufReader::new(&mut input), limits::WORKBOOK_UNPACKED)?;
    input.rewind().map_err(|error| Message::shown(&error))?;
    let input = BufReader::new(input);
    match kind {
        WorkbookKind::Xlsx => {
            let mut book = Xlsx::new(input).map_err(|error| Message::shown(&error))?;
            let sheets = book.sheets_metadata().to_vec();
            worksheets(sheets, named, |sheet| SheetCells::of_xlsx(&mut book, sheet))
        }
        WorkbookKind::Ods => {
            let mut book = Ods::new(input).map_err(|error| Message::shown(&error))?;
            let sheets = book.sheets_metadata().to_vec();
            worksheets(sheets, named, |sheet| SheetCells::of_ods(&mut book, sheet))
        }
    }
}

fn worksheets(
    sheets: Vec<Sheet>,
    named: Option<&str>,
    mut cells: impl FnMut(&str) -> Result<SheetCells, Message>,
) -> Result<Vec<WorkbookSheet>, Message> {
    let mut found = Vec::new();
    for sheet in sheets.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let cells = cells(&sheet.name)?;
        if !cells.is_empty() || named == Some(&sheet.name) {
            let hidden = sheet.visible != SheetVisible::Visible;
            found.push(WorkbookSheet { name: sheet.name, cells, header: None, hidden });
        }
    }
    Ok(found)
}

fn read_book(mut sheets: Vec<WorkbookSheet>, named: Option<&str>, reader: &mut ListReader<'_>) {
    for sheet in &mut sheets {
        sheet.header = find_header(&sheet.cells, reader);
    }
    let Some(chosen) = choose(&sheets, named, reader) else { return };
    if sheets.len() > 1 {
        reader.rename(Arc::from(format!("{} ({})", reader.path(), chosen.name)));
    }
    if chosen.hidden {
        let message =
            message!("sheet `{}` is hidden in the workbook", "arket `{}` er skjult i regnearket", chosen.name);
        reader.report(
            Diagnostic::warning(HIDDEN_SHEET, message).hint(message!(
                "unhide it, or name another one with sheet:",
                "vis det, eller vælg et andet med sheet:"
            )),
        );
    }
    read_people(chosen, reader);
}

fn choose<'s>(
    sheets: &'s [WorkbookSheet],
    named: Option<&str>,
    reader: &mut ListReader<'_>,
) -> Option<&'s WorkbookSheet> {
    if let Some(named) = named {
        let found = sheets.iter().find(|sheet| sheet.name.trim().eq_ignore_ascii_case(named.trim()));
        if found.is_none() {
            let path = reader.path();
            let what = message!("sheet of {path}:", "ark i {path}:");
            let known = sheets.iter().map(|sheet| sheet.name.as_str());
            reader.report(Diagnostic::unknown(NO_SHEET, what, named, known));
        }
        return found;
    }
    let visible: Vec<&WorkbookSheet> = sheets.iter().filter(|sheet| !sheet.hidden).collect();
    let with_addresses: Vec<&WorkbookSheet> = visible.iter().copied().filter(|sheet| sheet.header.is_some()).collect();
    if let [first, _, ..] = with_addresses.as_slice() {
        let all: Vec<&str> = with_addresses.iter().map(|sheet| sheet.name.as_str()).collect();
        let message = message!(
            "several sheets of {} have addresses: {}",
            "flere ark i {} har adresser: {}",
            reader.path(),
            all.join(", ")
        );
        let hint = message!(
            "the first one is read; name the sheet, such as sheet: {}",
            "det første læses; skriv arkets navn, f.eks. sheet: {}",
            first.name
        );
        reader.report(Diagnostic::warning(SHEET_CHOSEN, message).hint(hint));
    }
    let chosen = with_addresses.first().or(visible.first()).copied().or(sheets.first());
    if chosen.is_none() {
        reader.report_empty();
    }
    chosen
}

/// The first row with a header for addresses, among the first rows.
fn find_header(cells: &SheetCells, reader: &ListReader<'_>) -> Option<u32> {
    let is_email = |cell: &Data| {
        let text = value(cell).map(|value| value.to_string()).unwrap_or_default();
        reader.mapping().role(&text) == ColumnRole::Fills(Column::Email)
    };
    let first = cells.rows().next()?.row;
    let mut rows = cells.rows().take_while(|row| row.row - first < HEADER_SEARCH_ROWS);
    rows.find(|row| row.cells.iter().any(is_email)).map(|row| row.row)
}

fn read_people(sheet: &WorkbookSheet, reader: &mut ListReader<'_>) {
    let mut rows = sheet.cells.rows().skip_while(|row| sheet.header.is_some_and(|header| row.row < header));
    let Some(SheetRow { row, cells: names, .. }) = rows.next() else {
        reader.report_empty();
        return;
    };
    if !reader.header(&ListRow::of_values(line(row), names.iter().map(value))) {
        return;
    }
    let mut large = LargeNumbers::default();
    for SheetRow { row, cells, outside } in rows {
        let row = ListRow::of_values(line(row), cells.iter().map(value));
        if let Some(cell) = outside {
            let place = Span::in_line(reader.path(), row.line, &row.text, 0..row.text.len());
            let message = message!("cell {cell} is outside the table", "cellen {cell} er uden for tabellen");
            let hint = message!(
                "delete it; a list has at most {} columns",
                "slet den; en liste har højst {} kolonner",
                limits::COLUMNS
            );
            reader.report(Diagnostic::error(OUTSIDE, message).at(place).hint(hint));
        }
        if row.is_blank() {
            continue;
        }
        if let Some(broken) = cells.iter().position(|cell| matches!(cell, Data::Error(_))) {
            let place = Span::in_line(reader.path(), row.line, &row.text, row.cells[broken].span.clone());
            let message =
                message!("a formula in this row fails: {}", "en formel i rækken fejler: {}", row.cells[broken].text);
            let hint =
                message!("fix the formula in the spreadsheet, and save it", "ret formlen i regnearket, og gem det");
            reader.report(Diagnostic::error(BROKEN_FORMULA, message).at(place).hint(hint));
        }
        large.note(&cells, &row, reader.path());
        reader.row(&row);
    }
    if let Some(diagnostic) = large.finish() {
        reader.report(diagnostic);
    }
}

/// The numbers of more digits than a spreadsheet keeps, in one list.
#[derive(Default)]
struct LargeNumbers {
    count: usize,
    first: Option<(String, Span)>,
}

impl LargeNumbers {
    fn note(&mut self, cells: &[Data], row: &ListRow, path: &Arc<str>) {
        for (data, cell) in cells.iter().zip(&row.cells) {
            if matches!(data, Data::Float(number) if number.abs() >= EXACT) {
                self.count += 1;
                self.first.get_or_insert_with(|| {
                    (cell.text.clone(), Span::in_line(path, row.line, &row.text, cell.span.clone()))
                });
            }
        }
    }

    /// One problem for all of them.
    fn finish(self) -> Option<Diagnostic> {
        let (text, place) = self.first?;
        let others = match self.count - 1 {
            0 => Message::default(),
            1 => message!(", and 1 more", "; det gælder også ét andet tal"),
            others => message!(", and {others} more", "; det gælder også {others} andre tal"),
        };
        let message = message!(
            "{text} has more than 15 digits, and a spreadsheet keeps only 15{others}",
            "{text} har over 15 cifre, og et regneark husker kun 15{others}"
        );
        let hint = message!(
            "format the column as text in the spreadsheet, and enter the numbers again",
            "formatér kolonnen som tekst i regnearket, og skriv tallene igen"
        );
        Some(Diagnostic::warning(LARGE_NUMBER, message).at(place).hint(hint))
    }
}

/// The number of a row as the spreadsheet shows it.
fn line(row: u32) -> usize {
    row as usize + 1
}

/// The value of a cell.
fn value(cell: &Data) -> Option<Value> {
    match cell {
        Data::Empty => None,
        Data::Int(whole) => Some(Value::Integer(*whole)),
        Data::Float(number) => Some(match (large_number(*number), whole(*number)) {
            (Some(digits), _) => Value::Text(digits),
            (None, Some(whole)) => Value::Integer(whole),
            (None, None) => Value::Number(*number),
        }),
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
    // jiff also parses a date that is followed by a time, so the time must be checked separately.
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
