//! A PostgreSQL server for the tests: the first test that needs it starts it, and it stops with the test process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use ::postgres::{Config, NoTls};
use newsletter::base::database::url::Server;
use newsletter::base::secret::Secret;
use newsletter::delivery::ledger::location::SharedLedger;

use crate::needs::Need;

/// A running server. It stops when this process ends, because its standard input ends then.
pub(crate) struct Postgres {
    facts: BTreeMap<String, String>,
    line: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _child: Child,
}

/// The server of most tests; `None` where PostgreSQL is not installed, for the test to return at once.
#[track_caller]
pub(crate) fn server() -> Option<&'static Postgres> {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    Need::Postgres.is_met().then(|| SERVER.get_or_init(Postgres::run))
}

impl Postgres {
    /// Starts a server for one test, which may stop it; `None` where PostgreSQL is not installed.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        Need::Postgres.is_met().then(Self::run)
    }

    fn run() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/postgres.sh");
        let mut child = Command::new(script).arg("run").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut facts = BTreeMap::new();
        loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "PostgreSQL did not start; see above for the reason");
            match line.trim_end().split_once('=') {
                Some((key, value)) => facts.insert(key.to_owned(), value.to_owned()),
                None => break,
            };
        }
        let line = Mutex::new((child.stdin.take().unwrap(), output));
        Self { facts, line, _child: child }
    }

    /// Sends `restart`, `stop` or `start` to the script; returns when it is done.
    pub(crate) fn order(&self, order: &str) {
        let (stdin, stdout) = &mut *self.line.lock().unwrap();
        writeln!(stdin, "{order}").unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert_eq!(answer, "DONE\n");
    }

    pub(crate) fn fact(&self, key: &str) -> &str {
        &self.facts[key]
    }

    /// The server's URL with these parameters.
    pub(crate) fn url(&self, parameters: &str) -> String {
        let (host, port) = (self.fact("HOST"), self.fact("PORT"));
        format!("postgres://{}@{host}:{port}/{}{parameters}", self.fact("USERNAME"), self.fact("DATABASE"))
    }

    /// A ledger with this schema on the server.
    pub(crate) fn shared(&self, schema: &str) -> SharedLedger {
        SharedLedger {
            server: Server::parse(&self.url("")).unwrap(),
            password: Some(Secret::new(self.fact("PASSWORD").to_owned())),
            schema: schema.to_owned(),
            lease: Duration::from_secs(60),
        }
    }

    /// Lets all leases expire, as if their hosts had stopped.
    pub(crate) fn end_leases(&self, schema: &str) {
        self.execute(&format!("UPDATE {schema}.holder SET expires = now() - interval '1 second'"));
    }

    /// Executes statements on the server, without the program.
    pub(crate) fn execute(&self, statements: &str) {
        let mut config = Config::new();
        config.host(self.fact("SOCKET")).port(self.fact("PORT").parse().unwrap());
        config.user(self.fact("USERNAME")).dbname(self.fact("DATABASE"));
        config.connect(NoTls).unwrap().batch_execute(statements).unwrap();
    }
}

/// Makes a test of each function, for both kinds of ledger.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(newsletter::delivery::ledger::open::in_memory().unwrap()); })+
        }
        mod shared {
            use crate::postgres;

            $(#[test] fn $name() {
                if let Some(server) = postgres::server() {
                    super::$name(super::shared(server, stringify!($name)));
                }
            })+
        }
    };
}
pub(crate) use on_both;
