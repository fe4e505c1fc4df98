//! `diff`: what changes for readers between two versions of an issue.

use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::base::message::message;
use crate::cli::diff_text;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::diff::approved::{FoundVersion, approved_version};
use crate::ops::diff::editions::{IssueComparison, IssueVersion, PeopleDetail};
use crate::ops::diff::versions::{ReadVersion, VersionError, VersionSource, parse_versions, read_version};
use crate::project::Project;

/// Arguments of `diff`.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// An issue, or a Git revision of it: `HEAD~1`, `HEAD~1:issues/nyt.md`
    before: String,
    /// The version to compare with: an issue or a Git revision [default: what was approved last, before the issue]
    after: Option<String>,
    /// List the addresses that are added or removed
    #[arg(long)]
    people: bool,
}

impl DiffArgs {
    /// The version that is a file on disk, if one is.
    pub(super) fn file(&self) -> Option<&Path> {
        let typed = std::iter::once(&self.before).chain(&self.after);
        typed.map(Path::new).find(|path| path.exists())
    }
}

/// Compares what the readers of two versions get; nothing is sent or written.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &DiffArgs) -> Result<Exit, Blocked> {
    let Some(after) = &args.after else { return since_approval(terminal, project, args) };
    let Some([before, after_source]) = parse_versions(project, [&args.before, after])? else {
        terminal.problem(message!(
            "no issue: write a file such as issues/nyt.md, or a revision such as HEAD~1:issues/nyt.md",
            "intet nyhedsbrev: skriv en fil som issues/nyt.md eller en revision som HEAD~1:issues/nyt.md"
        ));
        return Ok(Exit::Blocked);
    };
    let Some(before) = version(terminal, project, &before, &args.before)? else { return Ok(Exit::Blocked) };
    let Some(after) = version(terminal, project, &after_source, after)? else { return Ok(Exit::Blocked) };
    print_comparison(terminal, args, &before, &after);
    Ok(Exit::Done)
}

/// Compares an issue with what was approved last of it.
fn since_approval(terminal: &Terminal, project: &Project, args: &DiffArgs) -> Result<Exit, Blocked> {
    let typed = &args.before;
    if typed.contains(':') && !Path::new(typed).exists() {
        terminal.problem(message!(
            "{typed} is a revision: write also what to compare it with, such as an issue",
            "{typed} er en revision: skriv også, hvad den skal sammenlignes med, f.eks. et nyhedsbrev"
        ));
        return Ok(Exit::Blocked);
    }
    let path = project.issue_like(Path::new(typed));
    let approved = match approved_version(project, &path) {
        Ok(Some(approved)) => approved,
        Ok(None) => {
            terminal.problem(message!(
                "{typed} was never approved: name a version to compare with, for example `newsletter diff HEAD~1 {typed}`",
                "{typed} er aldrig godkendt: skriv, hvad der skal sammenlignes med, f.eks. `newsletter diff HEAD~1 {typed}`"
            ));
            return Ok(Exit::Blocked);
        }
        Err(error) => return report(terminal, error, typed).map(|()| Exit::Blocked),
    };
    let Some(now) = version(terminal, project, &VersionSource::File(path), typed)? else { return Ok(Exit::Blocked) };
    terminal.note(approved.line.clone());
    let changed = approved.changed(&now);
    if changed.is_empty() {
        terminal.json(&json!({ "files": changed }));
        terminal.print_line(message!("nothing has changed since", "intet er ændret siden"));
        return Ok(Exit::Done);
    }
    match &approved.found {
        FoundVersion::Whole { read, commit } => {
            print_comparison(terminal, args, &read.version, &now);
            for line in diff_text::sources(&approved.source_changes(project, commit, &now)?) {
                terminal.print_line(line);
            }
        }
        FoundVersion::Digests(reason) => {
            terminal.json(&json!({ "files": changed }));
            let changed = changed.join(", ");
            terminal.print_line(message!("changed since: {changed}", "ændret siden: {changed}"));
            terminal.note(message!(
                "only the names of the files are known: {reason}",
                "kun filernes navne er kendt: {reason}"
            ));
        }
    }
    Ok(Exit::Done)
}

fn print_comparison(terminal: &Terminal, args: &DiffArgs, before: &IssueVersion, after: &IssueVersion) {
    let comparison = IssueComparison::new(before, after);
    let people = if args.people { PeopleDetail::Named } else { PeopleDetail::Counted };
    terminal.json(&comparison.json(people));
    for line in diff_text::lines(&comparison, people) {
        terminal.print_line(line);
    }
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
                terminal.note(message!(
                    "{list} is not in {typed}: the current list is used",
                    "{list} er ikke i {typed}: den nuværende liste er brugt"
                ));
            }
            return Ok(Some(version));
        }
        Err(error) => report(terminal, error, typed)?,
    }
    Ok(None)
}

/// Reports why a version cannot be compared.
fn report(terminal: &Terminal, error: VersionError, typed: &str) -> Result<(), Blocked> {
    match error {
        VersionError::Unknown => {
            terminal.problem(message!(
                "{typed} is neither an issue nor a Git revision of this project",
                "{typed} er hverken et nyhedsbrev eller en Git-revision af projektet"
            ));
        }
        VersionError::Settings(diagnostics) => terminal.diagnostics(&diagnostics),
        VersionError::NoSuchPath { path, revision } => {
            terminal.problem(message!("no {path} in {revision}", "{path} findes ikke i {revision}"));
        }
        VersionError::Issue { label, diagnostics } => {
            terminal.diagnostics(&diagnostics);
            terminal.problem(message!(
                "fix the errors in {label} to compare it",
                "ret fejlene i {label} for at sammenligne"
            ));
        }
        VersionError::Failed(error) => return Err(error.into()),
    }
    Ok(())
}
