//! Keeps a project's key and its ledger together: both are created by the first command that writes, and never one alone.

use crate::base::digest::HmacKey;
use crate::base::error::Error;
use crate::base::message::Message;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::identity::fingerprint;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::{self, Ledger};
use crate::project::Project;

/// A function that opens a ledger, and creates it if there is none.
pub(crate) type OpenLedger = fn(&LedgerLocation) -> Result<Box<dyn Ledger>, LedgerError>;

/// What `ledger new` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewLedger {
    /// It created the ledger.
    Created,
    /// The ledger existed, and belongs to the project's present key from now on.
    Bound,
    /// The ledger existed, and belonged to the project's key.
    Unchanged,
}

/// Opens the ledger to write.
///
/// # Errors
///
/// It cannot be opened; it is missing although the project has a key or receipts; or it belongs to another key.
pub(crate) fn open(project: &Project, location: &LedgerLocation, open: OpenLedger) -> Result<Box<dyn Ledger>, Error> {
    if ledger::open::open_to_read(location)?.is_none() {
        if project.stored_keys()?.is_some() {
            refuse_missing(project, location)?;
        } else {
            refuse_after_sending(project, location)?;
        }
    }
    let mut ledger = open(location)?;
    match ledger.key_fingerprint()? {
        Some(stored) => {
            check_key(project, location, &mut *ledger)?;
            // The key was changed, and the program was killed before the ledger recorded it.
            let own = fingerprint(&project.make_key()?);
            if stored != own {
                ledger.bind_key(&own)?;
            }
        }
        // Whichever command comes first makes the key; another one at the same time gets the same.
        None => ledger.bind_key(&fingerprint(&project.make_key()?))?,
    }
    Ok(ledger)
}

/// Opens the ledger to read, for a command that shows what was sent or who gets nothing; absent if nothing was sent yet.
///
/// # Errors
///
/// It cannot be opened; it is missing although the project has a key or receipts; or it belongs to another key.
pub(crate) fn open_complete(project: &Project, location: &LedgerLocation) -> Result<Option<Box<dyn Ledger>>, Error> {
    let ledger = open_to_read(project, location)?;
    if ledger.is_none() {
        refuse_after_sending(project, location)?;
    }
    Ok(ledger)
}

/// Opens the ledger to read, as [`open_complete`] does, with the key that a run needs.
///
/// # Errors
///
/// As for [`open_complete`]; or the key is missing or cannot be used.
pub(crate) fn open_with_key(project: &Project, location: &LedgerLocation) -> Result<Option<Box<dyn Ledger>>, Error> {
    // A key that cannot be used stops a run that has no ledger yet as well.
    project.stored_keys()?;
    let mut ledger = open_complete(project, location)?;
    if let Some(ledger) = &mut ledger
        && ledger.key_fingerprint()?.is_some()
    {
        check_key(project, location, &mut **ledger)?;
    }
    Ok(ledger)
}

/// Refuses to go on without a ledger in a project that has receipts: it is a copy of the project, or the ledger was lost.
fn refuse_after_sending(project: &Project, location: &LedgerLocation) -> Result<(), Error> {
    if project.receipts()?.0.is_empty() {
        return Ok(());
    }
    Err(LedgerError::MissingAfterSending { ledger: Message::shown(location) }.into())
}

/// Opens the ledger to read; absent if nothing was sent yet.
///
/// # Errors
///
/// It cannot be opened; it is missing although the project has a key; or it belongs to another key.
pub(crate) fn open_to_read(project: &Project, location: &LedgerLocation) -> Result<Option<Box<dyn Ledger>>, Error> {
    let Some(mut ledger) = ledger::open::open_to_read(location)? else {
        if project.has_key()? {
            refuse_missing(project, location)?;
        }
        return Ok(None);
    };
    // Without the key, or permission to read it, the ledger can still be read.
    if let Ok(Some(keys)) = project.stored_keys() {
        check_fingerprint(project, location, &mut *ledger, keys)?;
    }
    Ok(Some(ledger))
}

/// Creates the ledger, or binds it to the project's key, because the user asked for it.
///
/// # Errors
///
/// It cannot be opened, or another run holds it.
pub fn begin_anew(project: &Project) -> Result<NewLedger, Error> {
    let location = project.ledger()?;
    let exists = ledger::open::open_to_read(&location)?.is_some();
    let mut ledger = ledger::open::open_to_write(&location)?;
    let own = fingerprint(&project.make_key()?);
    if exists && ledger.key_fingerprint()?.as_deref() == Some(own.as_str()) {
        return Ok(NewLedger::Unchanged);
    }
    ledger.bind_key(&own)?;
    Ok(if exists { NewLedger::Bound } else { NewLedger::Created })
}

/// Gives the project a new key. The former one stays, so that links and suppressions from before are recognised.
///
/// # Errors
///
/// The ledger or the key cannot be written, or a run is under way: it makes links with the former key.
pub fn rotate_key(project: &Project, ledger: &mut dyn Ledger) -> Result<(), Error> {
    if ledger.is_running()? {
        return Err(Error::Locked);
    }
    Ok(ledger.bind_key(&fingerprint(&project.rotate_key()?))?)
}

/// Binds a ledger that was copied from another one to the project's key.
///
/// # Errors
///
/// The key cannot be read, or the ledger not written.
pub fn bind(project: &Project, ledger: &mut dyn Ledger) -> Result<(), Error> {
    Ok(ledger.bind_key(&fingerprint(&project.make_key()?))?)
}

/// Whether the default ledger has any records. Without records, nothing is lost by using another one.
///
/// # Errors
///
/// It cannot be read.
pub(crate) fn default_is_used(project: &Project) -> Result<Option<bool>, Error> {
    let default = project.usual_ledger();
    if !project.is_inside(&default) {
        return Ok(None);
    }
    match ledger::open::open_to_read(&LedgerLocation::File(default))? {
        Some(mut ledger) => Ok(Some(!ledger.is_empty()?)),
        None => Ok(None),
    }
}

/// The error of a missing ledger. `init` creates an empty default one: a project that still has it, and names another,
/// has not begun yet.
fn refuse_missing(project: &Project, location: &LedgerLocation) -> Result<(), Error> {
    let is_default = matches!(location, LedgerLocation::File(path) if *path == project.usual_ledger());
    match default_is_used(project)?.filter(|_| !is_default) {
        Some(false) => Ok(()),
        Some(true) => Err(LedgerError::LeftBehind { path: project.usual_ledger() }.into()),
        None => Err(LedgerError::Missing { ledger: Message::shown(location) }.into()),
    }
}

fn check_key(project: &Project, location: &LedgerLocation, ledger: &mut dyn Ledger) -> Result<(), Error> {
    let Some(keys) = project.stored_keys()? else {
        return Err(LedgerError::NoKey { ledger: Message::shown(location), key: project.key_file() }.into());
    };
    check_fingerprint(project, location, ledger, keys)
}

fn check_fingerprint(
    project: &Project,
    location: &LedgerLocation,
    ledger: &mut dyn Ledger,
    keys: &[HmacKey],
) -> Result<(), Error> {
    match ledger.key_fingerprint()? {
        Some(stored) if keys.iter().all(|key| stored != fingerprint(key)) => {
            Err(LedgerError::OtherKey { ledger: Message::shown(location), key: project.key_file() }.into())
        }
        Some(_) | None => Ok(()),
    }
}
