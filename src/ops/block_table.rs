//! Which edition has which block, as a table.

use std::collections::BTreeMap;
use std::iter;

use crate::base::message::{Message, composed, message};
use crate::edition::compiled::Edition;
use crate::issue::manuscript::matrix::BlockMatrix;

/// The lines of the table: the editions with their numbers, and a row for each block. Empty without blocks.
pub(crate) fn lines(matrix: &BlockMatrix, editions: &BTreeMap<String, Edition>) -> Vec<Message> {
    let fences: Vec<String> =
        matrix.rows().iter().map(|row| format!("{}::: {}", "  ".repeat(row.depth), row.fence)).collect();
    let Some(widest) = fences.iter().map(|fence| fence.chars().count()).max() else { return Vec::new() };
    if editions.is_empty() {
        return Vec::new();
    }
    let width = editions.len().to_string().len();
    let named = editions.keys().enumerate().map(|(at, id)| format!("{:>6}  {id}", at + 1));
    let numbers: Vec<String> = (1..=editions.len()).map(|number| format!("{number:>width$}")).collect();
    let (line, block) = (message!("line", "linje"), message!("block", "blok"));
    let head = composed!("{line:>6}  {block:<widest$}  {}", numbers.join(" "));
    let rows = matrix.rows().iter().zip(&fences).map(|(row, fence)| {
        let sign = |edition: &Edition| if row.is_in(&edition.key) { "●" } else { "–" };
        let signs: Vec<String> = editions.values().map(|edition| format!("{:>width$}", sign(edition))).collect();
        format!("{:>6}  {fence:<widest$}  {}  {}", row.place.line(), signs.join(" "), row.begins)
    });
    let title = iter::once(message!("who reads which block:", "hvem læser hvilken blok:"));
    let lines = title.chain(named.map(Message::verbatim)).chain(iter::once(head)).chain(rows.map(Message::verbatim));
    lines.map(|line| line.map(|text| text.trim_end().to_owned())).collect()
}
