//! Where in the project's folder an address stands, its ledger apart.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::ops::import::REJECTED;
use crate::people::person::Address;
use crate::people::person::address_matcher::AddressMatcher;
use crate::project::Project;
use crate::project::files;
use crate::project::settings::ledger::{LedgerSettings, USUAL_LEDGER};

/// What is larger is no letter: only its lines are looked at, one by one.
const LARGEST_LETTER: usize = 1 << 26;

/// A file that holds an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressTrace {
    /// Its path in the project.
    pub file: String,
    /// What it is.
    pub kind: AddressTraceKind,
    /// The lines in which the address stands, counted from 1; none where it is no text that has lines.
    pub lines: Vec<usize>,
}

/// What a file is that holds an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressTraceKind {
    /// A letter to the address, in the outbox or of a dry run.
    Letter,
    /// What a preview wrote for its reader.
    Preview,
    /// Rows of an import that nobody could use.
    Rejected,
    /// What is left of a file that was being written when the program was ended.
    Unfinished,
    /// A file of the user's own: a list, an audience, an issue, or anything else.
    Own,
}

/// Where a file lies decides what it may be.
enum FileArea {
    Outbox,
    DryRun,
    Preview,
    Elsewhere,
}

impl Project {
    /// Every file below the project's folder that holds the address, by name; Git's own folder and the ledger apart.
    ///
    /// # Errors
    ///
    /// A folder or a file cannot be read.
    pub fn traces(&self, trace: &AddressMatcher) -> Result<Vec<AddressTrace>, Error> {
        let mut ledgers = vec![self.root().join(USUAL_LEDGER)];
        if let LedgerSettings::File(path) = &self.settings().ledger {
            ledgers.push(self.root().join(path));
        }
        let mut trails = Vec::new();
        each_file(self.root(), &ledgers, &mut |path| {
            trails.extend(self.look_into(path, trace)?);
            Ok(())
        })?;
        trails.sort_by(|one, other| one.file.cmp(&other.file));
        Ok(trails)
    }

    fn look_into(&self, path: &Path, trace: &AddressMatcher) -> Result<Option<AddressTrace>, Error> {
        let bytes = files::read(path)?;
        let is_to_them = addressee(&bytes).is_some_and(|it| trace.is(&it));
        let lines = trace.lines(&bytes);
        let is_encoded = || bytes.len() < LARGEST_LETTER && trace.is_in_bytes(&bytes);
        if !is_to_them && lines.is_empty() && !is_encoded() {
            return Ok(None);
        }
        let kind = match self.home(path) {
            FileArea::Outbox | FileArea::DryRun if is_to_them => AddressTraceKind::Letter,
            FileArea::Preview => AddressTraceKind::Preview,
            FileArea::Outbox | FileArea::DryRun | FileArea::Elsewhere if is_temporary(path) => {
                AddressTraceKind::Unfinished
            }
            FileArea::Elsewhere if path.file_name().is_some_and(|it| it == REJECTED) => AddressTraceKind::Rejected,
            FileArea::Outbox | FileArea::DryRun | FileArea::Elsewhere => AddressTraceKind::Own,
        };
        let is_text = !bytes.contains(&0) && !bytes.starts_with(b"PK\x03\x04");
        let lines = if kind == AddressTraceKind::Own && is_text { lines } else { Vec::new() };
        Ok(Some(AddressTrace {
            file: files::name(self.root(), path).to_string_lossy().replace('\\', "/"),
            kind,
            lines,
        }))
    }

    /// What the program itself writes lies in folders of its own: `outbox/`, `preview/<issue>/editions` and
    /// `preview/<issue>/letters`.
    fn home(&self, path: &Path) -> FileArea {
        if path.starts_with(self.outbox()) {
            return FileArea::Outbox;
        }
        let below = path.strip_prefix(self.root().join("preview")).ok();
        match below.and_then(|it| it.iter().nth(1)).and_then(|it| it.to_str()) {
            Some("editions") => FileArea::Preview,
            Some("letters") => FileArea::DryRun,
            Some(_) | None => FileArea::Elsewhere,
        }
    }
}

impl Project {
    /// Takes an address out of the files that the program wrote; the user's own are left. The names of what was taken away
    /// or written anew.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written.
    pub fn erase_traces(&self, trace: &AddressMatcher, trails: &[AddressTrace]) -> Result<Vec<String>, Error> {
        let mut names = BTreeSet::new();
        for trail in trails {
            let path = self.root().join(&trail.file);
            match trail.kind {
                AddressTraceKind::Letter | AddressTraceKind::Unfinished => files::remove(&path)?,
                AddressTraceKind::Preview => {
                    let Some(folder) = self.editions_of(&path) else { continue };
                    files::empty(&folder)?;
                    names.insert(files::name(self.root(), &folder).to_string_lossy().replace('\\', "/"));
                    continue;
                }
                AddressTraceKind::Rejected if !erase_rejected(trace, &path)? => continue,
                AddressTraceKind::Rejected => {}
                AddressTraceKind::Own => continue,
            }
            names.insert(trail.file.clone());
        }
        Ok(names.into_iter().collect())
    }

    /// The folder of a preview that a file lies in.
    fn editions_of(&self, path: &Path) -> Option<PathBuf> {
        let preview = self.root().join("preview");
        let parts: Vec<_> = path.strip_prefix(&preview).ok()?.iter().take(2).collect();
        Some(preview.join(parts.iter().collect::<PathBuf>()))
    }
}

/// Whether the rows could be taken out: a file that cannot be read as one of an import is left.
fn erase_rejected(trace: &AddressMatcher, path: &Path) -> Result<bool, Error> {
    match crate::people::import::list::fewer_rejected(REJECTED, &files::read(path)?, |cell| trace.is_in(cell)) {
        Ok(Some(csv)) => files::put_private(path, csv.as_bytes())?,
        Ok(None) => files::remove(path)?,
        Err(_) => return Ok(false),
    }
    Ok(true)
}

/// Shows each file, but for those of a ledger: their names begin as the ledger's does.
fn each_file(
    folder: &Path,
    ledgers: &[PathBuf],
    visit: &mut dyn FnMut(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        let is_ledger = ledgers.iter().any(|it| path.to_string_lossy().starts_with(&*it.to_string_lossy()));
        if kind.is_dir() && entry.file_name() != ".git" {
            each_file(&path, ledgers, visit)?;
        } else if kind.is_file() && !is_ledger {
            visit(&path)?;
        }
    }
    Ok(())
}

/// Whom a letter is to (RFC 5322 §3.6.3); none where the bytes are no letter of the program's.
fn addressee(bytes: &[u8]) -> Option<Address> {
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(bytes.get(..end)?).replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = head.split("\r\n").find(|it| it.get(..3).is_some_and(|it| it.eq_ignore_ascii_case("to:")))?;
    let value = line.get(3..)?.trim();
    let address = value.rsplit_once('<').map_or(value, |(_, it)| it.trim_end_matches('>'));
    Address::parse(address).ok()
}

/// Whether a file is one that is given its name when it is whole.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = name.strip_suffix(".part").and_then(|it| it.rsplit_once('.')).map(|(_, number)| number);
    number.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}
