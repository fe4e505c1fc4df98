//! The names in the project that a command line is completed with. Addresses are not among them: a shell would show and keep
//! them.

use std::env;
use std::path::{Path, PathBuf};

use clap::Arg;

use crate::base::source::register;
use crate::cli::completion::candidates::TypeableWord;
use crate::cli::completion::typed_words::TypedWords;
use crate::ops::project_names;
use crate::ops::reference::lookup;
use crate::ops::text::without_dot;
use crate::project::Project;

/// The project that a command line is about: that of `-C`, or of the current folder. `None`: no project was found, or
/// its settings have errors, which a shell cannot show.
pub(crate) fn project(typed: &TypedWords) -> Option<Project> {
    let mut words = typed.before.iter().map(String::as_str);
    let mut named = None;
    while let Some(word) = words.next() {
        named = match word {
            "-C" | "--directory" => words.next().map(PathBuf::from),
            _ => word.strip_prefix("--directory=").or_else(|| word.strip_prefix("-C")).map(PathBuf::from).or(named),
        };
    }
    Project::find(named.as_deref(), Path::new(".")).ok()?.project
}

/// The names that an argument can have, by the name of its value in `--help`.
pub(crate) fn of_argument(project: Option<&Project>, argument: &Arg, value: &str) -> Vec<TypeableWord> {
    // `approve --code` has a `CODE` as well.
    if argument.get_id() == "explain" {
        return register::checks().map(|check| TypeableWord::new(check.code, check.title.english())).collect();
    }
    if value == "WORD" {
        return lookup::words().into_iter().map(|word| TypeableWord::new(word, "")).collect();
    }
    let Some(project) = project else { return Vec::new() };
    let without_text = |names: Vec<String>| names.into_iter().map(|name| TypeableWord::new(name, "")).collect();
    match value {
        "ISSUE" | "ISSUES" => {
            let issues = project.issues().unwrap_or_default();
            issues.iter().map(|issue| TypeableWord::new(from_here(issue), "")).collect()
        }
        "AUDIENCE" => without_text(project_names::audiences(project)),
        "audience:AUDIENCE" => {
            let named = project_names::audiences(project);
            named.into_iter().map(|name| TypeableWord::new(format!("audience:{name}"), "")).collect()
        }
        "SERIES" => without_text(project_names::series(project)),
        "KIND" => without_text(project_names::kinds(project)),
        _ => Vec::new(),
    }
}

/// A path as it is typed in the current folder.
fn from_here(path: &Path) -> String {
    let here = env::current_dir().and_then(|folder| folder.canonicalize());
    let full = path.canonicalize();
    let below = here.ok().zip(full.as_ref().ok()).and_then(|(here, full)| full.strip_prefix(here).ok());
    below.unwrap_or_else(|| without_dot(path)).display().to_string()
}
