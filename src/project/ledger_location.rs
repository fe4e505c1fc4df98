//! Where the ledger is kept, with its password.

use std::env;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::database::passfile;
use crate::base::database::url::Server;
use crate::base::error::Error;
use crate::base::message::message;
use crate::base::secret::{Secret, SecretSource};
use crate::delivery::ledger::location::{LedgerLocation, SharedLedger};
use crate::project::Project;
use crate::project::secrets;
use crate::project::settings::ledger::{LedgerServer, LedgerSettings, USUAL_LEDGER};

impl Project {
    /// Where the ledger is kept.
    ///
    /// # Errors
    ///
    /// The password that the settings name cannot be read.
    pub fn ledger(&self) -> Result<LedgerLocation, Error> {
        match &self.settings.ledger {
            LedgerSettings::File(path) => {
                let path = self.root.join(path);
                self.check_inside(&path)?;
                Ok(LedgerLocation::File(path))
            }
            LedgerSettings::Server(server) if !self.may_act() => Err(Error::Untrusted {
                what: message!("the ledger at {}", "sendebogen (ledger) på {}", server.server),
            }),
            LedgerSettings::Server(server) => self.shared(server).map(LedgerLocation::Server),
        }
    }

    /// The moment before which the ledger's records are erased; absent: none are.
    pub fn erase_before(&self, now: Timestamp) -> Option<Timestamp> {
        let span = self.settings.retention?;
        now.to_zoned_datetime(self.settings.timezone.clone()).checked_sub(span).ok().map(|zoned| zoned.timestamp())
    }

    /// The ledger's file if the settings name none.
    pub fn usual_ledger(&self) -> PathBuf {
        self.root.join(USUAL_LEDGER)
    }

    fn shared(&self, settings: &LedgerServer) -> Result<SharedLedger, Error> {
        let password = password(&self.root, settings.password.as_ref(), &settings.server)?;
        Ok(SharedLedger {
            server: settings.server.clone().based(&self.root),
            password,
            schema: settings.schema.clone(),
            lease: settings.lease,
        })
    }
}

/// The password for a server, from the place in the settings, or else from PostgreSQL's usual places.
pub(super) fn password(root: &Path, source: Option<&SecretSource>, server: &Server) -> Result<Option<Secret>, Error> {
    match source {
        Some(source) => secrets::read(root, source).map(Some),
        None => default_password(server),
    }
}

/// The password where PostgreSQL's own programs look for it: PGPASSWORD, or else the password file (PostgreSQL, libpq,
/// "Environment Variables"). They refuse a file that others can read, with a message.
fn default_password(server: &Server) -> Result<Option<Secret>, Error> {
    if let Ok(password) = env::var("PGPASSWORD")
        && !password.is_empty()
    {
        return Ok(Some(Secret::new(password)));
    }
    let file = env::var_os("PGPASSFILE").map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".pgpass"));
    let Some(path) = file.or_else(home).filter(|path| path.is_file()) else { return Ok(None) };
    secrets::check_permissions(&path)?;
    let text = secrets::text_of(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
    Ok(passfile::find(&text, server))
}
