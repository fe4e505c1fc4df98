//! Stores the results of link checks between two runs.

use std::fs;
use std::path::PathBuf;

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
        files::read_limited(&self.link_cache_file(), LARGEST).unwrap_or_default()
    }

    /// Stores results for the next check. If that fails, the next check only takes longer.
    pub fn save_link_cache(&self, answers: &[u8]) {
        let path = self.link_cache_file();
        // Written beside it and renamed: two checks may end at once.
        let part = path.with_extension(format!("{}.part", std::process::id()));
        if files::write_over(&part, answers).and_then(|()| files::rename(&part, &path)).is_err() {
            _ = fs::remove_file(&part);
        }
    }
}
