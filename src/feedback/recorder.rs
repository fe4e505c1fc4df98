//! Where the server puts requests to unsubscribe: the ledger, or a spool on a host without people.

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::feedback::{LeaveRequest, LeaveResult};
use crate::feedback::spool::LeaveSpool;

/// Records requests to unsubscribe.
pub trait RequestRecorder: Send {
    /// Records these requests together. They are on disk when it returns, or none of them is; after an error it can be
    /// called again.
    ///
    /// # Errors
    ///
    /// They cannot be recorded at the moment.
    fn record(&mut self, requests: &[LeaveRequest]) -> Result<RecordedLeaves, Error>;
}

/// The results of requests to unsubscribe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordedLeaves {
    /// Readers who get no more letters from now on.
    pub left: u64,
    /// Requests that changed nothing.
    pub already_left: u64,
    /// Requests with a token that the ledger does not know.
    pub unknown: u64,
    /// Requests that are in a spool: their result is known once the ledger has them.
    pub spooled: u64,
}

impl RecordedLeaves {
    fn of(results: &[LeaveResult]) -> Self {
        let mut counts = Self::default();
        for result in results {
            match result {
                LeaveResult::Left => counts.left += 1,
                LeaveResult::AlreadyLeft => counts.already_left += 1,
                LeaveResult::Unknown => counts.unknown += 1,
            }
        }
        counts
    }
}

impl RequestRecorder for LeaveSpool {
    fn record(&mut self, requests: &[LeaveRequest]) -> Result<RecordedLeaves, Error> {
        // The folders of the spool may have been deleted.
        self.create()?;
        self.write(requests)?;
        Ok(RecordedLeaves { spooled: requests.len() as u64, ..RecordedLeaves::default() })
    }
}

/// A function that opens the ledger.
pub type LedgerOpener = Box<dyn FnMut() -> Result<Box<dyn Ledger>, Error> + Send>;

/// Records in the ledger. After an error it is opened again: a ledger may be put back, or its server started, while this
/// runs.
pub struct LedgerRecorder {
    open: LedgerOpener,
    ledger: Option<Box<dyn Ledger>>,
}

impl LedgerRecorder {
    /// A recorder that opens the ledger with this function when it first needs it.
    pub fn new(open: LedgerOpener) -> Self {
        Self { open, ledger: None }
    }

    /// Opens the ledger now.
    ///
    /// # Errors
    ///
    /// That is not possible.
    pub fn open(&mut self) -> Result<(), Error> {
        self.ledger = Some((self.open)()?);
        Ok(())
    }
}

impl RequestRecorder for LedgerRecorder {
    fn record(&mut self, requests: &[LeaveRequest]) -> Result<RecordedLeaves, Error> {
        let mut ledger = match self.ledger.take() {
            Some(ledger) => ledger,
            None => (self.open)()?,
        };
        // Only a ledger that worked is kept.
        let results = ledger.leave(requests)?;
        self.ledger = Some(ledger);
        Ok(RecordedLeaves::of(&results))
    }
}
