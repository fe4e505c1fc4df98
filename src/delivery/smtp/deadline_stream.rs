//! A socket with one deadline for several reads and writes.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A socket whose reads and writes share one deadline, however small the pieces are.
pub(crate) struct DeadlineStream<'a> {
    tcp: &'a TcpStream,
    deadline: Instant,
}

impl<'a> DeadlineStream<'a> {
    /// The time begins now.
    pub(crate) fn new(tcp: &'a TcpStream, within: Duration) -> Self {
        Self { tcp, deadline: Instant::now() + within }
    }

    fn remaining(&self) -> io::Result<Option<Duration>> {
        let remaining = self.deadline.saturating_duration_since(Instant::now());
        if remaining.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(remaining)) }
    }
}

impl Read for DeadlineStream<'_> {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        self.tcp.set_read_timeout(self.remaining()?)?;
        self.tcp.read(octets)
    }
}

impl Write for DeadlineStream<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.tcp.set_write_timeout(self.remaining()?)?;
        self.tcp.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
