//! Values as they are typed.

use crate::cli::terminal::Terminal;
use crate::people::person::Address;

/// The address that was typed; reports why it is invalid. The log does not repeat what was typed.
pub(super) fn address(terminal: &Terminal, typed: &str) -> Option<Address> {
    Address::parse(typed).map_err(|error| terminal.problem(&format!("invalid address: {error}"))).ok()
}
