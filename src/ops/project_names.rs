//! The names in a project that can be typed on a command line. Only names are read: files with errors are included.

use std::collections::BTreeSet;

use crate::project::Project;

/// The audiences, by name.
pub fn audiences(project: &Project) -> Vec<String> {
    project.audience_names()
}

/// The series, by name.
pub fn series(project: &Project) -> Vec<String> {
    project.settings().series.keys().map(|id| id.as_str().to_owned()).collect()
}

/// The kinds of issues: built-in ones, and those in `templates/kinds/`.
pub fn kinds(project: &Project) -> Vec<String> {
    let built_in = project.settings().lang.language().drafts.kinds.iter().map(|kind| kind.name.to_owned());
    let own = project.own_kinds();
    let own = own.iter().filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    built_in.chain(own).collect::<BTreeSet<_>>().into_iter().collect()
}
