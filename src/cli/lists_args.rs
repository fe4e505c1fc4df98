//! The option of commands that also work in a copy of the project without its lists of people.

use clap::Args;

use crate::cli::open_project::ProjectAccess;

/// The option, among those of a command.
#[derive(Args, Debug)]
pub(super) struct ListsArgs {
    /// Accept that lists of people are missing, as in CI: a warning instead of an error
    #[arg(long)]
    without_lists: bool,
}

impl ListsArgs {
    /// What the command does with the project.
    pub(super) fn access(&self) -> ProjectAccess {
        if self.without_lists { ProjectAccess::Exports } else { ProjectAccess::ShowsTexts }
    }
}
