//! `export` of an issue as a package, or of its events as a calendar: what it prints, and where it writes.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::base::message::{composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::export_summary::{self, FolderSummary};
use crate::cli::terminal::Terminal;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::calendar_export::{self, CalendarExport};
use crate::ops::kit::{self, KitExport};
use crate::ops::{export, export_owners};
use crate::project::Project;
use crate::project::export_folder::ExportFolder;

/// Writes the events of the issue at a path as one calendar file for each language.
pub(super) fn calendars(terminal: &Terminal, project: &Project, issue: &Path, folder: &Path) -> Result<Exit, Blocked> {
    // `check` has the warnings of the letters.
    let (prepared, unchecked) = export::prepare(project, issue)?;
    let found = unchecked.into_iter().chain(export::check_pages(&prepared)?);
    let CalendarExport { part, events, warnings } = calendar_export::calendars(&prepared)?;
    terminal.diagnostics(&found.chain(warnings).collect());
    if part.files.is_empty() {
        return Err(GuardFailure::NoEvents { issue: prepared.inputs.issue.id.clone() }.into());
    }
    let names: Vec<String> = part.files.iter().map(|file| file.name.clone()).collect();
    let (mut target, parts) = (ExportFolder::open(folder)?, [part]);
    export_owners::check(project, &target, &parts)?;
    let mut exported = target.write(&parts)?;
    exported.gone = export_owners::gone(project, &target, &parts)?;
    let mut files = Vec::new();
    for (name, events) in names.iter().zip(&events) {
        terminal.print_line(composed!("{name}  {}", noun::EVENT.count(*events as u64)));
        files.push(json!({ "file": name, "events": events }));
    }
    let what = noun::FILE.count(files.len() as u64);
    let content = Map::from_iter([("files".to_owned(), Value::from(files))]);
    Ok(export_summary::print(terminal, &FolderSummary { folder, what, content, exported: &exported }))
}

/// Writes the package of the issue at a path: a folder, and the same as a zip file.
pub(super) fn kit(terminal: &Terminal, project: &Project, issue: &Path, folder: &Path) -> Result<Exit, Blocked> {
    let (prepared, unchecked) = export::prepare(project, issue)?;
    let (KitExport { part, folder: own, zip, count: files }, warnings) = kit::kit(&prepared, folder)?;
    terminal.diagnostics(&unchecked.into_iter().chain(warnings).collect());
    let (mut target, parts) = (ExportFolder::open(folder)?, [part]);
    export_owners::check(project, &target, &parts)?;
    let mut exported = target.write(&parts)?;
    exported.gone = export_owners::gone(project, &target, &parts)?;
    terminal.print_line(composed!("{own}/  {}", noun::FILE.count(files as u64)));
    terminal.print_line(message!("{zip}  the same", "{zip}  det samme"));
    let content = Map::from_iter([("package".to_owned(), json!(own)), ("zip".to_owned(), json!(zip))]);
    let what = noun::PACKAGE.count(1);
    Ok(export_summary::print(terminal, &FolderSummary { folder, what, content, exported: &exported }))
}
