//! A report as Markdown, to be pasted into another document or made into one by pandoc.

use crate::publish::year::report::YearReport;
use crate::publish::year::table::{ColumnKind, ReportTable};
use crate::publish::year::tables::tables;

/// The characters with a meaning in Markdown, or that end a cell.
const SIGNS: [char; 12] = ['\\', '|', '*', '_', '`', '[', ']', '<', '>', '#', '~', '$'];

/// The report, without a line break at its end.
pub fn markdown(report: &YearReport) -> String {
    let words = &report.lang.language().report;
    let nothing = report.issues.is_empty().then(|| words.nothing(report.year));
    let explained = (!report.issues.is_empty()).then(|| words.explained.join(" "));
    let tables = tables(report);
    let tables = tables.iter().map(|table| format!("## {}\n\n{}", table.title, rows(table)));
    let parts = [format!("# {}", escaped(&words.title(&report.name, report.year))), report.as_of()]
        .into_iter()
        .chain(nothing)
        .chain(tables)
        .chain(explained);
    parts.collect::<Vec<_>>().join("\n\n")
}

fn rows(table: &ReportTable) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let heads = table.columns.iter().map(|column| escaped(column.head)).collect();
    let rule = table.columns.iter().map(|column| match column.kind {
        ColumnKind::Words => "---".to_owned(),
        ColumnKind::Numbers => "---:".to_owned(),
    });
    let rows = table.rows.iter().map(|row| line(row.iter().map(|cell| escaped(cell)).collect()));
    let total = table.total.iter().map(|row| line(row.iter().map(|cell| format!("**{}**", escaped(cell))).collect()));
    [line(heads), line(rule.collect())].into_iter().chain(rows).chain(total).collect::<Vec<_>>().join("\n")
}

/// The text without any meaning as Markdown. A line break would end the row.
fn escaped(text: &str) -> String {
    let mut written = String::new();
    for sign in text.chars() {
        if SIGNS.contains(&sign) {
            written.push('\\');
        }
        written.push(if sign.is_control() { ' ' } else { sign });
    }
    written
}
