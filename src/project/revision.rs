//! A project at a revision of its Git history, in a temporary folder.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;

use crate::base::error::Error;
use crate::base::message::message;
use crate::project::git;
use crate::project::trust::Trust;
use crate::project::{LoadedProject, Project};

/// The files of a project at a revision. Dropping it deletes them.
#[derive(Debug)]
pub struct Revision {
    folder: PathBuf,
}

/// A file of a revision, as `git ls-tree` lists it.
struct TreeEntry<'t> {
    /// Its type and permissions: `100644`, `100755`, or `120000` for a symbolic link.
    mode: &'t str,
    object: &'t str,
    path: &'t Path,
}

impl Revision {
    /// Writes the project's files at a revision to a new folder that only this user can read; `None` if the revision is
    /// unknown.
    ///
    /// The files are written by this program and not checked out by Git, which would start the filters that the
    /// repository names (gitattributes(5)).
    ///
    /// # Errors
    ///
    /// Git is not installed, or the folder cannot be written.
    pub fn check_out(project: &Project, revision: &str) -> Result<Option<Self>, Error> {
        let root = std::path::absolute(project.root()).unwrap_or_else(|_| project.root().to_owned());
        let Some(prefix) = git(&root, &["rev-parse", "--show-prefix"])? else { return Ok(None) };
        let Some(commit) = commit(&root, revision)? else { return Ok(None) };
        let tree = format!("{commit}:{}", line(&prefix).trim_end_matches('/'));
        let Some(listed) = git(&root, &["ls-tree", "-r", "-z", "--full-tree", &tree])? else { return Ok(None) };
        let this = Self { folder: private_folder()? };
        this.write_files(&root, &listed).map(|()| Some(this))
    }

    /// Whether Git knows a revision, whatever is in it.
    ///
    /// # Errors
    ///
    /// Git is not installed.
    pub fn exists(project: &Project, revision: &str) -> Result<bool, Error> {
        Ok(commit(project.root(), revision)?.is_some())
    }

    fn write_files(&self, root: &Path, listed: &[u8]) -> Result<(), Error> {
        let files = self.root();
        fs::create_dir(&files).map_err(|source| Error::Write { path: files.clone(), source })?;
        let entries: Vec<TreeEntry<'_>> = listed.split(|byte| *byte == 0).filter_map(TreeEntry::parse).collect();
        // Folders come first and links last, so that nothing is written through a link: a crafted tree may have a link
        // and a folder of the same name.
        for folder in entries.iter().filter_map(|entry| entry.path.parent()).map(|folder| files.join(folder)) {
            fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder, source })?;
        }
        let (links, regular): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.mode == "120000");
        for entry in regular.iter().chain(&links) {
            let content = git(root, &["cat-file", "blob", entry.object])?.ok_or_else(|| Error::Read {
                path: entry.path.to_owned(),
                source: io::Error::new(
                    io::ErrorKind::NotFound,
                    message!(
                        "its content is not in this copy of the repository",
                        "indholdet er ikke i denne kopi af repositoryet"
                    ),
                ),
            })?;
            let path = files.join(entry.path);
            write(&path, entry.mode, &content).map_err(|source| Error::Write { path, source })?;
        }
        Ok(())
    }

    /// The project in it. Lists of people that are not in Git are read from the current project. A list that needs trust is
    /// read if the current project, which the user trusts, has the same.
    ///
    /// # Errors
    ///
    /// It was not a project then, or its settings cannot be read.
    pub fn project(&self, current: &Project) -> Result<LoadedProject, Error> {
        let mut found = Project::find(Some(&self.root()), &self.folder)?;
        if let Some(project) = &mut found.project {
            project.people_from = Some(current.root().to_owned());
            project.unread = current.unread;
            project.missing_lists = current.missing_lists;
            match current.trust {
                Trust::Given => project.trust = Trust::Given,
                Trust::Listed => {
                    let (audiences, _) = current.audiences()?;
                    let lists = audiences.iter().filter_map(|audience| audience.list_source());
                    project.trusted_lists = lists.map(|list| list.value.clone()).collect();
                }
                Trust::Withheld => {}
            }
        }
        Ok(found)
    }

    fn root(&self) -> PathBuf {
        self.folder.join("project")
    }
}

impl<'t> TreeEntry<'t> {
    /// Reads `<mode> blob <object>\t<path>`; `None` for a submodule, and for a path that leads out of the folder, which
    /// a crafted tree may have.
    fn parse(entry: &'t [u8]) -> Option<Self> {
        let (facts, path) = std::str::from_utf8(entry).ok()?.split_once('\t')?;
        let mut facts = facts.split(' ');
        let (mode, kind, object) = (facts.next()?, facts.next()?, facts.next()?);
        let path = Path::new(path);
        let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        (kind == "blob" && is_plain).then_some(Self { mode, object, path })
    }
}

fn write(path: &Path, mode: &str, content: &[u8]) -> io::Result<()> {
    if mode == "120000" {
        return std::os::unix::fs::symlink(OsStr::from_bytes(content), path);
    }
    let executable = if mode == "100755" { 0o700 } else { 0o600 };
    OpenOptions::new().write(true).create_new(true).mode(executable).open(path)?.write_all(content)
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

/// The commit of a revision; `None` if the revision is unknown.
fn commit(root: &Path, revision: &str) -> Result<Option<String>, Error> {
    // `^{commit}` refuses names of files and trees, and `--end-of-options` a name that begins with `-` (gitrevisions(7)).
    let typed = format!("{revision}^{{commit}}");
    let known = git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &typed])?;
    Ok(known.map(|commit| line(&commit)).filter(|commit| !commit.is_empty()))
}

/// The output of Git; none if it fails.
fn git(root: &Path, words: &[&str]) -> Result<Option<Vec<u8>>, Error> {
    let output = git::command(root).args(words).stderr(Stdio::null()).output();
    let output = output.map_err(|source| Error::Read { path: "git".into(), source })?;
    Ok(output.status.success().then_some(output.stdout))
}

/// An output of one line.
fn line(output: &[u8]) -> String {
    String::from_utf8_lossy(output).trim_end_matches(['\r', '\n']).to_owned()
}
