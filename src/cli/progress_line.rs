//! A line of progress on a terminal: `[=====>    ] 12/48 letters, 5 per second, 8 seconds left`, redrawn in its place.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::base::message::{Message, UserLanguage, composed, message};
use crate::base::noun::{self, Noun};
use crate::cli::terminal::Terminal;

/// It is redrawn at most ten times a second.
const REDRAW_INTERVAL: Duration = Duration::from_millis(100);
/// How long the bar is, between its brackets.
const BAR: usize = 32;
/// A shorter bar says nothing: there is none then.
const SHORTEST_BAR: usize = 8;
/// The columns of a terminal that does not say how many it has.
const COLUMNS: usize = 80;

/// A line of progress; every thread may advance it. Nothing is drawn if standard error is not a terminal, or with
/// `--quiet`, `--verbose` or `--json`.
pub(super) struct ProgressLine {
    all: u64,
    noun: Noun,
    language: UserLanguage,
    started: Instant,
    screen: Arc<Mutex<ProgressScreen>>,
}

/// What is on the screen.
#[derive(Debug)]
struct ProgressScreen {
    done: u64,
    /// Whether it may be drawn: only on a terminal, and not after its end.
    is_open: bool,
    /// When it may be drawn again.
    due: Instant,
    /// How many columns are covered.
    covered: usize,
}

impl ProgressLine {
    /// For this many things.
    pub(super) fn new(terminal: &Terminal, all: u64, noun: Noun) -> Self {
        let started = Instant::now();
        let screen = ProgressScreen { done: 0, is_open: terminal.shows_progress(), due: started, covered: 0 };
        Self { all, noun, language: terminal.language(), started, screen: Arc::new(Mutex::new(screen)) }
    }

    /// One more is done.
    pub(super) fn advance(&self) {
        let mut screen = lock(&self.screen);
        screen.done += 1;
        let now = Instant::now();
        if screen.is_open && now >= screen.due {
            screen.due = now + REDRAW_INTERVAL;
            let columns = terminal_size::terminal_size_of(io::stderr()).map_or(COLUMNS, |(width, _)| width.0.into());
            let counted = ProgressCount { done: screen.done, all: self.all, noun: &self.noun, language: self.language };
            screen.draw(&line(&counted, now - self.started, columns));
        }
    }

    /// Removes the line; it is not drawn again.
    pub(super) fn end(&self) {
        lock(&self.screen).close();
    }

    /// Removes the line when Ctrl-C or `kill` ends the program, as they still do.
    pub(super) fn end_on_signals(&self) {
        if !lock(&self.screen).is_open {
            return;
        }
        // Without it, a line is left behind, which is not worth a message.
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
        let screen = Arc::clone(&self.screen);
        // The thread ends with the program: a signal whose handler was removed would have no effect at all.
        thread::spawn(move || {
            for signal in &mut signals {
                lock(&screen).close();
                _ = emulate_default_handler(signal);
            }
        });
    }
}

fn lock(screen: &Mutex<ProgressScreen>) -> MutexGuard<'_, ProgressScreen> {
    // It is consistent whenever the lock is free, even after a panic elsewhere.
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ProgressScreen {
    /// Writes over what was there. Blanks erase on every terminal; the cursor goes back to the first column, where `^C` and
    /// what others print do not make a second line of it.
    fn draw(&mut self, line: &str) {
        let mut stderr = io::stderr().lock();
        _ = write!(stderr, "\r{line:<width$}\r", width = self.covered).and_then(|()| stderr.flush());
        self.covered = line.len();
    }

    fn close(&mut self) {
        if self.covered > 0 {
            self.draw("");
        }
        self.is_open = false;
    }
}

/// How many of which things are done.
struct ProgressCount<'a> {
    done: u64,
    all: u64,
    noun: &'a Noun,
    language: UserLanguage,
}

/// The line, in ASCII, and shorter than the terminal, which would wrap it otherwise.
fn line(of: &ProgressCount<'_>, elapsed: Duration, columns: usize) -> String {
    let short = format!("{}/{} {}", of.done, of.all, of.noun.plural().in_language(of.language));
    let words = format!("{short}{}", pace(of, elapsed).in_language(of.language));
    let room = columns.saturating_sub(words.len() + 4).min(BAR);
    let line = match words.len() {
        _ if room >= SHORTEST_BAR => format!("{} {words}", bar(of, room)),
        length if length < columns => words,
        _ => short,
    };
    line.chars().take(columns.saturating_sub(1)).collect()
}

fn bar(of: &ProgressCount<'_>, room: usize) -> String {
    let share = usize::try_from(of.done * room as u64 / of.all.max(1)).unwrap_or(room).min(room);
    let tip = if share < room { ">" } else { "" };
    format!("[{}{tip:<left$}]", "=".repeat(share), left = room - share)
}

/// The speed over the whole time, and the time that is left; nothing in the first second.
fn pace(of: &ProgressCount<'_>, elapsed: Duration) -> Message {
    let seconds = elapsed.as_secs_f64();
    if of.done == 0 || seconds < 1.0 {
        return Message::default();
    }
    // f64 has no lossless conversion from u64; nothing here is counted to 2^32.
    let float = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let rate = float(of.done) / seconds;
    let left = Duration::try_from_secs_f64(float(of.all.saturating_sub(of.done)) / rate).unwrap_or_default();
    let left = in_words(left);
    message!(", {rate:.0} per second, {left} left", ", {rate:.0} i sekundet, {left} tilbage")
}

/// `40 seconds`, `3 minutes`, `2 hours 5 minutes`.
fn in_words(time: Duration) -> Message {
    let seconds = time.as_secs();
    let minutes = (seconds + 30) / 60;
    match (seconds, minutes) {
        (0..90, _) => noun::SECOND.count(seconds),
        (_, 0..60) => noun::MINUTE.count(minutes),
        (_, _) => composed!("{} {}", noun::HOUR.count(minutes / 60), noun::MINUTE.count(minutes % 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(done: u64, seconds: u64, columns: usize) -> String {
        let counted = ProgressCount { done, all: 4_000, noun: &noun::LETTER, language: UserLanguage::English };
        line(&counted, Duration::from_secs(seconds), columns)
    }

    #[test]
    fn a_line_in_danish() {
        let counted = ProgressCount { done: 1_000, all: 4_000, noun: &noun::LETTER, language: UserLanguage::Danish };
        let quarter = "[======>                 ] 1000/4000 mails, 100 i sekundet, 30 sekunder tilbage";
        assert_eq!(line(&counted, Duration::from_secs(10), 80), quarter);
    }

    #[test]
    fn a_line_has_a_bar_the_pace_and_the_time_left() {
        assert_eq!(shown(0, 0, 80), "[>                               ] 0/4000 letters");
        let quarter = "[======>                   ] 1000/4000 letters, 100 per second, 30 seconds left";
        assert_eq!(shown(1_000, 10, 80), quarter);
        assert_eq!(
            shown(4_000, 10, 120).split(", ").next(),
            Some("[================================] 4000/4000 letters")
        );
    }

    #[test]
    fn a_line_is_shorter_than_the_terminal() {
        for columns in 0..120 {
            assert!(shown(1_000, 10, columns).len() < columns.max(1), "{columns}");
        }
        assert_eq!(shown(1_000, 10, 60), "1000/4000 letters, 100 per second, 30 seconds left");
        assert_eq!(shown(1_000, 10, 40), "1000/4000 letters");
        assert_eq!(shown(1_000, 10, 10), "1000/4000");
    }

    #[test]
    fn what_is_left_is_in_words() {
        let words = |seconds| in_words(Duration::from_secs(seconds)).english().to_owned();
        assert_eq!(words(0), "0 seconds");
        assert_eq!(words(89), "89 seconds");
        assert_eq!(words(90), "2 minutes");
        assert_eq!(words(7_500), "2 hours 5 minutes");
    }
}
