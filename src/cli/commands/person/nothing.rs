//! The report if there is no data about a person.

use crate::base::message::message;
use crate::cli::terminal::Terminal;
use crate::ops::personal_data::report::PersonalData;

/// Reports that there is no data, except perhaps a keyed hash.
pub(super) fn print(terminal: &Terminal, data: &PersonalData) {
    let is_suppressed = data.suppressions.iter().any(|suppression| suppression.removed_at.is_none());
    let address = &data.address;
    terminal.note(if is_suppressed {
        message!(
            "no data about {address}, except a keyed hash that keeps the address suppressed",
            "ingen oplysninger om {address}, bortset fra et fingeraftryk med nøgle, som holder adressen spærret"
        )
    } else {
        message!("no data about {address}", "ingen oplysninger om {address}")
    });
}
