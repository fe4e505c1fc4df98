//! `check`: every mistake in every file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::nearest::nearest;
use crate::base::source::register;
use crate::base::source::sarif;
use crate::cli::commands::export;
use crate::cli::exit::Exit;
use crate::cli::matrix;
use crate::cli::online::{self, IssueLinks};
use crate::cli::plan::{no_recipients, shortfalls};
use crate::cli::project::OpenProject;
use crate::cli::report::{DiagnosticJson, count};
use crate::cli::terminal::{Terminal, with_causes};
use crate::letter::compose::LetterComposer;
use crate::letter::plan::TransportKind;
use crate::ops::prepared_issue::PreparedIssue;

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Issues to check [default: all issues of the project]
    issues: Vec<PathBuf>,
    /// Explain a code such as NL530
    #[arg(long, value_name = "CODE", conflicts_with = "issues")]
    explain: Option<String>,
    /// Request every web address that the issues link to
    #[arg(long, conflicts_with = "explain")]
    online: bool,
    /// Write a SARIF 2.1.0 report, which code hosts show beside the lines of a change
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["json", "explain"])]
    format: Option<ReportFormat>,
}

impl CheckArgs {
    /// The first of several issues, whose folder is where the search for the project begins.
    pub(super) fn first_issue(&self) -> Option<&Path> {
        self.issues.first().map(AsRef::as_ref)
    }
}

/// A format for other programs, besides `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    Sarif,
}

const UNREADABLE: Code = Code("NL290");

/// Checks the issues that were named, or all of them, with every audience and every person; or explains a code.
pub(super) fn run(terminal: &Terminal, directory: Option<&Path>, check: &CheckArgs) -> Result<Exit, Error> {
    if let Some(code) = &check.explain {
        return Ok(explain(terminal, code));
    }
    let (opened, mut all) = match OpenProject::look(terminal, directory, check.first_issue()) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let Some(opened) = opened else {
        print_report(terminal, &all, check.format, None);
        return Ok(Exit::Settings);
    };
    let checked = files(&opened, &check.issues, &mut all)?;
    if check.online {
        online::ask(terminal, &opened, &checked.leads, &mut all);
    }
    all.sort();
    if check.format.is_none() && check.issues.len() == 1 {
        checked.table.iter().for_each(|line| terminal.say(line));
    }
    print_report(terminal, &all, check.format, Some(checked.issues));
    Ok(if all.has_errors() { Exit::Blocked } else { Exit::Done })
}

/// What the register says of a code.
fn explain(terminal: &Terminal, code: &str) -> Exit {
    let Some(check) = register::check(code) else {
        let near = nearest(&code.to_uppercase(), register::checks().map(|it| it.code));
        let near = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        terminal.problem(&format!("unknown check `{code}`{near}"));
        return Exit::Blocked;
    };
    Terminal::answer(&format!("{} · {} · {}\n\n{}", check.code, check.severity, check.title, check.text));
    Exit::Done
}

/// How many issues were checked, the lines that say who reads which block of the last one, and where they lead.
#[derive(Default)]
struct CheckSummary {
    issues: usize,
    table: Vec<String>,
    leads: Vec<IssueLinks>,
}

/// Adds all that is wrong with the issues.
fn files(opened: &OpenProject, named: &[PathBuf], all: &mut Diagnostics) -> Result<CheckSummary, Error> {
    let issues: Vec<PathBuf> = if named.is_empty() {
        opened.project.issues()?
    } else {
        let mut issues: Vec<PathBuf> = named.iter().map(|it| opened.project.issue_path(it)).collect();
        let mut seen = BTreeSet::new();
        issues.retain(|it| seen.insert(it.clone()));
        issues
    };
    let mut checked = CheckSummary { issues: issues.len(), ..CheckSummary::default() };
    for path in &issues {
        match check_issue(opened, path, &mut checked) {
            Ok(diagnostics) => all.extend(diagnostics),
            // A file that cannot be read is a mistake of its own, and no reason to keep silent about the others.
            Err(error) if Exit::of_error(&error) == Exit::Blocked => {
                all.push(Diagnostic::error(UNREADABLE, with_causes(&error)));
            }
            Err(error) => return Err(error),
        }
    }
    if issues.is_empty() {
        let (_, diagnostics) = opened.project.audiences()?;
        all.extend(diagnostics);
    }
    all.extend(opened.project.people_in_git()?);
    Ok(checked)
}

/// What is wrong with one issue; the lines that say who reads which of its blocks become the table.
fn check_issue(opened: &OpenProject, path: &Path, checked: &mut CheckSummary) -> Result<Diagnostics, Error> {
    let (prepared, mut diagnostics) = PreparedIssue::of(&opened.project, path)?;
    if let Some(prepared) = &prepared {
        checked.table = matrix::lines(&prepared.matrix, &prepared.keys);
        checked.leads.push(IssueLinks::of(prepared));
    }
    let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else { return Ok(diagnostics) };
    diagnostics.extend(prepared.check_consent(Timestamp::now(), &|_| true)?);
    let (plan, letters) = prepared.plan(TransportKind::Folder, Timestamp::UNIX_EPOCH)?;
    if letters.is_empty() {
        diagnostics.push(no_recipients(&plan.issue));
    }
    let masthead = prepared.unsigned_masthead(plan.date)?;
    diagnostics.extend(export::leaks(&prepared));
    let guard = prepared.guard();
    let invented = prepared.invented_letters().unwrap_or_default();
    let mut composing = LetterComposer::new(masthead, prepared.editions);
    for letter in letters.iter() {
        composing.compose(&letter?);
    }
    match composing.finish() {
        Ok((composed, samples)) => {
            diagnostics.extend(guard.check_letters(&composed, samples.into_iter().chain(invented)));
        }
        Err(lacking) => diagnostics.extend(shortfalls(&lacking)),
    }
    Ok(diagnostics)
}

/// Prints what is wrong; `issues` is absent where the settings kept them from being read.
fn print_report(terminal: &Terminal, all: &Diagnostics, format: Option<ReportFormat>, issues: Option<usize>) {
    // Serialising texts and numbers cannot fail.
    if format == Some(ReportFormat::Sarif) {
        Terminal::answer(&serde_json::to_string_pretty(&sarif::log(all)).unwrap_or_default());
        return;
    }
    if terminal.is_json() {
        let list: Vec<DiagnosticJson<'_>> = all.iter().map(DiagnosticJson::new).collect();
        Terminal::answer(&serde_json::to_string_pretty(&list).unwrap_or_default());
        return;
    }
    terminal.diagnostics(all);
    let Some(issues) = issues else { return };
    let off = all.iter().filter(|it| it.off.is_some()).count();
    let errors = all.iter().filter(|it| it.severity == Severity::Error).count();
    let warnings = all.iter().count() - errors - off;
    let mut told = match (errors, warnings) {
        (0, 0) => "no mistakes".to_owned(),
        (errors, warnings) => format!("{}, {}", count(errors as u64, "error"), count(warnings as u64, "warning")),
    };
    if off > 0 {
        told = format!("{told}, {off} turned off");
    }
    terminal.say(&format!("{} checked: {told}", count(issues as u64, "issue")));
}
