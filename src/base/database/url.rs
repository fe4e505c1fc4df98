//! The URL of a database: `postgres://user@host:5432/name?sslmode=…` (PostgreSQL, "Connection URIs").

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::SECRET_IN_FILE;
use crate::base::source::yaml::from_text::FromText;

/// An invalid URL, or a ledger in a wrong place.
pub const INVALID_LOCATION: Code = Code("NL105");

/// Where a database is, and which user logs in; never the password.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Server {
    /// The host.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// The user who logs in; absent: the name of the account that the program runs under.
    pub user: Option<String>,
    /// The database; absent: the one with the user's name.
    pub database: Option<String>,
    /// Whether the connection is encrypted.
    pub encryption: Encryption,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// A name or an IP address.
    Name(String),
    /// The folder of a Unix-domain socket.
    Socket(PathBuf),
}

/// Whether a connection is encrypted. If it is, the server's certificate is verified.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encryption {
    /// No; the default for a server on this machine.
    None,
    /// If the server supports it.
    Offered {
        /// A PEM file of the trusted certificates; absent: those that the system trusts.
        ca_file: Option<PathBuf>,
    },
    /// Yes; otherwise the connection is refused. The default for another machine.
    Required {
        /// A PEM file of the trusted certificates; absent: those that the system trusts.
        ca_file: Option<PathBuf>,
    },
}

/// Why a URL is invalid.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum UrlError {
    /// It does not begin with `postgres://`.
    #[error("{}", message!("it does not begin with postgres://", "den begynder ikke med postgres://"))]
    Scheme,
    /// It contains a password.
    #[error("{}", message!("it contains a password", "den indeholder en adgangskode"))]
    Password,
    /// It has no host.
    #[error("{}", message!("the host is missing", "værtsnavnet mangler"))]
    NoHost,
    /// Its port is not a number from 1 to 65535.
    #[error("{}", message!("the port is not a number from 1 to 65535", "porten er ikke et tal fra 1 til 65535"))]
    Port,
    /// A `%` is not followed by two hexadecimal digits, or what they encode is not UTF-8.
    #[error("{}", message!(
        "a % is not followed by two hexadecimal digits",
        "et % følges ikke af to hexadecimale cifre"
    ))]
    Percent,
    /// A parameter has an unknown value.
    #[error("{}", message!("`{key}` cannot be `{value}`", "`{key}` kan ikke være `{value}`"))]
    Value {
        /// The parameter.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// A parameter is unknown.
    #[error("{}", message!("unknown parameter `{key}`", "ukendt parameter `{key}`"))]
    Key {
        /// The parameter.
        key: String,
    },
}

impl Server {
    /// Parses a URL. A relative path in it is as written; see [`based`](Self::based).
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let rest = rest.ok_or(UrlError::Scheme)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        // The last `@` counts: a password may contain one, and must be found to be refused.
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        if user.contains(':') {
            return Err(UrlError::Password);
        }
        let (name, port) = split_port(host)?;
        let mut parameters = UrlParameters::parse(query)?;
        // As for libpq, `?host=` takes precedence: a socket's path cannot be written before the first `/`.
        let name = parameters.host.take().unwrap_or(decoded(name)?);
        let host = match name.as_str() {
            "" => return Err(UrlError::NoHost),
            name if name.starts_with('/') => Host::Socket(name.into()),
            name => Host::Name(name.to_owned()),
        };
        let some = |text: &str| decoded(text).map(|value| Some(value).filter(|value| !value.is_empty()));
        let encryption = parameters.encryption(&host)?;
        Ok(Self { host, port, user: some(user)?, database: some(database)?, encryption })
    }

    /// The same, with a relative path of the certificates resolved against a folder.
    #[must_use]
    pub fn based(mut self, folder: &std::path::Path) -> Self {
        if let Encryption::Offered { ca_file: Some(path) } | Encryption::Required { ca_file: Some(path) } =
            &mut self.encryption
        {
            *path = folder.join(&*path);
        }
        self
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Name(name) => write!(f, "{name}:{}", self.port),
            Host::Socket(folder) => write!(f, "{}", folder.display()),
        }
    }
}

#[derive(Default)]
struct UrlParameters {
    host: Option<String>,
    mode: Option<String>,
    ca_file: Option<PathBuf>,
}

impl UrlParameters {
    fn parse(query: &str) -> Result<Self, UrlError> {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value)?;
            match key {
                "host" => parameters.host = Some(value),
                "sslmode" => parameters.mode = Some(value),
                "sslrootcert" => parameters.ca_file = Some(value.into()),
                "password" => return Err(UrlError::Password),
                key => return Err(UrlError::Key { key: key.to_owned() }),
            }
        }
        Ok(parameters)
    }

    fn encryption(self, host: &Host) -> Result<Encryption, UrlError> {
        let Self { host: _, mode, ca_file } = self;
        match mode.as_deref() {
            Some("disable") => Ok(Encryption::None),
            Some("prefer") => Ok(Encryption::Offered { ca_file }),
            // `allow` and `verify-ca` are refused: no mode here encrypts without verifying the host's name.
            Some("require" | "verify-full") => Ok(Encryption::Required { ca_file }),
            Some(other) => Err(UrlError::Value { key: "sslmode", value: other.to_owned() }),
            None if ca_file.is_none() && is_this_machine(host) => Ok(Encryption::None),
            None => Ok(Encryption::Required { ca_file }),
        }
    }
}

/// Whether data for a host never leaves this machine.
pub(super) fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Socket(_) => true,
        Host::Name(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}

/// The name without its brackets (IPv6), and the port.
fn split_port(host: &str) -> Result<(&str, u16), UrlError> {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, rest)) => (name, rest.strip_prefix(':')),
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let number = port.filter(|port| !port.is_empty()).map(|port| port.parse().ok().filter(|port| *port != 0));
    Ok((name, number.unwrap_or(Some(5432)).ok_or(UrlError::Port)?))
}

fn decoded(text: &str) -> Result<String, UrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).ok_or(UrlError::Percent)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| UrlError::Percent)?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| UrlError::Percent)
}

impl FromText for Server {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        let error = match Self::parse(text) {
            Ok(server) => return Ok(server),
            Err(error) => error,
        };
        let hint = match &error {
            UrlError::Password => {
                let hint = message!(
                    "remove it, give the account a new one, and name where that is kept: password_file (chmod 600), password_env, password_command, or ~/.pgpass",
                    "slet den, giv kontoen en ny, og skriv, hvor den ligger: password_file (chmod 600), password_env, password_command eller ~/.pgpass"
                );
                let diagnostic = Diagnostic::error(
                    SECRET_IN_FILE,
                    message!("never write a password in this file", "skriv aldrig en adgangskode i denne fil"),
                );
                return Err(Box::new(diagnostic.hint(hint)));
            }
            UrlError::NoHost => message!(
                "for a socket on this machine: postgres:///newsletter?host=/run/postgresql",
                "til en socket på denne maskine: postgres:///newsletter?host=/run/postgresql"
            ),
            UrlError::Value { .. } => message!(
                "expected one of: disable, prefer, require, verify-full",
                "vælg mellem: disable, prefer, require, verify-full"
            ),
            UrlError::Key { .. } => {
                message!("expected one of: host, sslmode, sslrootcert", "vælg mellem: host, sslmode, sslrootcert")
            }
            UrlError::Scheme | UrlError::Port | UrlError::Percent => {
                message!(
                    "write it like this: {key}: postgres://newsletter@db.forening.example/newsletter",
                    "skriv den sådan: {key}: postgres://newsletter@db.forening.example/newsletter"
                )
            }
        };
        Err(Box::new(
            Diagnostic::error(
                INVALID_LOCATION,
                message!("invalid database URL: {error}", "ugyldig databaseadresse: {error}"),
            )
            .hint(hint),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gives_server_user_and_database() {
        let server = Server::parse("postgres://nyt@db.forening.example:5433/breve").unwrap();
        let expected = Server {
            host: Host::Name("db.forening.example".into()),
            port: 5433,
            user: Some("nyt".into()),
            database: Some("breve".into()),
            encryption: Encryption::Required { ca_file: None },
        };
        assert_eq!(server, expected);
    }

    #[test]
    fn a_connection_to_this_machine_need_not_be_encrypted() {
        for (text, expected) in [
            ("postgres://localhost/x", Encryption::None),
            ("postgresql://[::1]:5432/x", Encryption::None),
            ("postgres:///x?host=/run/postgresql", Encryption::None),
            ("postgres://%2Frun%2Fpostgresql/x", Encryption::None),
            ("postgres://localhost/x?sslmode=prefer", Encryption::Offered { ca_file: None }),
            ("postgres://localhost/x?sslrootcert=ca.pem", Encryption::Required { ca_file: Some("ca.pem".into()) }),
            ("postgres://db/x?sslmode=disable", Encryption::None),
        ] {
            assert_eq!(Server::parse(text).unwrap().encryption, expected, "{text}");
        }
    }

    #[test]
    fn an_invalid_url_is_refused() {
        for (text, expected) in [
            ("mysql://db/x", UrlError::Scheme),
            ("postgres://nyt:hemmelig@db/x", UrlError::Password),
            ("postgres://db/x?password=hemmelig", UrlError::Password),
            ("postgres:///x", UrlError::NoHost),
            ("postgres://db:0/x", UrlError::Port),
            ("postgres://db:x/x", UrlError::Port),
            ("postgres://%zz/x", UrlError::Percent),
            ("postgres://db/x?sslmode=allow", UrlError::Value { key: "sslmode", value: "allow".into() }),
            ("postgres://db/x?sslkey=k", UrlError::Key { key: "sslkey".into() }),
        ] {
            assert_eq!(Server::parse(text), Err(expected), "{text}");
        }
    }
}
