//! `diff`: what changes for readers between two versions of an issue.

use std::path::Path;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::base::message::{UserLanguage, message};
use crate::cli::diff_markdown::{self, IssueSection, SectionBody};
use crate::cli::diff_text;
use crate::cli::exit::Exit;
use crate::cli::global_args::GlobalArgs;
use crate::cli::lists_args::ListsArgs;
use crate::cli::open_project;
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::diff::approved::{FoundVersion, approved_version};
use crate::ops::diff::editions::{IssueComparison, IssueVersion, PeopleDetail};
use crate::ops::diff::since::{ChangedIssue, IssueChange, changed_files};
use crate::ops::diff::versions::{ReadVersion, VersionError, VersionSource, parse_versions, read_version};
use crate::ops::text::problems_without_addresses;
use crate::project::Project;

/// Arguments of `diff`.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// An issue, or a Git revision of it: `HEAD~1`, `HEAD~1:issues/nyt.md`
    #[arg(required_unless_present = "since")]
    before: Option<String>,
    /// The version to compare with: an issue or a Git revision [default: what was approved last, before the issue]
    after: Option<String>,
    /// Compare every issue that has changed since this Git revision
    #[arg(long, value_name = "REVISION", conflicts_with = "before")]
    since: Option<String>,
    /// With --since, print only the paths of these issues
    #[arg(long, requires = "since", conflicts_with_all = ["people", "format"])]
    name_only: bool,
    /// With --since, the output format; `markdown` is for a comment of a pull request
    #[arg(long, value_name = "FORMAT", requires = "since", conflicts_with = "json")]
    format: Option<DiffFormat>,
    #[command(flatten)]
    pub(super) lists: ListsArgs,
    /// List the addresses that are added or removed
    #[arg(long)]
    people: bool,
}

/// A format besides text and `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    Markdown,
}

impl DiffArgs {
    /// The version that is a file on disk, if one is.
    pub(super) fn file(&self) -> Option<&Path> {
        let typed = self.before.iter().chain(&self.after);
        typed.map(Path::new).find(|path| path.exists())
    }
}

/// Opens the project; for Markdown, errors in its settings become part of the output, since what a CI step prints
/// elsewhere is rarely read.
pub(super) fn open(terminal: &Terminal, global: &GlobalArgs, args: &DiffArgs) -> Result<Project, Exit> {
    let loaded = open_project::load(terminal, global, args.file(), args.lists.access())?;
    terminal.diagnostics(&loaded.diagnostics);
    if loaded.project.is_none() && args.format == Some(DiffFormat::Markdown) {
        let problems = problems_without_addresses(&loaded.diagnostics);
        Terminal::answer(diff_markdown::of_settings(&problems, terminal.language()).trim_end());
    }
    loaded.project.ok_or(Exit::Settings)
}

/// Compares what the readers of two versions get; nothing is sent or written.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &DiffArgs) -> Result<Exit, Blocked> {
    if let Some(revision) = &args.since {
        return since_revision(terminal, project, args, revision);
    }
    // clap requires it where there is no `--since`.
    let Some(typed) = &args.before else { return Ok(Exit::Blocked) };
    let Some(after) = &args.after else { return since_approval(terminal, project, args, typed) };
    let Some([before, after_source]) = parse_versions(project, [typed, after])? else {
        terminal.problem(message!(
            "no issue: write a file such as issues/nyt.md, or a revision such as HEAD~1:issues/nyt.md",
            "intet nyhedsbrev: skriv en fil som issues/nyt.md eller en revision som HEAD~1:issues/nyt.md"
        ));
        return Ok(Exit::Blocked);
    };
    let Some(before) = version(terminal, project, &before, typed)? else { return Ok(Exit::Blocked) };
    let Some(after) = version(terminal, project, &after_source, after)? else { return Ok(Exit::Blocked) };
    print_comparison(terminal, args, &before, &after);
    Ok(Exit::Done)
}

/// Compares an issue with what was approved last of it.
fn since_approval(terminal: &Terminal, project: &Project, args: &DiffArgs, typed: &str) -> Result<Exit, Blocked> {
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
        Err(error) => return report(terminal, project, error, typed).map(|()| Exit::Blocked),
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

/// Compares every issue that has changed since a revision.
fn since_revision(terminal: &Terminal, project: &Project, args: &DiffArgs, revision: &str) -> Result<Exit, Blocked> {
    let changed = match changed_files(project, revision) {
        Ok(changed) => changed,
        Err(error) => return report(terminal, project, error, revision).map(|()| Exit::Blocked),
    };
    if args.name_only {
        let present = changed.issues.iter().filter(|issue| issue.change != IssueChange::Removed);
        present.for_each(|issue| Terminal::answer(&issue.path));
        return Ok(Exit::Done);
    }
    if args.format == Some(DiffFormat::Markdown) {
        let language = terminal.language();
        let sections = changed
            .issues
            .iter()
            .map(|issue| section(project, issue, revision, language))
            .collect::<Result<Vec<_>, _>>()?;
        Terminal::answer(diff_markdown::document(&sections, &changed.others, language).trim_end());
        return Ok(Exit::Done);
    }
    let mut exit = Exit::Done;
    for issue in &changed.issues {
        let path = &issue.path;
        terminal.print_line(match issue.change {
            IssueChange::Added => message!("{path}: new", "{path}: nyt"),
            IssueChange::Edited => message!("{path}", "{path}"),
            IssueChange::Removed => message!("{path}: removed", "{path}: slettet"),
        });
        match versions(project, issue, revision) {
            Ok(Some([before, after])) => print_comparison(terminal, args, &before, &after),
            Ok(None) => {}
            Err(error) => {
                report(terminal, project, error, path)?;
                exit = Exit::Blocked;
            }
        }
    }
    if changed.issues.is_empty() {
        terminal.print_line(message!(
            "no issue has changed since {revision}",
            "ingen nyhedsbreve er ændret siden {revision}"
        ));
    }
    if !changed.others.is_empty() {
        let others = changed.others.join(", ");
        terminal.print_line(message!("also changed: {others}", "også ændret: {others}"));
    }
    Ok(exit)
}

/// What Markdown shows of an issue.
fn section(
    project: &Project,
    issue: &ChangedIssue,
    revision: &str,
    language: UserLanguage,
) -> Result<IssueSection, Blocked> {
    let body = match versions(project, issue, revision) {
        Ok(Some([before, after])) => {
            let lines = diff_text::lines(&IssueComparison::new(&before, &after), PeopleDetail::Counted);
            SectionBody::Lines(
                lines.iter().map(|line| anstream::adapter::strip_str(line.in_language(language)).to_string()).collect(),
            )
        }
        Ok(None) | Err(VersionError::Unknown | VersionError::NoSuchPath { .. }) => SectionBody::Nothing,
        Err(VersionError::Settings(problems) | VersionError::Issue { diagnostics: problems, .. }) => {
            SectionBody::Problems(problems_without_addresses(&problems))
        }
        Err(VersionError::Failed(error)) => return Err(error.into()),
    };
    Ok(IssueSection { path: issue.path.clone(), change: issue.change, body })
}

/// An issue at a revision and now; absent: it is gone.
fn versions(
    project: &Project,
    issue: &ChangedIssue,
    revision: &str,
) -> Result<Option<[IssueVersion; 2]>, VersionError> {
    let path = &issue.path;
    let file = VersionSource::File(project.root().join(path));
    let former = VersionSource::Revision { revision: revision.to_owned(), path: path.clone() };
    if issue.change == IssueChange::Removed {
        return Ok(None);
    }
    let after = read_version(project, &file, path)?.version;
    let before = match issue.change {
        IssueChange::Edited => match read_version(project, &former, revision) {
            Ok(read) => read.version,
            // If the issue could not be sent before, it is compared with nothing.
            Err(VersionError::Issue { .. }) => after.before_it_was(revision),
            Err(error) => return Err(error),
        },
        IssueChange::Added | IssueChange::Removed => after.before_it_was(revision),
    };
    Ok(Some([before, after]))
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
        Err(error) => report(terminal, project, error, typed)?,
    }
    Ok(None)
}

/// Reports why a version cannot be compared.
fn report(terminal: &Terminal, project: &Project, error: VersionError, typed: &str) -> Result<(), Blocked> {
    match error {
        VersionError::Unknown if project.is_shallow_clone() => {
            terminal.problem(message!(
                "this copy is a shallow clone, and has no {typed}: run `git fetch --unshallow`; in CI, check out more commits (`fetch-depth: 0`)",
                "kopien er en overfladisk klon (shallow) og har ikke {typed}: kør `git fetch --unshallow`; hent flere commits i CI (`fetch-depth: 0`)"
            ));
        }
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
