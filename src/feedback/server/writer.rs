//! One thread records for all connections: requests that come while it writes are recorded together (group commit).

use std::io;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::delivery::ledger::feedback::LeaveRequest;
use crate::feedback::recorder::RequestRecorder;
use crate::feedback::server::counters::RequestCounters;
use crate::feedback::server::event::ServerEvent;

/// How many requests are recorded together: a transaction stays short, and a file of the spool small.
const BATCH: usize = 1_000;

/// Requests of one reader, and a channel for the answer once they are on disk.
pub(super) struct LeaveSubmission {
    pub(super) requests: Vec<LeaveRequest>,
    /// Gets whether they are.
    pub(super) recorded: oneshot::Sender<bool>,
}

/// Records what comes until the last sender is gone.
pub(super) struct LeaveWriter {
    pub(super) recorder: Box<dyn RequestRecorder>,
    pub(super) submissions: mpsc::Receiver<LeaveSubmission>,
    pub(super) counters: Arc<RequestCounters>,
    pub(super) events: mpsc::Sender<ServerEvent>,
}

impl LeaveWriter {
    /// Starts the thread.
    pub(super) fn start(mut self) -> io::Result<JoinHandle<()>> {
        thread::Builder::new().name("leave-writer".to_owned()).spawn(move || {
            while let Ok(first) = self.submissions.recv() {
                self.write(first);
            }
        })
    }

    /// Records a submission together with those that wait after it.
    fn write(&mut self, first: LeaveSubmission) {
        let mut requests = first.requests;
        let mut waiting = vec![first.recorded];
        while requests.len() < BATCH
            && let Ok(next) = self.submissions.try_recv()
        {
            requests.extend(next.requests);
            waiting.push(next.recorded);
        }
        let is_recorded = match self.recorder.record(&requests) {
            Ok(counts) => {
                if self.counters.recorded(counts) {
                    // The receiver is gone only when the server ends.
                    _ = self.events.send(ServerEvent::RecordedAgain);
                }
                true
            }
            Err(error) => {
                if self.counters.not_recorded(requests.len() as u64) {
                    _ = self.events.send(ServerEvent::NotRecorded(error));
                }
                false
            }
        };
        for recorded in waiting {
            // The request that waited may be gone.
            _ = recorded.send(is_recorded);
        }
    }
}
