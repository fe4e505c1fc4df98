//! Connections to a PostgreSQL server, for the ledger and for lists of people.

pub mod error;
mod guard;
pub mod passfile;
mod tls;
pub mod url;

use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};

use crate::base::database::error::DatabaseError;
use crate::base::database::guard::{ConnectionEnd, Guard};
use crate::base::database::url::{Encryption, Host, Server};
use crate::base::secret::Secret;

/// How long a server may take to begin its answer to a statement of the program's own. A lock on a row ends after 20 s by the
/// server's own limit.
pub const STATEMENT_LIMIT: Duration = Duration::from_secs(60);

/// Opens a connection; a server that authenticates in another way, such as `peer`, needs no `password`. The connection ends
/// when the answer to a statement does not begin within `limit`.
///
/// If the connection is encrypted, the certificate is verified: without that, anyone on the path could read along. If
/// it is not, the password is never sent in plaintext to another machine.
pub fn connect(server: &Server, password: Option<&Secret>, limit: Duration) -> Result<Client, DatabaseError> {
    let (client, guard) = connect_guarded(server, password)?;
    guard.logged_in(limit);
    Ok(client)
}

/// Opens a connection as [`connect`] does, for one query: it ends after `total`, even if the server is still sending.
pub fn connect_for(
    server: &Server,
    password: Option<&Secret>,
    total: Duration,
) -> Result<(Client, ConnectionEnd), DatabaseError> {
    let (client, guard) = connect_guarded(server, password)?;
    guard.logged_in(total);
    let end = guard.end_after(total);
    Ok((client, end))
}

fn connect_guarded(server: &Server, password: Option<&Secret>) -> Result<(Client, Guard), DatabaseError> {
    // Before the guard is opened, which waits for a client: the certificates may be unreadable.
    let (mode, tls) = match &server.encryption {
        Encryption::None => (SslMode::Disable, None),
        Encryption::Offered { ca_file } => (SslMode::Prefer, Some(tls::checked(ca_file.as_deref())?)),
        Encryption::Required { ca_file } => (SslMode::Require, Some(tls::checked(ca_file.as_deref())?)),
    };
    let guard =
        Guard::open(server).map_err(|source| DatabaseError::Unreachable { server: server.to_string(), source })?;
    let mut config = Config::new();
    // The name is what the certificate must be for.
    match &server.host {
        Host::Name(name) => config.host(name),
        Host::Socket(_) => config.host("localhost"),
    };
    config.hostaddr(guard::HERE).port(guard.port()).application_name("newsletter");
    if let Some(user) = &server.user {
        config.user(user);
    }
    if let Some(database) = &server.database {
        config.dbname(database);
    }
    if let Some(password) = password {
        config.password(password.reveal());
    }
    // libpq does not verify the certificate for `prefer` and `require`; the configuration of rustls always does.
    config.ssl_mode(mode);
    let connected = match tls {
        None => config.connect(NoTls),
        Some(tls) => config.connect(tls),
    };
    match connected {
        Ok(client) => Ok((client, guard)),
        Err(_) if guard.asked_for_plaintext() => Err(DatabaseError::PlaintextPassword { server: server.to_string() }),
        Err(_) if guard.is_silent() => Err(DatabaseError::Silent { server: server.to_string() }),
        Err(source) => Err(DatabaseError::Connect { server: server.to_string(), source }),
    }
}
