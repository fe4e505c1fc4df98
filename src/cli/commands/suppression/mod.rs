//! `suppression`: the addresses that get no letters.

mod add;
mod list;
mod readers;
mod remove;
mod targets;
mod unlisted;
pub(super) mod unsubscribe;

use clap::Subcommand;

use crate::base::error::Error;
use crate::cli::commands::suppression::add::SuppressionAddArgs;
use crate::cli::commands::suppression::remove::SuppressionRemoveArgs;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::project::Project;

/// The commands about suppressed addresses.
#[derive(Debug, Subcommand)]
pub(crate) enum SuppressionCommand {
    /// Stop sending to addresses
    Add(SuppressionAddArgs),
    /// Send to addresses again
    Remove(SuppressionRemoveArgs),
    /// List suppressed addresses
    List,
}

impl SuppressionCommand {
    /// Whether it changes nothing.
    pub(super) fn reads(&self) -> bool {
        matches!(self, Self::List)
    }
}

/// Runs one of them.
pub(super) fn run(terminal: &Terminal, project: &Project, command: &SuppressionCommand) -> Result<Exit, Error> {
    match command {
        SuppressionCommand::Add(args) => add::run(terminal, project, args),
        SuppressionCommand::Remove(args) => remove::run(terminal, project, args),
        SuppressionCommand::List => list::run(terminal, project),
    }
}
