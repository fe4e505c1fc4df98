//! A project in its own folder, and runs of the program in it, so that a test reads like a script.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use newsletter::delivery::ledger;
use newsletter::delivery::ledger::location::LedgerLocation;
use newsletter::delivery::ledger::record::LetterRecord;

/// The settings of a project, unless a test changes them.
pub(crate) const SETTINGS: &str = "\
name: Nyt fra foreningen
from: Foreningen <nyt@forening.example>
postal_address: Gadevej 1, 8000 Aarhus C
";
/// An issue without problems. Its Date is fixed, so that its letters are the same on every day.
pub(crate) const ISSUE: &str = "\
---
subject: Nyt i maj
preheader: Det vigtigste i maj
audiences: [members]
date: 2026-05-04 09:00
---
{{ greeting }}

Der er nyt.
";
/// The path of that issue.
pub(crate) const MAY: &str = "issues/maj.md";
/// Longer than any run of the program takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project on disk, with one audience of Anna, Bo and Carl and one issue.
pub(crate) struct Project {
    root: PathBuf,
    variables: Vec<(String, String)>,
    /// Limits that a shell sets before it starts the program.
    limits: Option<&'static str>,
}

/// The output of a run of the program, with `DIR` for the project's folder.
#[derive(Clone, Debug)]
pub(crate) struct RunOutput {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// An empty folder; each test has its own name.
    pub(crate) fn empty(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects").join(name);
        if root.exists() {
            // A test that was interrupted may have left a read-only folder.
            let _ = fs::set_permissions(root.join(".newsletter"), fs::Permissions::from_mode(0o700));
            fs::remove_dir_all(&root).unwrap();
        }
        let project = Self::in_folder(name);
        let _ = fs::remove_dir_all(project.host_state());
        project
    }

    /// An empty folder that is in no Git repository; the test removes it.
    pub(crate) fn outside_git(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("newsletter-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        // As the program prints it, where the folder for temporary files is a link.
        Self { root: root.canonicalize().unwrap(), variables: Vec::new(), limits: None }
    }

    /// A folder with its content, on a host that keeps its state.
    pub(crate) fn in_folder(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects").join(name);
        fs::create_dir_all(&root).unwrap();
        Self { root, variables: Vec::new(), limits: None }
    }

    /// Replaces the user's folder for state, so that each project has a separate host.
    pub(crate) fn host_state(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("state").join(self.root.file_name().unwrap())
    }

    pub(crate) fn new(name: &str) -> Self {
        let people = ["Anna <anna@a.example>", "Bo <bo@b.example>", "Carl <carl@c.example>"];
        let project = Self::empty(name)
            .file("newsletter.yaml", SETTINGS)
            .audience("members", &people)
            .file(MAY, ISSUE)
            .file(".newsletter/key", "0123456789abcdef".repeat(4));
        project.mode(".newsletter/key", 0o600).mode(".newsletter", 0o700).empty_ledger()
    }

    /// Lets `run` send issues however old they are, since no test may depend on the clock.
    pub(crate) fn always_due(self) -> Self {
        let settings = self.read("newsletter.yaml");
        self.file("newsletter.yaml", format!("{settings}grace: 5200w\n"))
    }

    /// Puts the project on the user's own list of trusted ones.
    pub(crate) fn trusted(self) -> Self {
        let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trust").join(self.root.file_name().unwrap());
        fs::create_dir_all(config.join("newsletter")).unwrap();
        fs::write(config.join("newsletter/trusted"), format!("# mine\n{}\n", self.root.display())).unwrap();
        self.variable("XDG_CONFIG_HOME", config.to_str().unwrap())
    }

    /// Creates the ledger that belongs to the key: without it, the program assumes that the ledger was lost.
    pub(crate) fn empty_ledger(self) -> Self {
        let path = LedgerLocation::File(self.path(".newsletter/ledger.db"));
        drop(ledger::open::open_to_write(&path).unwrap());
        self
    }

    /// A project that sends its letters to a relay on this machine, over one connection.
    pub(crate) fn with_relay(name: &str, port: u16) -> Self {
        let project = Self::new(name);
        project.relay(port, "");
        project
    }

    /// Sets the relay, with more lines below `smtp`.
    pub(crate) fn relay(&self, port: u16, more: &str) {
        let smtp = format!(
            "smtp:\n  host: localhost\n  port: {port}\n  connections: 1\n{more}{}",
            if more.contains("security") { "" } else { "  security: none\n" }
        );
        self.write("newsletter.yaml", format!("{SETTINGS}{smtp}"));
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    pub(crate) fn mode(self, path: &str, mode: u32) -> Self {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    /// An audience of people such as `Anna <anna@a.example>`, or of bare addresses.
    pub(crate) fn audience(self, id: &str, people: &[&str]) -> Self {
        let mut text = format!("name: {id}\nreason: du er i {id}\nrecipients:\n");
        for person in people {
            match person.split_once(" <") {
                Some((name, address)) => {
                    writeln!(text, "  - email: {}\n    first_name: {name}", address.trim_end_matches('>')).unwrap();
                }
                None => writeln!(text, "  - email: {person}").unwrap(),
            }
        }
        self.file(&format!("audiences/{id}.yaml"), text)
    }

    /// Replaces a text that is in the file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} does not hold {from}");
        self.write(path, text.replace(from, to));
    }

    /// Sets a variable of the environment, which is empty otherwise.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets limits for every run, such as `ulimit -v 500000`.
    pub(crate) fn limits(mut self, limits: &'static str) -> Self {
        self.limits = Some(limits);
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs the program; the words of the command line are separated by blanks.
    pub(crate) fn run(&self, typed: &str) -> RunOutput {
        self.run_words(&typed.split(' ').collect::<Vec<_>>())
    }

    pub(crate) fn run_words(&self, words: &[&str]) -> RunOutput {
        let mut command = assert_cmd::Command::from_std(self.command(words));
        let output = command.timeout(PATIENCE).output().unwrap();
        self.run_output(&output)
    }

    /// Starts the program; the test waits for it.
    pub(crate) fn start(&self, typed: &str) -> Child {
        let mut command = self.command(&typed.split(' ').collect::<Vec<_>>());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_newsletter");
        let mut command = match self.limits {
            Some(limits) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", &format!("{limits}; exec \"$@\""), "sh", program]);
                shell
            }
            None => Command::new(program),
        };
        command.args(words).env_clear().env("HOME", "/proc/nonexistent").env("LANG", "en").current_dir(&self.root);
        command.env("XDG_STATE_HOME", self.host_state()).env("XDG_CONFIG_HOME", self.host_state().join("config"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The output, with `DIR` for the project's folder.
    pub(crate) fn run_output(&self, output: &Output) -> RunOutput {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).replace(&*self.root.to_string_lossy(), "DIR");
            // `status` prints when the last run was.
            let lines = text.split_inclusive('\n').map(|line| match line.strip_prefix("last run: ") {
                Some(rest) => format!("last run: TIME{}", &rest["2026-05-04 09:00".len()..]),
                // `run` prints how long a problem has lasted.
                None => match line.split_once(" since ") {
                    Some((what, _)) if line.contains("lasted") || line.contains("no longer") => {
                        format!("{what} since TIME\n")
                    }
                    _ => line.to_owned(),
                },
            });
            lines.collect::<String>()
        };
        let status = output.status.code().unwrap_or(-1);
        RunOutput { status, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Runs Git in the folder.
    pub(crate) fn git(&self, typed: &str) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Test", "-c", "user.email=test@x.example", "-c", "init.defaultBranch=main"]);
        let output = command.current_dir(&self.root).args(typed.split(' ')).output().unwrap();
        assert!(output.status.success(), "git {typed}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The letters in the outbox, by the recipient's address.
    pub(crate) fn outbox(&self) -> BTreeMap<String, String> {
        let folder = self.path("outbox/new");
        let letters = files(&folder).into_iter().map(|name| fs::read_to_string(folder.join(name)).unwrap());
        letters.map(|letter| (recipient(&letter), letter)).collect()
    }

    /// The addresses that have a letter in the outbox.
    pub(crate) fn reached(&self) -> Vec<String> {
        self.outbox().into_keys().collect()
    }

    /// The letters of the issue's plan, each as `anna@a.example accepted`.
    pub(crate) fn states(&self) -> Vec<String> {
        let line = |record: LetterRecord| format!("{} {}", record.letter.person.address, record.state.as_str());
        let path = LedgerLocation::File(self.path(".newsletter/ledger.db"));
        let mut ledger = ledger::open::open_to_read(&path).unwrap().expect("a ledger");
        let plan = ledger.plans_in_force().unwrap().pop();
        plan.map(|plan| ledger.letters(plan.id).unwrap().into_iter().map(line).collect()).unwrap_or_default()
    }
}

/// The recipient of a letter, from its header: its file is named after the Message-ID.
fn recipient(letter: &str) -> String {
    let mut lines = letter.lines().skip_while(|line| !line.starts_with("To:"));
    let first = lines.next().unwrap().to_owned();
    // A long header goes on in lines that begin with a blank (RFC 5322 §2.2.3).
    let line = lines.take_while(|line| line.starts_with(' ')).fold(first, |line, it| line + it);
    let address = line.rsplit(['<', ' ']).next().unwrap();
    address.trim_end_matches('>').to_owned()
}

/// Every file below a folder, by its path there; empty if there is no folder.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// Whether a file's name has this extension.
pub(crate) fn has_extension(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|ending| ending == extension)
}

impl RunOutput {
    /// Compares the exit status and all output.
    #[track_caller]
    pub(crate) fn is(&self, status: i32, stdout: &str, stderr: &str) {
        let reported = (self.status, self.stdout.as_str(), self.stderr.as_str());
        assert!(
            reported == (status, stdout, stderr),
            "expected {status}\n-- stdout\n{stdout}-- stderr\n{stderr}\ngot {}\n-- stdout\n{}-- stderr\n{}",
            self.status,
            self.stdout,
            self.stderr
        );
    }

    /// Compares a run that succeeded.
    #[track_caller]
    pub(crate) fn succeeds_with(&self, stdout: &str) {
        self.is(0, stdout, "");
    }

    /// Compares a run that reported one error and did nothing.
    #[track_caller]
    pub(crate) fn fails_with(&self, status: i32, error: &str) {
        self.is(status, "", &format!("error: {error}\n"));
    }
}
