//! Finds the files of a project that contain an address, except for its ledger.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::delivery::file::FileReaders;
use crate::ops::import::REJECTED;
use crate::people::person::Address;
use crate::people::person::address_matcher::AddressMatcher;
use crate::project::Project;
use crate::project::files;
use crate::project::settings::ledger::{LedgerSettings, USUAL_LEDGER};

/// A larger file is not a letter: it is searched line by line, but not decoded.
const MAX_LETTER: usize = 1 << 26;

/// A file with an address in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressTrace {
    /// Its path in the project.
    pub file: String,
    /// What it is.
    pub kind: AddressTraceKind,
    /// The lines with the address, from 1; empty for a file of the program, and where the file is not text.
    pub lines: Vec<usize>,
}

/// What a file with an address in it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressTraceKind {
    /// A letter to the address, in the outbox or a dry run.
    Letter,
    /// A file of a preview.
    Preview,
    /// Rejected rows of an import.
    Rejected,
    /// A file that was being written when the program was killed.
    Unfinished,
    /// A file of the user: a list, an audience, an issue, or anything else.
    Own,
}

/// The folder of a file, which decides what it may be.
enum FileArea {
    Outbox,
    DryRun,
    Preview,
    Elsewhere,
}

/// Every file below the project's folder with the address in it, sorted by name; Git's folder and the ledger are skipped.
///
/// # Errors
///
/// A folder or a file cannot be read.
pub fn find(project: &Project, matcher: &AddressMatcher) -> Result<Vec<AddressTrace>, Error> {
    let mut ledgers = vec![project.root().join(USUAL_LEDGER)];
    if let LedgerSettings::File(path) = &project.settings().ledger {
        ledgers.push(project.root().join(path));
    }
    let mut traces = Vec::new();
    visit_files(project.root(), &ledgers, &mut |path| {
        traces.extend(inspect(project, path, matcher)?);
        Ok(())
    })?;
    traces.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(traces)
}

fn inspect(project: &Project, path: &Path, matcher: &AddressMatcher) -> Result<Option<AddressTrace>, Error> {
    let bytes = files::read(path)?;
    let is_addressed = addressee(&bytes).is_some_and(|address| matcher.is(&address));
    let lines = matcher.lines(&bytes);
    let is_encoded = || bytes.len() < MAX_LETTER && matcher.is_in_bytes(&bytes);
    if !is_addressed && lines.is_empty() && !is_encoded() {
        return Ok(None);
    }
    let kind = match area(project, path) {
        FileArea::Outbox | FileArea::DryRun if is_addressed => AddressTraceKind::Letter,
        FileArea::Preview => AddressTraceKind::Preview,
        FileArea::Outbox | FileArea::DryRun | FileArea::Elsewhere if is_temporary(path) => AddressTraceKind::Unfinished,
        FileArea::Elsewhere if path.file_name().is_some_and(|name| name == REJECTED) => AddressTraceKind::Rejected,
        FileArea::Outbox | FileArea::DryRun | FileArea::Elsewhere => AddressTraceKind::Own,
    };
    // A workbook is a ZIP archive (it starts with PK\x03\x04): its bytes may hold line breaks, but it has no lines.
    let is_text = !bytes.contains(&0) && !bytes.starts_with(b"PK\x03\x04");
    let lines = if kind == AddressTraceKind::Own && is_text { lines } else { Vec::new() };
    Ok(Some(AddressTrace { file: display_name(project, path), kind, lines }))
}

fn display_name(project: &Project, path: &Path) -> String {
    files::name(project.root(), path).to_string_lossy().replace('\\', "/")
}

/// The program writes only to its own folders: `outbox/`, `preview/<issue>/editions` and `preview/<issue>/letters`.
fn area(project: &Project, path: &Path) -> FileArea {
    if path.starts_with(project.outbox()) {
        return FileArea::Outbox;
    }
    let below = path.strip_prefix(project.root().join("preview")).ok();
    match below.and_then(|path| path.iter().nth(1)).and_then(|name| name.to_str()) {
        Some("editions") => FileArea::Preview,
        Some("letters") => FileArea::DryRun,
        Some(_) | None => FileArea::Elsewhere,
    }
}

/// Erases an address from the files that the program wrote; the user's own files are left. Returns the names of the files
/// that were deleted or rewritten.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn erase(project: &Project, matcher: &AddressMatcher, traces: &[AddressTrace]) -> Result<Vec<String>, Error> {
    let mut names = BTreeSet::new();
    for trace in traces {
        let path = project.root().join(&trace.file);
        match trace.kind {
            AddressTraceKind::Letter | AddressTraceKind::Unfinished => files::remove(&path)?,
            AddressTraceKind::Preview => {
                // The overview page and the manifest hold the same text as the edition, so the whole preview goes.
                let Some(folder) = preview_folder(project, &path) else { continue };
                files::empty(&folder)?;
                names.insert(display_name(project, &folder));
                continue;
            }
            AddressTraceKind::Rejected if !erase_rejected(matcher, &path)? => continue,
            AddressTraceKind::Rejected => {}
            AddressTraceKind::Own => continue,
        }
        names.insert(trace.file.clone());
    }
    Ok(names.into_iter().collect())
}

/// The folder of the preview that a file belongs to.
fn preview_folder(project: &Project, path: &Path) -> Option<PathBuf> {
    let preview = project.root().join("preview");
    let parts: Vec<_> = path.strip_prefix(&preview).ok()?.iter().take(2).collect();
    Some(preview.join(parts.iter().collect::<PathBuf>()))
}

/// Whether the rows were removed; a file that no import wrote is left.
fn erase_rejected(matcher: &AddressMatcher, path: &Path) -> Result<bool, Error> {
    match crate::people::import::list::without_rejected(REJECTED, &files::read(path)?, |cell| matcher.is_in(cell)) {
        Ok(Some(csv)) => files::write(path, csv.as_bytes(), FileReaders::Owner)?,
        Ok(None) => files::remove(path)?,
        Err(_) => return Ok(false),
    }
    Ok(true)
}

/// Visits every file, except for those of a ledger: SQLite's journals have names that begin with the ledger's.
fn visit_files(
    folder: &Path,
    ledgers: &[PathBuf],
    visit: &mut dyn FnMut(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        let is_ledger = ledgers.iter().any(|ledger| path.to_string_lossy().starts_with(&*ledger.to_string_lossy()));
        if kind.is_dir() && entry.file_name() != ".git" {
            visit_files(&path, ledgers, visit)?;
        } else if kind.is_file() && !is_ledger {
            visit(&path)?;
        }
    }
    Ok(())
}

/// The address in the To header (RFC 5322 §3.6.3); absent where the bytes are not a letter of the program.
fn addressee(bytes: &[u8]) -> Option<Address> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(bytes.get(..end)?).replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = head.split("\r\n").find(|line| line.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("to:")))?;
    let value = line.get(3..)?.trim();
    let address = value.rsplit_once('<').map_or(value, |(_, address)| address.trim_end_matches('>'));
    Address::parse(address).ok()
}

/// Whether the name is that of a file which is renamed once it is complete.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = name.strip_suffix(".part").and_then(|name| name.rsplit_once('.')).map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
