//! Stores the results of link checks between two runs.

use std::path::PathBuf;

use crate::delivery::file::FileReaders;
use crate::project::files;
use crate::project::{Project, STATE};

/// A larger file was not written by this program.
const LARGEST: u64 = 4_000_000;

impl Project {
    fn link_cache_file(&self) -> PathBuf {
        self.root().join(STATE).join("links.json")
    }

    /// The stored results; empty if there are none that can be read.
    pub fn link_cache(&self) -> Vec<u8> {
        let file = self.link_cache_file();
        if !files::is_inside(self.root(), &file) {
            return Vec::new();
        }
        files::read_limited(&file, LARGEST).unwrap_or_default()
    }

    /// Stores results for the next check. If that fails, the next check only takes longer.
    pub fn save_link_cache(&self, answers: &[u8]) {
        let file = self.link_cache_file();
        if files::is_inside(self.root(), &file) {
            _ = files::write(&file, answers, FileReaders::Owner);
        }
    }
}
