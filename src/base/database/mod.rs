//! Connections to a PostgreSQL server, for the ledger and for lists of people.

pub mod error;
mod guard;
pub mod passfile;
mod tls;
pub mod url;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};

use crate::base::database::error::DatabaseError;
use crate::base::database::guard::Guard;
use crate::base::database::url::{Encryption, Host, Server};
use crate::base::secret::Secret;

/// Opens a connection; a server that authenticates in another way, such as `peer`, needs no `password`.
///
/// If the connection is encrypted, the certificate is verified: without that, anybody between the two could read along. If it
/// is not, the password is never sent in plaintext to another machine.
pub fn connect(server: &Server, password: Option<&Secret>) -> Result<Client, DatabaseError> {
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
    let connected = match &server.encryption {
        Encryption::None => config.ssl_mode(SslMode::Disable).connect(NoTls),
        Encryption::Offered { ca_file } => config.ssl_mode(SslMode::Prefer).connect(tls::checked(ca_file.as_deref())?),
        Encryption::Required { ca_file } => {
            config.ssl_mode(SslMode::Require).connect(tls::checked(ca_file.as_deref())?)
        }
    };
    match connected {
        Ok(client) => {
            guard.logged_in();
            Ok(client)
        }
        Err(_) if guard.asked_for_plaintext() => Err(DatabaseError::PlaintextPassword { server: server.to_string() }),
        Err(_) if guard.is_silent() => Err(DatabaseError::Silent { server: server.to_string() }),
        Err(source) => Err(DatabaseError::Connect { server: server.to_string(), source }),
    }
}
