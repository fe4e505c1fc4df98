//! The keys that letters are signed with, read from their files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::issue::Issue;
use crate::letter::dkim::key::PrivateKey;
use crate::letter::dkim::name::{Domain, KeyName};
use crate::letter::dkim::{Signer, Signers};
use crate::project::Project;
use crate::project::files;
use crate::project::secrets;
use crate::project::settings::dkim::{self, DkimKey};

/// The largest file of a key, in bytes.
const LONGEST: u64 = 65_536;

impl Project {
    /// The signers of each letter.
    ///
    /// # Errors
    ///
    /// The file of a key cannot be read, can be read by others, or has no valid key.
    pub fn signers(&self) -> Result<Signers, Error> {
        self.settings().dkim.iter().map(|key| self.signer(key)).collect::<Result<_, _>>().map(Signers::new)
    }

    /// The signer of one key.
    ///
    /// # Errors
    ///
    /// As for [`Self::signers`].
    pub fn signer(&self, key: &DkimKey) -> Result<Signer, Error> {
        let path = self.key_path(key);
        self.check_inside(&path)?;
        let unread = |source| Error::Secret {
            what: secrets::key_file_name(self.root(), Path::new(&key.key_file)),
            source: Box::new(source),
        };
        // Its error names the path, which may be the key itself if there is no such file.
        fs::metadata(&path).map_err(unread)?;
        secrets::check_permissions(&path)?;
        let bytes = files::read_limited(&path, LONGEST).map_err(unread)?;
        let read = PrivateKey::parse(&String::from_utf8_lossy(&bytes));
        let private = read.map_err(|source| Error::DkimKey { path, source: Box::new(source) })?;
        let name = KeyName { domain: key.domain.clone(), selector: key.selector.clone() };
        Ok(Signer { name, key: private })
    }

    /// Writes a new key to a file that only its owner can read; returns its path.
    ///
    /// # Errors
    ///
    /// The file exists already, or cannot be written.
    pub fn write_key(&self, key_file: &Path, key: &PrivateKey) -> Result<PathBuf, Error> {
        let path = self.root().join(key_file);
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists { path: path.clone() },
            _ => Error::Write { path: path.clone(), source },
        };
        let pem = key.to_pem().map_err(|error| failed(io::Error::other(error)))?;
        secrets::write_new(&path, &pem).map_err(failed)?;
        Ok(path)
    }

    /// The file of a key.
    pub fn key_path(&self, key: &DkimKey) -> PathBuf {
        self.root().join(Path::new(&key.key_file))
    }

    /// Reports an issue with its own sender if no key signs for that domain.
    pub(crate) fn check_signed(&self, issue: &Issue, diagnostics: &mut Diagnostics) {
        let Some(from) = issue.front.from.as_ref().map(|mailbox| Domain::of(&mailbox.address)) else { return };
        let Some(diagnostic) = dkim::unaligned_domain(&self.settings().dkim, &from) else {
            return;
        };
        let lines = issue.source.text().lines();
        let line = lines
            .take_while(|line| !line.is_empty())
            .position(|line| line.starts_with("from:") || line.starts_with("series:"));
        let line = line.unwrap_or(0);
        diagnostics.push(diagnostic.at(issue.source.line(line + 1)).hint(dkim::unaligned_domain_hint(&from)));
    }
}
