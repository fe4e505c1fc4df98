//! A report as text, for a terminal or a mail.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::publish::year::report::YearReport;
use crate::publish::year::table::{ColumnKind, ReportTable};
use crate::publish::year::tables::tables;

/// Longer words are cut, so that most rows fit into 80 columns.
const WIDEST_CELL: usize = 28;
/// Between two columns.
const GAP: &str = "  ";

/// How wide a cell may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportWidth {
    /// Long subjects are cut, since a screen is narrow.
    Screen,
    /// As wide as its text: a file has no width.
    Whole,
}

/// The report, without a line break at its end.
pub fn text(report: &YearReport, width: ReportWidth) -> String {
    let words = &report.lang.language().report;
    let nothing = report.issues.is_empty().then(|| words.nothing(report.year));
    let explained = (!report.issues.is_empty()).then(|| words.explained.join("\n"));
    let tables = tables(report);
    let tables = tables.iter().map(|table| format!("{}\n{}", table.title, aligned(table, width)));
    let title = words.title(&report.name, report.year);
    let parts = [title, report.as_of()].into_iter().chain(nothing).chain(tables).chain(explained);
    parts.collect::<Vec<_>>().join("\n\n")
}

fn aligned(table: &ReportTable, width: ReportWidth) -> String {
    let heads: Vec<String> = table.columns.iter().map(|column| column.head.to_owned()).collect();
    let rows: Vec<Vec<String>> = [&heads]
        .into_iter()
        .chain(table.all_rows())
        .map(|row| row.iter().map(|cell| cell_text(cell, width)).collect())
        .collect();
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).zip(&table.columns).map(|((cell, width), column)| {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            match column.kind {
                ColumnKind::Words => format!("{cell}{space}"),
                ColumnKind::Numbers => format!("{space}{cell}"),
            }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The text, cut with an ellipsis if it does not fit.
fn cell_text(text: &str, width: ReportWidth) -> String {
    if width == ReportWidth::Whole || text.width() <= WIDEST_CELL {
        return text.to_owned();
    }
    let mut width = 0;
    let kept = text.chars().take_while(|letter| {
        width += letter.width().unwrap_or(0);
        width < WIDEST_CELL
    });
    kept.collect::<String>().trim_end().to_owned() + "…"
}
