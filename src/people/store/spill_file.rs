//! Bytes that are written once and read often: in memory at first, and later in an unlinked file.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// How many bytes are kept in memory: most lists are never spilled.
const MAX_TAIL: usize = 1 << 20;
/// How many bytes are read at once: people are mostly read in order.
const WINDOW: usize = 1 << 16;

/// The bytes that were written, and those that were read last.
#[derive(Debug)]
pub(super) struct SpillFile {
    folder: PathBuf,
    file: Option<File>,
    /// How many bytes are in the file.
    file_length: u64,
    /// The bytes after those in the file.
    tail: Vec<u8>,
    /// The bytes of the file that were read last.
    window: Vec<u8>,
    /// The position of the window.
    window_start: u64,
}

impl SpillFile {
    /// Without bytes yet; its file is created in this folder when it is needed.
    pub(super) fn new(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { folder, file: None, file_length: 0, tail: Vec::new(), window: Vec::new(), window_start: 0 }
    }

    /// The position of the next bytes.
    pub(super) fn end(&self) -> u64 {
        self.file_length + self.tail.len() as u64
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// The file cannot be created or written.
    pub(super) fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        write(&mut self.tail);
        if self.tail.len() < MAX_TAIL {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(unlinked_file(&self.folder)?),
        };
        // Reading moves the same position.
        file.seek(SeekFrom::End(0))?;
        file.write_all(&self.tail)?;
        self.file_length += self.tail.len() as u64;
        self.tail.clear();
        Ok(())
    }

    /// The bytes of one call of [`append`](Self::append).
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has fewer bytes than were written.
    pub(super) fn read(&mut self, range: Range<u64>) -> io::Result<&[u8]> {
        let within = |bytes: &[u8], start: u64| {
            let first = usize::try_from(range.start.checked_sub(start)?).ok()?;
            let end = usize::try_from(range.end.checked_sub(start)?).ok()?;
            (first <= end && end <= bytes.len()).then_some(first..end)
        };
        if let Some(within) = within(&self.tail, self.file_length) {
            return Ok(&self.tail[within]);
        }
        // A record is written in one call of `append`, so that it is never half in the file and half in `tail`.
        if within(&self.window, self.window_start).is_none() {
            let length = (range.end - range.start).max(WINDOW as u64).min(self.file_length.saturating_sub(range.start));
            let file = self.file.as_mut().ok_or(io::ErrorKind::UnexpectedEof)?;
            file.seek(SeekFrom::Start(range.start))?;
            self.window.clear();
            Read::take(file, length).read_to_end(&mut self.window)?;
            self.window_start = range.start;
        }
        let within = within(&self.window, self.window_start).ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(&self.window[within])
    }
}

/// A file that no other program can open, and that is gone as soon as it is closed, even by a crash.
fn unlinked_file(folder: &Path) -> io::Result<File> {
    let random = RandomState::new().hash_one(folder);
    let path = folder.join(format!("people-{random:016x}"));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    // POSIX keeps an unlinked file until its last descriptor is closed.
    fs::remove_file(&path)?;
    Ok(file)
}
