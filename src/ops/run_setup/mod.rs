//! What an administrator installs so that this machine starts `run` automatically: lines for cron, or units for
//! systemd.

pub mod crontab;
pub mod systemd;
mod unit_word;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::project::settings::inbox::InboxSettings;
use crate::project::settings::oauth::OAuthGrant;
use crate::project::{Project, STATE, host_user};

/// Where and by which user `run` is started, and what it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSetup {
    /// The program's file.
    pub program: PlainPath,
    /// The project's folder, after all links.
    pub folder: PlainPath,
    /// The name of the newsletter.
    pub name: String,
    /// The user who sends: the owner of the project's state.
    pub user: String,
    /// The addresses that get a mail about each issue; may be empty.
    pub notify: Vec<String>,
    /// Whether the logs of a web server are read for readers who unsubscribed.
    pub has_access_logs: bool,
    /// The folders outside the project that a run writes: a mailbox, a spool, that of the access token.
    pub other_folders: Vec<PlainPath>,
}

/// Why a run cannot be set up.
#[derive(Debug)]
pub enum SetupError {
    /// A path has control characters or is not UTF-8: neither cron nor systemd accepts it.
    Path(PathBuf),
    /// The project's folder cannot be read.
    Project(Error),
}

/// An absolute path in UTF-8 without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainPath(String);

impl PlainPath {
    /// Checks a path.
    ///
    /// # Errors
    ///
    /// It is another kind of path; it is returned.
    pub fn parse(path: &Path) -> Result<Self, PathBuf> {
        let text = path.to_str().filter(|text| text.starts_with('/') && !text.contains(char::is_control));
        text.map(|text| Self(text.to_owned())).ok_or_else(|| path.to_owned())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlainPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RunSetup {
    /// Whether the user has no name on this host: the owner is a number if the folder came from another machine.
    pub fn is_unknown_user(&self) -> bool {
        !self.user.is_empty()
            && self.user.bytes().all(|digit| digit.is_ascii_digit())
            && !host_user::is_known(&self.user)
    }

    /// The setup of a project; `program` is the file to start.
    ///
    /// # Errors
    ///
    /// cron and systemd do not accept a path, or the project's folder cannot be read.
    pub fn of(project: &Project, program: &Path) -> Result<Self, SetupError> {
        let root = project.root();
        let folder = fs::canonicalize(root)
            .map_err(|source| SetupError::Project(Error::Read { path: root.to_owned(), source }))?;
        let state = folder.join(STATE);
        let user = host_user::owner(&state).or_else(|| host_user::owner(&folder)).unwrap_or_else(|| "root".to_owned());
        let settings = project.settings();
        let mut other_folders = Vec::new();
        for path in written_paths(project) {
            let path = folder.join(path);
            if !path.starts_with(&folder) {
                let path = PlainPath::parse(&path).map_err(SetupError::Path)?;
                if !other_folders.contains(&path) {
                    other_folders.push(path);
                }
            }
        }
        Ok(Self {
            program: PlainPath::parse(program).map_err(SetupError::Path)?,
            folder: PlainPath::parse(&folder).map_err(SetupError::Path)?,
            name: settings.name.clone(),
            user,
            notify: settings.sending.notify.iter().map(ToString::to_string).collect(),
            has_access_logs: !settings.unsubscribe.access_logs.is_empty(),
            other_folders,
        })
    }
}

/// The folders that a run writes and the settings name, absolute or from the project's folder.
fn written_paths(project: &Project) -> Vec<PathBuf> {
    let settings = project.settings();
    let mut paths = Vec::new();
    if let Some(InboxSettings::Maildir(maildir)) = &settings.inbox {
        paths.extend([maildir.path.clone(), maildir.done.clone()]);
    }
    paths.extend(settings.unsubscribe.spool.clone());
    if let Some(OAuthGrant::Device { token_file: Some(file), .. }) = settings.oauth.as_ref().map(|oauth| &oauth.grant) {
        // The file is replaced, so its folder must be writable.
        paths.extend(file.parent().map(Path::to_owned));
    }
    paths
}
