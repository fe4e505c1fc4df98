//! `audience`: who is in which, and why.

mod diff;
pub(crate) mod explain;
mod import;
mod list;
mod overlap_page;
mod show;

use crate::audience::{Audience, AudienceId};
use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::nearest::nearest;
use crate::cli::args::AudienceCommand;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;
use crate::project::Project;
use crate::project::resolved_audiences::ResolvedAudiences;

/// Runs one of the commands about audiences.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, command: &AudienceCommand) -> Result<Exit, Error> {
    match command {
        AudienceCommand::List(list) => list::run(terminal, opened, list),
        AudienceCommand::Show(show) => show::run(terminal, opened, show),
        AudienceCommand::Explain(explain) => explain::run(terminal, opened, explain),
        AudienceCommand::Diff(diff) => diff::run(terminal, opened, diff),
        AudienceCommand::Import(import) => import::run(terminal, opened, import),
    }
}

/// The audiences with their people, whatever is wrong with some of them, which is told.
pub(super) fn readers(terminal: &Terminal, project: &Project) -> Result<(ResolvedAudiences, Exit), Error> {
    let (readers, mut diagnostics) = project.readers()?;
    diagnostics.sort();
    project.settings().ignore.apply(&mut diagnostics);
    terminal.diagnostics(&diagnostics);
    let exit = exit(&diagnostics);
    Ok((readers, exit))
}

fn exit(diagnostics: &Diagnostics) -> Exit {
    if diagnostics.has_errors() { Exit::Stopped } else { Exit::Done }
}

/// The audience that was typed; tells which there are where it is none.
fn named<'r>(terminal: &Terminal, readers: &'r ResolvedAudiences, typed: &str) -> Option<&'r Audience> {
    let found = AudienceId::parse(typed).ok().and_then(|it| readers.audiences.named(&it));
    if found.is_none() {
        let ids: Vec<&str> = readers.audiences.ids().map(AudienceId::as_str).collect();
        let hint = match nearest(typed, ids.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the audiences are: {}", ids.join(", ")),
        };
        terminal.problem(&format!("there is no audience {typed}: {hint}"));
    }
    found
}
