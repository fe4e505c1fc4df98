//! Programs that a few tests need beyond Rust, a C compiler and Git, and what happens if they are missing.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;

/// Something that a test starts, and that `tests/servers/packages.sh` installs.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// The programs of a PostgreSQL server, and what `tests/servers/postgres.sh` starts it with.
    Postgres,
    /// The command `openssl`.
    OpenSsl,
    /// The command `systemd-analyze`, which checks units without a running systemd.
    SystemdAnalyze,
}

impl Need {
    /// Whether it is installed. If it is missing, this prints one line, and the test returns at once; under
    /// `tests/run`, which sets `NEWSLETTER_TEST_SERVERS=required`, the test fails instead.
    #[track_caller]
    pub(crate) fn is_met(self) -> bool {
        let is_met = self.probe().stderr(Stdio::null()).output().is_ok_and(|output| output.status.success());
        if !is_met {
            let name = self.name();
            let is_required = env::var("NEWSLETTER_TEST_SERVERS").is_ok_and(|value| value == "required");
            assert!(!is_required, "needs {name}; tests/servers/packages.sh installs it");
            // The test harness hides what a passing test prints with `eprintln!`, but not what is written to the stream.
            let test = thread::current().name().unwrap_or("a test").to_owned();
            let line = format!("skipped {test}: needs {name}; tests/run installs it\n");
            io::stderr().write_all(line.as_bytes()).unwrap();
        }
        is_met
    }

    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::OpenSsl => "OpenSSL",
            Self::SystemdAnalyze => "systemd-analyze",
        }
    }

    /// A command that succeeds where it is installed.
    fn probe(self) -> Command {
        let (program, word) = match self {
            Self::Postgres => (concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/postgres.sh"), "check"),
            Self::OpenSsl => ("openssl", "version"),
            Self::SystemdAnalyze => ("systemd-analyze", "--version"),
        };
        let mut command = Command::new(program);
        command.arg(word);
        command
    }
}
