//! The pictures of an issue, read from beside it and from nowhere outside the project.

use std::fs;
use std::path::{Path, PathBuf};

use crate::render::pictures::{Picture, PictureError, Pictures};
use crate::workspace::beside::{Folder, Lost};

/// The largest picture that is sent, in bytes: a letter above some megabytes is refused by many relays.
const LIMIT: u64 = 5_000_000;

/// Reads pictures for one issue.
#[derive(Debug)]
pub(super) struct IssuePictures {
    folder: Folder,
}

impl IssuePictures {
    /// For an issue in this project.
    pub(super) fn new(root: &Path, issue: &Path) -> Self {
        Self { folder: Folder::of_issue(root, issue) }
    }

    /// The file that a path in the issue means: relative to the issue, and inside the project also when links are
    /// followed.
    ///
    /// # Errors
    ///
    /// There is none, or it is not to be read.
    pub(super) fn locate(&self, path: &str) -> Result<PathBuf, PictureError> {
        self.folder.locate(path).map_err(|lost| match lost {
            Lost::Missing { near } => PictureError::Missing { near },
            Lost::Outside => PictureError::Outside,
            Lost::Absolute => PictureError::Absolute,
            Lost::NotAFile => PictureError::NotAPicture,
            Lost::Unreadable => PictureError::Unreadable,
        })
    }
}

impl Pictures for IssuePictures {
    fn load(&self, path: &str) -> Result<Picture, PictureError> {
        let file = self.locate(path)?;
        let bytes = fs::metadata(&file).map_err(|_| PictureError::Unreadable)?.len();
        if bytes > LIMIT {
            return Err(PictureError::TooLarge { bytes, limit: LIMIT });
        }
        Picture::read(fs::read(&file).map_err(|_| PictureError::Unreadable)?.into())
    }
}
