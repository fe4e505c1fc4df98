//! What happens in a server, for logs and for its administrator.

use std::time::Duration;

use crate::base::error::Error;
use crate::feedback::server::address::ListenAddress;

/// What happens in a server.
#[derive(Debug)]
pub enum ServerEvent {
    /// It accepts connections at this address.
    Listening(ListenAddress),
    /// It has answered a request.
    Answered {
        /// The method; `other` for one that is not used.
        method: &'static str,
        /// The status.
        status: u16,
        /// How long it took.
        took: Duration,
    },
    /// A request could not be recorded; reported once, until one is.
    NotRecorded(Error),
    /// Requests are recorded again.
    RecordedAgain,
}
