//! `check`: every mistake in every file.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::args::{Check, Format};
use crate::cli::exit::Exit;
use crate::cli::matrix;
use crate::cli::planning::{nobody, shortfalls};
use crate::cli::project::Opened;
use crate::cli::report::{DiagnosticJson, count};
use crate::cli::terminal::{Terminal, with_causes};
use crate::error::Error;
use crate::letter::ComposedPlan;
use crate::plan::TransportKind;
use crate::source::{Code, Diagnostic, Diagnostics, Severity};
use crate::workspace::Prepared;

const UNREADABLE: Code = Code("NL290");

/// Checks the issues that were named, or all of them, with every audience and every person.
pub(super) fn run(terminal: &Terminal, opened: &Opened, check: &Check) -> Result<Exit, Error> {
    let issues: Vec<PathBuf> = if check.issues.is_empty() {
        opened.project.issues()?
    } else {
        check.issues.iter().map(|it| opened.project.issue_path(it)).collect()
    };
    let mut all = Diagnostics::new();
    let mut table = Vec::new();
    for path in &issues {
        match one(opened, path, &mut table) {
            Ok(diagnostics) => all.extend(diagnostics),
            // A file that cannot be read is a mistake of its own, and no reason to keep silent about the others.
            Err(error) if Exit::of_error(&error) == Exit::Stopped => {
                all.push(Diagnostic::error(UNREADABLE, with_causes(&error)));
            }
            Err(error) => return Err(error),
        }
    }
    if issues.is_empty() {
        let (_, diagnostics) = opened.project.audiences()?;
        all.extend(diagnostics);
    }
    all.sort();
    if check.format == Format::Text && check.issues.len() == 1 {
        for line in &table {
            terminal.say(line);
        }
    }
    tell(terminal, &all, check.format, issues.len());
    Ok(if all.has_errors() { Exit::Stopped } else { Exit::Done })
}

/// What is wrong with one issue; the lines that say who reads which of its blocks become the table.
fn one(opened: &Opened, path: &Path, table: &mut Vec<String>) -> Result<Diagnostics, Error> {
    let (prepared, mut diagnostics) = Prepared::of(&opened.project, path)?;
    if let Some(prepared) = &prepared {
        *table = matrix::lines(&prepared.matrix, &prepared.keys);
    }
    let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else { return Ok(diagnostics) };
    let plan = prepared.plan(TransportKind::Folder, Timestamp::UNIX_EPOCH)?;
    if plan.letters.is_empty() {
        diagnostics.push(nobody(&plan.issue));
    }
    let masthead = prepared.masthead(plan.date)?;
    let guard = prepared.guard();
    let invented = prepared.invented_letters().unwrap_or_default();
    match ComposedPlan::compose(masthead, prepared.editions, &plan.letters) {
        Ok(composed) => diagnostics.extend(guard.look(&composed, plan.letters.iter().chain(&invented))),
        Err(lacking) => diagnostics.extend(shortfalls(&lacking)),
    }
    Ok(diagnostics)
}

fn tell(terminal: &Terminal, all: &Diagnostics, format: Format, issues: usize) {
    if format == Format::Json || terminal.is_json() {
        let list: Vec<DiagnosticJson<'_>> = all.iter().map(DiagnosticJson::new).collect();
        // Only texts and numbers: they can always be written.
        Terminal::answer(&serde_json::to_string_pretty(&list).unwrap_or_default());
        return;
    }
    terminal.diagnostics(all);
    let errors = all.iter().filter(|it| it.severity == Severity::Error).count();
    let warnings = all.iter().count() - errors;
    let told = match (errors, warnings) {
        (0, 0) => "no mistakes".to_owned(),
        (errors, warnings) => format!("{}, {}", count(errors as u64, "error"), count(warnings as u64, "warning")),
    };
    terminal.say(&format!("{} checked: {told}", count(issues as u64, "issue")));
}
