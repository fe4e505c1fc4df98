//! The warning about recorded addresses that are not on any list.

use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::terminal::Terminal;
use crate::people::person::Address;

/// How many addresses are named.
const MAX_NAMED: usize = 5;

/// Warns that some of the recorded addresses are not on any list: they may be misspelt, and then still receive letters.
pub(super) fn warn(terminal: &Terminal, unlisted: &[&Address]) {
    let (Some(first), others) = (unlisted.first(), unlisted.len().saturating_sub(1)) else { return };
    if others == 0 {
        terminal.note(message!(
            "warning: {first} is on no list, so check the spelling; it is still recorded",
            "advarsel: {first} står ikke på nogen liste, så se efter, om den er stavet rigtigt; den er gemt alligevel"
        ));
        return;
    }
    let number = noun::ADDRESS.count(unlisted.len() as u64);
    let named: Vec<&str> = unlisted.iter().take(MAX_NAMED).map(|address| address.as_str()).collect();
    let more = unlisted.len() - named.len();
    let more = if more > 0 { message!(" and {more} more", " og {more} til") } else { Message::default() };
    let named = named.join(", ");
    terminal.note(message!(
        "warning: {number} are on no list, so check the spelling; they are still recorded: {named}{more}",
        "advarsel: {number} står ikke på nogen liste, så se efter, om de er stavet rigtigt; de er gemt alligevel: {named}{more}"
    ));
}
