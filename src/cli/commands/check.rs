//! `check`: reports all problems in all files.

use std::env;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::base::message::{composed, message};
use crate::base::noun;
use crate::base::source::diagnostic::{Diagnostics, Severity};
use crate::base::source::nearest::nearest;
use crate::base::source::register;
use crate::base::source::sarif;
use crate::base::source::{code_quality, workflow_commands};
use crate::cli::exit::Exit;
use crate::cli::global_args::GlobalArgs;
use crate::cli::lists_args::ListsArgs;
use crate::cli::open_project;
use crate::cli::progress_line::ProgressLine;
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::check;
use crate::ops::diagnostic_json::DiagnosticJson;
use crate::ops::link_check::{self, IssueLinks};
use crate::ops::text::problems_without_addresses;
use crate::ops::unsubscribe_check;
use crate::project::Project;
use crate::project::online::RequestLimits;

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Issues to check [default: all issues of the project]
    issues: Vec<PathBuf>,
    /// Explain a code such as NL530
    #[arg(long, value_name = "CODE", conflicts_with = "issues")]
    explain: Option<String>,
    /// Also check that every link works, and that the unsubscribe page is there
    #[arg(long, conflicts_with = "explain")]
    online: bool,
    #[command(flatten)]
    pub(super) lists: ListsArgs,
    /// Output format: SARIF 2.1.0, annotations of GitHub Actions, or a code quality report of GitLab
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["json", "explain"])]
    format: Option<ReportFormat>,
}

impl CheckArgs {
    /// The first of several issues: the search for the project starts in its folder.
    pub(super) fn first_issue(&self) -> Option<&Path> {
        self.issues.first().map(AsRef::as_ref)
    }
}

/// A format for other programs, besides `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    Sarif,
    Github,
    Gitlab,
}

/// Checks the issues that were named, or all of them, with every audience and every person; or explains a code.
pub(super) fn run(terminal: &Terminal, global: &GlobalArgs, args: &CheckArgs) -> Result<Exit, Blocked> {
    if let Some(code) = &args.explain {
        return Ok(explain(terminal, code));
    }
    let loaded = match open_project::load(terminal, global, args.first_issue(), args.lists.access()) {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(exit),
    };
    let (mut all, format) = (loaded.diagnostics, args.format);
    let Some(project) = loaded.project else {
        match format {
            Some(format) => print_for_program(terminal, &all, format, &loaded.root),
            None => print_report(terminal, &all, None),
        }
        return Ok(Exit::Settings);
    };
    let checked = check::check(&project, &args.issues, Timestamp::now())?;
    all.extend(checked.diagnostics);
    if args.online {
        all.extend(check_links(terminal, &project, &checked.links));
        all.extend(unsubscribe_check::check_online(&project, RequestLimits::default()));
    }
    all.sort();
    if args.format.is_none() && args.issues.len() == 1 {
        checked.block_table.iter().for_each(|line| terminal.print_line(line.clone()));
    }
    match format {
        Some(format) => print_for_program(terminal, &all, format, project.root()),
        None => print_report(terminal, &all, Some(checked.issues)),
    }
    if format.is_none() {
        for missing in &checked.approvals {
            terminal.note(missing.clone());
        }
    }
    Ok(if all.has_errors() { Exit::Blocked } else { Exit::Done })
}

/// Requests every address that the issues link to, and shows the progress.
fn check_links(terminal: &Terminal, project: &Project, links: &[IssueLinks]) -> Diagnostics {
    let urls = link_check::urls(links);
    let line = ProgressLine::new(terminal, urls.len() as u64, noun::LINK);
    line.end_on_signals();
    let diagnostics = link_check::check(project, links, Timestamp::now(), &|| line.advance());
    line.end();
    diagnostics
}

/// Prints what the register has about a check.
fn explain(terminal: &Terminal, code: &str) -> Exit {
    let Some(check) = register::check(code) else {
        let near = nearest(&code.to_uppercase(), register::checks().map(|check| check.code));
        let near = near.map(|near| message!(": did you mean `{near}`?", ": mente du `{near}`?")).unwrap_or_default();
        terminal.problem(message!("unknown check `{code}`{near}", "ukendt kontrol `{code}`{near}"));
        return Exit::Blocked;
    };
    let page = composed!("{} · {} · {}\n\n{}", check.code, check.severity, check.title, check.text);
    Terminal::answer(page.in_language(terminal.language()));
    Exit::Done
}

/// Prints the problems of the project in a folder for another program.
fn print_for_program(terminal: &Terminal, all: &Diagnostics, format: ReportFormat, root: &Path) {
    let (folder, language) = (folder_from_here(root), terminal.language());
    // Serialising texts and numbers cannot fail.
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default();
    match format {
        ReportFormat::Sarif => Terminal::answer(&pretty(&sarif::log(&problems_without_addresses(all)))),
        ReportFormat::Gitlab => {
            let all = problems_without_addresses(all);
            Terminal::answer(&pretty(&code_quality::report(&all, &folder, language)));
        }
        ReportFormat::Github => {
            for line in workflow_commands::lines(&problems_without_addresses(all), &folder, language) {
                Terminal::answer(&line);
            }
        }
    }
}

/// The path to a project below the current folder, which is where CI has the repository; empty if it is not below it.
fn folder_from_here(root: &Path) -> String {
    let here = env::current_dir().and_then(|here| here.canonicalize());
    let (Ok(here), Ok(root)) = (here, root.canonicalize()) else { return String::new() };
    root.strip_prefix(here).map(|below| below.display().to_string()).unwrap_or_default()
}

/// Prints the problems; `issues` is absent where errors in the settings kept the issues from being read.
fn print_report(terminal: &Terminal, all: &Diagnostics, issues: Option<usize>) {
    // Serialising texts and numbers cannot fail.
    if terminal.is_json() {
        let list: Vec<DiagnosticJson<'_>> = all.iter().map(DiagnosticJson::new).collect();
        Terminal::answer(&serde_json::to_string_pretty(&list).unwrap_or_default());
        return;
    }
    terminal.diagnostics(all);
    let Some(issues) = issues else { return };
    let off = all.iter().filter(|diagnostic| diagnostic.off.is_some()).count();
    let errors = all.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let warnings = all.iter().count() - errors - off;
    let mut result = match (errors, warnings) {
        (0, 0) => message!("no problems", "ingen problemer"),
        (errors, warnings) => {
            composed!("{}, {}", noun::ERROR.count(errors as u64), noun::WARNING.count(warnings as u64))
        }
    };
    if off > 0 {
        result = message!("{result}, {off} turned off", "{result}, {off} slået fra");
    }
    let issues = noun::ISSUE.count(issues as u64);
    terminal.print_line(message!("{issues} checked: {result}", "{issues} kontrolleret: {result}"));
}
