//! What several commands about audiences report.

use crate::audience::{Audience, AudienceId};
use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::nearest::suggestion;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::project::Project;
use crate::project::resolved_audiences::ResolvedAudiences;

/// The audiences with their people, whatever is wrong with some of them, which is told.
pub(crate) fn readers(terminal: &Terminal, project: &Project) -> Result<(ResolvedAudiences, Exit), Error> {
    let (readers, mut diagnostics) = project.readers()?;
    diagnostics.sort();
    project.settings().ignore.apply(&mut diagnostics);
    terminal.diagnostics(&diagnostics);
    let exit = exit(&diagnostics);
    Ok((readers, exit))
}

pub(super) fn exit(diagnostics: &Diagnostics) -> Exit {
    if diagnostics.has_errors() { Exit::Blocked } else { Exit::Done }
}

/// The audience that was typed; tells which there are where it is none.
pub(super) fn named<'r>(terminal: &Terminal, readers: &'r ResolvedAudiences, typed: &str) -> Option<&'r Audience> {
    let found = AudienceId::parse(typed).ok().and_then(|it| readers.audiences.named(&it));
    if found.is_none() {
        let hint = suggestion(typed, readers.audiences.ids().map(AudienceId::as_str));
        let hint = hint.unwrap_or_else(|| "the project has no audiences".to_owned());
        terminal.problem(&format!("unknown audience `{typed}`: {hint}"));
    }
    found
}
