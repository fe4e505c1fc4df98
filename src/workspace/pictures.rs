//! The pictures of an issue, read from beside it and from nowhere outside the project.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::render::pictures::{Picture, PictureError, Pictures};
use crate::source::nearest;

/// The largest picture that is sent, in bytes: a letter above some megabytes is refused by many relays.
const LIMIT: u64 = 5_000_000;

/// Reads pictures for one issue.
#[derive(Debug)]
pub(super) struct IssuePictures {
    root: PathBuf,
    folder: PathBuf,
}

impl IssuePictures {
    /// For an issue in this project.
    pub(super) fn new(root: &Path, issue: &Path) -> Self {
        let folder = issue.parent().map_or_else(|| root.to_owned(), Path::to_owned);
        Self { root: root.to_owned(), folder }
    }

    /// The file that a path in the issue means: relative to the issue, and inside the project also when links are
    /// followed.
    ///
    /// # Errors
    ///
    /// There is none, or it is not to be read.
    pub(super) fn locate(&self, path: &str) -> Result<PathBuf, PictureError> {
        let decoded = percent_decoded(path).ok_or(PictureError::Missing { near: None })?;
        let relative = Path::new(&decoded);
        if relative.is_absolute() || relative.components().any(|it| matches!(it, Component::Prefix(_))) {
            return Err(PictureError::Absolute);
        }
        let wanted = self.folder.join(relative);
        let root = fs::canonicalize(&self.root).map_err(|_| PictureError::Unreadable)?;
        let Ok(real) = fs::canonicalize(&wanted) else {
            // Whether something lies outside is nobody's business: a path that climbs out is refused either way.
            let climbs = climbs_out(&root, &fs::canonicalize(&self.folder).unwrap_or_default(), relative);
            return Err(if climbs { PictureError::Outside } else { PictureError::Missing { near: near(&wanted) } });
        };
        let Ok(below) = real.strip_prefix(&root) else { return Err(PictureError::Outside) };
        // The ledger, the key and Git's own files are in the project's folder, and no part of what it publishes.
        if below.components().any(|it| it.as_os_str().to_string_lossy().starts_with('.')) {
            return Err(PictureError::Outside);
        }
        if real.is_file() { Ok(real) } else { Err(PictureError::NotAPicture) }
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

fn climbs_out(root: &Path, folder: &Path, relative: &Path) -> bool {
    let mut place = folder.to_owned();
    for part in relative.components() {
        match part {
            Component::ParentDir => _ = place.pop(),
            Component::Normal(name) => place.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
        if !place.starts_with(root) {
            return true;
        }
    }
    false
}

/// A file beside the missing one whose name is nearly the same, or the same in other case.
fn near(wanted: &Path) -> Option<String> {
    let name = wanted.file_name()?.to_str()?;
    let entries = fs::read_dir(wanted.parent()?).ok()?;
    let names: Vec<String> = entries.flatten().filter_map(|it| it.file_name().into_string().ok()).collect();
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

/// A path as it may be written in Markdown: `%20` is a space.
fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let byte = digits.and_then(|it| u8::from_str_radix(it, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).ok().filter(|it| !it.contains('\0'))
}
