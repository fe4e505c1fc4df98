//! Opens a worker's connection, and decides what it means if that fails.

use std::thread;
use std::time::{Duration, Instant};

use crate::base::error::Error;
use crate::delivery::event::DeliveryEvent;
use crate::delivery::outcome::{FailureReason, SmtpStep};
use crate::delivery::retry::MAX_LOST_CONNECTIONS;
use crate::delivery::run::RunEnd;
use crate::delivery::transport::{Connection, OpenError};
use crate::delivery::worker::{ReadyLetter, RetriedLetter, Worker};

impl<'a> Worker<'a> {
    /// Whether another worker of the run has a connection.
    pub(super) fn has_others(&self) -> bool {
        self.state.with_connections(|connections| connections.has_others(self.usage))
    }

    /// Opens a connection while others send; `false` if it exceeds the number that the relay allows, so that only this
    /// worker stops.
    ///
    /// The others send its letters meanwhile, since opening may take as long as its time-outs.
    pub(super) fn open_aside(&mut self) -> Result<bool, Error> {
        self.release_ready()?;
        match self.open() {
            Ok(connection) => {
                self.connection = Some(connection);
                Ok(true)
            }
            Err(error) if self.may_retry(&error) => {
                self.pause(None);
                Ok(true)
            }
            // Without the others the whole run has no connection, which shows at the next letter.
            Err(_) => Ok(!self.has_others()),
        }
    }

    pub(super) fn open(&mut self) -> Result<Box<dyn Connection + 'a>, OpenError> {
        let start = Instant::now();
        self.state.with_connections(|connections| connections.begin(&mut self.usage));
        let opened = self.state.run.transport.open();
        self.state.with_connections(|connections| match opened {
            Ok(_) => connections.succeed(&mut self.usage),
            Err(_) => connections.leave(&mut self.usage),
        });
        self.emit(&match &opened {
            Ok(_) => DeliveryEvent::Connected { connection: self.number, took: start.elapsed() },
            Err(error) => DeliveryEvent::NotOpened { connection: self.number, error },
        });
        self.sent = 0;
        opened
    }

    pub(super) fn not_opened(&mut self, letter: ReadyLetter, error: OpenError) -> Result<Option<RetriedLetter>, Error> {
        if self.may_retry(&error) {
            let reason = FailureReason::ConnectionLost { at: SmtpStep::Greeting };
            return Ok(Some(RetriedLetter { letter, reason: Some(reason) }));
        }
        // Connections are opened at the same time: whether another one is accepted may not be known yet.
        while self.may_have_others() && !self.has_others() && !self.state.is_ending() {
            thread::sleep(Duration::from_millis(20));
        }
        if self.has_others() {
            self.ledger.release(letter.claim)?;
        } else {
            self.end_with(letter, RunEnd::NotOpened(error))?;
        }
        Ok(None)
    }

    fn may_have_others(&self) -> bool {
        self.state.with_connections(|connections| connections.may_have_others(self.usage))
    }

    /// A relay that does not answer would not answer again, for as long as the time-out.
    fn may_retry(&self, error: &OpenError) -> bool {
        match error {
            OpenError::Unreachable(_) => self.lost + 1 < MAX_LOST_CONNECTIONS,
            OpenError::Silent(_) | OpenError::Refused(_) | OpenError::Settings(_) | OpenError::Folder { .. } => false,
        }
    }
}
