//! A socket with one deadline for several reads and writes.

use std::cell::Cell;
use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How often a wait checks whether its answer is still needed.
const SLICE: Duration = Duration::from_millis(200);

/// Ends the waits of all connections of a transport.
#[derive(Clone, Debug, Default)]
pub(crate) struct Abandonment(Arc<OnceLock<Instant>>);

impl Abandonment {
    /// From now on no answer is needed any more.
    pub(crate) fn begin(&self) {
        self.0.get_or_init(Instant::now);
    }

    /// Whether it began at least this long ago.
    fn has_lasted(&self, time: Duration) -> bool {
        self.0.get().is_some_and(|began| began.elapsed() >= time)
    }
}

/// A socket that remembers its time-outs: each change is a system call, and most waits have the time-out of the one before.
#[derive(Debug)]
pub(crate) struct TimedSocket {
    tcp: TcpStream,
    /// The time-out of a read; absent: none was set.
    read: Cell<Option<Duration>>,
    /// The time-out of a write; absent: none was set.
    write: Cell<Option<Duration>>,
}

impl TimedSocket {
    /// The socket, whose time-outs nothing else may change.
    pub(crate) fn new(tcp: TcpStream) -> Self {
        Self { tcp, read: Cell::new(None), write: Cell::new(None) }
    }

    /// The socket itself.
    pub(crate) fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    fn set_read_timeout(&self, timeout: Duration) -> io::Result<()> {
        if self.read.get() != Some(timeout) {
            self.tcp.set_read_timeout(Some(timeout))?;
            self.read.set(Some(timeout));
        }
        Ok(())
    }

    fn set_write_timeout(&self, timeout: Duration) -> io::Result<()> {
        if self.write.get() != Some(timeout) {
            self.tcp.set_write_timeout(Some(timeout))?;
            self.write.set(Some(timeout));
        }
        Ok(())
    }
}

/// A socket whose reads and writes share one deadline, however small the pieces are.
pub(crate) struct DeadlineStream<'a> {
    socket: &'a TimedSocket,
    deadline: Instant,
    /// What ends a wait early, and how long after its beginning; absent: nothing.
    abandonment: Option<(&'a Abandonment, Duration)>,
}

impl<'a> DeadlineStream<'a> {
    /// The time begins now.
    pub(crate) fn new(socket: &'a TimedSocket, within: Duration) -> Self {
        Self { socket, deadline: Instant::now() + within, abandonment: None }
    }

    /// The same, with waits that end this long after the abandonment has begun.
    pub(crate) fn until(self, abandonment: &'a Abandonment, patience: Duration) -> Self {
        Self { abandonment: Some((abandonment, patience)), ..self }
    }

    /// How long the next wait may take.
    fn remaining(&self) -> io::Result<Duration> {
        let remaining = self.deadline.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match self.abandonment {
            Some((abandonment, patience)) if abandonment.has_lasted(patience) => {
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Some(_) => Ok(remaining.min(SLICE)),
            None => Ok(remaining),
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
            self.socket.set_read_timeout(self.remaining()?)?;
            match self.socket.tcp().read(octets) {
                Err(error) if self.is_slice(&error) => {}
                read => return read,
            }
        }
    }
}

impl Write for DeadlineStream<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(octets)])
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        loop {
            self.socket.set_write_timeout(self.remaining()?)?;
            match self.socket.tcp().write_vectored(pieces) {
                Err(error) if self.is_slice(&error) => {}
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
