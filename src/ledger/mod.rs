//! What happened to each letter: durable, and the only place that knows.

mod lock;
mod sqlite;
mod writer;

pub use self::lock::Lock;
pub use self::sqlite::{Ledger, Resolution, Terms};
pub use self::writer::{Claim, Clerk, Desk, InFlight, LetterNumber, Settlement, write};

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error as ThisError;

use crate::digest::Digest;
use crate::error::Error;
use crate::issue::IssueId;
use crate::plan::{Fingerprint, PlannedLetter, TransportKind};
use crate::render::EditionKey;

/// Where a letter stands (`planned → in flight → accepted | deferred | refused | in doubt`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was tried, or nothing that counts.
    Planned,
    /// Its body may be on the way at this moment.
    InFlight,
    /// The relay took it; that is no proof of delivery.
    Accepted,
    /// Not now: tried again when it is due.
    Deferred,
    /// Never: the relay said no for good.
    Refused,
    /// The line was cut between the final dot and its answer: it may have been accepted.
    InDoubt,
    /// Held back: the address is never to be written to.
    Suppressed,
    /// Still deferred when the time for it was over.
    Expired,
}

impl State {
    /// Every state, in the order in which totals are told.
    pub const ALL: [Self; 8] = [
        Self::Planned,
        Self::InFlight,
        Self::Accepted,
        Self::Deferred,
        Self::Refused,
        Self::InDoubt,
        Self::Suppressed,
        Self::Expired,
    ];

    /// Its name in the ledger and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InFlight => "in_flight",
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
            Self::InDoubt => "in_doubt",
            Self::Suppressed => "suppressed",
            Self::Expired => "expired",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// Whether nothing more will be tried.
    pub fn is_final(self) -> bool {
        match self {
            Self::Planned | Self::InFlight | Self::Deferred => false,
            Self::Accepted | Self::Refused | Self::InDoubt | Self::Suppressed | Self::Expired => true,
        }
    }
}

/// How many letters of a plan are in each state; together they are the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals([u64; State::ALL.len()]);

impl Totals {
    /// How many are in a state.
    pub fn of(&self, state: State) -> u64 {
        self.0[state as usize]
    }

    /// One more in a state, or several.
    pub fn add(&mut self, state: State, letters: u64) {
        self.0[state as usize] += letters;
    }

    /// The same letters, with those in one state counted in another.
    #[must_use]
    pub fn moved(mut self, from: State, to: State) -> Self {
        let letters = std::mem::take(&mut self.0[from as usize]);
        self.add(to, letters);
        self
    }

    /// How many recipients the plan has.
    pub fn recipients(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Whether something is still to be tried, now or later.
    pub fn is_finished(&self) -> bool {
        State::ALL.into_iter().all(|it| it.is_final() || self.of(it) == 0)
    }
}

/// A frozen plan, without its letters.
#[derive(Clone, Debug)]
pub struct PlanRecord {
    /// Its number in the ledger.
    pub id: PlanId,
    /// The issue.
    pub issue: IssueId,
    /// The kind of transport it belongs to.
    pub transport: TransportKind,
    /// The Date header of its letters.
    pub date: String,
    /// The digest of the issue's own content, under whatever name.
    pub content: Digest,
    /// What it was made from.
    pub fingerprint: Fingerprint,
    /// The editions that its letters name.
    pub editions: Vec<EditionKey>,
    /// After this moment nothing of it is tried any more.
    pub send_until: Option<Timestamp>,
    /// When it was frozen.
    pub frozen_at: Timestamp,
}

/// A plan's number in its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanId(i64);

/// A letter of a plan, and what became of it.
#[derive(Clone, Debug)]
pub struct LetterRecord {
    /// What was planned.
    pub letter: PlannedLetter,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub tries: u32,
    /// When its state last changed; absent while nothing was tried.
    pub at: Option<Timestamp>,
    /// The relay's last words, or what happened to the line; absent while nothing was tried.
    pub reply: Option<String>,
}

/// Why the ledger cannot be used.
#[derive(Debug, ThisError)]
pub enum LedgerError {
    /// Its folder or its file could not be made or opened.
    #[error("cannot open the ledger {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// SQLite could not do what it was asked: a full disk, a file that is damaged or read-only.
    #[error("the ledger cannot be read or written")]
    Sqlite(#[from] rusqlite::Error),
    /// What it holds cannot be read back.
    #[error("the ledger holds a value that cannot be read: {column}")]
    Damaged {
        /// The column.
        column: &'static str,
    },
    /// A newer version of the program wrote it.
    #[error("the ledger was written by a newer version of newsletter (format {found}, this one knows {known})")]
    Newer {
        /// The format found.
        found: i64,
        /// The newest format this version knows.
        known: i64,
    },
    /// The file is an SQLite database of another program.
    #[error("{} is not a ledger of newsletter", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another run holds the lock.
    #[error("another run is sending from this project")]
    Locked,
    /// The thread that writes the ledger has stopped after an earlier failure.
    #[error("the ledger could not be written")]
    Stopped,
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Locked => Self::Locked,
            other => Self::Ledger(Box::new(other)),
        }
    }
}
