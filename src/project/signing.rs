//! The keys that letters are signed with, read from their files.

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
use crate::project::settings::dkim::DkimKey;

/// Longer than the file of any key, in bytes.
const LONGEST: u64 = 65_536;

impl Project {
    /// Those who sign each letter.
    ///
    /// # Errors
    ///
    /// The file of a key cannot be read, can be read by others, or holds no key to sign with.
    pub fn signers(&self) -> Result<Signers, Error> {
        self.settings().dkim.iter().map(|key| self.signer(key)).collect::<Result<_, _>>().map(Signers::new)
    }

    /// One of them.
    ///
    /// # Errors
    ///
    /// As for all.
    pub fn signer(&self, key: &DkimKey) -> Result<Signer, Error> {
        let path = self.key_path(key);
        secrets::check_permissions(&path)?;
        let bytes = files::read_small(&path, LONGEST)
            .map_err(|source| Error::Secret { what: path.display().to_string(), source: Box::new(source) })?;
        let read = PrivateKey::parse(&String::from_utf8_lossy(&bytes));
        let private = read.map_err(|source| Error::DkimKey { path, source: Box::new(source) })?;
        let name = KeyName { domain: key.domain.clone(), selector: key.selector.clone() };
        Ok(Signer { name, key: private })
    }

    /// Keeps a new key in a file that only its owner can read; where the file lies.
    ///
    /// # Errors
    ///
    /// There is such a file already, or it cannot be written.
    pub fn keep_key(&self, key_file: &Path, key: &PrivateKey) -> Result<PathBuf, Error> {
        let path = self.root().join(key_file);
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists { path: path.clone() },
            _ => Error::Write { path: path.clone(), source },
        };
        let pem = key.to_pem().map_err(|error| failed(io::Error::other(error)))?;
        secrets::write_new(&path, &pem).map_err(failed)?;
        Ok(path)
    }

    /// Where a key is kept.
    pub fn key_path(&self, key: &DkimKey) -> PathBuf {
        self.root().join(Path::new(&key.key_file))
    }

    /// Tells where an issue has a sender of its own for whom no key signs.
    pub(crate) fn check_signed(&self, issue: &Issue, diagnostics: &mut Diagnostics) {
        let Some(from) = issue.front.from.as_ref().map(|mailbox| Domain::of(&mailbox.address)) else { return };
        let Some(diagnostic) = crate::project::settings::dkim::unaligned_domain(&self.settings().dkim, &from) else {
            return;
        };
        let lines = issue.source.text().lines();
        let line = lines
            .take_while(|line| !line.is_empty())
            .position(|line| line.starts_with("from:") || line.starts_with("series:"));
        let line = line.unwrap_or(0);
        diagnostics.push(
            diagnostic
                .at(issue.source.line(line + 1))
                .hint(crate::project::settings::dkim::unaligned_domain_hint(&from)),
        );
    }
}
