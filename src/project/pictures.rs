//! Reads the pictures of an issue from its folder, and never from outside the project.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error as ThisError;

use crate::base::digest::Digest;
use crate::base::io_reason::io_reason;
use crate::base::message::{Message, message};
use crate::edition::images::error::PictureError;
use crate::edition::images::original::{CoverPicture, OriginalPicture};
use crate::edition::images::picture::{PictureShape, ScaledPicture, WidthLimits};
use crate::edition::images::placement::{PicturePath, PictureSource};
use crate::project::Project;
use crate::project::file_cache::FileCache;
use crate::project::files;
use crate::project::picture_cache::PictureCache;
use crate::project::sibling_files::{SiblingFileError, SiblingFolder};

/// The largest file that is scaled down, in bytes: photos of phones are smaller.
const LIMIT: u64 = 25_000_000;

/// The largest file that is attached, in bytes: many relays accept letters up to 10 MB, and base64 adds a third.
const ATTACHED: u64 = 7_000_000;

/// Pictures that were scaled already: all editions of an issue share them.
type ScaledPictures = BTreeMap<(PathBuf, WidthLimits), Result<ScaledPicture, PictureError>>;

/// Reads pictures for one issue.
#[derive(Debug)]
pub(crate) struct IssuePictures {
    issue: SiblingFolder,
    project: SiblingFolder,
    files: Arc<FileCache>,
    kept: PictureCache,
    scaled: RefCell<ScaledPictures>,
}

impl IssuePictures {
    /// For an issue in this project.
    pub(crate) fn new(project: &Project, issue: &Path) -> Self {
        Self {
            issue: SiblingFolder::of_issue(project, issue),
            project: SiblingFolder::of_folder(project, project.root()),
            files: Arc::clone(&project.files),
            kept: PictureCache::of(project),
            scaled: RefCell::default(),
        }
    }

    /// The content of a file beside the issue that is attached to its letters.
    ///
    /// # Errors
    ///
    /// It is missing, must not be read, or is too large.
    pub(crate) fn attachment(&self, path: &str) -> Result<Arc<[u8]>, AttachmentError> {
        let file = self.issue.locate(path)?;
        files::check_size(&file, ATTACHED)?;
        Ok(self.files.read(&file)?)
    }

    /// A file's path in the project and the digest of its content; absent if it cannot be read.
    pub(crate) fn digest(&self, named: PicturePath<'_>) -> Option<(String, Digest)> {
        let file = self.file(named).ok()?;
        let bytes = self.files.read(&file).ok()?;
        let name = files::name(&self.project.root, &file).to_string_lossy().replace('\\', "/");
        Some((name, Digest::of([&bytes[..]])))
    }

    /// The middle of a picture in a size in pixels.
    ///
    /// # Errors
    ///
    /// It is missing, must not be read, or is damaged.
    pub(crate) fn cover(&self, named: PicturePath<'_>, size: PictureShape) -> Result<CoverPicture, PictureError> {
        self.read(&self.file(named)?)?.cover(size)
    }

    fn file(&self, named: PicturePath<'_>) -> Result<PathBuf, PictureError> {
        let file = match named {
            PicturePath::BesideIssue(path) => self.issue.locate(path),
            PicturePath::InProject(path) => self.project.locate(path),
        };
        file.map_err(picture_error)
    }

    fn scaled(&self, file: &Path, limits: WidthLimits) -> Result<ScaledPicture, PictureError> {
        let original = self.content(file)?;
        if let Some(kept) = self.kept.get(&original, limits) {
            return Ok(kept);
        }
        let scaled = OriginalPicture::read(Arc::clone(&original))?.fit(limits)?;
        self.kept.keep(&original, limits, &scaled);
        Ok(scaled)
    }

    fn read(&self, file: &Path) -> Result<OriginalPicture, PictureError> {
        OriginalPicture::read(self.content(file)?)
    }

    fn content(&self, file: &Path) -> Result<Arc<[u8]>, PictureError> {
        let bytes = fs::metadata(file).map_err(|_| PictureError::Unreadable)?.len();
        if bytes > LIMIT {
            return Err(PictureError::TooLarge { bytes, limit: LIMIT });
        }
        self.files.read(file).map_err(|_| PictureError::Unreadable)
    }
}

/// Why a file cannot be attached.
#[derive(Debug, ThisError)]
pub(crate) enum AttachmentError {
    /// The path names no file that may be read.
    #[error("{}", not_found(.0))]
    NotFound(SiblingFileError),
    /// It is too large, or cannot be read.
    #[error("{}", io_reason(.0))]
    Unreadable(#[from] io::Error),
}

impl AttachmentError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Message {
        match self {
            Self::NotFound(SiblingFileError::Missing { near: Some(near) }) if near.contains('/') => {
                message!("write `{near}`, with `/` between folders", "skriv `{near}` med `/` mellem mapper")
            }
            Self::NotFound(SiblingFileError::Missing { near: Some(near) }) => {
                message!("did you mean `{near}`?", "mente du `{near}`?")
            }
            Self::NotFound(_) | Self::Unreadable(_) => message!(
                "put the file beside the issue, and write only its name",
                "læg filen ved siden af nyhedsbrevet, og skriv kun dens navn"
            ),
        }
    }
}

fn not_found(error: &SiblingFileError) -> Message {
    match error {
        SiblingFileError::Missing { .. } => message!("there is no such file", "filen findes ikke"),
        SiblingFileError::Outside => message!("it is outside the project", "den ligger uden for projektet"),
        SiblingFileError::Private => message!(
            "it contains people's data or secrets, which every recipient would get",
            "den indeholder persondata eller hemmeligheder, som alle modtagere ville få"
        ),
        SiblingFileError::Absolute => {
            message!("its path must be relative to the issue", "stien skal være relativ til nyhedsbrevet")
        }
        SiblingFileError::NotAFile => message!("it is not a file", "det er ikke en fil"),
        SiblingFileError::Unreadable => message!("it cannot be read", "den kan ikke læses"),
    }
}

impl From<SiblingFileError> for AttachmentError {
    fn from(error: SiblingFileError) -> Self {
        Self::NotFound(error)
    }
}

impl PictureSource for IssuePictures {
    fn load(&self, named: PicturePath<'_>, limits: WidthLimits) -> Result<ScaledPicture, PictureError> {
        self.scaled
            .borrow_mut()
            .entry((self.file(named)?, limits))
            .or_insert_with_key(|(file, limits)| self.scaled(file, *limits))
            .clone()
    }

    fn shape(&self, named: PicturePath<'_>) -> Result<PictureShape, PictureError> {
        self.read(&self.file(named)?).map(|picture| picture.shape())
    }
}

fn picture_error(error: SiblingFileError) -> PictureError {
    match error {
        SiblingFileError::Missing { near } => PictureError::Missing { near },
        SiblingFileError::Outside => PictureError::Outside,
        SiblingFileError::Absolute => PictureError::Absolute,
        SiblingFileError::NotAFile | SiblingFileError::Private => PictureError::NotAPicture,
        SiblingFileError::Unreadable => PictureError::Unreadable,
    }
}
