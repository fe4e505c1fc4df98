//! Requests to unsubscribe on a host without people: files in a folder, which are read where the ledger is.
//!
//! The folder is used as a Maildir is: a file is written in `tmp`, and moved to `new` when it is complete and on disk.
//! Each of its lines is `TIME TARGET`: a moment (RFC 3339), a space, and what the link says (`TOKEN` or `TOKEN-SERIES`).

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use thiserror::Error as ThisError;

use crate::base::error::Error;
use crate::base::message::message;
use crate::delivery::file;
use crate::delivery::ledger::feedback::LeaveRequest;
use crate::letter::unsubscribe_token::LeaveTarget;

/// The recorded source of requests from a spool.
const SOURCE: &str = "spool";
/// The largest file that is read, in bytes. One that the server writes has a line for each of its connections at most.
const LARGEST_FILE: u64 = 1 << 20;
/// How many requests are read at a time: together they are one transaction.
const BATCH: usize = 10_000;

/// Makes the names of this process's files different from each other.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder with requests to unsubscribe.
#[derive(Clone, Debug)]
pub struct LeaveSpool {
    folder: PathBuf,
}

/// Requests that were read, and the files they are in.
#[derive(Debug, Default)]
struct SpoolBatch {
    /// In the order of the files' names.
    requests: Vec<LeaveRequest>,
    /// The files that were read completely, and how many of the requests are theirs.
    files: Vec<PathBuf>,
    from_files: usize,
    /// What was not read, or not completely. These files stay where they are.
    unread: Vec<UnreadSpoolFile>,
}

/// A file that is left in the spool.
#[derive(Debug)]
pub struct UnreadSpoolFile {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub fault: SpoolFault,
}

/// Which requests of a batch were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordedRequests {
    /// All of them.
    All,
    /// Some have a token that is not known.
    NotAll,
}

/// Why a file is left in the spool.
#[derive(Debug, ThisError)]
pub enum SpoolFault {
    /// It is a folder, a link or a device.
    #[error("{}", message!("is not a regular file", "er ikke en almindelig fil"))]
    NotAFile,
    /// The server does not write such files.
    #[error("{}", message!("is larger than 1 MiB", "er større end 1 MiB"))]
    TooLarge,
    /// A line is not a moment and a token.
    #[error("{}", message!("has an invalid line {line}", "har en ugyldig linje {line}"))]
    InvalidLine {
        /// The number of the first such line, from 1.
        line: usize,
    },
}

impl LeaveSpool {
    /// The spool in a folder, which need not exist before something is written to it.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Creates the folder, and those in it, where they are missing.
    ///
    /// # Errors
    ///
    /// That is not possible.
    pub fn create(&self) -> Result<(), Error> {
        for folder in [self.temporary(), self.new_files()] {
            file::private_folder(&folder).map_err(|source| Error::Write { path: folder, source })?;
        }
        Ok(())
    }

    /// Writes requests to a new file; it is on disk when this returns.
    ///
    /// # Errors
    ///
    /// It cannot be written; then there is no file.
    pub fn write(&self, requests: &[LeaveRequest]) -> Result<(), Error> {
        let lines: Vec<String> = requests
            .iter()
            .map(|request| {
                format!(
                    "{} {}
",
                    request.at, request.target
                )
            })
            .collect();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Together with the time, the process's number makes the name different from those of other processes and hosts, as
        // in a Maildir. The time comes first, so that the files are read in order.
        let name = format!("{}.{}_{number}", Timestamp::now().as_nanosecond(), std::process::id());
        let (temporary, path) = (self.temporary().join(&name), self.new_files().join(&name));
        file::write_durably(&temporary, &path, lines.concat().as_bytes()).map_err(|source| {
            // What could not be completed is never read.
            _ = fs::remove_file(&temporary);
            Error::Write { path, source }
        })
    }

    /// Reads every request, calls `record` with at most some thousands at a time, and removes their files after it; files with
    /// requests that it could not record are kept in `unknown/`. Returns the files that stay. A folder that does not exist is an empty spool.
    ///
    /// Whenever this is interrupted, what was not removed is read again, which changes nothing: a request can be recorded
    /// twice.
    ///
    /// # Errors
    ///
    /// The error of `record`; or the folder cannot be read, or a file not removed.
    pub fn drain(
        &self,
        record: &mut dyn FnMut(&[LeaveRequest]) -> Result<RecordedRequests, Error>,
    ) -> Result<Vec<UnreadSpoolFile>, Error> {
        loop {
            let batch = self.read()?;
            let recorded = if batch.requests.is_empty() { RecordedRequests::All } else { record(&batch.requests)? };
            if batch.files.is_empty() {
                return Ok(batch.unread);
            }
            match recorded {
                RecordedRequests::All => batch.files.iter().try_for_each(|path| remove(path))?,
                RecordedRequests::NotAll => self.set_aside(&batch.files)?,
            }
        }
    }

    /// Keeps files with requests that are not recorded: they may be another project's.
    fn set_aside(&self, files: &[PathBuf]) -> Result<(), Error> {
        let folder = self.folder.join("unknown");
        fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        for path in files {
            let kept = folder.join(path.file_name().unwrap_or_default());
            match fs::rename(path, &kept) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::Write { path: kept, source: error });
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Reads the oldest files.
    fn read(&self) -> Result<SpoolBatch, Error> {
        let folder = self.new_files();
        let failed = |source| Error::Read { path: folder.clone(), source };
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(SpoolBatch::default()),
            Err(error) => return Err(failed(error)),
        };
        let mut paths = BTreeSet::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            // Programs that copy files, such as rsync, use such names for incomplete ones.
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                paths.insert(entry.path());
            }
        }
        let mut batch = SpoolBatch::default();
        for path in paths {
            if batch.from_files >= BATCH {
                break;
            }
            batch.add(path)?;
        }
        Ok(batch)
    }

    fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    fn new_files(&self) -> PathBuf {
        self.folder.join("new")
    }
}

impl SpoolBatch {
    /// Adds the requests of a file. If a line is invalid, the others are still added and the file stays: recording a
    /// request again changes nothing.
    ///
    /// # Errors
    ///
    /// The file cannot be read: the readers in it must get no letter.
    fn add(&mut self, path: PathBuf) -> Result<(), Error> {
        let text = match read_file(&path) {
            Ok(SpoolFile::Text(text)) => text,
            // Another process has read it and removed it.
            Ok(SpoolFile::Gone) => return Ok(()),
            Ok(SpoolFile::Foreign(fault)) => {
                self.unread.push(UnreadSpoolFile { path, fault });
                return Ok(());
            }
            Err(source) => return Err(Error::Read { path, source }),
        };
        let (before, mut invalid) = (self.requests.len(), None);
        for (at, line) in text.split_terminator('\n').enumerate() {
            match request(line) {
                Some(request) => self.requests.push(request),
                None => invalid = invalid.or(Some(at + 1)),
            }
        }
        if let Some(line) = invalid {
            self.unread.push(UnreadSpoolFile { path, fault: SpoolFault::InvalidLine { line } });
        } else {
            self.from_files += self.requests.len() - before;
            self.files.push(path);
        }
        Ok(())
    }
}

/// What a path of a spool leads to.
enum SpoolFile {
    /// A file of requests.
    Text(String),
    /// Something that `serve` did not write.
    Foreign(SpoolFault),
    /// Nothing any more.
    Gone,
}

/// Removes a file whose requests are recorded. One that is gone is not an error: another process has read it as well.
fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source: error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn request(line: &str) -> Option<LeaveRequest> {
    let (at, target) = line.trim_end().split_once(' ')?;
    Some(LeaveRequest { target: LeaveTarget::parse(target)?, at: at.parse().ok()?, source: SOURCE.to_owned() })
}

fn read_file(path: &Path) -> io::Result<SpoolFile> {
    let opened = fs::symlink_metadata(path).and_then(|metadata| {
        Ok(match metadata {
            metadata if !metadata.is_file() => Err(SpoolFault::NotAFile),
            metadata if metadata.len() > LARGEST_FILE => Err(SpoolFault::TooLarge),
            _ => Ok(File::open(path)?),
        })
    });
    let file = match opened {
        Ok(Ok(file)) => file,
        Ok(Err(fault)) => return Ok(SpoolFile::Foreign(fault)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(SpoolFile::Gone),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    // It may have grown since it was measured.
    file.take(LARGEST_FILE).read_to_end(&mut bytes)?;
    // An octet that is not UTF-8 makes its line invalid, and not the others.
    Ok(SpoolFile::Text(String::from_utf8_lossy(&bytes).into_owned()))
}
