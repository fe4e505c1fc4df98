//! Stops an issue that is not finished before a relay sends it to people: text to replace, and links of examples.

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::span::Spanned;
use crate::issue::text_to_replace::TEXT_TO_REPLACE;
use crate::ops::link_check::IssueLinks;
use crate::ops::plan_overview::host;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::reserved_domain::is_reserved;
use crate::project::Project;
use crate::project::settings::relay::RelaySettings;

const EXAMPLE_LINK: Code = Code("NL767");

/// Makes errors of warnings about text to replace, and reports links of examples. Without a relay that reaches people, they
/// harm nobody.
pub(crate) fn check(project: &Project, prepared: &PreparedIssue<'_>, diagnostics: &mut Diagnostics) {
    if !project.settings().smtp.as_ref().is_some_and(RelaySettings::reaches_others) {
        return;
    }
    let raised = |diagnostic: Diagnostic| match diagnostic.code {
        TEXT_TO_REPLACE if diagnostic.off.is_none() => Diagnostic { severity: Severity::Error, ..diagnostic },
        _ => diagnostic,
    };
    *diagnostics = std::mem::take(diagnostics).into_iter().map(raised).collect();
    diagnostics.extend(example_links(prepared));
}

fn example_links(prepared: &PreparedIssue<'_>) -> Diagnostics {
    let links = IssueLinks::of(prepared);
    let examples = links.all().filter(|link| host(&link.value).is_some_and(|host| is_reserved(&host)));
    let diagnostic = |link: &Spanned<String>| {
        Diagnostic::error(EXAMPLE_LINK, format!("`{}` is the URL of an example: it leads nowhere", link.value))
            .at(link.place.clone())
            .hint("write the URL that is meant, or delete the link")
    };
    examples.map(diagnostic).collect()
}
