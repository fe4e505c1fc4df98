//! Issues with the number or the subject of another one, as a copy of last month's file has at first.

use std::path::PathBuf;

use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::series::SeriesId;
use crate::issue::{Issue, front_matter};
use crate::project::Project;

const REPEATED: Code = Code("NL680");

/// The properties that distinguish an issue from the others.
struct IssueTitle {
    path: PathBuf,
    issue: Issue,
}

impl IssueTitle {
    fn series(&self) -> Option<&SeriesId> {
        self.issue.front.series.as_ref().map(|series| &series.value)
    }

    fn number(&self) -> Option<&str> {
        self.issue.front.number.as_deref()
    }

    fn subject(&self) -> Vec<&str> {
        self.issue.front.subject.texts().map(|text| text.value.as_str()).collect()
    }

    /// What this issue has in common with another one, of the properties by which readers distinguish issues. A subject
    /// that all issues of a newsletter share does not count if the numbers differ; a follow-up or a correction may have
    /// the number of its issue.
    fn common(&self, other: &Self) -> Option<&'static str> {
        let is_follow_up = |title: &Self| title.issue.front.people.is_some();
        if self.series() != other.series() || is_follow_up(self) || is_follow_up(other) {
            return None;
        }
        match (self.number(), other.number()) {
            (Some(own), Some(number)) => (own == number).then_some("number"),
            (None, _) | (_, None) => (self.subject() == other.subject()).then_some("subject"),
        }
    }

    fn place_of(&self, what: &str) -> Span {
        let subject = self.issue.front.subject.texts().next().filter(|_| what == "subject");
        let key_place = || front_matter::key_place(&self.issue.source, &[what]);
        subject.map_or_else(key_place, |subject| subject.place.clone())
    }
}

/// Reports those of some issues that repeat another one of the project. Of two that are both checked, the second is reported.
///
/// # Errors
///
/// The folder of the issues cannot be read. An issue that cannot be read itself is skipped: its own check reports it.
pub(crate) fn check(project: &Project, checked: &[PathBuf]) -> Result<Diagnostics, Error> {
    let read = |path: PathBuf| Some(IssueTitle { issue: project.issue(&path).ok()?.issue?, path });
    let titles: Vec<IssueTitle> = project.issues()?.into_iter().filter_map(read).collect();
    let mut diagnostics = Diagnostics::new();
    for (at, title) in titles.iter().enumerate().filter(|(_, title)| checked.contains(&title.path)) {
        let earlier = titles[..at].iter();
        let unchecked = titles[at + 1..].iter().filter(|other| !checked.contains(&other.path));
        let found = earlier.chain(unchecked).find_map(|other| Some((title.common(other)?, other)));
        if let Some((what, other)) = found {
            let place = title.place_of(what);
            let what = if what == "subject" { message!("subject", "emne") } else { message!("number", "nummer") };
            let message = message!("{} has the same {what}", "{} har samme {what}", other.issue.source.path());
            let diagnostic = Diagnostic::warning(REPEATED, message).at(place);
            let hint = message!(
                "change the {what} of one of them, if they are two issues",
                "ret et af dem, hvis det er to nyhedsbreve med hver sit {what}"
            );
            let mut found = Diagnostics::from_iter([diagnostic.hint(hint)]);
            title.issue.front.ignore.apply(&mut found);
            diagnostics.extend(found);
        }
    }
    Ok(diagnostics)
}
