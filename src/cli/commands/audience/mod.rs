//! `audience`: who is in which audience, and why.

mod counts;
mod diff;
mod explain;
mod import;
mod list;
mod load;
mod named;
mod overlap_page;
mod show;
mod suppressed;

use clap::Subcommand;

use crate::base::error::Error;
use crate::cli::commands::audience::diff::AudienceDiffArgs;
use crate::cli::commands::audience::explain::AudienceExplainArgs;
use crate::cli::commands::audience::import::AudienceImportArgs;
use crate::cli::commands::audience::list::AudienceListArgs;
use crate::cli::commands::audience::load::AudienceLoadArgs;
use crate::cli::commands::audience::show::AudienceShowArgs;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::project::Project;

/// The commands about audiences.
#[derive(Debug, Subcommand)]
pub(crate) enum AudienceCommand {
    /// List audiences with their sizes and overlaps
    List(AudienceListArgs),
    /// List the members of an audience
    Show(AudienceShowArgs),
    /// Explain why an address is in each audience or not
    Explain(AudienceExplainArgs),
    /// Show who is added or removed between two lists or two Git revisions
    Diff(AudienceDiffArgs),
    /// List how many letters a week readers get, over all series
    Load(AudienceLoadArgs),
    /// Import people from another system's export, including those who unsubscribed there
    Import(AudienceImportArgs),
}

impl AudienceCommand {
    /// Whether it changes nothing.
    pub(super) fn reads(&self) -> bool {
        !matches!(self, Self::Import(_))
    }
}

/// Runs one of them.
pub(super) fn run(terminal: &Terminal, project: &Project, command: &AudienceCommand) -> Result<Exit, Error> {
    match command {
        AudienceCommand::List(list) => list::run(terminal, project, list),
        AudienceCommand::Show(show) => show::run(terminal, project, show),
        AudienceCommand::Explain(explain) => explain::run(terminal, project, explain),
        AudienceCommand::Diff(diff) => diff::run(terminal, project, diff),
        AudienceCommand::Load(load) => load::run(terminal, project, load),
        AudienceCommand::Import(import) => import::run(terminal, project, import),
    }
}
