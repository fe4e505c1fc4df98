//! Keeps pictures that were made fit for mail, so that the next command need not make them again.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::base::digest::Digest;
use crate::delivery::file::FileReaders;
use crate::edition::images::picture::{ScaledPicture, WidthLimits};
use crate::project::files;
use crate::project::{Project, STATE};

/// The subfolder of the project's state.
const FOLDER: &str = "pictures";

/// How many pictures are kept. At some 100 kB each, they take less room than the photos that they are made of.
const MOST: usize = 1000;

/// How large a kept picture may be, in bytes; a larger file was not written by this program.
const LARGEST: u64 = 25_000_000;

/// Counts up when the same picture and limits give another result. The program's version is not enough while it is developed.
const RECIPE: u32 = 1;

/// The pictures that are kept. Nothing depends on them: if anything fails, the picture is made again.
#[derive(Debug)]
pub(super) struct PictureCache {
    /// `None` if the project has no state yet: reading commands create none.
    folder: Option<PathBuf>,
}

impl PictureCache {
    pub(super) fn of(project: &Project) -> Self {
        let state = project.root().join(STATE);
        let folder = state.join(FOLDER);
        let is_usable = state.is_dir() && files::is_inside(project.root(), &folder);
        Self { folder: is_usable.then_some(folder) }
    }

    /// The stored result for a file's content with these limits.
    pub(super) fn get(&self, original: &[u8], limits: WidthLimits) -> Option<ScaledPicture> {
        let file = self.file(original, limits)?;
        ScaledPicture::read(&files::read_limited(&file, LARGEST).ok()?)
    }

    /// Stores the result for a file's content with these limits.
    pub(super) fn keep(&self, original: &[u8], limits: WidthLimits, scaled: &ScaledPicture) {
        let Some(file) = self.file(original, limits) else { return };
        if files::write(&file, &scaled.written(), FileReaders::Owner).is_ok() {
            self.remove_oldest();
        }
    }

    fn file(&self, original: &[u8], limits: WidthLimits) -> Option<PathBuf> {
        let made_by = format!("{} {RECIPE} {limits:?}", env!("CARGO_PKG_VERSION"));
        let key = Digest::of([original, made_by.as_bytes()]);
        self.folder.as_ref().map(|folder| folder.join(&key.as_str()[..32]))
    }

    fn remove_oldest(&self) {
        let Some(entries) = self.folder.as_ref().and_then(|folder| files::entries(folder).ok()) else { return };
        if entries.len() <= MOST {
            return;
        }
        let written = |file: &PathBuf| fs::symlink_metadata(file).map_or(0, |file| file.mtime());
        let mut dated: Vec<(i64, PathBuf)> = entries.into_iter().map(|file| (written(&file), file)).collect();
        dated.sort();
        // A fifth at once, so that not every new picture searches for the oldest.
        for (_, file) in &dated[..dated.len() - MOST / 5 * 4] {
            _ = files::remove(file);
        }
    }
}
