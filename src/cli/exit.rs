//! The exit status: decided here and nowhere else.

use std::process::ExitCode;

use crate::base::error::Error;
use crate::delivery::ledger::state::{LetterState, Totals};

/// How a command ended (documented in `--help` and in the manual).
///
/// The order is the order of weight: where several apply, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 78: no project, or mistakes in newsletter.yaml, secrets or keys.
    Settings,
    /// 77: the relay refused TLS, login or us as a sender.
    Sender,
    /// 74: the ledger cannot be written.
    Ledger,
    /// 3: stopped before anything was sent.
    Blocked,
    /// 4: another run holds the lock.
    Locked,
    /// 75: run again.
    RetryLater,
    /// 1: finished, and not everybody was reached.
    SomeFailed,
    /// 0: done, or nothing due.
    Done,
}

impl Exit {
    /// Its number.
    pub fn code(self) -> u8 {
        match self {
            Self::Settings => 78,
            Self::Sender => 77,
            Self::Ledger => 74,
            Self::Blocked => 3,
            Self::Locked => 4,
            Self::RetryLater => 75,
            Self::SomeFailed => 1,
            Self::Done => 0,
        }
    }

    /// The status of a plan, from what its letters add up to.
    pub fn of_totals(totals: &Totals) -> Self {
        let any = |states: &[LetterState]| states.iter().any(|state| totals.of(*state) > 0);
        if any(&[LetterState::Planned, LetterState::InFlight, LetterState::Deferred]) {
            Self::RetryLater
        } else if any(&[LetterState::Refused, LetterState::Expired, LetterState::InDoubt]) {
            Self::SomeFailed
        } else {
            Self::Done
        }
    }

    /// The status of a run that could not go on.
    pub fn of_error(error: &Error) -> Self {
        match error {
            Error::NoProject { .. } | Error::Secret { .. } | Error::OpenSecret { .. } | Error::DkimKey { .. } => {
                Self::Settings
            }
            Error::Read { .. }
            | Error::NotText { .. }
            | Error::LeadsOut { .. }
            | Error::Exists { .. }
            | Error::Uncomposed => Self::Blocked,
            Error::Write { .. } | Error::Ledger(_) => Self::Ledger,
            Error::Locked => Self::Locked,
            Error::WorkerLost => Self::RetryLater,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
