//! Runs the live preview, the page of `preview --watch`: watches the files of an issue and shows its current editions.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::live_preview_words::LivePreviewWords;
use crate::base::message::{Message, UserLanguage, composed, message};
use crate::base::source::diagnostic::Diagnostics;
use crate::cli::exit::Exit;
use crate::cli::server_stop;
use crate::cli::terminal::Terminal;
use crate::cli::{delivery, log};
use crate::delivery::ledger::state::LetterState;
use crate::delivery::stored_reason::in_words;
use crate::feedback::server::listen::{ServerError, ServerStop};
use crate::feedback::server::live_preview::latest_snapshot::LatestSnapshot;
use crate::feedback::server::live_preview::test_request::LivePreviewTestRequest;
use crate::feedback::server::live_preview::{self as live_preview_server, LivePreviewAddresses, LivePreviewServer};
use crate::letter::plan::TransportKind;
use crate::ops::blocked::Blocked;
use crate::ops::deliver::{self, RunControl};
use crate::ops::preview::live::letters::{self, LivePreviewOutcome};
use crate::ops::preview::live::page;
use crate::ops::preview::live::state::LivePreviewState;
use crate::ops::test_letters::{FrozenTest, TestMailing, TestReaders};
use crate::ops::text::{visible, with_causes};
use crate::ops::{check, ledgers, plan};
use crate::people::person::Address;
use crate::project::Project;
use crate::project::browser::{self, BrowserStart};
use crate::project::files;
use crate::project::secrets;
use crate::project::watched_files::WatchedFiles;

/// How often the files are checked for changes.
const POLL: Duration = Duration::from_millis(100);
/// How long the files must be unchanged before the issue is checked.
const PAUSE: Duration = Duration::from_millis(300);
/// After how many polls without a change the issue is compiled once more: some file systems have times in steps of two
/// seconds, and a file may be written while it is read.
const SETTLED: u32 = 22;

/// How the live preview is opened.
#[derive(Clone, Copy)]
pub(super) struct LivePreviewOptions {
    /// The port; 0 is any that is free.
    pub(super) port: u16,
    /// Whether a browser is started.
    pub(super) browser: LivePreviewBrowser,
}

/// Whether a browser is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LivePreviewBrowser {
    /// With the page.
    Opened,
    /// The address is printed.
    Untouched,
}

/// What the threads of a live preview share.
struct LivePreview<'a> {
    terminal: &'a Terminal,
    /// The project as it was opened; it is read again for each change.
    project: &'a Project,
    issue: PathBuf,
    /// The language of the page.
    lang: Lang,
    latest: LatestSnapshot,
    shown: Mutex<ShownState>,
}

/// What is shown, and how often it has changed: a check of an older text is dropped.
struct ShownState {
    state: LivePreviewState,
    changes: u64,
}

/// Whether a file has changed since the last poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileChange {
    Changed,
    Unchanged,
}

/// The result of a test, for the page.
#[derive(Serialize)]
struct TestAnswer {
    lines: Vec<TestLine>,
}

#[derive(Serialize)]
struct TestLine {
    text: String,
    result: TestResult,
}

/// The result of one letter of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum TestResult {
    Sent,
    Written,
    Failed,
}

/// Shows an issue until a signal ends the program.
pub(super) fn run(
    terminal: &Terminal,
    project: &Project,
    issue: &Path,
    options: LivePreviewOptions,
) -> Result<Exit, Blocked> {
    if !issue.is_file() {
        // The error has the names that may have been meant.
        project.issue(issue)?;
    }
    let file = files::name(project.root(), issue).to_string_lossy().replace('\\', "/");
    let lang = page_lang(project, terminal.language());
    let (latest, stop) = (LatestSnapshot::default(), ServerStop::default());
    let (tests, requests) = mpsc::channel();
    let server = LivePreviewServer {
        page: page::page(&file, lang),
        latest: latest.clone(),
        key: secrets::random_name()?,
        opening: secrets::random_name()?,
        tests,
    };
    let shown = Mutex::new(ShownState { state: LivePreviewState::new(file, lang), changes: 0 });
    let live_preview = LivePreview { terminal, project, issue: issue.to_owned(), lang, latest, shown };
    server_stop::stop_on_signals(terminal, &stop);
    let ended = thread::scope(|scope| {
        // The threads end when these are dropped.
        let (running, ends) = mpsc::channel::<()>();
        let (checks, due) = mpsc::channel();
        let live_preview = &live_preview;
        scope.spawn(move || live_preview.watch(&ends, &checks));
        scope.spawn(move || live_preview.check(&due));
        scope.spawn(move || live_preview.send_tests(&requests));
        let ended = live_preview_server::run(server, options.port, &stop, |addresses| {
            live_preview.announce(&addresses, options.browser);
        });
        drop(running);
        ended
    });
    match ended {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            terminal.problem(with_causes(&error));
            Ok(match error {
                ServerError::Bind { .. } | ServerError::Inherited(_) => Exit::Blocked,
                ServerError::Start(_) => Exit::RetryLater,
            })
        }
    }
}

/// The language of the page: that of the project, or else the one that the user has asked for.
fn page_lang(project: &Project, language: UserLanguage) -> Lang {
    let own = project.settings().lang;
    let others = Lang::ALL.into_iter();
    std::iter::once(own).chain(others).find(|lang| lang.user_language() == language).unwrap_or(own)
}

impl LivePreview<'_> {
    /// Prints the address, and opens it.
    fn announce(&self, addresses: &LivePreviewAddresses, browser: LivePreviewBrowser) {
        self.terminal.json(&serde_json::json!({ "page": addresses.page }));
        self.terminal.print_line(Message::verbatim(&*addresses.page));
        self.terminal.note(message!(
            "open this address in a browser on this machine; end with Ctrl-C",
            "åbn adressen i en browser på denne maskine; afslut med Ctrl-C"
        ));
        if browser == LivePreviewBrowser::Opened && browser::open(&addresses.opening) == BrowserStart::Missing {
            self.terminal.note(message!(
                "no browser can be opened here: open the address yourself",
                "der kan ikke åbnes en browser her: åbn selv adressen"
            ));
        }
    }

    /// Looks at the files until the server ends, and compiles the issue when one has changed.
    fn watch(&self, ends: &Receiver<()>, checks: &Sender<u64>) {
        let mut files = WatchedFiles::default();
        let mut held: Option<LivePreviewOutcome> = None;
        let mut looks_left = 0;
        let mut change = FileChange::Changed;
        loop {
            if change == FileChange::Changed || looks_left == 1 {
                looks_left = if change == FileChange::Changed { SETTLED } else { 0 };
                match self.compile(&mut files) {
                    outcome @ LivePreviewOutcome::Letters(_) => {
                        held = None;
                        self.show(outcome, change, checks);
                    }
                    // An editor may have written half of a file: an error is shown only if it is still there at the
                    // next poll.
                    outcome @ (LivePreviewOutcome::Mistakes(_) | LivePreviewOutcome::Gone) => held = Some(outcome),
                }
            } else {
                looks_left = looks_left.saturating_sub(1);
                if let Some(outcome) = held.take() {
                    self.show(outcome, change, checks);
                }
            }
            match ends.recv_timeout(POLL) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
            change = if files.have_changed() { FileChange::Changed } else { FileChange::Unchanged };
        }
    }

    /// Compiles the issue as its files are now, and watches those that it uses.
    fn compile(&self, files: &mut WatchedFiles) -> LivePreviewOutcome {
        let loaded = match self.project.read_again() {
            Ok(loaded) => loaded,
            Err(_) if !self.issue.is_file() => return LivePreviewOutcome::Gone,
            Err(error) => return LivePreviewOutcome::Mistakes(letters::problems(error.into())),
        };
        // With errors in the settings, the files of the last time are watched.
        let Some(project) = loaded.project else { return LivePreviewOutcome::Mistakes(loaded.diagnostics) };
        let outcome = letters::compile(&project, &self.issue);
        let mut used = project.used_files();
        used.insert(self.issue.clone());
        files.watch(used);
        outcome
    }

    /// Shows the new state of the issue, and has it checked.
    fn show(&self, outcome: LivePreviewOutcome, change: FileChange, checks: &Sender<u64>) {
        let mut shown = self.shown();
        let is_same = shown.state.is_same(&outcome);
        if is_same && change == FileChange::Unchanged {
            return;
        }
        shown.changes += 1;
        let is_to_check = match &outcome {
            LivePreviewOutcome::Letters(_) => true,
            LivePreviewOutcome::Mistakes(_) | LivePreviewOutcome::Gone => false,
        };
        if !is_same {
            shown.state.show(outcome);
            self.latest.publish(shown.state.snapshot());
        }
        if is_to_check {
            // The receiver is gone only when the program ends.
            _ = checks.send(shown.changes);
        }
    }

    /// Checks the issue, as `check` does, each time that it has changed.
    fn check(&self, due: &Receiver<u64>) {
        while let Ok(mut change) = due.recv() {
            // The letter is more urgent: nothing is checked during a series of saves.
            while let Ok(next) = due.recv_timeout(PAUSE) {
                change = next;
            }
            let found = self.found_by_check();
            let mut shown = self.shown();
            if shown.changes == change {
                shown.state.take_check(&found);
                self.latest.publish(shown.state.snapshot());
            }
        }
    }

    fn found_by_check(&self) -> Diagnostics {
        let checked = self.project.read_again().and_then(|loaded| match loaded.project {
            Some(project) => check::check(&project, std::slice::from_ref(&self.issue), Timestamp::now())
                .map(|summary| summary.diagnostics),
            None => Ok(loaded.diagnostics),
        });
        let mut found = checked.unwrap_or_else(|error| letters::problems(error.into()));
        found.sort();
        found
    }

    /// Sends the tests that are asked for, one after the other.
    fn send_tests(&self, requests: &Receiver<LivePreviewTestRequest>) {
        while let Ok(LivePreviewTestRequest { to, edition, answer }) = requests.recv() {
            let lines = self.send_test(&to, edition.as_deref()).unwrap_or_else(|failure| vec![failure]);
            for line in &lines {
                self.terminal.note(Message::verbatim(visible(&line.text)));
            }
            // The browser may be gone.
            _ = answer.send(serde_json::to_string(&TestAnswer { lines }).unwrap_or_default());
        }
    }

    /// Sends a test of the files as they are now; the failure is why nothing was sent.
    fn send_test(&self, to: &str, edition: Option<&str>) -> Result<Vec<TestLine>, TestLine> {
        let words = &self.lang.language().live_preview;
        let user = self.lang.user_language();
        let other = |error: Blocked| TestLine::failed(first_line(words, &error).in_language(user));
        let tester = Address::parse(to);
        let tester = tester.map_err(|error| {
            TestLine::failed(words.bad_address.replace("{reason}", composed!("{error}").in_language(user)))
        })?;
        let loaded = self.project.read_again().map_err(|error| other(error.into()))?;
        let project = loaded.project.ok_or_else(|| TestLine::failed(words.has_errors))?;
        if ledgers::transport_kind(&project) == TransportKind::Smtp && !project.may_send() {
            return Err(TestLine::failed(words.untrusted));
        }
        let (prepared, _) = plan::prepare(&project, &self.issue).map_err(other)?;
        prepared.publish().map_err(|error| other(error.into()))?;
        let readers = TestReaders::of_editions(&prepared, |key| edition.is_none_or(|edition| key.id() == edition));
        let mailing = TestMailing::compose(prepared, &readers, &[tester], Timestamp::now()).map_err(other)?;
        deliver_test(&project, &mailing, self.lang).map_err(other)
    }

    fn shown(&self) -> MutexGuard<'_, ShownState> {
        // It is changed in one step, so that it is whole whenever the lock is free.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the letters of a test; a line for each of them.
fn deliver_test(project: &Project, mailing: &TestMailing, lang: Lang) -> Result<Vec<TestLine>, Blocked> {
    let words = &lang.language().live_preview;
    let transport = ledgers::transport(project)?;
    let control = RunControl { stop: &AtomicBool::new(false), observe: &log::event };
    let mut lines = Vec::new();
    for frozen in mailing.freeze() {
        let FrozenTest { mut ledger, record } = frozen?;
        let request = mailing.request(project, &record, &*transport);
        let end = deliver::attempt(&mut *ledger, &request, &control)?;
        for sent in ledger.letters(record.id)? {
            let (address, edition) = (sent.letter.person.address.as_str(), &sent.letter.edition);
            let is_accepted = sent.state == LetterState::Accepted;
            let (result, text) = match record.transport {
                TransportKind::Smtp if is_accepted => (TestResult::Sent, words.sent),
                TransportKind::Outbox | TransportKind::Folder if is_accepted => (TestResult::Written, words.written),
                TransportKind::Smtp | TransportKind::Outbox | TransportKind::Folder => {
                    (TestResult::Failed, words.not_sent)
                }
            };
            let reason = sent.reason.as_ref().map(|reason| in_words(&reason.to_string()));
            let reason = reason.or_else(|| delivery::early_end(&end)).unwrap_or_default();
            let reason = reason.in_language(lang.user_language());
            let text = text.replace("{edition}", edition).replace("{address}", address).replace("{reason}", reason);
            lines.push(TestLine { text, result });
        }
    }
    Ok(lines)
}

/// Why no test was sent, in a line.
fn first_line(words: &LivePreviewWords, blocked: &Blocked) -> Message {
    match blocked {
        Blocked::Diagnostics(_) => Message::verbatim(words.has_errors),
        Blocked::Guard(failure) => composed!("{failure}"),
        Blocked::Failed(error) => composed!("{}", with_causes(error)),
    }
}

impl TestLine {
    fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), result: TestResult::Failed }
    }
}
