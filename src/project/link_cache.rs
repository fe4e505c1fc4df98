//! What a project remembers of the web between two checks.

use std::fs;
use std::path::PathBuf;

use crate::project::files;
use crate::project::{Project, STATE};

/// A larger file is not one of ours.
const LARGEST: u64 = 4_000_000;

impl Project {
    fn link_cache_file(&self) -> PathBuf {
        self.root().join(STATE).join("links.json")
    }

    /// What was kept of the web's answers; nothing where there is no such file, or none that can be read.
    pub fn link_cache(&self) -> Vec<u8> {
        files::read_small(&self.link_cache_file(), LARGEST).unwrap_or_default()
    }

    /// Keeps the web's answers for the next check. Where the folder cannot be written, that one asks again.
    pub fn save_link_cache(&self, answers: &[u8]) {
        let path = self.link_cache_file();
        // Under its name there is always a whole file, also where two checks end at once.
        let part = path.with_extension(format!("{}.part", std::process::id()));
        if files::write_over(&part, answers).and_then(|()| files::rename(&part, &path)).is_err() {
            _ = fs::remove_file(&part);
        }
    }
}
