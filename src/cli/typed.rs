//! Parses what was typed.

use crate::base::message::message;
use crate::cli::terminal::Terminal;
use crate::people::person::Address;

/// The address that was typed; reports why it is invalid.
pub(super) fn address(terminal: &Terminal, typed: &str) -> Option<Address> {
    // Does not quote what was typed: the message is logged too, and logs must not contain addresses.
    let invalid = |error| terminal.problem(message!("invalid address: {error}", "ugyldig adresse: {error}"));
    Address::parse(typed).map_err(invalid).ok()
}
