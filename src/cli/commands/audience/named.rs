//! Looks up audiences by the ids that were typed.

use crate::audience::AudienceId;
use crate::audience::file::Audience;
use crate::base::message::message;
use crate::cli::terminal::Terminal;
use crate::project::resolved_audiences::ResolvedAudiences;

/// The audience that was typed; reports the ones there are if it is unknown.
pub(super) fn named<'r>(terminal: &Terminal, readers: &'r ResolvedAudiences, typed: &str) -> Option<&'r Audience> {
    let found = AudienceId::parse(typed).ok().and_then(|id| readers.audiences.named(&id));
    if found.is_none() {
        let hint = readers.audiences.hint_for_unknown(typed);
        let hint = hint.unwrap_or_else(|| message!("the project has no audiences", "projektet har ingen målgrupper"));
        terminal.problem(message!("unknown audience `{typed}`: {hint}", "ukendt målgruppe `{typed}`: {hint}"));
    }
    found
}
