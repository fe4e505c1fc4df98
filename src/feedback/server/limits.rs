//! How much a client of the server may take.

use std::time::Duration;

/// How much a client may take: what is beyond is refused or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// Bytes of a request without its body.
    pub header_bytes: usize,
    /// Bytes of a body.
    pub body_bytes: usize,
    /// The time from the end of a request's headers to its answer.
    pub request: Duration,
    /// The time that a connection may take to send the headers of a request, from the one before.
    pub idle: Duration,
    /// The time that a connection may be open, whatever it does.
    pub connection: Duration,
    /// How many connections are open.
    pub connections: usize,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            header_bytes: 16 << 10,
            body_bytes: 8 << 10,
            request: Duration::from_secs(10),
            idle: Duration::from_secs(15),
            connection: Duration::from_secs(120),
            connections: 1_000,
        }
    }
}
