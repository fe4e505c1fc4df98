//! What an unattended `run` prints: what has changed since the last one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::cli::exit::Exit;
use crate::cli::held_output::{HeldOutput, OutputKind};
use crate::cli::terminal::Terminal;
use crate::ops::run_changes::{self, PartChange, PartState, ProblemEnding};
use crate::ops::text::local_time;
use crate::project::run_history::RunHistory;

/// The name of the project itself among the parts of a run.
const PROJECT: &str = "this project";
/// The name of the mailbox.
const MAILBOX: &str = "the mailbox";
/// The name of the spool of requests to unsubscribe.
const SPOOL: &str = "the spool";

/// The name of the receipts.
const RECEIPTS: &str = "the receipts";

/// The name of the issues that are too late, or were sent elsewhere.
const LATE: &str = "late issues";

/// A part of a run, whose problems are followed separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunPart<'a> {
    /// What stops the whole run: settings, the ledger.
    Project,
    Mailbox,
    Spool,
    Receipts,
    /// An issue, by its path in the project.
    Issue(&'a str),
}

impl RunPart<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Project => PROJECT,
            Self::Mailbox => MAILBOX,
            Self::Spool => SPOOL,
            Self::Receipts => RECEIPTS,
            Self::Issue(path) => path,
        }
    }
}

/// The name of a part as it is printed. That of an issue is its path.
fn shown(name: &str) -> Message {
    match name {
        PROJECT => message!("this project", "dette projekt"),
        MAILBOX => message!("the mailbox", "postkassen"),
        SPOOL => message!("the spool", "spool-mappen"),
        RECEIPTS => message!("the receipts", "kvitteringerne"),
        LATE => message!("late issues", "forsinkede nyhedsbreve"),
        path => Message::verbatim(path),
    }
}

/// Prints each part of a run when it has ended, if it is news.
pub(super) struct RunOutput<'a> {
    terminal: &'a Terminal,
    /// Absent: everything is printed at once.
    held: Option<PathBuf>,
    /// The zone of the times that are printed.
    zone: TimeZone,
    /// What has changed in the parts so far.
    changes: RefCell<RunChanges>,
}

/// The changes in the parts of a run.
#[derive(Debug, Default)]
struct RunChanges {
    /// The parts that are no longer blocked, and since when they were blocked.
    recovered: Vec<(String, Timestamp)>,
    /// The parts with a problem that they did not have before.
    began: BTreeSet<String>,
}

impl RunChanges {
    /// Whether the end of a problem is to be printed. If the problem is now reported by another part, it has not ended.
    fn is_over(&self, part: &str) -> bool {
        match part {
            PROJECT => self.began.is_empty(),
            MAILBOX | SPOOL | RECEIPTS => true,
            _ => !self.began.contains(RECEIPTS),
        }
    }
}

impl<'a> RunOutput<'a> {
    /// For the project in this folder. A run that is watched, or whose project is not found, prints everything at once.
    pub(super) fn new(terminal: &'a Terminal, root: Option<PathBuf>) -> Self {
        let held = root.filter(|_| terminal.is_unattended());
        if held.is_some() {
            terminal.hold();
        }
        Self { terminal, held, zone: TimeZone::system(), changes: RefCell::default() }
    }

    /// The same with the zone of the project, whose settings have been read.
    pub(super) fn in_zone(self, zone: &TimeZone) -> Self {
        Self { zone: zone.clone(), ..self }
    }

    /// Prints what a part has printed since the part before it, as far as it is news.
    pub(super) fn end_part(&self, part: RunPart<'_>, exit: Exit) {
        let Some(root) = &self.held else { return };
        let output = self.terminal.take_held();
        let state = state_of(part, exit, &output);
        let change = match keep(root, part.name(), state, Timestamp::now()) {
            Ok(change) => change,
            Err(error) => {
                // If nothing is remembered, everything is news.
                tracing::warn!("what this run has printed cannot be kept: {error}");
                PartChange::Began
            }
        };
        let is_over = matches!(part, RunPart::Issue(_)) && is_final(exit);
        Terminal::print_held(output, |kind| is_over || kind == OutputKind::News || is_printed(change));
        let name = part.name();
        match change {
            PartChange::Recovered { since } => self.changes.borrow_mut().recovered.push((name.to_owned(), since)),
            PartChange::Began => _ = self.changes.borrow_mut().began.insert(name.to_owned()),
            PartChange::Lasts { since } => {
                let (name, since) = (shown(name), local_time(since, &self.zone));
                self.print_now(message!(
                    "{name}: this has lasted since {since}",
                    "{name}: det har stået på siden {since}"
                ));
            }
            PartChange::Same => {}
        }
    }

    /// Notes that an issue is already reported in another way, so the project still has a problem.
    pub(super) fn note_late(&self, exit: Exit) {
        if exit != Exit::Done {
            self.changes.borrow_mut().began.insert(LATE.to_owned());
        }
    }

    /// Forgets what was printed about all issues but these: they were removed, or are reported in another way.
    pub(super) fn keep_issues(&self, issues: &BTreeSet<String>) {
        let Some(root) = &self.held else { return };
        let mut history = RunHistory::read(root);
        let before = history.reported.len();
        history
            .reported
            .retain(|part, _| [PROJECT, MAILBOX, SPOOL, RECEIPTS].contains(&&**part) || issues.contains(part));
        if history.reported.len() != before
            && let Err(error) = history.save(root)
        {
            tracing::warn!("what this run has printed cannot be kept: {error}");
        }
    }

    /// Prints what is no longer blocked, and stops holding output.
    pub(super) fn end(self) {
        let changes = self.changes.take();
        for (name, since) in changes.recovered.iter().filter(|(name, _)| changes.is_over(name)) {
            let (name, since) = (shown(name), local_time(*since, &self.zone));
            self.print_now(message!(
                "{name}: no longer blocked; it was since {since}",
                "{name}: ikke længere stoppet; det var det siden {since}"
            ));
        }
        if self.held.is_some() {
            Terminal::print_held(self.terminal.release(), |_| true);
        }
    }

    fn print_now(&self, line: Message) {
        self.terminal.note(line);
        Terminal::print_held(self.terminal.take_held(), |_| true);
    }
}

/// Whether an issue is finished, with or without refused recipients: no later run prints anything of it.
fn is_final(exit: Exit) -> bool {
    matches!(exit, Exit::Done | Exit::SomeFailed)
}

fn is_printed(change: PartChange) -> bool {
    matches!(change, PartChange::Began | PartChange::Lasts { .. })
}

fn state_of(part: RunPart<'_>, exit: Exit, output: &HeldOutput) -> PartState {
    let lines = output.state();
    if matches!(part, RunPart::Issue(_)) && is_final(exit) {
        return PartState::Good;
    }
    if lines.is_empty() {
        return if exit == Exit::Done { PartState::Good } else { PartState::Unknown };
    }
    // A run that finds another one running is not a problem, and neither are letters that wait.
    let ending = if !output.problems.is_empty() && exit != Exit::Locked {
        ProblemEnding::Reported
    } else {
        ProblemEnding::Silent
    };
    PartState::Problem { digest: run_changes::digest(&lines), ending }
}

/// Compares with what the last run kept. The file is read anew for each part: another run may have ended meanwhile.
fn keep(root: &Path, part: &str, state: PartState, now: Timestamp) -> Result<PartChange, Error> {
    let mut history = RunHistory::read(root);
    let before = history.reported.clone();
    let change = run_changes::compare(&mut history, part, state, now);
    if history.reported != before {
        history.save(root)?;
    }
    Ok(change)
}
