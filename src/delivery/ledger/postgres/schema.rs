//! Makes the tables of a ledger, and looks whether they are ours.

use postgres::Client;

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::SharedLedger;
use crate::delivery::ledger::postgres::Postgres;
use crate::delivery::ledger::postgres::client::ReconnectingClient;

const SCHEMA: &str = include_str!("schema.sql");
/// The format of this version, kept in the table `format`.
const FORMAT: i32 = 1;
/// The kind of our advisory locks: `NLtr` in ASCII, as in SQLite's `application_id`.
pub(super) const LOCKS: i32 = 0x4e4c_7472;

/// What is found on the server.
enum SchemaState {
    Nothing,
    Ledger,
}

impl Postgres {
    /// Opens the ledger of a run, and makes it where there is none.
    pub(crate) fn open_to_write(shared: &SharedLedger) -> Result<Self, LedgerError> {
        let mut line = ReconnectingClient::open(shared.clone())?;
        if let SchemaState::Nothing = inspect(&mut line)? {
            make(&mut line)?;
        }
        Ok(Self { line })
    }

    /// Opens a ledger to look at it; `None` where there is none yet.
    pub(crate) fn open_to_read(shared: &SharedLedger) -> Result<Option<Self>, LedgerError> {
        let mut line = ReconnectingClient::open(shared.clone())?;
        Ok(match inspect(&mut line)? {
            SchemaState::Nothing => None,
            SchemaState::Ledger => Some(Self { line }),
        })
    }
}

fn inspect(line: &mut ReconnectingClient) -> Result<SchemaState, LedgerError> {
    let schema = line.shared().schema.clone();
    let client = line.client()?;
    let tables: Vec<String> = client
        .query("SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = $1", &[&schema])?
        .iter()
        .map(|row| row.get(0))
        .collect();
    if tables.is_empty() {
        return Ok(SchemaState::Nothing);
    }
    let ours = ["format", "plan", "holder", "letter"].iter().all(|it| tables.iter().any(|table| table == it));
    if !ours {
        return Err(LedgerError::ForeignSchema { schema });
    }
    let found: i32 = client.query_one("SELECT max(number) FROM format", &[])?.try_get(0)?;
    if found > FORMAT {
        return Err(LedgerError::Newer { found: i64::from(found), known: i64::from(FORMAT) });
    }
    Ok(SchemaState::Ledger)
}

/// Several hosts may begin at once: the first one makes the tables.
fn make(line: &mut ReconnectingClient) -> Result<(), LedgerError> {
    let schema = line.shared().schema.clone();
    let mut transaction = line.client()?.transaction()?;
    transaction.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", &[&LOCKS, &format!("make {schema}")])?;
    let made: i64 =
        transaction.query_one("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = $1", &[&schema])?.get(0);
    if made == 0 {
        transaction.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""))?;
        transaction.batch_execute(SCHEMA)?;
        transaction.execute("INSERT INTO format (number) VALUES ($1)", &[&FORMAT])?;
    }
    transaction.commit()?;
    Ok(())
}

/// Waits until no other host plans, and keeps them out until [`unlock_planning`] or the end of the connection.
pub(super) fn lock_planning(client: &mut Client) -> Result<(), LedgerError> {
    // Another host may be composing a large plan, or somebody may be typing there: there is no telling how long.
    client.batch_execute("SET lock_timeout = 0")?;
    client.execute("SELECT pg_advisory_lock($1, hashtext(current_schema()))", &[&LOCKS])?;
    client.batch_execute("SET lock_timeout = '20s'")?;
    Ok(())
}

pub(super) fn unlock_planning(client: &mut Client) -> Result<(), LedgerError> {
    // Where the lock was never taken, this is a warning to nobody.
    client.execute("SELECT pg_advisory_unlock($1, hashtext(current_schema()))", &[&LOCKS])?;
    Ok(())
}
