//! Decides what `run` prints: a problem once, again if it changes or has lasted for a day, and once when it is over.

use jiff::{SignedDuration, Timestamp};

use crate::base::digest::Digest;
use crate::ops::text::without_addresses;
use crate::project::run_history::{ReportedProblem, RunHistory};

/// A problem that lasts is printed again after this time.
const REMINDER: SignedDuration = SignedDuration::from_hours(24);
/// A word with a digit and at least this many characters is a time, a host or a token of the relay, which differs from one
/// reply to the next.
const MIN_TOKEN: usize = 6;

/// The state of a part of a run: an issue, the mailbox, or the project itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartState {
    /// No problem.
    Good,
    /// Nothing was tried, for example while deferred letters wait: an earlier problem may persist.
    Unknown,
    /// A problem, which is the same as before if its digest is.
    Problem {
        /// Of what was printed.
        digest: Digest,
        /// Whether its end is reported.
        ending: ProblemEnding,
    },
}

/// Whether the end of a problem is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemEnding {
    /// It is: something has to be fixed.
    Reported,
    /// It is not: deferred letters need no action, and the summary counts them.
    Silent,
}

/// What is new in a part since the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartChange {
    /// Nothing.
    Same,
    /// A new problem, or another one than before.
    Began,
    /// The same problem, last printed a day ago or longer.
    Lasts {
        /// When it was first seen.
        since: Timestamp,
    },
    /// The problem is over.
    Recovered {
        /// When it was first seen.
        since: Timestamp,
    },
}

/// Compares a part with its stored state, and stores the state for the next run.
pub fn compare(history: &mut RunHistory, part: &str, state: PartState, now: Timestamp) -> PartChange {
    let known = history.reported.get(part);
    match state {
        PartState::Unknown => PartChange::Same,
        PartState::Good => match history.reported.remove(part) {
            Some(known) if known.ending_is_reported => PartChange::Recovered { since: known.since },
            Some(_) | None => PartChange::Same,
        },
        PartState::Problem { digest, ending } => {
            let same = known.filter(|known| known.digest == digest);
            // A time in the future was stored before the clock was set back: it is ignored.
            let since = same.map(|known| known.since).filter(|since| *since <= now).unwrap_or(now);
            let change = match same.map(|known| now.duration_since(known.printed)) {
                Some(age) if !age.is_negative() && age < REMINDER => return PartChange::Same,
                Some(_) => PartChange::Lasts { since },
                None => PartChange::Began,
            };
            let ending_is_reported = ending == ProblemEnding::Reported;
            let kept = ReportedProblem { digest, since, printed: now, ending_is_reported };
            history.reported.insert(part.to_owned(), kept);
            change
        }
    }
}

/// The digest of what was printed about a problem, without what differs from one reply of a relay to the next:
/// addresses, times, tokens.
pub fn digest(lines: &[String]) -> Digest {
    let words = lines.iter().flat_map(|line| line.split_whitespace());
    let kept: Vec<String> = words.filter(|word| !is_token(word)).map(without_addresses).collect();
    Digest::of(kept.iter().map(String::as_bytes))
}

fn is_token(word: &str) -> bool {
    // A path with its line and column distinguishes two problems.
    word.chars().count() >= MIN_TOKEN && word.contains(|sign: char| sign.is_ascii_digit()) && !word.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + 60 * minutes).unwrap()
    }

    fn problem(text: &str) -> PartState {
        PartState::Problem { digest: digest(&[text.to_owned()]), ending: ProblemEnding::Reported }
    }

    #[test]
    fn three_days_of_a_problem_are_three_reports_and_a_recovery() {
        let mut history = RunHistory::default();
        let runs = 0..3 * 24 * 12;
        let printed: Vec<PartChange> = runs
            .map(|run| compare(&mut history, "issues/maj.md", problem("unknown audience `membres`"), at(5 * run)))
            .filter(|change| *change != PartChange::Same)
            .collect();
        let lasts = PartChange::Lasts { since: at(0) };
        assert_eq!(printed, [PartChange::Began, lasts, lasts]);
        let good = |history: &mut RunHistory| compare(history, "issues/maj.md", PartState::Good, at(5000));
        assert_eq!(good(&mut history), PartChange::Recovered { since: at(0) });
        assert_eq!((good(&mut history), history), (PartChange::Same, RunHistory::default()));
    }

    #[test]
    fn another_problem_is_news_and_another_part_has_its_own() {
        let mut history = RunHistory::default();
        let mut see = |part, state, minute| compare(&mut history, part, state, at(minute));
        assert_eq!(see("a", problem("one"), 0), PartChange::Began);
        assert_eq!(see("b", problem("one"), 5), PartChange::Began);
        assert_eq!(see("a", problem("two"), 10), PartChange::Began);
        assert_eq!(see("a", PartState::Unknown, 15), PartChange::Same);
        assert_eq!(see("b", PartState::Good, 15), PartChange::Recovered { since: at(5) });
        assert_eq!(see("a", PartState::Good, 20), PartChange::Recovered { since: at(10) });
    }

    #[test]
    fn a_clock_that_was_set_back_silences_nothing() {
        let mut history = RunHistory::default();
        assert_eq!(compare(&mut history, "a", problem("one"), at(100_000)), PartChange::Began);
        assert_eq!(compare(&mut history, "a", problem("one"), at(0)), PartChange::Lasts { since: at(0) });
        assert_eq!(compare(&mut history, "a", problem("one"), at(5)), PartChange::Same);
    }

    #[test]
    fn deferred_letters_end_in_silence() {
        let mut history = RunHistory::default();
        let deferred = PartState::Problem { digest: digest(&[]), ending: ProblemEnding::Silent };
        assert_eq!(compare(&mut history, "a", deferred, at(0)), PartChange::Began);
        assert_eq!(compare(&mut history, "a", PartState::Good, at(5)), PartChange::Same);
    }

    #[test]
    fn differences_between_two_replies_are_not_a_change() {
        let digest = |line: &str| super::digest(&[line.to_owned()]);
        let first = digest("450 4.7.0 <anna@a.example> try after 10:05:07, ref 5b1f17b1804");
        assert_eq!(first, digest("450 4.7.0 <bo@b.example> try after 10:10:09, ref 77ab00c1d3e"));
        assert_ne!(first, digest("450 4.7.1 <bo@b.example> try after 10:10:09, ref 77ab00c1d3e"));
        assert_ne!(digest("issues/a.md:2:1 unknown key"), digest("issues/a.md:3:1 unknown key"));
        assert_ne!(digest("3 deferred"), digest("2 deferred"));
    }
}
