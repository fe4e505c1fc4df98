//! The folders of public issues on the web: each belongs to one issue, since letters link to it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::Issue;
use crate::issue::front_matter::Archive;
use crate::ops::web_pages::ArchiveSite;
use crate::project::Project;
use crate::publish::archive::pages;

const SAME_FOLDER: Code = Code("NL791");

/// Reports those of some issues whose folder is also that of another public issue of the project, or of a page of the archive.
///
/// # Errors
///
/// The folder of the issues cannot be read. An issue that cannot be read itself is skipped: its own check reports it.
pub(crate) fn check(project: &Project, checked: &[PathBuf]) -> Result<Diagnostics, Error> {
    let mut folders: BTreeMap<String, Vec<(PathBuf, Issue)>> = BTreeMap::new();
    for path in project.issues()? {
        let issue = project.issue(&path).ok().and_then(|files| files.issue);
        let is_public = |issue: &Issue| issue.front.archive.as_ref().is_some_and(|key| key.value == Archive::Public);
        if let Some(issue) = issue.filter(is_public) {
            folders.entry(ArchiveSite::folder_name(&issue)).or_default().push((path, issue));
        }
    }
    let mut diagnostics = Diagnostics::new();
    for (name, issues) in &folders {
        for (path, issue) in issues.iter().filter(|(path, _)| checked.contains(path)) {
            let other = issues.iter().find(|(other, _)| other != path);
            let other = other.map(|(_, other)| Message::verbatim(other.source.path().to_string()));
            let year =
                pages::is_year_folder(name).then(|| message!("the page of the year {name}", "siden for året {name}"));
            if let Some(other) = year.or(other) {
                diagnostics.push(same_folder(issue, name, &other));
            }
        }
    }
    Ok(diagnostics)
}

fn same_folder(issue: &Issue, name: &str, other: &Message) -> Diagnostic {
    let place = issue.front.archive.as_ref().map_or_else(|| issue.source.line(1), |archive| archive.place.clone());
    let message = message!(
        "the folder `{name}` of this issue on the web is also that of {other}",
        "nyhedsbrevets mappe `{name}` på nettet er også mappen for {other}"
    );
    Diagnostic::error(SAME_FOLDER, message).at(place).hint(message!(
        "give the issue another name: `slug: …` in its front matter",
        "giv nyhedsbrevet et andet navn: `slug: …` i front matter"
    ))
}
