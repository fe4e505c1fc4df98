//! The progress of a run: a line that is redrawn on a terminal, otherwise a line per minute.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::base::message::{composed, message};
use crate::base::noun;
use crate::cli::progress_line::ProgressLine;
use crate::cli::terminal::Terminal;
use crate::delivery::outcome::Outcome;
use crate::letter::plan::PlannedLetter;
use crate::ops::text::visible;

const MINUTE: Duration = Duration::from_secs(60);

/// The progress of one run; every connection reports to it.
pub(super) struct Progress<'a> {
    terminal: &'a Terminal,
    line: ProgressLine,
    started: Instant,
    log: Mutex<ProgressLog>,
}

struct ProgressLog {
    letters: u64,
    due: Instant,
}

impl<'a> Progress<'a> {
    /// For this many letters.
    pub(super) fn new(terminal: &'a Terminal, letters: u64) -> Self {
        let started = Instant::now();
        let line = ProgressLine::new(terminal, letters, noun::LETTER);
        Self { terminal, line, started, log: Mutex::new(ProgressLog { letters: 0, due: started + MINUTE }) }
    }

    /// One attempt has ended.
    pub(super) fn attempted(&self, letter: &PlannedLetter, outcome: &Outcome) {
        self.terminal.letter(|| composed!("{} {outcome}", letter.person.address).map(visible));
        match outcome {
            // It is tried again, so it is not done.
            Outcome::Deferred(_) => {}
            Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => self.line.advance(),
        }
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.letters += 1;
        if !self.terminal.shows_progress() && self.terminal.prints_progress_lines() && Instant::now() >= log.due {
            log.due += MINUTE;
            let seconds = self.started.elapsed().as_secs().max(1);
            let (letters, rate) = (log.letters, log.letters / seconds);
            self.terminal.note(message!(
                "{letters} attempts in {seconds} s, {rate} per second",
                "{letters} forsøg på {seconds} sek., {rate} i sekundet"
            ));
        }
    }

    /// The run was asked to stop: a letter in flight may wait minutes for its reply.
    pub(super) fn stopping(&self) {
        self.line.end();
        self.terminal.note(message!(
            "stopping after the letters in hand; press Ctrl-C again to stop at once and leave them in doubt",
            "stopper efter de påbegyndte mails; tryk Ctrl-C igen for at stoppe straks, så de er i tvivl"
        ));
    }

    /// Removes the line.
    pub(super) fn end(&self) {
        self.line.end();
    }
}
