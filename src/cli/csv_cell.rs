//! CSV for spreadsheets.

use crate::ops::text::visible;

/// A cell of a CSV file (RFC 4180 §2).
pub(super) fn csv_cell(text: &str) -> String {
    let text = visible(text);
    // A spreadsheet would evaluate a text that begins like a formula; an apostrophe in front makes it a text.
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    let text = if is_formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
