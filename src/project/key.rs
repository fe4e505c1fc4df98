//! The project's key: Message-IDs, boundaries, unsubscribe tokens and keyed hashes of addresses are made with it.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::base::digest::HmacKey;
use crate::base::error::Error;
use crate::base::message::message;
use crate::base::secret::SecretSource;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::reader::ReaderKeys;
use crate::project::secrets;
use crate::project::{Project, STATE};

impl Project {
    /// The file of the key.
    pub fn key_file(&self) -> PathBuf {
        self.root().join(STATE).join("key")
    }

    /// The stored key that is in use, or else a temporary one: commands that only read a project write nothing into it.
    ///
    /// # Errors
    ///
    /// The file cannot be read, can be read by others, or has a key that is too short.
    pub fn key(&self) -> Result<HmacKey, Error> {
        if let Some([key, ..]) = self.stored_keys()? {
            return Ok(key.clone());
        }
        let temporary = secrets::random_key()?;
        Ok(self.keys.temporary.get_or_init(|| temporary).clone())
    }

    /// The key in use, and the former ones: a suppression may be known under any of them.
    ///
    /// # Errors
    ///
    /// As for [`Self::key`].
    pub fn keys(&self) -> Result<Vec<HmacKey>, Error> {
        match self.stored_keys()? {
            Some(keys) => Ok(keys.to_vec()),
            None => Ok(vec![self.key()?]),
        }
    }

    /// The stored keys, the one in use first; absent if there are none.
    ///
    /// # Errors
    ///
    /// As for [`Self::key`].
    pub fn stored_keys(&self) -> Result<Option<&[HmacKey]>, Error> {
        if let Some(keys) = self.keys.stored.get() {
            return Ok(Some(keys));
        }
        if !self.has_key()? {
            return Ok(None);
        }
        self.check_inside(&self.key_file())?;
        let keys = secrets::read_keys(&self.key_file())?;
        Ok(Some(self.keys.stored.get_or_init(|| keys)))
    }

    /// Whether the project has a key file.
    ///
    /// # Errors
    ///
    /// Its folder cannot be read.
    pub fn has_key(&self) -> Result<bool, Error> {
        match fs::symlink_metadata(self.key_file()) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            // The ledger is beside it: if the folder cannot be read, letters may have been sent.
            Err(source) => Err(LedgerError::unreadable(&self.key_file(), source).into()),
        }
    }

    /// The stored key in use; a new one is created if there is none. Only together with a ledger: a key without one shows that the
    /// ledger was lost.
    ///
    /// # Errors
    ///
    /// As for [`Self::key`], or it cannot be written.
    pub fn make_key(&self) -> Result<HmacKey, Error> {
        if !self.has_key()? {
            secrets::write_key(&self.key_file())?;
        }
        let keys = secrets::read_keys(&self.key_file())?;
        let keys = self.keys.stored.get_or_init(|| keys);
        keys.first().map_or_else(|| self.key(), |key| Ok(key.clone()))
    }

    /// Puts a new key in front of the stored ones, and returns it. This `Project` still uses those that it has read.
    ///
    /// # Errors
    ///
    /// As for [`Self::key`], or it cannot be written.
    pub fn rotate_key(&self) -> Result<HmacKey, Error> {
        // A file that cannot be read is not replaced either.
        self.make_key()?;
        secrets::rotate_key(&self.key_file())?;
        let keys = secrets::read_keys(&self.key_file())?;
        keys.into_iter().next().map_or_else(|| self.key(), Ok)
    }

    /// The keys by which the readers of its letters are recognised.
    pub(crate) fn reader_keys(&self) -> Result<ReaderKeys, Error> {
        Ok(ReaderKeys { tokens: self.unsubscribe_key()?, suppressions: self.key()? })
    }

    /// The key of its unsubscribe tokens: the one in the settings, or else the project's.
    pub(crate) fn unsubscribe_key(&self) -> Result<HmacKey, Error> {
        match &self.settings().unsubscribe.secret {
            Some(secret) => {
                match secret {
                    SecretSource::File(path) => self.check_inside(&self.root().join(path))?,
                    SecretSource::Command(_) if !self.may_act() => {
                        return Err(Error::Untrusted {
                            what: message!("the command of `unsubscribe`", "kommandoen i `unsubscribe`"),
                        });
                    }
                    SecretSource::Command(_) | SecretSource::Env(_) => {}
                }
                secrets::key(self.root(), secret)
            }
            None => self.key(),
        }
    }
}
