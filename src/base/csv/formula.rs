//! Cells that a spreadsheet would run as a formula.

use std::borrow::Cow;

/// How a formula begins in Excel and `LibreOffice`; in full width too, which Excel accepts in Asian locales. A tab or a line break
/// in front of it is skipped by some of them.
const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text of a cell of a file that is made for spreadsheets: an apostrophe makes a text of what would be run as a formula.
/// [`restored`] is its inverse.
pub(crate) fn defused(text: &str) -> Cow<'_, str> {
    // A text that begins as a defused one gets another apostrophe, or it would come back without the first.
    let begins_as_formula = text.trim_start_matches('\'').starts_with(SIGNS);
    if begins_as_formula && !is_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`defused`] was given. Other programs defuse cells in the same way.
pub(crate) fn restored(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(SIGNS) => rest,
        Some(_) | None => text,
    }
}

/// Whether it is a number or a phone number, such as `-1.234,5` or `+45 12 34 56 78`, which stays as it is; so does a dash
/// alone. With another sign after the first it would be calculated.
fn is_number(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    rest.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ' ' | '\u{a0}' | '.' | ','))
}
