//! A project at a revision of its Git history, in a temporary folder.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::base::error::Error;
use crate::project::{LoadedProject, Project};

/// The files of a project at a revision. Dropping it deletes them.
#[derive(Debug)]
pub struct Revision {
    folder: PathBuf,
}

impl Revision {
    /// Writes the project's files at a revision to a new folder that only this user can read; none if there is no such revision.
    ///
    /// # Errors
    ///
    /// Git is not installed, or the folder cannot be written.
    pub fn check_out(project: &Project, revision: &str) -> Result<Option<Self>, Error> {
        let root = std::path::absolute(project.root()).unwrap_or_else(|_| project.root().to_owned());
        let Some(prefix) = git(&root, &["rev-parse", "--show-prefix"])? else { return Ok(None) };
        // `^{commit}` refuses names of files and trees, and `--end-of-options` a name that begins with `-` (gitrevisions(7)).
        let tree = format!("{revision}^{{commit}}");
        let known = git(&root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &tree])?;
        let Some(commit) = known.filter(|commit| !commit.is_empty()) else { return Ok(None) };
        let Some(repository) = git(&root, &["rev-parse", "--absolute-git-dir"])? else { return Ok(None) };
        let this = Self { folder: private_folder()? };
        let files = this.root();
        fs::create_dir(&files).map_err(|source| Error::Write { path: files.clone(), source })?;
        let tree = format!("{commit}:{}", prefix.trim_end_matches('/'));
        let read = this.git(&repository, &["read-tree", &tree])?;
        let written = this.git(&repository, &["checkout-index", "--all"])?;
        Ok(read.and(written).map(|_| this))
    }

    /// The project in it. Lists of people that are not in Git are read from the current project.
    ///
    /// # Errors
    ///
    /// It was not a project then, or its settings cannot be read.
    pub fn project(&self, current: &Project) -> Result<LoadedProject, Error> {
        let mut found = Project::find(Some(&self.root()), &self.folder)?;
        if let Some(project) = &mut found.project {
            project.people_from = Some(current.root().to_owned());
        }
        Ok(found)
    }

    /// Runs Git with an index and a work tree of its own, so that the repository is unchanged.
    fn git(&self, repository: &str, words: &[&str]) -> Result<Option<String>, Error> {
        let mut command = Command::new("git");
        command.current_dir(self.root()).args(words).env("GIT_DIR", repository).env("GIT_WORK_TREE", ".");
        ask(command.env("GIT_INDEX_FILE", self.folder.join("index")))
    }

    fn root(&self) -> PathBuf {
        self.folder.join("project")
    }
}

impl Drop for Revision {
    fn drop(&mut self) {
        // If this fails, the system cleans its temporary folder; no other user can read these files.
        _ = fs::remove_dir_all(&self.folder);
    }
}

/// Creates a folder in the system's temporary folder. An existing one is never used: another user may have made it.
fn private_folder() -> Result<PathBuf, Error> {
    let base = std::env::temp_dir();
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    for number in 0..1000 {
        let folder = base.join(format!("newsletter-{}-{number}", std::process::id()));
        match builder.create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(Error::Write { path: folder, source }),
        }
    }
    Err(Error::Exists { path: base })
}

fn git(root: &Path, words: &[&str]) -> Result<Option<String>, Error> {
    ask(Command::new("git").arg("-C").arg(root).args(words))
}

/// The output of Git; none if it fails.
fn ask(command: &mut Command) -> Result<Option<String>, Error> {
    let output = command.stdin(Stdio::null()).output().map_err(|source| Error::Read { path: "git".into(), source })?;
    let said = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    Ok(output.status.success().then_some(said))
}
