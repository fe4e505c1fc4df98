//! The cells of a sheet that are not empty, so that a stray cell far away needs no extra memory.

use std::io::{Read, Seek};

use calamine::{Data, DataRef, Ods, Reader, Xlsx};

use crate::base::limits;
use crate::base::message::Message;
use crate::people::lists::workbook::archive::{CELLS, too_many_cells};
use crate::people::lists::workbook::number_format::DigitFormat;

/// The cells of a sheet, by row and column.
#[derive(Debug, Default)]
pub(super) struct SheetCells {
    cells: Vec<SheetCell>,
    /// The first column with a cell.
    first: u32,
    /// How many columns there are from it on.
    width: usize,
}

/// A cell that is not empty. Rows and columns are counted from 0.
#[derive(Debug)]
pub(super) struct SheetCell {
    pub(super) row: u32,
    column: u32,
    data: Data,
}

/// A row with all its cells.
#[derive(Debug)]
pub(super) struct SheetRow {
    /// Its number, counted from 0.
    pub(super) row: u32,
    /// Its cells, as many as in each other row.
    pub(super) cells: Vec<Data>,
    /// The name of a cell that is too far away from the others to be in the table, such as `XFD200000`.
    pub(super) outside: Option<String>,
}

impl SheetCells {
    /// The cells of a sheet of Excel.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has too many cells; the error is a clause.
    pub(super) fn of_xlsx<R: Read + Seek>(book: &mut Xlsx<R>, sheet: &str) -> Result<Self, Message> {
        let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| Message::shown(&error))?;
        let format = |code: &String| DigitFormat::parse(code);
        let codes = reader.styles().iter().map(|style| style.number_format.as_ref().map(|format| &format.format_code));
        let formats: Vec<Option<DigitFormat>> = codes.map(|code| code.and_then(format)).collect();
        let mut cells = Vec::new();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|error| Message::shown(&error))? {
            let (row, column) = cell.get_position();
            let data = match cell.get_value() {
                DataRef::Float(number) => {
                    let shown = formats.get(style).and_then(Option::as_ref).and_then(|format| format.show(*number));
                    shown.map_or(Data::Float(*number), Data::String)
                }
                other => Data::from(other.clone()),
            };
            push(&mut cells, SheetCell { row, column, data })?;
        }
        Ok(Self::of(cells))
    }

    /// The cells of a sheet of `LibreOffice`.
    ///
    /// # Errors
    ///
    /// It cannot be read; the error is a clause.
    pub(super) fn of_ods<R: Read + Seek>(book: &mut Ods<R>, sheet: &str) -> Result<Self, Message> {
        let range = book.worksheet_range(sheet).map_err(|error| Message::shown(&error))?;
        let (above, before) = range.start().unwrap_or_default();
        let mut cells = Vec::new();
        for (row, column, data) in range.used_cells() {
            let at = |from: u32, offset: usize| from.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            push(&mut cells, SheetCell { row: at(above, row), column: at(before, column), data: data.clone() })?;
        }
        Ok(Self::of(cells))
    }

    fn of(mut cells: Vec<SheetCell>) -> Self {
        // A damaged file may have its cells in any order; of two at one place, the first counts.
        cells.sort_by_key(|cell| (cell.row, cell.column));
        let first = cells.iter().map(|cell| cell.column).min().unwrap_or(0);
        let last = cells.iter().map(|cell| cell.column).filter(|column| Self::is_near(first, *column)).max();
        let width = last.map_or(0, |last| (last - first) as usize + 1);
        Self { cells, first, width }
    }

    fn is_near(first: u32, column: u32) -> bool {
        ((column - first) as usize) < limits::COLUMNS
    }

    /// Whether the sheet has no cells.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The rows that have cells, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = SheetRow> {
        self.cells.chunk_by(|one, other| one.row == other.row).map(|cells| self.row(cells))
    }

    fn row(&self, cells: &[SheetCell]) -> SheetRow {
        let row = cells.first().map_or(0, |cell| cell.row);
        let mut outside = None;
        let mut all = vec![Data::Empty; self.width];
        for cell in cells {
            match all.get_mut((cell.column - self.first) as usize) {
                Some(Data::Empty) => {}
                Some(_) => continue,
                None => {
                    outside.get_or_insert_with(|| cell.name());
                    continue;
                }
            }
            all[(cell.column - self.first) as usize] = cell.data.clone();
        }
        SheetRow { row, cells: all, outside }
    }
}

impl SheetCell {
    /// Its name, such as `B2`.
    fn name(&self) -> String {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
            rest = (rest - 1) / 26;
        }
        let letters: String = letters.into_iter().rev().collect();
        format!("{letters}{}", u64::from(self.row) + 1)
    }
}

fn push(cells: &mut Vec<SheetCell>, cell: SheetCell) -> Result<(), Message> {
    if cell.data == Data::Empty {
        return Ok(());
    }
    if cells.len() as u64 >= CELLS {
        return Err(too_many_cells());
    }
    cells.push(cell);
    Ok(())
}
