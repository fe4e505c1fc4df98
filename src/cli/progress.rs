//! How far a run has come: a bar on a terminal, a line a minute in a log.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::cli::terminal::{Terminal, visible};
use crate::delivery::outcome::Outcome;
use crate::letter::plan::PlannedLetter;

const MINUTE: Duration = Duration::from_secs(60);

/// The progress of one run. It is told of each attempt by every connection.
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
    /// For so many letters.
    pub(super) fn new(terminal: &'a Terminal, letters: u64) -> Self {
        let target = if terminal.draws() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
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
    pub(super) fn tell(&self, letter: &PlannedLetter, outcome: &Outcome) {
        self.terminal.letter(|| format!("{} {}", letter.person.address, visible(&outcome.to_string())));
        match outcome {
            Outcome::Deferred(_) => {}
            Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::InDoubt(_) => self.bar.inc(1),
        }
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.letters += 1;
        if !self.terminal.draws() && self.terminal.logs() && Instant::now() >= log.due {
            log.due += MINUTE;
            let seconds = self.started.elapsed().as_secs().max(1);
            self.terminal.note(&format!("{} attempts in {seconds} s, {} a second", log.letters, log.letters / seconds));
        }
    }

    /// The run was asked to stop: a letter may still wait minutes for its answer.
    pub(super) fn stopping(&self) {
        self.bar.finish_and_clear();
        self.terminal.note(
            "stopping: the letters in hand are finished first. Ctrl-C again stops at once and leaves them in doubt",
        );
    }

    /// The bar is taken away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// How fast it goes, and how long it will take, from all that has passed: indicatif's own rate lags behind for a minute.
fn rest(state: &ProgressState) -> String {
    let seconds = state.elapsed().as_secs_f64();
    let (done, all) = (state.pos(), state.len().unwrap_or_default());
    let number = |it: u64| f64::from(u32::try_from(it).unwrap_or(u32::MAX));
    if done == 0 || seconds < 1.0 {
        return String::new();
    }
    let rate = number(done) / seconds;
    let left = Duration::try_from_secs_f64(number(all.saturating_sub(done)) / rate).unwrap_or_default();
    format!(", {rate:.0} a second, {} left", HumanDuration(left))
}
