//! The connection to the server: made anew where it breaks, within bounds.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::io;
use std::ops::{Deref, DerefMut};
use std::thread;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Error, Row, Statement};

use crate::base::database;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::SharedLedger;

/// How long a server that has gone away is waited for.
const RECONNECT_TIMEOUT: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// A connection whose statements find the tables of one ledger.
pub(super) struct ReconnectingClient {
    shared: SharedLedger,
    client: Option<LedgerClient>,
    /// How often it was made.
    made: u64,
}

impl ReconnectingClient {
    pub(super) fn open(shared: SharedLedger) -> Result<Self, LedgerError> {
        let mut line = Self { shared, client: None, made: 0 };
        line.client()?;
        Ok(line)
    }

    pub(super) fn shared(&self) -> &SharedLedger {
        &self.shared
    }

    /// How often the connection was made: where that has changed, an answer may have been lost.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// The open connection, or a new one where there is none.
    pub(super) fn client(&mut self) -> Result<&mut LedgerClient, LedgerError> {
        if self.client.as_ref().is_none_or(|it| it.is_closed()) {
            let mut client = database::connect(&self.shared.server, self.shared.password.as_ref())?;
            set_up(&mut client, &self.shared.schema)?;
            self.made += 1;
            self.client = Some(LedgerClient { client, statements: HashMap::new() });
        }
        self.client.as_mut().ok_or(LedgerError::Stopped)
    }

    /// Does what may be done twice: where the connection breaks, it is made anew and the work begins again. A server
    /// that was restarted is waited for, but not for ever.
    pub(super) fn patiently<T>(
        &mut self,
        mut work: impl FnMut(&mut LedgerClient) -> Result<T, Error>,
    ) -> Result<T, LedgerError> {
        let (mut waited, mut pause) = (Duration::ZERO, FIRST_PAUSE);
        loop {
            let failed = match self.client() {
                Ok(client) => match work(client) {
                    Ok(done) => return Ok(done),
                    Err(error) => LedgerError::from(error),
                },
                Err(error) => error,
            };
            if waited >= RECONNECT_TIMEOUT || !is_transient(&failed) {
                return Err(failed);
            }
            thread::sleep(pause);
            waited += pause;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// An open connection, and what the server has understood already.
pub(super) struct LedgerClient {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl LedgerClient {
    /// Asks what is asked again and again: the server reads the words once.
    pub(super) fn ask(&mut self, words: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let statement = if let Some(statement) = self.statements.get(words) {
            statement.clone()
        } else {
            let statement = self.client.prepare(words)?;
            self.statements.insert(words, statement.clone());
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
    let on = |client: &mut Client, setting: &str| -> Result<String, Error> {
        Ok(client.query_one("SELECT current_setting($1)", &[&setting])?.get(0))
    };
    // The promise rests on `in flight` being on the disk when a commit returns.
    if on(client, "fsync")? != "on" {
        return Err(LedgerError::NoFlush);
    }
    if on(client, "synchronous_commit")? != "remote_apply" {
        client.batch_execute("SET synchronous_commit = on")?;
    }
    // A name of a schema is letters, digits and `_` (settings); it may be a word that SQL keeps to itself.
    client.batch_execute(&format!(
        "SET search_path = \"{schema}\"; SET lock_timeout = '20s'; SET client_min_messages = warning"
    ))?;
    Ok(())
}

/// Whether an error may be gone in a moment.
fn is_transient(error: &LedgerError) -> bool {
    let error = match error {
        LedgerError::Postgres(error) => error,
        LedgerError::Connect(database::DatabaseError::Connect { source, .. }) => source,
        _ => return false,
    };
    let Some(code) = error.code() else {
        // No answer at all: the line is cut, or nobody listens.
        return error.is_closed() || error.source().is_some_and(<dyn StdError>::is::<io::Error>);
    };
    let passing = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ];
    passing.contains(code) || code.code().starts_with("08")
}
