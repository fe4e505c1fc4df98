//! Opens the schema of a ledger, and creates its tables if there are none.

use std::ops::RangeInclusive;
use std::thread;
use std::time::Duration;

use postgres::{Client, Error};

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::SharedLedger;
use crate::delivery::ledger::postgres::client::ReconnectingClient;

const SCHEMA: &str = include_str!("schema.sql");
const LETTERS: &str = include_str!("letters.sql");
const DELIVERIES: &str = include_str!("delivery.sql");
/// The format of this version, kept in the table `format`.
const FORMAT: i32 = 6;
/// The formats before, which are upgraded.
const UPGRADABLE: RangeInclusive<i32> = 4..=5;
/// Format 4 had no columns for an operator's decisions.
const NEW_COLUMNS: &str = "ALTER TABLE plan ADD COLUMN cancelled BOOLEAN NOT NULL DEFAULT FALSE,
       ADD COLUMN accepts_refusals BOOLEAN NOT NULL DEFAULT FALSE";
/// Until format 5, one table held both the letters and their delivery state.
const DIVIDE: &str = "INSERT INTO delivery (plan, number, state, tries, first_try, due, at, reason_code, reason_status,
         reason_text, failure, holder, tried_by)
       SELECT plan, number, state, tries, first_try, due, at, reason_code, reason_status, reason_text, failure, holder,
         tried_by
       FROM letter ORDER BY plan, number;
     DROP INDEX letter_open, letter_held;
     ALTER TABLE letter RESET (fillfactor);
     ALTER TABLE letter DROP COLUMN state, DROP COLUMN tries, DROP COLUMN first_try, DROP COLUMN due, DROP COLUMN at,
       DROP COLUMN reason_code, DROP COLUMN reason_status, DROP COLUMN reason_text, DROP COLUMN failure,
       DROP COLUMN holder, DROP COLUMN tried_by;
     ANALYZE letter; ANALYZE delivery";
/// The first key of our advisory locks: `NLtr` in ASCII, as in SQLite's `application_id`.
pub(super) const LOCKS: i32 = 0x4e4c_7472;

const FOUND_FORMAT: &str = "SELECT max(number) FROM format";
/// Whether a host is sending.
pub(super) const IS_RUNNING: &str = "SELECT EXISTS (SELECT 1 FROM holder WHERE expires >= clock_timestamp())";
/// Keeps other hosts from creating or changing the tables until the transaction ends.
const LOCK_TABLES: &str = "SELECT pg_advisory_xact_lock($1, hashtext($2))";

/// How often the lock for planning is tried.
const LOCK_POLL: Duration = Duration::from_millis(200);

/// An open ledger.
pub(in crate::delivery::ledger) struct Postgres {
    pub(super) client: ReconnectingClient,
}

/// What the schema holds.
enum SchemaState {
    Nothing,
    Ledger,
}

impl Postgres {
    /// Opens the ledger of a run, and creates it if there is none.
    pub(crate) fn open_to_write(shared: &SharedLedger) -> Result<Self, LedgerError> {
        let mut client = ReconnectingClient::open(shared.clone())?;
        if let SchemaState::Nothing = inspect(&mut client)? {
            create(&mut client)?;
        }
        Ok(Self { client })
    }

    /// Opens a ledger to read it; `None` if there is none yet.
    pub(crate) fn open_to_read(shared: &SharedLedger) -> Result<Option<Self>, LedgerError> {
        let mut client = ReconnectingClient::open(shared.clone())?;
        Ok(match inspect(&mut client)? {
            SchemaState::Nothing => None,
            SchemaState::Ledger => Some(Self { client }),
        })
    }
}

fn inspect(client: &mut ReconnectingClient) -> Result<SchemaState, LedgerError> {
    let schema = client.shared().schema.clone();
    let query = "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = $1";
    let rows = client.retrying(|client| client.query(query, &[&schema]))?;
    let tables: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if tables.is_empty() {
        return Ok(SchemaState::Nothing);
    }
    let ours = ["format", "plan", "holder", "letter"].iter().all(|name| tables.iter().any(|table| table == name));
    if !ours {
        return Err(LedgerError::ForeignSchema { schema });
    }
    let row = client.retrying(|client| client.query_one(FOUND_FORMAT, &[]))?;
    match row.try_get(0)? {
        FORMAT => {}
        found if UPGRADABLE.contains(&found) => upgrade(client)?,
        found => return Err(LedgerError::Format { found: i64::from(found), known: i64::from(FORMAT) }),
    }
    Ok(SchemaState::Ledger)
}

/// Several hosts may find the former format at once: the lock lets the first one upgrade it, unless a host goes on sending
/// with the program that has written it.
fn upgrade(client: &mut ReconnectingClient) -> Result<(), LedgerError> {
    let schema = client.shared().schema.clone();
    let mut transaction = client.connected()?.transaction()?;
    transaction.execute(LOCK_TABLES, &[&LOCKS, &format!("make {schema}")])?;
    let found: i32 = transaction.query_one(FOUND_FORMAT, &[])?.try_get(0)?;
    if UPGRADABLE.contains(&found) {
        // No run begins before this is done.
        transaction.batch_execute("LOCK TABLE holder IN SHARE ROW EXCLUSIVE MODE")?;
        if transaction.query_one(IS_RUNNING, &[])?.try_get(0)? {
            return Err(LedgerError::Locked);
        }
        if found == *UPGRADABLE.start() {
            transaction.batch_execute(NEW_COLUMNS)?;
        }
        transaction.batch_execute(DELIVERIES)?;
        transaction.batch_execute(DIVIDE)?;
        transaction.execute("UPDATE format SET number = $1", &[&FORMAT])?;
    }
    Ok(transaction.commit()?)
}

/// Several hosts may begin at once: the lock lets the first one create the tables.
fn create(client: &mut ReconnectingClient) -> Result<(), LedgerError> {
    let schema = client.shared().schema.clone();
    let mut transaction = client.connected()?.transaction()?;
    transaction.execute(LOCK_TABLES, &[&LOCKS, &format!("make {schema}")])?;
    let tables: i64 =
        transaction.query_one("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = $1", &[&schema])?.get(0);
    if tables == 0 {
        transaction.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""))?;
        for statements in [SCHEMA, LETTERS, DELIVERIES] {
            transaction.batch_execute(statements)?;
        }
        transaction.execute("INSERT INTO format (number) VALUES ($1)", &[&FORMAT])?;
    }
    transaction.commit()?;
    Ok(())
}

/// Waits until no other host is planning, and keeps them from it until [`unlock_planning`] or the end of the
/// connection.
pub(super) fn lock_planning(client: &mut Client) -> Result<(), Error> {
    // Another host may be composing a large plan, or waiting for its operator to confirm: that has no time limit. A
    // statement has one, since the connection to a silent server is closed.
    while !client.query_one("SELECT pg_try_advisory_lock($1, hashtext(current_schema()))", &[&LOCKS])?.get::<_, bool>(0)
    {
        thread::sleep(LOCK_POLL);
    }
    Ok(())
}

pub(super) fn unlock_planning(client: &mut Client) -> Result<(), Error> {
    // The lock was taken once or twice, or never: a session counts how often it holds a lock, and this releases all.
    client.batch_execute("SELECT pg_advisory_unlock_all()")
}
