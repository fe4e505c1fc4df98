//! Reads `ledger`: where the ledger is kept.

use std::path::PathBuf;
use std::time::Duration;

use crate::base::database::url::{INVALID_LOCATION, Server};
use crate::base::message::{Message, message};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::NodeKind;
use crate::project::settings::required::required;

const BAD_SCHEMA: Code = Code("NL107");

/// The ledger's file if the settings name none.
pub const USUAL_LEDGER: &str = ".newsletter/ledger.db";
const EXAMPLE: Message = Message::fixed(
    "write it like this: ledger: sqlite:.newsletter/ledger.db",
    "skriv det sådan: ledger: sqlite:.newsletter/ledger.db",
);
const SERVER_EXAMPLE: &str = "postgres://newsletter@db.forening.example/newsletter";
/// With a shorter lease, a host that is only slow would be considered dead.
const SHORTEST_LEASE: Duration = Duration::from_secs(2);

/// Where the ledger is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerSettings {
    /// In an SQLite file, in the project.
    File(PathBuf),
    /// In a database that several hosts share.
    Server(LedgerServer),
}

/// A ledger that several hosts share; its password is not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerServer {
    /// The server.
    pub server: Server,
    /// The source of the password; absent: PostgreSQL's usual places.
    pub password: Option<SecretSource>,
    /// The schema with the tables.
    pub schema: String,
    /// How long a host that does not respond keeps its claims.
    pub lease: Duration,
}

impl LedgerServer {
    fn new(server: Server) -> Self {
        Self { server, password: None, schema: "newsletter".to_owned(), lease: Duration::from_secs(60) }
    }
}

pub(crate) fn read(reader: &mut MappingReader<'_, '_>) -> Option<LedgerSettings> {
    match reader.node("ledger").map(|node| &node.kind) {
        None => return Some(LedgerSettings::File(USUAL_LEDGER.into())),
        Some(NodeKind::Mapping(_)) => return reader.group("ledger").and_then(group),
        Some(NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_)) => {}
    }
    let text = reader.text("ledger")?;
    let file = text.value.strip_prefix("sqlite:").filter(|path| !path.is_empty() && !path.starts_with("//"));
    match file {
        Some(path) => Some(LedgerSettings::File(path.into())),
        None if text.value.starts_with("postgres") => {
            let server = reader.value("ledger")?.value;
            Some(LedgerSettings::Server(LedgerServer::new(server)))
        }
        None => {
            let message = message!(
                "`ledger` must be `sqlite:<file>` or a PostgreSQL URL",
                "`ledger` skal være `sqlite:<fil>` eller en PostgreSQL-adresse"
            );
            reader.report(Diagnostic::error(INVALID_LOCATION, message).at(text.place).hint(EXAMPLE));
            None
        }
    }
}

fn group(mut reader: MappingReader<'_, '_>) -> Option<LedgerSettings> {
    let server = required(&mut reader, "url", SERVER_EXAMPLE, MappingReader::value);
    let password = reader.secret("password", ["password_env", "password_file", "password_command"]);
    let schema = schema(&mut reader);
    let lease = reader.duration("lease", SHORTEST_LEASE);
    reader.finish();
    let usual = LedgerServer::new(server?);
    let (schema, lease) = (schema.unwrap_or(usual.schema.clone()), lease.unwrap_or(usual.lease));
    Some(LedgerSettings::Server(LedgerServer { password, schema, lease, ..usual }))
}

fn schema(reader: &mut MappingReader<'_, '_>) -> Option<String> {
    let text = reader.text("schema")?;
    let starts = text.value.starts_with(|sign: char| sign.is_ascii_lowercase());
    let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    // 63 bytes is PostgreSQL's NAMEDATALEN less one; it cuts longer names without an error.
    if starts && text.value.chars().all(plain) && text.value.len() <= 63 && !text.value.starts_with("pg_") {
        return Some(text.value);
    }
    let diagnostic =
        Diagnostic::error(BAD_SCHEMA, message!("invalid schema name `{}`", "ugyldigt skemanavn `{}`", text.value));
    reader.report(diagnostic.at(text.place).hint(message!(
        "write lower-case letters a to z, digits and `_`: schema: nyt",
        "skriv små bogstaver a til z, tal og `_`: schema: nyt"
    )));
    None
}
