//! Reads snippets and tables for an issue, in the project and nowhere else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::base::digest::Digest;
use crate::base::source::text::Source;
use crate::issue::manuscript::texts::{TextError, TextSource};
use crate::project::Project;
use crate::project::file_cache::FileCache;
use crate::project::files;
use crate::project::sibling_files::{SiblingFileError, SiblingFolder};

/// The largest text that an issue may include, in bytes: as long as ten letters.
const LIMIT: u64 = 1_000_000;

/// Reads texts for one issue.
#[derive(Debug)]
pub(crate) struct IssueTexts {
    project: PathBuf,
    files: Arc<FileCache>,
    snippets: SiblingFolder,
    beside: SiblingFolder,
    taken: RefCell<BTreeMap<String, Digest>>,
}

impl IssueTexts {
    /// For an issue in a project.
    pub(crate) fn new(project: &Project, issue: &Path) -> Self {
        let root = project.root();
        let snippets = SiblingFolder::of_folder(project, &root.join(&project.settings().paths.snippets));
        Self {
            project: root.to_owned(),
            files: Arc::clone(&project.files),
            snippets,
            beside: SiblingFolder::of_issue(project, issue),
            taken: RefCell::default(),
        }
    }

    /// The texts read so far, with their digests: a plan is valid only while they are unchanged.
    pub(crate) fn taken(&self) -> BTreeMap<String, Digest> {
        self.taken.borrow().clone()
    }

    fn read(&self, found: Result<PathBuf, SiblingFileError>) -> Result<Source, TextError> {
        let path = found.map_err(|error| match error {
            SiblingFileError::Missing { near } => TextError::Missing { near },
            SiblingFileError::Outside => TextError::Outside,
            SiblingFileError::Private => TextError::Private,
            SiblingFileError::Absolute => TextError::Absolute,
            SiblingFileError::NotAFile => TextError::NotText,
            SiblingFileError::Unreadable => TextError::Unreadable,
        })?;
        let bytes = fs::metadata(&path).map_err(|_| TextError::Unreadable)?.len();
        if bytes > LIMIT {
            return Err(TextError::TooLarge { bytes, limit: LIMIT });
        }
        let text = self.files.read(&path).map_err(|_| TextError::Unreadable)?;
        let text = String::from_utf8(text.to_vec()).map_err(|_| TextError::NotText)?;
        let name = files::name(&self.project, &path).to_string_lossy().replace('\\', "/");
        let source = Source::new(name.clone(), text);
        self.taken.borrow_mut().insert(name, source.digest());
        Ok(source)
    }
}

impl TextSource for IssueTexts {
    fn snippet(&self, name: &str) -> Result<Source, TextError> {
        let stem = name.strip_suffix(".md").unwrap_or(name);
        if Path::new(stem).components().any(|part| part == Component::ParentDir) {
            return Err(TextError::Outside);
        }
        if !self.snippets.folder.is_dir() {
            self.files.note(&self.snippets.folder);
            let folder = files::name(&self.project, &self.snippets.folder).to_string_lossy().replace('\\', "/");
            return Err(TextError::NoFolder { folder });
        }
        let found = self.snippets.locate(&format!("{stem}.md"));
        let bare = |near: String| near.strip_suffix(".md").map(str::to_owned);
        self.read(found).map_err(|error| match error {
            TextError::Missing { near } => TextError::Missing { near: near.and_then(bare) },
            other => other,
        })
    }

    fn table(&self, path: &str) -> Result<Source, TextError> {
        self.read(self.beside.locate(path))
    }
}
