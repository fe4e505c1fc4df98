//! Opens a ledger, in whichever database it is kept.

use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::postgres::open::Postgres;
use crate::delivery::ledger::sqlite::open::Sqlite;

/// A ledger that is gone with the run: a dry run's.
pub fn in_memory() -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(Box::new(Sqlite::in_memory()?))
}

/// Opens the ledger of a run, and creates it where there is none; [`LedgerError::Locked`] where another run holds it.
pub fn open_to_write(location: &LedgerLocation) -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(match location {
        LedgerLocation::File(path) => Box::new(Sqlite::open_to_write(path)?),
        LedgerLocation::Server(shared) => Box::new(Postgres::open_to_write(shared)?),
    })
}

/// Opens a ledger to change suppressions, and creates it where there is none; this is possible during a run.
pub fn open_to_suppress(location: &LedgerLocation) -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(match location {
        LedgerLocation::File(path) => Box::new(Sqlite::open_to_share(path)?),
        LedgerLocation::Server(shared) => Box::new(Postgres::open_to_write(shared)?),
    })
}

/// Opens a ledger to read it; `None` where there is none yet.
pub fn open_to_read(location: &LedgerLocation) -> Result<Option<Box<dyn Ledger>>, LedgerError> {
    Ok(match location {
        LedgerLocation::File(path) if path.exists() => Some(Box::new(Sqlite::open_to_read(path)?)),
        LedgerLocation::File(_) => None,
        LedgerLocation::Server(shared) => match Postgres::open_to_read(shared)? {
            Some(ledger) => Some(Box::new(ledger)),
            None => None,
        },
    })
}
