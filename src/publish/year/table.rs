//! A table of a report, in any form.

use crate::publish::year::plot::BarPlot;

/// A table with a heading.
#[derive(Clone, Debug)]
pub(super) struct ReportTable {
    /// What it is called in the page: `months`.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    /// Its columns. The first one names the row.
    pub(super) columns: Vec<ReportColumn>,
    /// Its rows, each with a cell for every column.
    pub(super) rows: Vec<Vec<String>>,
    /// The last row, which adds up the others; absent: no sum.
    pub(super) total: Option<Vec<String>>,
    /// The same figures as bars; absent: it has no plot.
    pub(super) plot: Option<BarPlot>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReportColumn {
    /// Its head.
    pub(super) head: &'static str,
    /// The kind of its cells.
    pub(super) kind: ColumnKind,
}

/// What is in the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Words, which begin at the left.
    Words,
    /// Numbers, which end at the right.
    Numbers,
}

impl ReportTable {
    /// Every row in its order, the total last.
    pub(super) fn all_rows(&self) -> impl Iterator<Item = &Vec<String>> {
        self.rows.iter().chain(&self.total)
    }
}

/// Columns of words, and after them columns of numbers.
pub(super) fn columns(words: &[&'static str], numbers: &[&'static str]) -> Vec<ReportColumn> {
    let of =
        |heads: &[&'static str], kind| heads.iter().map(move |head| ReportColumn { head, kind }).collect::<Vec<_>>();
    [of(words, ColumnKind::Words), of(numbers, ColumnKind::Numbers)].concat()
}
