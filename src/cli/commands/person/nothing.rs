//! What is reported where there is no data about a person.

use crate::cli::terminal::Terminal;
use crate::ops::personal_data::report::PersonalData;

/// Reports that there is no data, except perhaps a keyed hash.
pub(super) fn print(terminal: &Terminal, data: &PersonalData) {
    let is_suppressed = data.suppressions.iter().any(|suppression| suppression.removed_at.is_none());
    let hash = if is_suppressed { ", except a keyed hash that keeps the address suppressed" } else { "" };
    terminal.note(format!("no data about {}{hash}", data.address));
}
