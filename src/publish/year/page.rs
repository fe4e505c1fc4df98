//! A report as a web page in one file, which can be printed.
//!
//! It has no script and nothing from another server.

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

use crate::base::language::Lang;
use crate::edition::context::Brand;
use crate::edition::theme::palette::Palette;
use crate::publish::year::report::YearReport;
use crate::publish::year::table::{ColumnKind, ReportTable};
use crate::publish::year::tables::tables;

const PAGE: &str = concat!(include_str!("../../edition/html/page_head.html"), include_str!("page.html"));
const STYLE: &str = include_str!("page.css");

/// What the template needs.
#[derive(Serialize)]
struct ReportPage<'a> {
    lang: Lang,
    title: String,
    as_of: String,
    style: String,
    tables: Vec<TableOfPage<'a>>,
    /// That nothing was sent; absent: something was.
    nothing: Option<String>,
    explained: &'a [&'static str],
}

/// A table as the template needs it.
#[derive(Serialize)]
struct TableOfPage<'a> {
    id: &'static str,
    title: &'static str,
    heads: Vec<CellOfPage<'a>>,
    rows: Vec<Vec<CellOfPage<'a>>>,
    total: Option<Vec<CellOfPage<'a>>>,
    /// SVG, with its texts escaped.
    plot: Option<String>,
}

#[derive(Serialize)]
struct CellOfPage<'a> {
    text: &'a str,
    /// Its class.
    class: &'static str,
}

/// The page, in the colours of a brand.
pub fn html(report: &YearReport, brand: &Brand) -> String {
    let words = &report.lang.language().report;
    let tables = tables(report);
    let palette = Palette::of(brand.colour);
    let values = context! { light => palette.light(), dark => palette.dark(), font => &brand.font };
    // minijinja escapes by the extension of the name. The templates are built in, and the tests render them.
    let style = Environment::new().render_named_str("page.css", STYLE, values).unwrap_or_default();
    let page = ReportPage {
        lang: report.lang,
        title: words.title(&report.name, report.year),
        as_of: report.as_of(),
        style,
        tables: tables.iter().map(TableOfPage::new).collect(),
        nothing: report.issues.is_empty().then(|| words.nothing(report.year)),
        explained: if report.issues.is_empty() { &[] } else { &words.explained },
    };
    Environment::new().render_named_str("page.html", PAGE, Serde(page)).unwrap_or_default()
}

impl<'a> TableOfPage<'a> {
    fn new(table: &'a ReportTable) -> Self {
        let class = |at: usize| match table.columns.get(at).map(|column| column.kind) {
            Some(ColumnKind::Numbers) => "number",
            Some(ColumnKind::Words) | None => "words",
        };
        let cells = |row: &'a Vec<String>| {
            row.iter().enumerate().map(|(at, text)| CellOfPage { text, class: class(at) }).collect::<Vec<_>>()
        };
        let heads = table.columns.iter().enumerate();
        Self {
            id: table.id,
            title: table.title,
            heads: heads.map(|(at, column)| CellOfPage { text: column.head, class: class(at) }).collect(),
            rows: table.rows.iter().map(cells).collect(),
            total: table.total.as_ref().map(cells),
            plot: table.plot.as_ref().map(|plot| plot.svg(table.id)),
        }
    }
}
