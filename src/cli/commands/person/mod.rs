//! `person`: one person's data.

mod erase;
mod export;
mod nothing;
mod show;

use clap::Subcommand;

use crate::base::error::Error;
use crate::cli::commands::person::erase::PersonEraseArgs;
use crate::cli::commands::person::export::PersonExportArgs;
use crate::cli::commands::person::show::PersonShowArgs;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::project::Project;

/// The commands about one person's data.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Show all data about a person: lists, audiences, consent, letters, files
    Show(PersonShowArgs),
    /// Export all data about a person as JSON
    Export(PersonExportArgs),
    /// Erase a person from the ledger and generated files, and stop sending to them
    #[command(visible_alias = "forget")]
    Erase(PersonEraseArgs),
}

impl PersonCommand {
    /// Whether it changes nothing.
    pub(super) fn reads(&self) -> bool {
        matches!(self, Self::Show(_) | Self::Export(_))
    }
}

/// Runs one of them.
pub(crate) fn run(terminal: &Terminal, project: &Project, command: &PersonCommand) -> Result<Exit, Error> {
    match command {
        PersonCommand::Show(show) => show::run(terminal, project, show),
        PersonCommand::Export(export) => export::run(terminal, project, export),
        PersonCommand::Erase(erase) => erase::run(terminal, project, erase),
    }
}
