//! A table for spreadsheets.

use crate::ops::text::visible;

/// A cell of a CSV file (RFC 4180). A spreadsheet would run a text that begins like a formula: the quotation mark in
/// front makes it a text.
pub(super) fn csv_cell(text: &str) -> String {
    let text = visible(text);
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    let text = if is_formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
