//! Finds an issue by what is typed on the command line: its path, its name alone, its slug, or the beginning of its name.

use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::source::nearest::nearest;
use crate::people::person::fold;
use crate::project::Project;
use crate::project::files;

/// How many issues an error suggests.
const MAX_SUGGESTED: usize = 3;

impl Project {
    /// The path of an issue typed on the command line: relative to the current folder, or else to the project's, or its name
    /// without folder and extension, or its slug. A translation gives the issue that it belongs to.
    pub fn issue_path(&self, typed: &Path) -> PathBuf {
        let path = self.issue_file(typed);
        if path.exists() { path } else { self.issue_of_name(typed).unwrap_or(path) }
    }

    /// The same by its path alone.
    pub(crate) fn issue_file(&self, typed: &Path) -> PathBuf {
        let path = if typed.exists() { typed.to_owned() } else { self.root().join(typed) };
        let path = if path.is_dir() { path.join("index.md") } else { path };
        self.translated_by(&path).unwrap_or(path)
    }

    /// The same for commands that send nothing: the beginning of a name is enough if only one issue has it.
    pub fn issue_like(&self, typed: &Path) -> PathBuf {
        let path = self.issue_path(typed);
        if path.exists() {
            return path;
        }
        match &self.beginning_with(&short_name(typed))[..] {
            [only] => only.clone(),
            _ => path,
        }
    }

    /// The error for an issue that does not exist, with the names that may have been meant.
    pub(super) fn unknown_issue(&self, path: &Path) -> Error {
        let typed = short_name(path);
        let names: Vec<(String, PathBuf)> = self.named_issues();
        let mut near = self.beginning_with(&typed);
        if near.is_empty() {
            let similar = nearest(&typed, names.iter().map(|(name, _)| name.as_str()));
            near.extend(names.iter().filter(|(name, _)| Some(name.as_str()) == similar).map(|(_, path)| path.clone()));
        }
        near.truncate(MAX_SUGGESTED);
        let relative = |path: &PathBuf| files::name(self.root(), path).display().to_string();
        Error::NoIssue { path: files::name(self.root(), path), near: near.iter().map(relative).collect() }
    }

    /// The issue of a name or a slug.
    fn issue_of_name(&self, typed: &Path) -> Option<PathBuf> {
        let name = short_name(typed);
        let mut issues = self.named_issues();
        // A folder that was typed must be the issue's, which `exists` would have found.
        if typed.components().count() > 1 {
            return None;
        }
        if let Some(at) = issues.iter().position(|(issue, _)| *issue == name) {
            return Some(issues.swap_remove(at).1);
        }
        let has_slug = |path: &PathBuf| {
            let issue = self.issue(path).ok().and_then(|files| files.issue);
            issue.is_some_and(|issue| typed == Path::new(issue.id.as_str()))
        };
        issues.into_iter().map(|(_, path)| path).find(has_slug)
    }

    fn beginning_with(&self, name: &str) -> Vec<PathBuf> {
        let begins = |(issue, path): (String, PathBuf)| (!name.is_empty() && issue.starts_with(name)).then_some(path);
        self.named_issues().into_iter().filter_map(begins).collect()
    }

    /// Every issue by its name; none if the folder cannot be read, which reading the issue reports.
    fn named_issues(&self) -> Vec<(String, PathBuf)> {
        let issues = self.issues().unwrap_or_default();
        issues.into_iter().map(|path| (short_name(&path), path)).collect()
    }
}

/// The name of an issue without folder and extension: that of `nyt/index.md` is `nyt`.
fn short_name(path: &Path) -> String {
    let stem =
        if path.extension().is_some_and(|extension| extension == "md") { path.file_stem() } else { path.file_name() };
    let stem = match stem.and_then(|stem| stem.to_str()) {
        Some("index") => path.parent().and_then(Path::file_name),
        _ => stem,
    };
    fold(&stem.unwrap_or_default().to_string_lossy())
}
