//! A socket with one deadline for several reads and writes.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How often a wait looks whether its answer is still needed.
const SLICE: Duration = Duration::from_millis(200);

/// Ends the waits of all connections of a transport.
#[derive(Clone, Debug, Default)]
pub(crate) struct Abandonment(Arc<OnceLock<Instant>>);

impl Abandonment {
    /// From now on no answer is needed any more.
    pub(crate) fn begin(&self) {
        self.0.get_or_init(Instant::now);
    }

    /// Whether it began so long ago.
    fn has_lasted(&self, time: Duration) -> bool {
        self.0.get().is_some_and(|began| began.elapsed() >= time)
    }
}

/// A socket whose reads and writes share one deadline, however small the pieces are.
pub(crate) struct DeadlineStream<'a> {
    tcp: &'a TcpStream,
    deadline: Instant,
    /// What ends a wait early, and how long after its beginning; absent: nothing.
    abandonment: Option<(&'a Abandonment, Duration)>,
}

impl<'a> DeadlineStream<'a> {
    /// The time begins now.
    pub(crate) fn new(tcp: &'a TcpStream, within: Duration) -> Self {
        Self { tcp, deadline: Instant::now() + within, abandonment: None }
    }

    /// The same, with waits that end this long after the abandonment has begun.
    pub(crate) fn until(self, abandonment: &'a Abandonment, patience: Duration) -> Self {
        Self { abandonment: Some((abandonment, patience)), ..self }
    }

    fn remaining(&self) -> io::Result<Option<Duration>> {
        let remaining = self.deadline.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match self.abandonment {
            Some((abandonment, patience)) if abandonment.has_lasted(patience) => {
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Some(_) => Ok(Some(remaining.min(SLICE))),
            None => Ok(Some(remaining)),
        }
    }

    /// Whether a slice of a wait has passed without an answer.
    fn is_slice(&self, error: &io::Error) -> bool {
        self.abandonment.is_some() && matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
    }
}

impl Read for DeadlineStream<'_> {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        loop {
            self.tcp.set_read_timeout(self.remaining()?)?;
            match self.tcp.read(octets) {
                Err(error) if self.is_slice(&error) => {}
                read => return read,
            }
        }
    }
}

impl Write for DeadlineStream<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        loop {
            self.tcp.set_write_timeout(self.remaining()?)?;
            match self.tcp.write(octets) {
                Err(error) if self.is_slice(&error) => {}
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
