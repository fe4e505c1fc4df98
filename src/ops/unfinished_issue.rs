//! Stops an issue that is not finished before a relay sends it to people: text to replace, and links with example
//! domains.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::span::Spanned;
use crate::issue::text_to_replace;
use crate::ops::link_check::IssueLinks;
use crate::ops::plan_overview::host;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::reserved_domain::is_reserved;
use crate::project::Project;

const EXAMPLE_LINK: Code = Code("NL767");

/// Turns warnings about leftover draft text into errors, and reports links with example domains. Without a relay that
/// reaches people, they do no harm; a relay on this machine may reach people.
pub(crate) fn check(project: &Project, prepared: &PreparedIssue<'_>, diagnostics: &mut Diagnostics) {
    let Some(relay) = &project.settings().smtp else { return };
    if !relay.reaches_others() {
        // It may be a mail server that forwards, or one for tests: only certain problems are reported, as warnings.
        if !is_reserved(prepared.inputs.from().address.domain()) {
            diagnostics.extend(example_links(prepared).into_iter().map(Diagnostic::as_warning).collect());
        }
        return;
    }
    // Other text in brackets may be intended: the name of a button, or text that readers are to write.
    let own_kinds = project.own_kinds().into_iter().filter_map(|path| project.read_own(&path).ok());
    let mut left_by_drafts = text_to_replace::of_drafts();
    left_by_drafts.extend(own_kinds.flat_map(|kind| text_to_replace::parts(kind.text())));
    let is_left = |diagnostic: &Diagnostic| {
        diagnostic.off.is_none()
            && text_to_replace::reported(diagnostic).is_some_and(|part| left_by_drafts.contains(part))
    };
    let raised = |diagnostic: Diagnostic| {
        let severity = if is_left(&diagnostic) { Severity::Error } else { diagnostic.severity };
        Diagnostic { severity, ..diagnostic }
    };
    *diagnostics = std::mem::take(diagnostics).into_iter().map(raised).collect();
    diagnostics.extend(example_links(prepared));
}

fn example_links(prepared: &PreparedIssue<'_>) -> Diagnostics {
    let links = IssueLinks::of(prepared);
    let examples = links.all().filter(|link| host(&link.value).is_some_and(|host| is_reserved(&host)));
    let diagnostic = |link: &Spanned<String>| {
        Diagnostic::error(
            EXAMPLE_LINK,
            message!(
                "`{}` is the URL of an example: it leads nowhere",
                "`{}` er en eksempeladresse: den fører ingen steder hen",
                link.value
            ),
        )
        .at(link.place.clone())
        .hint(message!(
            "write the URL that is meant, or delete the link",
            "skriv den rigtige adresse, eller slet linket"
        ))
    };
    examples.map(diagnostic).collect()
}
