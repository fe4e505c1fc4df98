//! The connection to the server, which is reopened if it breaks, for a limited time.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::io;
use std::ops::{Deref, DerefMut};
use std::thread;
use std::time::{Duration, Instant};

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Error, Row, Statement};

use crate::base::database;
use crate::base::database::error::DatabaseError;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::SharedLedger;

/// How long to wait for a server that has gone away: long enough for a restart.
const RECONNECT_TIMEOUT: Duration = Duration::from_secs(60);
/// The class of SQLSTATE codes for connection exceptions.
const CONNECTION_EXCEPTION: &str = "08";
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// A connection whose statements find the tables of one ledger.
pub(super) struct ReconnectingClient {
    shared: SharedLedger,
    client: Option<LedgerClient>,
    /// How often a connection was opened.
    opened: u64,
}

impl ReconnectingClient {
    pub(super) fn open(shared: SharedLedger) -> Result<Self, LedgerError> {
        let mut client = Self { shared, client: None, opened: 0 };
        client.connected()?;
        Ok(client)
    }

    pub(super) fn shared(&self) -> &SharedLedger {
        &self.shared
    }

    /// How often a connection was opened: if that has changed, an answer may have been lost.
    pub(super) fn opened(&self) -> u64 {
        self.opened
    }

    /// The open connection, or a new one if there is none.
    pub(super) fn connected(&mut self) -> Result<&mut LedgerClient, LedgerError> {
        if self.client.as_ref().is_none_or(|client| client.is_closed()) {
            let SharedLedger { server, password, .. } = &self.shared;
            let mut client = database::connect(server, password.as_ref(), database::STATEMENT_LIMIT)?;
            set_up(&mut client, &self.shared.schema)?;
            // Prepared statements belong to a connection: a new one begins without any.
            self.opened += 1;
            self.client = Some(LedgerClient { client, statements: HashMap::new() });
        }
        self.client.as_mut().ok_or(LedgerError::Stopped)
    }

    /// Runs work that may be repeated: if the connection breaks, it is reopened and the work starts over, for up
    /// to a minute.
    pub(super) fn retrying<T>(
        &mut self,
        mut work: impl FnMut(&mut LedgerClient) -> Result<T, Error>,
    ) -> Result<T, LedgerError> {
        let (mut broken_since, mut pause) = (None, FIRST_PAUSE);
        loop {
            let failed = match self.connected() {
                Ok(client) => match work(client) {
                    Ok(done) => return Ok(done),
                    Err(error) => LedgerError::from(error),
                },
                Err(error) => error,
            };
            // An attempt to connect may take long itself.
            let since = *broken_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= RECONNECT_TIMEOUT || !is_transient(&failed) {
                return Err(failed);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// An open connection, and the statements that the server has prepared.
pub(super) struct LedgerClient {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl LedgerClient {
    /// Runs a query that is run again and again: the server parses it once.
    pub(super) fn query_prepared(
        &mut self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let statement = if let Some(statement) = self.statements.get(sql) {
            statement.clone()
        } else {
            let statement = self.client.prepare(sql)?;
            self.statements.insert(sql, statement.clone());
            statement
        };
        self.client.query(&statement, values)
    }
}

impl Deref for LedgerClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for LedgerClient {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

fn set_up(client: &mut Client, schema: &str) -> Result<(), LedgerError> {
    let setting = |client: &mut Client, name: &str| -> Result<String, Error> {
        Ok(client.query_one("SELECT current_setting($1)", &[&name])?.get(0))
    };
    // No letter is sent twice because `in flight` is on the disk when a commit returns.
    if setting(client, "fsync")? != "on" {
        return Err(LedgerError::NoFlush);
    }
    // `remote_apply` is stricter than `on`, so it is kept.
    if setting(client, "synchronous_commit")? != "remote_apply" {
        client.batch_execute("SET synchronous_commit = on")?;
    }
    // The settings allow only letters, digits and `_` in the name; the quotes are for reserved words.
    client.batch_execute(&format!(
        "SET search_path = \"{schema}\"; SET lock_timeout = '20s'; SET client_min_messages = warning"
    ))?;
    Ok(())
}

/// Whether another attempt may succeed.
fn is_transient(error: &LedgerError) -> bool {
    let error = match error {
        LedgerError::Postgres(error) => error,
        LedgerError::Connect(DatabaseError::Connect { source, .. }) => source,
        LedgerError::Connect(DatabaseError::Unreachable { .. }) => return true,
        _ => return false,
    };
    let Some(code) = error.code() else {
        // No answer from the server: the connection broke, or nothing listens there.
        return error.is_closed() || error.source().is_some_and(<dyn StdError>::is::<io::Error>);
    };
    let transient = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ];
    transient.contains(code) || code.code().starts_with(CONNECTION_EXCEPTION)
}
