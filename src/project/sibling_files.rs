//! Finds the files that an issue names, in the project and nowhere else.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use crate::base::secret::SecretSource;
use crate::base::source::nearest::nearest;
use crate::people::lists::list_source::ListSource;
use crate::project::file_cache::FileCache;
use crate::project::private_files::PrivateFiles;
use crate::project::settings::ledger::LedgerSettings;
use crate::project::{Project, SETTINGS_FILE};

/// Folders that contain letters with people's data.
const LETTER_FOLDERS: [&str; 2] = ["outbox", "preview"];

/// A folder whose files an issue may name.
#[derive(Clone, Debug)]
pub(super) struct SiblingFolder {
    /// The folder that no path may leave.
    pub(super) root: PathBuf,
    /// The folder that paths are relative to.
    pub(super) folder: PathBuf,
    /// Files that no issue may name.
    pub(super) private: Arc<PrivateFiles>,
    /// Remembers which files were asked for.
    pub(super) files: Arc<FileCache>,
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SiblingFileError {
    /// The file is missing; `near` has a similar name, or the same path with `/` between folders.
    Missing { near: Option<String> },
    /// The path leads out of the project, or to a file that must not be published.
    Outside,
    /// It contains people's data or secrets, and must not be published.
    Private,
    /// The path is absolute.
    Absolute,
    /// It is a folder, a pipe or a device.
    NotAFile,
    /// The project's own folder cannot be read.
    Unreadable,
}

impl Project {
    /// The files that must never be sent.
    pub(super) fn private_files(&self) -> Arc<PrivateFiles> {
        Arc::clone(self.private.get_or_init(|| Arc::new(self.find_private_files())))
    }

    fn find_private_files(&self) -> PrivateFiles {
        let settings = self.settings();
        let mut private = PrivateFiles::default();
        let below = |name: &Path| self.root().join(name);
        for name in LETTER_FOLDERS {
            private.add_folder(&below(Path::new(name)));
        }
        private.add_folder(&below(&settings.paths.audiences));
        private.add(&below(Path::new(SETTINGS_FILE)));
        let mut secrets: Vec<&SecretSource> = Vec::new();
        match &settings.ledger {
            LedgerSettings::File(path) => {
                private.add(&below(path));
                // The newest rows are in the log beside it (<https://sqlite.org/wal.html>).
                let mut log = path.clone().into_os_string();
                log.push("-wal");
                private.add(&below(Path::new(&log)));
            }
            LedgerSettings::Server(server) => secrets.extend(&server.password),
        }
        secrets.extend(settings.login_secrets());
        secrets.extend(&settings.unsubscribe.secret);
        for path in settings.oauth.iter().filter_map(|oauth| oauth.secret_file()) {
            private.add(&below(path));
        }
        settings.dkim.iter().for_each(|key| private.add(&self.key_path(key)));
        // Mistakes in audiences are reported where they are read for the issue.
        let audiences = self.audiences().map(|(audiences, _)| audiences).unwrap_or_default();
        for list in audiences.iter().filter_map(|audience| audience.list_source()) {
            if let ListSource::Postgres(query) = &list.value {
                secrets.extend(&query.password);
            }
            if let Some(path) = list.value.path() {
                let path = below(Path::new(path));
                private.add(&path);
                private.add_content(&path);
            }
        }
        for source in secrets {
            if let SecretSource::File(path) = source {
                private.add(&below(path));
            }
        }
        private
    }
}

impl SiblingFolder {
    /// The folder of an issue in this project.
    pub(super) fn of_issue(project: &Project, issue: &Path) -> Self {
        Self::of_folder(project, issue.parent().unwrap_or(project.root()))
    }

    /// A folder of this project.
    pub(super) fn of_folder(project: &Project, folder: &Path) -> Self {
        Self {
            root: project.root().to_owned(),
            folder: folder.to_owned(),
            private: project.private_files(),
            files: Arc::clone(&project.files),
        }
    }

    /// The file at a path: below the root even after links are followed.
    pub(super) fn locate(&self, path: &str) -> Result<PathBuf, SiblingFileError> {
        // A file that was downloaded may have a `%20` in its name.
        let is_name = path.contains('%') && fs::symlink_metadata(as_stored(&self.folder, Path::new(path))).is_ok();
        let decoded = if is_name { Some(path.to_owned()) } else { percent_decoded(path) };
        let decoded = decoded.ok_or(SiblingFileError::Missing { near: None })?;
        let relative = Path::new(&decoded);
        if relative.is_absolute() || relative.components().any(|part| matches!(part, Component::Prefix(_))) {
            return Err(SiblingFileError::Absolute);
        }
        let wanted = as_stored(&self.folder, relative);
        self.files.note(&wanted);
        let root = fs::canonicalize(&self.root).map_err(|_| SiblingFileError::Unreadable)?;
        let Ok(real) = fs::canonicalize(&wanted) else {
            // A path that leads out is refused the same way whether the file exists or not, so that nothing is revealed.
            let climbs = leaves_root(&root, &fs::canonicalize(&self.folder).unwrap_or_default(), relative);
            return Err(if climbs {
                SiblingFileError::Outside
            } else {
                SiblingFileError::Missing { near: self.with_slashes(&decoded).or_else(|| similar_name(&wanted)) }
            });
        };
        let Ok(below) = real.strip_prefix(&root) else { return Err(SiblingFileError::Outside) };
        // The ledger, the key and Git's own files are in the project's folder, but must not be published.
        if below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.')) {
            return Err(SiblingFileError::Outside);
        }
        if !real.is_file() {
            return Err(SiblingFileError::NotAFile);
        }
        if self.private.contains(&real) {
            return Err(SiblingFileError::Private);
        }
        // The author's disk may ignore case (macOS, Windows), but not the disk of the host that sends.
        match other_case(&wanted) {
            Some(similar_name) => Err(SiblingFileError::Missing { near: Some(similar_name) }),
            None => Ok(real),
        }
    }

    /// The path with `/` instead of the `\` of Windows, if it leads to a file.
    fn with_slashes(&self, path: &str) -> Option<String> {
        let path = path.contains('\\').then(|| path.replace('\\', "/"))?;
        self.locate(&path).is_ok().then_some(path)
    }
}

fn leaves_root(root: &Path, folder: &Path, relative: &Path) -> bool {
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

/// A file beside the missing one with a similar name.
pub(super) fn similar_name(wanted: &Path) -> Option<String> {
    let names = names(wanted.parent()?);
    nearest(wanted.file_name()?.to_str()?, names.iter().map(String::as_str)).map(str::to_owned)
}

/// The path with its names as stored on disk: macOS may store `å` as two characters (NFD), editors write one (NFC).
fn as_stored(folder: &Path, relative: &Path) -> PathBuf {
    let mut path = folder.to_owned();
    for part in relative.components() {
        let next = path.join(part);
        let wanted = part.as_os_str().to_str().filter(|name| !name.is_ascii() && !next.exists());
        let stored = wanted.and_then(|wanted| names(&path).into_iter().find(|name| wanted.nfc().eq(name.nfc())));
        path = stored.map_or(next, |name| path.join(name));
    }
    path
}

/// The stored name of the file if it differs from the wanted one only in case.
fn other_case(wanted: &Path) -> Option<String> {
    let name = wanted.file_name()?.to_str()?;
    let names = names(wanted.parent()?);
    if names.iter().any(|other| other.nfc().eq(name.nfc())) {
        return None;
    }
    let lower = |text: &str| text.nfc().collect::<String>().to_lowercase();
    names.into_iter().find(|other| lower(other) == lower(name))
}

/// The names in a folder; none if it cannot be read.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// A path as it may be written in Markdown: `%20` is a space.
fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}
