//! Opens the project that a command works on.

use std::path::{Path, PathBuf};

use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::project::{LoadedProject, Project};

/// Finds the project of an issue, or of the current folder, and reports problems of its settings.
pub(super) fn open(terminal: &Terminal, directory: Option<&Path>, issue: Option<&Path>) -> Result<Project, Exit> {
    let loaded = load(terminal, directory, issue)?;
    terminal.diagnostics(&loaded.diagnostics);
    loaded.project.ok_or(Exit::Settings)
}

/// Finds the project, and leaves it to the caller to report problems of its settings.
pub(super) fn load(terminal: &Terminal, directory: Option<&Path>, issue: Option<&Path>) -> Result<LoadedProject, Exit> {
    Project::find(directory, &start_folder(issue)).map_err(|error| {
        // Whatever kept the settings from being read, without them there is no project.
        terminal.error(&error);
        Exit::Settings
    })
}

/// Opens the project again after a command, which has reported its problems.
pub(super) fn reopen(directory: Option<&Path>, issue: Option<&Path>) -> Option<Project> {
    Project::find(directory, &start_folder(issue)).ok()?.project
}

/// Where the search for a project begins.
fn start_folder(issue: Option<&Path>) -> PathBuf {
    let folder = issue.filter(|path| path.exists()).and_then(Path::parent).map(Path::to_owned);
    folder.filter(|path| !path.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."))
}
