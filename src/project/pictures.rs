//! The pictures of an issue, read from beside it and from nowhere outside the project.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::edition::images::error::PictureError;
use crate::edition::images::original::OriginalPicture;
use crate::edition::images::picture::{ScaledPicture, WidthLimits};
use crate::edition::images::placement::{PicturePath, PictureSource};
use crate::project::sibling_files::{SiblingFileError, SiblingFolder};

/// The largest file that is made smaller, in bytes: no telephone's photo is larger.
const LIMIT: u64 = 25_000_000;

/// What was read already: all editions of an issue show the same pictures.
type PictureCache = BTreeMap<(PathBuf, WidthLimits), Result<ScaledPicture, PictureError>>;

/// Reads pictures for one issue.
#[derive(Debug)]
pub(crate) struct IssuePictures {
    issue: SiblingFolder,
    project: SiblingFolder,
    read: RefCell<PictureCache>,
}

impl IssuePictures {
    /// For an issue in this project.
    pub(crate) fn new(root: &Path, issue: &Path) -> Self {
        let project = SiblingFolder { root: root.to_owned(), folder: root.to_owned() };
        Self { issue: SiblingFolder::of_issue(root, issue), project, read: RefCell::default() }
    }

    /// The file that a path in the issue means: relative to the issue, and inside the project also when links are
    /// followed.
    ///
    /// # Errors
    ///
    /// There is none, or it is not to be read.
    pub(crate) fn locate(&self, path: &str) -> Result<PathBuf, PictureError> {
        self.issue.locate(path).map_err(picture_error)
    }
}

impl PictureSource for IssuePictures {
    fn load(&self, named: PicturePath<'_>, room: WidthLimits) -> Result<ScaledPicture, PictureError> {
        let file = match named {
            PicturePath::BesideIssue(path) => self.issue.locate(path),
            PicturePath::InProject(path) => self.project.locate(path),
        };
        let file = file.map_err(picture_error)?;
        self.read.borrow_mut().entry((file, room)).or_insert_with_key(|(file, room)| read(file, *room)).clone()
    }
}

fn picture_error(lost: SiblingFileError) -> PictureError {
    match lost {
        SiblingFileError::Missing { near } => PictureError::Missing { near },
        SiblingFileError::Outside => PictureError::Outside,
        SiblingFileError::Absolute => PictureError::Absolute,
        SiblingFileError::NotAFile => PictureError::NotAPicture,
        SiblingFileError::Unreadable => PictureError::Unreadable,
    }
}

fn read(file: &Path, room: WidthLimits) -> Result<ScaledPicture, PictureError> {
    let bytes = fs::metadata(file).map_err(|_| PictureError::Unreadable)?.len();
    if bytes > LIMIT {
        return Err(PictureError::TooLarge { bytes, limit: LIMIT });
    }
    OriginalPicture::read(fs::read(file).map_err(|_| PictureError::Unreadable)?.into())?.fit(room)
}
