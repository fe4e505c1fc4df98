//! Where the server puts requests to unsubscribe: the ledger, or a spool on a host without people.

use crate::base::error::Error;
use crate::delivery::ledger::feedback::LeaveRequest;
use crate::feedback::spool::LeaveSpool;

/// Records requests to unsubscribe.
pub trait LeaveRecorder: Send {
    /// Records these requests together. They are on disk when it returns, or none of them is; after an error it can be
    /// called again.
    ///
    /// # Errors
    ///
    /// They cannot be recorded at the moment.
    fn record(&mut self, requests: &[LeaveRequest]) -> Result<LeaveCounts, Error>;
}

/// What became of requests to unsubscribe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaveCounts {
    /// Readers who get no more letters from now on.
    pub left: u64,
    /// Requests that changed nothing.
    pub already_left: u64,
    /// Requests with a token that the ledger does not know.
    pub unknown: u64,
    /// Requests that are in a spool: what becomes of them is known where the ledger is.
    pub spooled: u64,
}

impl LeaveRecorder for LeaveSpool {
    fn record(&mut self, requests: &[LeaveRequest]) -> Result<LeaveCounts, Error> {
        // Somebody may have emptied the spool together with its folders.
        self.create()?;
        self.write(requests)?;
        Ok(LeaveCounts { spooled: requests.len() as u64, ..LeaveCounts::default() })
    }
}
