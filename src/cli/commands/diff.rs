//! `diff`: what changes for readers between two versions of an issue.

use std::path::Path;

use clap::Args;

use crate::cli::diff_text;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::diff::editions::{IssueComparison, IssueVersion, PeopleDetail};
use crate::ops::diff::versions::{ReadVersion, VersionError, VersionSource, parse_versions, read_version};
use crate::project::Project;

/// Arguments of `diff`.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// An issue, or a Git revision of it: `HEAD~1`, `HEAD~1:issues/nyt.md`
    before: String,
    /// The version to compare with: an issue or a Git revision
    after: String,
    /// List the addresses that are added or removed
    #[arg(long)]
    people: bool,
}

impl DiffArgs {
    /// The version that is a file on disk, if one is.
    pub(super) fn file(&self) -> Option<&Path> {
        [&self.before, &self.after].into_iter().map(Path::new).find(|path| path.exists())
    }
}

/// Compares what the readers of two versions get; nothing is sent or written.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &DiffArgs) -> Result<Exit, Blocked> {
    let Some([before, after]) = parse_versions(project, [&args.before, &args.after])? else {
        terminal.problem("no issue: write a file such as issues/nyt.md, or a revision such as HEAD~1:issues/nyt.md");
        return Ok(Exit::Blocked);
    };
    let Some(before) = version(terminal, project, &before, &args.before)? else { return Ok(Exit::Blocked) };
    let Some(after) = version(terminal, project, &after, &args.after)? else { return Ok(Exit::Blocked) };
    let comparison = IssueComparison::new(&before, &after);
    let people = if args.people { PeopleDetail::Named } else { PeopleDetail::Counted };
    terminal.json(&comparison.json(people));
    for line in diff_text::lines(&comparison, people) {
        terminal.print_line(&line);
    }
    Ok(Exit::Done)
}

/// Reads one version; reports why it cannot be compared.
fn version(
    terminal: &Terminal,
    project: &Project,
    source: &VersionSource,
    typed: &str,
) -> Result<Option<IssueVersion>, Blocked> {
    match read_version(project, source, typed) {
        Ok(ReadVersion { version, current_lists, unread_lists }) => {
            terminal.diagnostics(&unread_lists);
            for list in current_lists {
                terminal.note(&format!("{list} is not in {typed}: the current list is used"));
            }
            return Ok(Some(version));
        }
        Err(VersionError::Unknown) => {
            terminal.problem(&format!("{typed} is neither an issue nor a Git revision of this project"));
        }
        Err(VersionError::Settings(diagnostics)) => terminal.diagnostics(&diagnostics),
        Err(VersionError::NoSuchPath { path, revision }) => terminal.problem(&format!("no {path} in {revision}")),
        Err(VersionError::Issue { label, diagnostics }) => {
            terminal.diagnostics(&diagnostics);
            terminal.problem(&format!("fix the errors in {label} to compare it"));
        }
        Err(VersionError::Failed(error)) => return Err(error.into()),
    }
    Ok(None)
}
