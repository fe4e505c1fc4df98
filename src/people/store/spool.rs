//! Bytes that are written once and read often: the first of them in memory, and from then on in a file without a name.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// So many bytes stay in memory: the people of a town's association never see the disk.
const IN_MEMORY: usize = 1 << 20;
/// So many bytes are read at once: people are mostly asked for in their order.
const WINDOW: usize = 1 << 16;

/// What is written, and what of it was read last.
#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    file: Option<File>,
    /// So many bytes are in the file.
    filed: u64,
    /// What comes behind them.
    tail: Vec<u8>,
    window: Vec<u8>,
    /// Where the window begins.
    start: u64,
}

impl Spool {
    /// Nothing yet; the file is made in this folder when it is needed.
    pub(super) fn new(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { folder, file: None, filed: 0, tail: Vec::new(), window: Vec::new(), start: 0 }
    }

    /// Where the next bytes will stand.
    pub(super) fn end(&self) -> u64 {
        self.filed + self.tail.len() as u64
    }

    /// Lets something write behind all that is there.
    ///
    /// # Errors
    ///
    /// The file cannot be made or written.
    pub(super) fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        write(&mut self.tail);
        if self.tail.len() < IN_MEMORY {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(unlinked_file(&self.folder)?),
        };
        file.seek(SeekFrom::End(0))?;
        file.write_all(&self.tail)?;
        self.filed += self.tail.len() as u64;
        self.tail.clear();
        Ok(())
    }

    /// Bytes that were written together.
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
        if let Some(within) = within(&self.tail, self.filed) {
            return Ok(&self.tail[within]);
        }
        if within(&self.window, self.start).is_none() {
            let length = (range.end - range.start).max(WINDOW as u64).min(self.filed.saturating_sub(range.start));
            let file = self.file.as_mut().ok_or(io::ErrorKind::UnexpectedEof)?;
            file.seek(SeekFrom::Start(range.start))?;
            self.window.clear();
            Read::take(file, length).read_to_end(&mut self.window)?;
            self.start = range.start;
        }
        let within = within(&self.window, self.start).ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(&self.window[within])
    }
}

/// A file that nobody else can open, and that is gone as soon as it is closed.
fn unlinked_file(folder: &Path) -> io::Result<File> {
    let chance = RandomState::new().hash_one(folder);
    let path = folder.join(format!("people-{chance:016x}"));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}
