//! What `send` and `run` did last, stored for `status`: a run that stops must leave a record, even under cron.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::{Message, UserLanguage};
use crate::delivery::file::FileReaders;
use crate::project::{STATE, files};

/// A larger file was not written by this program.
const LARGEST: u64 = 1_000_000;

/// The data kept from one run to the next. It contains no addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunHistory {
    /// The last run; absent: no run yet.
    pub last: Option<LastRun>,
    /// The issues that `run` has reported as too late, with their `send_at`: it does so once.
    pub late: BTreeMap<String, Timestamp>,
    /// When a user last said that the clock is right; absent: never.
    pub clock: Option<ConfirmedClock>,
    /// The problems that `run` has printed, by subject: the path of an issue, the mailbox, the project.
    pub reported: BTreeMap<String, ReportedProblem>,
}

/// A moment at which a user said that the clock is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedClock {
    /// That moment, by the clock.
    pub at: Timestamp,
    /// The newest time in the ledger then, which was wrong if it was later.
    pub ledger: Timestamp,
}

/// A problem that `run` has printed, and will not print again for a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedProblem {
    /// The digest of the text, without the parts that differ from one run to the next.
    pub digest: Digest,
    /// When it was first seen.
    pub since: Timestamp,
    /// When it was printed.
    pub printed: Timestamp,
    /// Whether its end is reported.
    pub ending_is_reported: bool,
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// `send` or `run`.
    pub command: String,
    /// When it ended.
    pub at: Timestamp,
    /// Its exit status.
    pub exit_status: u8,
    /// What it reported as a problem in English, each on one line.
    pub problems: Vec<String>,
    /// The same in Danish; fewer or none in a file of an earlier version.
    #[serde(default)]
    pub translated: Vec<String>,
}

impl LastRun {
    /// A run without problems.
    pub fn new(command: &str, at: Timestamp, exit_status: u8) -> Self {
        Self { command: command.to_owned(), at, exit_status, problems: Vec::new(), translated: Vec::new() }
    }

    /// The same with these problems.
    #[must_use]
    pub fn with_problems(self, problems: &[Message]) -> Self {
        let of = |language| problems.iter().map(|problem| problem.in_language(language).to_owned()).collect();
        Self { problems: of(UserLanguage::English), translated: of(UserLanguage::Danish), ..self }
    }

    /// The problems in each language of users.
    pub fn messages(&self) -> Vec<Message> {
        let message = |(at, problem): (usize, &String)| {
            let other = self.translated.get(at).unwrap_or(problem);
            Message::translated(problem.clone(), other.clone())
        };
        self.problems.iter().enumerate().map(message).collect()
    }
}

impl RunHistory {
    /// The stored data; empty if the file is missing or cannot be read.
    pub fn read(root: &Path) -> Self {
        let bytes = files::read_limited(&path(root), LARGEST).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Stores it for the next run.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn save(&self, root: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        files::write(&path(root), &text, FileReaders::Owner)
    }
}

/// The file.
pub(crate) fn path(root: &Path) -> PathBuf {
    root.join(STATE).join("last-run.json")
}
