//! `diff`: what changes for the readers between two versions of an issue.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::error::Error;
use crate::cli::edition_diff::{IssueComparison, IssueVersion, PeopleDetail};
use crate::cli::exit::Exit;
use crate::cli::plan;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;
use crate::ops::prepared_issue::PreparedIssue;
use crate::project::Project;
use crate::project::revision::Revision;

/// Arguments of `diff`.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// An issue, or a Git revision of it: HEAD~1, HEAD~1:issues/nyt.md
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

/// Where a version of the issue is.
enum VersionSource {
    /// On disk.
    Today(PathBuf),
    /// In Git's history: a revision, and the issue's path in the project.
    Then { revision: String, path: String },
}

/// Compares what the readers of two versions get; nothing is sent or written.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, diff: &DiffArgs) -> Result<Exit, Error> {
    let Some(sides) = sides(terminal, opened, diff)? else { return Ok(Exit::Blocked) };
    let [before, after] = sides;
    let Some(before) = version(terminal, &opened.project, (&before, &diff.before))? else { return Ok(Exit::Blocked) };
    let Some(after) = version(terminal, &opened.project, (&after, &diff.after))? else { return Ok(Exit::Blocked) };
    let comparison = IssueComparison::new(&before, &after);
    let people = if diff.people { PeopleDetail::Named } else { PeopleDetail::Counted };
    terminal.json(&comparison.json(people));
    for line in comparison.lines(people) {
        terminal.say(&line);
    }
    Ok(Exit::Done)
}

/// A file is today's; anything else is a revision, of the path behind its colon or else of the other side's file.
fn sides(terminal: &Terminal, opened: &OpenProject, diff: &DiffArgs) -> Result<Option<[VersionSource; 2]>, Error> {
    let file = |typed: &str| Some(opened.project.issue_path(Path::new(typed))).filter(|it| it.is_file());
    let (before, after) = (file(&diff.before), file(&diff.after));
    let path = match before.as_deref().or(after.as_deref()) {
        Some(path) => Some(opened.project.issue(path)?.source.path().to_string()),
        None => None,
    };
    let side = |file: Option<PathBuf>, typed: &str| match (file, typed.split_once(':'), &path) {
        (Some(file), _, _) => Some(VersionSource::Today(file)),
        (None, Some((revision, path)), _) => {
            Some(VersionSource::Then { revision: revision.to_owned(), path: path.to_owned() })
        }
        (None, None, Some(path)) => Some(VersionSource::Then { revision: typed.to_owned(), path: path.clone() }),
        (None, None, None) => None,
    };
    let sides = side(before, &diff.before).zip(side(after, &diff.after));
    if sides.is_none() {
        terminal.problem(
            "say which issue: a file such as issues/nyt.md, or a revision with it, such as HEAD~1:issues/nyt.md",
        );
    }
    Ok(sides.map(|(before, after)| [before, after]))
}

/// What readers get of one version. `None` where it cannot be had, which is told.
fn version(
    terminal: &Terminal,
    today: &Project,
    (side, typed): (&VersionSource, &str),
) -> Result<Option<IssueVersion>, Error> {
    let (revision, path) = match side {
        VersionSource::Today(path) => return prepared(terminal, (today, path), typed),
        VersionSource::Then { revision, path } => (revision, path),
    };
    let Some(files) = Revision::check_out(today, revision)? else {
        terminal.problem(&format!("{typed} is neither an issue nor a revision that Git knows of this project"));
        return Ok(None);
    };
    let found = files.project(today)?;
    let Some(project) = found.project else {
        terminal.diagnostics(&found.diagnostics);
        return Ok(None);
    };
    let Some(file) = below(project.root(), path) else {
        terminal.problem(&format!("there was no {path} in {revision}"));
        return Ok(None);
    };
    note_current_lists(terminal, &project, revision)?;
    prepared(terminal, (&project, &file), &format!("{revision}:{path}"))
}

/// Lists of people are seldom in Git: it is today's that both versions are for.
fn note_current_lists(terminal: &Terminal, project: &Project, revision: &str) -> Result<(), Error> {
    let (audiences, _) = project.audiences()?;
    let lists: BTreeSet<&str> = audiences.iter().filter_map(|it| it.kept()?.value.path()).collect();
    for list in lists.into_iter().filter(|it| !project.root().join(it).exists()) {
        terminal.note(&format!("{list} is not in {revision}: its people are today's"));
    }
    Ok(())
}

/// The file of a path from the project's folder, or from the repository's, which may be above it.
fn below(root: &Path, path: &str) -> Option<PathBuf> {
    let mut rest = Path::new(path).components();
    while rest.clone().next().is_some() {
        let file = root.join(rest.as_path());
        let file = if file.is_dir() { file.join("index.md") } else { file };
        if file.is_file() {
            return Some(file);
        }
        rest.next();
    }
    None
}

fn prepared(
    terminal: &Terminal,
    (project, path): (&Project, &Path),
    label: &str,
) -> Result<Option<IssueVersion>, Error> {
    let (prepared, diagnostics) = PreparedIssue::of(project, path)?;
    let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else {
        terminal.diagnostics(&diagnostics);
        terminal.problem(&format!("{label} cannot be compared before its mistakes are mended"));
        return Ok(None);
    };
    let readers = prepared.selection.recipients();
    let readers = readers.map(|it| Ok((it.person()?.address.to_string(), it.edition().id())));
    let readers = readers.collect::<Result<_, Error>>()?;
    match IssueVersion::of(prepared, label, readers) {
        Ok(version) => Ok(Some(version)),
        Err(lacking) => {
            terminal.diagnostics(&plan::shortfalls(&lacking));
            Ok(None)
        }
    }
}
