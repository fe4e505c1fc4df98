//! The pictures of an issue, read from beside it and from nowhere outside the project.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::edition::images::error::PictureError;
use crate::edition::images::placement::{Named, Pictures};
use crate::edition::images::{Original, Room, Shown};
use crate::project::sibling_files::{Folder, Lost};

/// The largest file that is made smaller, in bytes: no telephone's photo is larger.
const LIMIT: u64 = 25_000_000;

/// What was read already: all editions of an issue show the same pictures.
type Shelf = BTreeMap<(PathBuf, Room), Result<Shown, PictureError>>;

/// Reads pictures for one issue.
#[derive(Debug)]
pub(crate) struct IssuePictures {
    issue: Folder,
    project: Folder,
    read: RefCell<Shelf>,
}

impl IssuePictures {
    /// For an issue in this project.
    pub(crate) fn new(root: &Path, issue: &Path) -> Self {
        let project = Folder { root: root.to_owned(), folder: root.to_owned() };
        Self { issue: Folder::of_issue(root, issue), project, read: RefCell::default() }
    }

    /// The file that a path in the issue means: relative to the issue, and inside the project also when links are
    /// followed.
    ///
    /// # Errors
    ///
    /// There is none, or it is not to be read.
    pub(crate) fn locate(&self, path: &str) -> Result<PathBuf, PictureError> {
        self.issue.locate(path).map_err(unfound)
    }
}

impl Pictures for IssuePictures {
    fn load(&self, named: Named<'_>, room: Room) -> Result<Shown, PictureError> {
        let file = match named {
            Named::BesideIssue(path) => self.issue.locate(path),
            Named::InProject(path) => self.project.locate(path),
        };
        let file = file.map_err(unfound)?;
        self.read.borrow_mut().entry((file, room)).or_insert_with_key(|(file, room)| read(file, *room)).clone()
    }
}

fn unfound(lost: Lost) -> PictureError {
    match lost {
        Lost::Missing { near } => PictureError::Missing { near },
        Lost::Outside => PictureError::Outside,
        Lost::Absolute => PictureError::Absolute,
        Lost::NotAFile => PictureError::NotAPicture,
        Lost::Unreadable => PictureError::Unreadable,
    }
}

fn read(file: &Path, room: Room) -> Result<Shown, PictureError> {
    let bytes = fs::metadata(file).map_err(|_| PictureError::Unreadable)?.len();
    if bytes > LIMIT {
        return Err(PictureError::TooLarge { bytes, limit: LIMIT });
    }
    Original::read(fs::read(file).map_err(|_| PictureError::Unreadable)?.into())?.fit(room)
}
