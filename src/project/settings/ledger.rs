//! Where the ledger is kept.

use std::path::PathBuf;
use std::time::Duration;

use crate::base::database::url::{Server, UrlError};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::NodeKind;
use crate::project::settings::reader::SettingsReader;
use crate::project::settings::secret;

const BAD_LEDGER: Code = Code("NL105");
const PASSWORD_HERE: Code = Code("NL106");
const BAD_SCHEMA: Code = Code("NL107");
const BAD_LEASE: Code = Code("NL108");

/// Where the ledger is unless the settings say otherwise.
pub const USUAL_LEDGER: &str = ".newsletter/ledger.db";
const EXAMPLE: &str = "write it like this: ledger: sqlite:.newsletter/ledger.db";
const SERVER_EXAMPLE: &str = "write it like this: postgres://newsletter@db.forening.example/newsletter";
/// A run that is only slow must not be taken for dead.
const SHORTEST_LEASE: Duration = Duration::from_secs(2);

/// Where the ledger is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerSettings {
    /// In an SQLite file, in the project.
    File(PathBuf),
    /// In a database that several hosts share.
    Server(LedgerServer),
}

/// A ledger that several hosts share, with its password where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerServer {
    /// The server.
    pub server: Server,
    /// Where the password is found; absent: where PostgreSQL's own programs look for it.
    pub password: Option<SecretSource>,
    /// The schema with the tables.
    pub schema: String,
    /// How long a host that is not heard of keeps what it has claimed.
    pub lease: Duration,
}

impl LedgerServer {
    fn new(server: Server) -> Self {
        Self { server, password: None, schema: "newsletter".to_owned(), lease: Duration::from_secs(60) }
    }
}

pub(crate) fn read(reader: &mut SettingsReader<'_, '_>) -> Option<LedgerSettings> {
    let is_group = match reader.node("ledger") {
        None => return Some(LedgerSettings::File(USUAL_LEDGER.into())),
        Some((node, _)) => matches!(node.kind, NodeKind::Mapping(_)),
    };
    if is_group {
        return reader.group("ledger").and_then(group);
    }
    let text = reader.text("ledger")?;
    let file = text.value.strip_prefix("sqlite:").filter(|it| !it.is_empty() && !it.starts_with("//"));
    match file {
        Some(path) => Some(LedgerSettings::File(path.into())),
        None if text.value.starts_with("postgres") => {
            server(reader, text).map(|it| LedgerSettings::Server(LedgerServer::new(it)))
        }
        None => {
            let message = "the ledger must be `sqlite:` and a file, or the address of a PostgreSQL database";
            reader.tell(Diagnostic::error(BAD_LEDGER, message), text.place, EXAMPLE);
            None
        }
    }
}

fn group(mut reader: SettingsReader<'_, '_>) -> Option<LedgerSettings> {
    let url = reader.text("url");
    if url.is_none() {
        let place = reader.place();
        let diagnostic = Diagnostic::error(BAD_LEDGER, "`url` is missing: which database?");
        reader.tell(diagnostic, place, SERVER_EXAMPLE);
    }
    let server = url.and_then(|it| server(&mut reader, it));
    let password = secret::one_of(&mut reader, ["password_env", "password_file", "password_command"]);
    let schema = schema(&mut reader);
    let lease = lease(&mut reader);
    reader.finish_with(&[(
        "password",
        "a password never stands in this file: put it in a file, `chmod 600`, named by `password_file`",
    )]);
    let usual = LedgerServer::new(server?);
    let (schema, lease) = (schema.unwrap_or(usual.schema.clone()), lease.unwrap_or(usual.lease));
    Some(LedgerSettings::Server(LedgerServer { password, schema, lease, ..usual }))
}

fn server(reader: &mut SettingsReader<'_, '_>, url: Spanned<String>) -> Option<Server> {
    let error = match Server::parse(&url.value) {
        Ok(server) => return Some(server),
        Err(error) => error,
    };
    let (code, hint) = match &error {
        UrlError::Password => (
            PASSWORD_HERE,
            "take it out, and say where it is kept: ledger: {url: postgres://…, password_file: …}, \
             or use PGPASSWORD or ~/.pgpass",
        ),
        UrlError::NoHost => (BAD_LEDGER, "for a socket on this machine: postgres:///newsletter?host=/run/postgresql"),
        UrlError::Value { .. } => (BAD_LEDGER, "write disable, prefer, require or verify-full"),
        UrlError::Key { .. } => (BAD_LEDGER, "these are: host, sslmode, sslrootcert"),
        UrlError::Scheme | UrlError::Port | UrlError::Percent => (BAD_LEDGER, SERVER_EXAMPLE),
    };
    let diagnostic = Diagnostic::error(code, format!("the address of the ledger cannot be used: {error}"));
    reader.tell(diagnostic, url.place, hint);
    None
}

fn schema(reader: &mut SettingsReader<'_, '_>) -> Option<String> {
    let text = reader.text("schema")?;
    let starts = text.value.starts_with(|it: char| it.is_ascii_lowercase());
    let signs = text.value.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_');
    if starts && signs && text.value.len() <= 63 && !text.value.starts_with("pg_") {
        return Some(text.value);
    }
    let diagnostic = Diagnostic::error(BAD_SCHEMA, format!("`{}` can be no schema's name here", text.value));
    reader.tell(diagnostic, text.place, "write small letters from a to z, digits and `_`, such as schema: nyt");
    None
}

fn lease(reader: &mut SettingsReader<'_, '_>) -> Option<Duration> {
    let lease = reader.duration("lease")?;
    if lease.value >= SHORTEST_LEASE {
        return Some(lease.value);
    }
    let diagnostic = Diagnostic::error(BAD_LEASE, "a host that is only slow would be taken for dead");
    reader.tell(diagnostic, lease.place, "write at least 2s; 60s is usual");
    None
}
