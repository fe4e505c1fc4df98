//! Connections to a PostgreSQL server, for the ledger and for lists of people.

pub mod error;
pub mod passfile;
mod tls;
pub mod url;

use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};

use crate::base::database::error::DatabaseError;
use crate::base::database::url::{Encryption, Host, Server};
use crate::base::secret::Secret;

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may be silent before it is checked, and how long sent data may stay unacknowledged: firewalls
/// drop idle connections without notifying either side.
const DEAD_AFTER: Duration = Duration::from_secs(30);

/// Opens a connection; a server that authenticates in another way, such as `peer`, needs no `password`.
///
/// If the connection is encrypted, the certificate is verified: without that, anybody between the two could read along.
pub fn connect(server: &Server, password: Option<&Secret>) -> Result<Client, DatabaseError> {
    let mut config = Config::new();
    match &server.host {
        Host::Name(name) => config.host(name),
        Host::Socket(folder) => config.host_path(folder),
    };
    config
        .port(server.port)
        .application_name("newsletter")
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_user_timeout(DEAD_AFTER)
        .keepalives_idle(DEAD_AFTER);
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
    let connected = match &server.encryption {
        Encryption::None => config.ssl_mode(SslMode::Disable).connect(NoTls),
        Encryption::Offered { ca_file } => config.ssl_mode(SslMode::Prefer).connect(tls::checked(ca_file.as_deref())?),
        Encryption::Required { ca_file } => {
            config.ssl_mode(SslMode::Require).connect(tls::checked(ca_file.as_deref())?)
        }
    };
    connected.map_err(|source| DatabaseError::Connect { server: server.to_string(), source })
}
