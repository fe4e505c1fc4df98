//! The file that stores the tokens of a login, and its lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::base::error::Error;
use crate::base::message::Message;
use crate::delivery::file::{self, Durability, ExistingFile, FileReaders, WholeFile};
use crate::project::oauth::error::OAuthError;
use crate::project::secrets;

/// How long another run may take to renew the token: longer than one request.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// The file of the tokens; only its owner may read it.
#[derive(Clone, Debug)]
pub(super) struct TokenFile {
    path: PathBuf,
}

/// The right to replace the file, until it is dropped. The kernel frees it when the process ends, however it ends.
pub(super) struct TokenLock(File);

/// Frees the lock even if a process that another thread is starting has the file open until its `exec`.
impl Drop for TokenLock {
    fn drop(&mut self) {
        // If this fails, the kernel frees the lock when the file is closed.
        let _ = self.0.unlock();
    }
}

impl TokenFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its text; absent: the file does not exist.
    pub(super) fn read(&self) -> Result<Option<String>, Error> {
        match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(_) | Err(_) => {}
        }
        secrets::check_permissions(&self.path)?;
        let unread = |source: io::Error| Error::Secret {
            what: Message::verbatim(self.path.display().to_string()),
            source: Box::new(source),
        };
        match secrets::text_of(&self.path) {
            Ok(text) => Ok(Some(text)),
            // It is not text, so it is damaged.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Some(String::new())),
            Err(error) => Err(unread(error)),
        }
    }

    /// Takes the lock, which is a file beside it: the file itself is replaced.
    pub(super) fn lock(&self) -> Result<TokenLock, OAuthError> {
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        let path = PathBuf::from(name);
        let failed = |source| Error::Write { path: path.clone(), source };
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            file::private_folder(folder).map_err(failed)?;
        }
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(failed)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(TokenLock(file)),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => return Err(OAuthError::Locked { waited: PATIENCE }),
                Err(TryLockError::Error(source)) => return Err(failed(source).into()),
            }
        }
    }

    /// Begins the next text: if it cannot be written, no server is asked for a token that would be lost.
    pub(super) fn begin(&self, _: &TokenLock) -> Result<NextTokens, Error> {
        let path = self.path.clone();
        match WholeFile::create(&path, FileReaders::Owner, ExistingFile::Replaced, Durability::Flushed) {
            Ok(file) => Ok(NextTokens { path, file }),
            Err(source) => Err(Error::Write { path, source }),
        }
    }
}

/// The next text of the file, which replaces it in one step.
pub(super) struct NextTokens {
    path: PathBuf,
    file: WholeFile,
}

impl NextTokens {
    pub(super) fn finish(self, text: &str) -> Result<(), Error> {
        let Self { path, mut file } = self;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.finish());
        written.map_err(|source| Error::Write { path, source })
    }
}
