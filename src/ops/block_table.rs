//! Who reads which block, as a table.

use std::collections::BTreeMap;
use std::iter;

use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::matrix::BlockMatrix;

/// The lines of the table: the editions with their numbers, and a row for each block. None where there is nothing to show.
pub(crate) fn lines(matrix: &BlockMatrix, editions: &BTreeMap<String, EditionKey>) -> Vec<String> {
    let fences: Vec<String> =
        matrix.rows().iter().map(|row| format!("{}::: {}", "  ".repeat(row.depth), row.fence)).collect();
    let Some(widest) = fences.iter().map(|fence| fence.chars().count()).max() else { return Vec::new() };
    if editions.is_empty() {
        return Vec::new();
    }
    let width = editions.len().to_string().len();
    let named = editions.keys().enumerate().map(|(at, id)| format!("{:>6}  {id}", at + 1));
    let numbers: Vec<String> = (1..=editions.len()).map(|number| format!("{number:>width$}")).collect();
    let head = format!("{:>6}  {:<widest$}  {}", "line", "block", numbers.join(" "));
    let rows = matrix.rows().iter().zip(&fences).map(|(row, fence)| {
        let sign = |key: &EditionKey| if row.is_in(key) { "●" } else { "–" };
        let signs: Vec<String> = editions.values().map(|key| format!("{:>width$}", sign(key))).collect();
        format!("{:>6}  {fence:<widest$}  {}  {}", row.place.line(), signs.join(" "), row.begins)
    });
    let title = iter::once("who reads which block:".to_owned());
    title.chain(named).chain(iter::once(head)).chain(rows).map(|line| line.trim_end().to_owned()).collect()
}
