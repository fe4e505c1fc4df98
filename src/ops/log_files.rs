//! Reads the files of access logs, which may be compressed, and finds those that were rotated.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::base::error::Error;
use crate::feedback::access_log::{self, AccessLogLine};
use crate::project::files;

/// The first bytes of a gzip file (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How many bytes of a file are read to detect its format.
const BEGINNING: u64 = 64 << 10;

/// Calls `visit` with each line of a log, compressed by gzip or not, whatever its name.
///
/// # Errors
///
/// It cannot be read, or `visit` failed.
pub(crate) fn each_line(path: &Path, visit: &mut impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
    let mut log = open_log(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    each_line_of(&mut log, path, visit)
}

fn open_log(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut file = BufReader::new(files::open(path)?);
    let is_compressed = file.fill_buf()?.starts_with(&GZIP);
    Ok(if is_compressed { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
}

/// Whether a path is a file that begins like an access log.
pub(crate) fn is_access_log(path: &Path) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|file| file.is_file());
    let Some(log) = is_file.then(|| open_log(path).ok()).flatten() else { return false };
    // The first line of a rotated log may be cut off.
    let mut lines = log.take(BEGINNING).split(b'\n').map_while(Result::ok).take(3);
    lines.any(|line| AccessLogLine::parse(&String::from_utf8_lossy(&line)) != AccessLogLine::Unreadable)
}

/// Calls `visit` with each line of an open log; `path` is its name in errors.
///
/// # Errors
///
/// As for [`each_line`].
pub(crate) fn each_line_of(
    log: &mut impl BufRead,
    path: &Path,
    visit: &mut impl FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    access_log::each_line(log, &mut |line| visit(line).map_err(LineError::Visit)).map_err(|error| match error {
        LineError::Read(source) => Error::Read { path: path.to_owned(), source },
        LineError::Visit(error) => error,
    })
}

enum LineError {
    Read(io::Error),
    Visit(Error),
}

impl From<io::Error> for LineError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// A log and those that it was renamed to when it was rotated, the oldest names last: `access.log`, `access.log-20261128`,
/// `access.log.1`, `access.log.2.gz`.
///
/// # Errors
///
/// The log is missing, or its folder cannot be read.
pub(crate) fn with_rotated(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    fs::metadata(path).map_err(failed)?;
    let mut found = vec![path.to_owned()];
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(found) };
    let name = name.to_string_lossy();
    for entry in files::entries(folder)? {
        let other = entry.file_name().unwrap_or_default().to_string_lossy();
        let rest = other.strip_prefix(&*name);
        // Other compressions are not read: the program would need a library for each.
        let is_rotated = rest.is_some_and(|rest| rest.starts_with(['.', '-']) && is_rotation(&rest[1..]));
        if is_rotated && entry.is_file() {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Whether this is what logrotate adds to a name: a number or a date, and `.gz` if the log is compressed.
fn is_rotation(text: &str) -> bool {
    let text = text.strip_suffix(".gz").unwrap_or(text);
    !text.is_empty() && text.chars().all(|character| character.is_ascii_digit() || "-_T:".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_logs_are_recognised_by_their_names() {
        for rotated in ["1", "14.gz", "20261128", "20261128.gz", "2026-11-28_03:00", "20261128-1795896903"] {
            assert!(is_rotation(rotated), "{rotated}");
        }
        for other in ["", "gz", ".gz", "bak", "1.bz2", "1.zst", "old.gz", "error"] {
            assert!(!is_rotation(other), "{other}");
        }
    }
}
