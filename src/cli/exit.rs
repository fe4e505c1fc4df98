//! The exit status: decided here and nowhere else.

use std::process::ExitCode;

use crate::base::error::{Error, LoginFault};
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::transport::OpenError;
use crate::feedback::mailbox::remedy::FolderRemedy;
use crate::ops::blocked::GuardFailure;
use crate::ops::inbox::InboxError;

/// How a command ended, as `--help` and the manual document it.
///
/// The first variants are the gravest: where several apply, the least counts. The numbers from 64 on are those of
/// sysexits.h, which mail servers use as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 78 (`EX_CONFIG`): no project, or errors in newsletter.yaml, secrets or keys.
    Settings,
    /// 77 (`EX_NOPERM`): the relay refused TLS, the login or the sender; or the IMAP server TLS or the login.
    Sender,
    /// 74 (`EX_IOERR`): the ledger cannot be written.
    Ledger,
    /// 3: blocked before anything was sent.
    Blocked,
    /// 4: another run holds the lock.
    Locked,
    /// 75 (`EX_TEMPFAIL`): run again.
    RetryLater,
    /// 1: finished, but some recipients got no letter.
    SomeFailed,
    /// 0: success, or nothing due.
    Done,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            // clap exits with 2 for an invalid command line, and a shell uses 126, 127 and 128 + n: they are not used here.
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

    /// Prints what clap has to say about the command line, such as its help; the exit status.
    pub fn of_command_line(error: &clap::Error) -> ExitCode {
        match error.print() {
            Err(failed) if failed.kind() != std::io::ErrorKind::BrokenPipe => Self::Ledger.into(),
            Ok(()) | Err(_) => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
        }
    }

    /// The status of a plan.
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

    /// The status of a command that an error stopped.
    pub fn of_error(error: &Error) -> Self {
        match error {
            Error::NoProject { .. } | Error::Secret { .. } | Error::OpenSecret { .. } | Error::DkimKey { .. } => {
                Self::Settings
            }
            Error::Login { fault, .. } => match fault {
                LoginFault::Settings => Self::Settings,
                LoginFault::Refused => Self::Sender,
                LoginFault::Unavailable => Self::RetryLater,
            },
            Error::NoIssue { .. }
            | Error::Read { .. }
            | Error::NotText { .. }
            | Error::LeadsOut { .. }
            | Error::LeadsOutOfExport { .. }
            | Error::Untrusted { .. }
            | Error::Exists { .. }
            | Error::Uncomposed => Self::Blocked,
            Error::Write { .. } | Error::Ledger(_) => Self::Ledger,
            Error::Locked => Self::Locked,
            Error::WorkerLost => Self::RetryLater,
        }
    }

    /// The status of a command that a check before sending stopped.
    pub fn of_guard(failure: &GuardFailure) -> Self {
        match failure {
            GuardFailure::TooManyRefused { .. } => Self::RetryLater,
            _ => Self::Blocked,
        }
    }

    /// The status of a transport that could not be opened.
    pub fn of_open_error(error: &OpenError) -> Self {
        match error {
            OpenError::Unreachable(_) | OpenError::Silent(_) => Self::RetryLater,
            OpenError::Refused(_) => Self::Sender,
            OpenError::Settings(_) => Self::Settings,
            OpenError::Folder { .. } => Self::Ledger,
        }
    }

    /// The status of a mailbox that could not be read to its end.
    pub fn of_inbox_error(error: &InboxError) -> Self {
        match error {
            InboxError::NotSet => Self::Settings,
            InboxError::Project(error) => Self::of_error(error),
            InboxError::Folder(error) => match error.remedy() {
                FolderRemedy::Wait => Self::RetryLater,
                FolderRemedy::ChangeSettings => Self::Settings,
                FolderRemedy::ChangeLogin => Self::Sender,
                FolderRemedy::RepairFiles => Self::Ledger,
            },
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
