//! The files of a project that must never be sent: people's data, settings, keys and the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::base::digest::Digest;
use crate::project::files;

/// A list of more bytes is recognised by its place only: its copy would be too large to be sent.
const LONGEST_COPY: u64 = 30_000_000;
/// How files begin that are never for readers: an SQLite database, which may be a copy of the ledger, and a private key.
const PRIVATE_STARTS: [&[u8]; 2] = [b"SQLite format 3\0", b"-----BEGIN"];

/// Those files, by their places after all links, their numbers on disk, and the contents of the lists.
#[derive(Debug, Default)]
pub(super) struct PrivateFiles {
    folders: Vec<PathBuf>,
    paths: BTreeSet<PathBuf>,
    /// A hard link has another path and the same number.
    numbers: BTreeSet<[u64; 2]>,
    /// Lengths of lists with their digests, so that only a file of the same length is read.
    contents: BTreeMap<u64, BTreeSet<Digest>>,
}

impl PrivateFiles {
    /// Adds every file of a folder, if there is one.
    pub(super) fn add_folder(&mut self, path: &Path) {
        self.folders.extend(fs::canonicalize(path));
    }

    /// Adds a file, if there is one.
    pub(super) fn add(&mut self, path: &Path) {
        self.paths.extend(fs::canonicalize(path));
        self.numbers.extend(fs::metadata(path).ok().filter(Metadata::is_file).map(|file| [file.dev(), file.ino()]));
    }

    /// Adds the content of a list, so that a copy of it is recognised.
    pub(super) fn add_content(&mut self, path: &Path) {
        if let Ok(content) = files::read_limited(path, LONGEST_COPY)
            && !content.is_empty()
        {
            self.contents.entry(content.len() as u64).or_default().insert(Digest::of([&content[..]]));
        }
    }

    /// Whether the file at a path, after all links, is one of them, or a copy of a list.
    pub(super) fn contains(&self, real: &Path) -> bool {
        if self.paths.contains(real) || self.folders.iter().any(|folder| real.starts_with(folder)) {
            return true;
        }
        let Ok(metadata) = fs::metadata(real) else { return false };
        if self.numbers.contains(&[metadata.dev(), metadata.ino()]) {
            return true;
        }
        let Ok(content) = files::read_limited(real, LONGEST_COPY) else { return false };
        let is_list =
            self.contents.get(&metadata.len()).is_some_and(|known| known.contains(&Digest::of([&content[..]])));
        is_list || PRIVATE_STARTS.iter().any(|start| content.starts_with(start))
    }
}
