//! `person`: what is held of one person, and how they are forgotten.

mod data_report;
mod export;
mod forget;
mod show;

use crate::base::error::Error;
use crate::cli::args::person::PersonCommand;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;
use crate::people::person::Address;

/// Runs one of the commands about a person.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, command: &PersonCommand) -> Result<Exit, Error> {
    match command {
        PersonCommand::Show(show) => show::run(terminal, opened, show),
        PersonCommand::Export(export) => export::run(terminal, opened, export),
        PersonCommand::Forget(forget) => forget::run(terminal, opened, forget),
    }
}

/// The address that was typed; tells why it is none. What was typed stays out of the log.
fn address(terminal: &Terminal, typed: &str) -> Option<Address> {
    Address::parse(typed).map_err(|error| terminal.problem(&format!("this is no address: {error}"))).ok()
}
