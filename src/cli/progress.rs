//! The progress of a run: a bar on a terminal, otherwise a line per minute.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::cli::terminal::Terminal;
use crate::delivery::outcome::Outcome;
use crate::letter::plan::PlannedLetter;
use crate::ops::text::visible;

const MINUTE: Duration = Duration::from_secs(60);

/// The progress of one run; every connection reports to it.
pub(super) struct Progress<'a> {
    terminal: &'a Terminal,
    bar: ProgressBar,
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
        let target =
            if terminal.shows_progress() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(letters), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} letters{rest}") {
            bar.set_style(style.with_key("rest", |state: &ProgressState, out: &mut dyn fmt::Write| {
                _ = out.write_str(&rest(state));
            }));
        }
        let started = Instant::now();
        Self { terminal, bar, started, log: Mutex::new(ProgressLog { letters: 0, due: started + MINUTE }) }
    }

    /// One attempt has ended.
    pub(super) fn attempted(&self, letter: &PlannedLetter, outcome: &Outcome) {
        self.terminal.letter(|| format!("{} {}", letter.person.address, visible(&outcome.to_string())));
        match outcome {
            // It is tried again, so it is not done.
            Outcome::Deferred(_) => {}
            Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => self.bar.inc(1),
        }
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.letters += 1;
        if !self.terminal.shows_progress() && self.terminal.prints_progress_lines() && Instant::now() >= log.due {
            log.due += MINUTE;
            let seconds = self.started.elapsed().as_secs().max(1);
            self.terminal.note(&format!(
                "{} attempts in {seconds} s, {} per second",
                log.letters,
                log.letters / seconds
            ));
        }
    }

    /// The run was asked to stop: a letter in hand may wait minutes for its reply.
    pub(super) fn stopping(&self) {
        self.bar.finish_and_clear();
        self.terminal
            .note("stopping after the letters in hand; press Ctrl-C again to stop at once and leave them in doubt");
    }

    /// Removes the bar.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// The speed, and the time that is left.
fn rest(state: &ProgressState) -> String {
    // Measured over the whole run: indicatif's own estimate lags behind for a minute.
    let seconds = state.elapsed().as_secs_f64();
    let (done, all) = (state.pos(), state.len().unwrap_or_default());
    let float = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if done == 0 || seconds < 1.0 {
        return String::new();
    }
    let rate = float(done) / seconds;
    let left = Duration::try_from_secs_f64(float(all.saturating_sub(done)) / rate).unwrap_or_default();
    format!(", {rate:.0} per second, {} left", HumanDuration(left))
}
