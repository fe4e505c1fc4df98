//! Opens the project that a command works on.

use std::path::{Path, PathBuf};

use crate::base::message::message;
use crate::base::source::diagnostic::Severity;
use crate::cli::exit::Exit;
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::Terminal;
use crate::project::trust::{self, Trust};
use crate::project::{LoadedProject, Project};

/// What a command does with a project that may be someone else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProjectAccess {
    /// It acts for the operator, who trusts the project: it sends, or changes stored data.
    Operates,
    /// It shows texts: a list of people that may not be read is a warning.
    ShowsTexts,
    /// It shows texts in a copy that may lack the lists of people.
    Approves,
    /// It makes what is the same without the lists of people.
    Exports,
    /// It shows people: such a list is an error, since half of the people would look like all of them.
    ShowsPeople,
}

/// Finds the project of an issue, or of the current folder, and reports problems of its settings.
pub(super) fn open(
    terminal: &Terminal,
    global: &GlobalArgs,
    issue: Option<&Path>,
    access: ProjectAccess,
) -> Result<Project, Exit> {
    let loaded = load(terminal, global, issue, access)?;
    terminal.diagnostics(&loaded.diagnostics);
    loaded.project.ok_or(Exit::Settings)
}

/// Warns root, who sends from the project of another user, that this user may be unable to use the files that it writes.
pub(super) fn warn_of_root(terminal: &Terminal, project: &Project) {
    let Some(owner) = project.owner_under_root() else { return };
    let user = sudo_user(&owner);
    terminal.note(message!(
        "warning: this project belongs to {owner}, and what is written now belongs to root: run it as that user (`sudo -u {user} newsletter …`)",
        "advarsel: projektet tilhører {owner}, og det, der skrives nu, tilhører root: kør det som den bruger (`sudo -u {user} newsletter …`)"
    ));
}

/// Finds the project, and leaves it to the caller to report problems of its settings.
pub(super) fn load(
    terminal: &Terminal,
    global: &GlobalArgs,
    issue: Option<&Path>,
    access: ProjectAccess,
) -> Result<LoadedProject, Exit> {
    let found = Project::find(global.directory.as_deref(), &start_folder(issue)).map_err(|error| {
        // If the settings cannot be read for any reason, there is no project.
        terminal.error(&error);
        Exit::Settings
    })?;
    if let Some(language) = found.project.as_ref().and_then(|project| project.settings().user_language) {
        terminal.speak(language);
    }
    if access == ProjectAccess::Operates && !global.trust {
        refuse_foreign_commands(terminal, &found)?;
    }
    let trust = match access {
        _ if global.trust => Trust::Given,
        ProjectAccess::Operates => Trust::Given,
        ProjectAccess::ShowsTexts | ProjectAccess::Approves | ProjectAccess::Exports | ProjectAccess::ShowsPeople => {
            match trust::is_listed(&found.root) {
                Ok(true) => Trust::Listed,
                Ok(false) => Trust::Withheld,
                Err(error) => return Err(terminal.error(&error)),
            }
        }
    };
    let unread = if access == ProjectAccess::ShowsPeople { Severity::Error } else { Severity::Warning };
    let project = found.project.map(|project| project.with_trust(trust, unread));
    let project = match access {
        ProjectAccess::Approves => project.map(Project::with_lists_elsewhere),
        ProjectAccess::Exports => project.map(Project::with_lists_not_needed),
        ProjectAccess::Operates | ProjectAccess::ShowsTexts | ProjectAccess::ShowsPeople => project,
    };
    Ok(LoadedProject { project, ..found })
}

/// Refuses to run, as root, the commands of another user's project, unless root has put it on the list of trusted ones:
/// anyone who can write its settings would otherwise be root.
fn refuse_foreign_commands(terminal: &Terminal, found: &LoadedProject) -> Result<(), Exit> {
    let Some(project) = &found.project else { return Ok(()) };
    let Some(owner) = project.owner_under_root().filter(|_| project.starts_commands()) else { return Ok(()) };
    match trust::is_listed(&found.root) {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        Err(error) => return Err(terminal.error(&error)),
    }
    let user = sudo_user(&owner);
    terminal.problem(message!(
        "this project belongs to {owner} and starts commands, which root would run as root: run it as that user (`sudo -u {user} \
         newsletter …`), or use `newsletter trust` once if root trusts the project",
        "projektet tilhører {owner} og starter kommandoer, som root ville køre som root: kør det som den bruger (`sudo -u {user} \
         newsletter …`), eller brug `newsletter trust` én gang, hvis root stoler på projektet"
    ));
    Err(Exit::Settings)
}

/// A user as the argument of `sudo -u`, which reads a number as an id only after a `#` (sudo(8)).
fn sudo_user(owner: &str) -> String {
    if owner.bytes().all(|byte| byte.is_ascii_digit()) { format!("'#{owner}'") } else { owner.to_owned() }
}

/// Opens the project again after a command that sent, which has reported its problems.
pub(super) fn reopen(directory: Option<&Path>, issue: Option<&Path>) -> Option<Project> {
    let project = Project::find(directory, &start_folder(issue)).ok()?.project?;
    Some(project.with_trust(Trust::Given, Severity::Error))
}

/// The folder of the project, even if its settings have errors.
pub(super) fn root(directory: Option<&Path>, issue: Option<&Path>) -> Option<PathBuf> {
    Project::find(directory, &start_folder(issue)).ok().map(|loaded| loaded.root)
}

/// Where the search for a project begins.
fn start_folder(issue: Option<&Path>) -> PathBuf {
    let folder = issue.filter(|path| path.exists()).and_then(Path::parent).map(Path::to_owned);
    folder.filter(|path| !path.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."))
}
