//! Opens a ledger in the database that it is kept in.

use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::postgres::open::Postgres;
use crate::delivery::ledger::sqlite::open::{Sqlite, is_there};

/// A ledger in memory, for a dry run.
pub fn in_memory() -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(Box::new(Sqlite::in_memory()?))
}

/// Opens the ledger of a run, and creates it if there is none; [`LedgerError::Locked`] if another run holds it.
pub fn open_to_write(location: &LedgerLocation) -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(match location {
        LedgerLocation::File(path) => Box::new(Sqlite::open_to_write(path)?),
        LedgerLocation::Server(shared) => Box::new(Postgres::open_to_write(shared)?),
    })
}

/// Opens a ledger to change suppressions, and creates it if there is none; this is possible during a run.
pub fn open_to_suppress(location: &LedgerLocation) -> Result<Box<dyn Ledger>, LedgerError> {
    Ok(match location {
        LedgerLocation::File(path) => Box::new(Sqlite::open_to_share(path)?),
        LedgerLocation::Server(shared) => Box::new(Postgres::open_to_write(shared)?),
    })
}

/// Opens a ledger to read it; `None` if there is none yet.
pub fn open_to_read(location: &LedgerLocation) -> Result<Option<Box<dyn Ledger>>, LedgerError> {
    Ok(match location {
        LedgerLocation::File(path) if is_there(path)? => Some(Box::new(Sqlite::open_to_read(path)?)),
        LedgerLocation::File(_) => None,
        LedgerLocation::Server(shared) => match Postgres::open_to_read(shared)? {
            Some(ledger) => Some(Box::new(ledger)),
            None => None,
        },
    })
}
