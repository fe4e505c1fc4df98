//! The octets of a connection to an IMAP server, encrypted or not: commands out, whole replies in.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, Stream};

use crate::delivery::smtp::deadline_stream::{DeadlineStream, TimedSocket};
use crate::delivery::smtp::tls::{self, TlsContext, TlsFailure};
use crate::feedback::mailbox::imap::error::InvalidReply;
use crate::feedback::mailbox::imap::response::{self, ImapResponse, ResponsePiece};

/// How much a reply may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReplyLimits {
    /// The octets outside literals.
    pub(super) text: usize,
    /// The octets of a literal.
    pub(super) literal: usize,
}

/// A connection.
#[derive(Debug)]
pub(super) struct ImapStream {
    socket: TimedSocket,
    /// Absent: the connection is not encrypted.
    tls: Option<Box<ClientConnection>>,
    /// Received but unused octets, from `start` on.
    received: Vec<u8>,
    start: usize,
}

/// Why no reply was read.
#[derive(Debug)]
pub(super) enum ImapStreamError {
    /// The network failed, or the server stopped replying.
    Broken(io::Error),
    /// TLS failed, or the server is not trusted.
    Tls(TlsFailure),
    /// The reply is invalid.
    Invalid(InvalidReply),
}

impl From<io::Error> for ImapStreamError {
    fn from(error: io::Error) -> Self {
        match tls::failure(&error) {
            Some(failure) => Self::Tls(failure),
            None => Self::Broken(error),
        }
    }
}

impl ImapStream {
    pub(super) fn connect(address: SocketAddr, within: Duration) -> io::Result<Self> {
        let tcp = TcpStream::connect_timeout(&address, within)?;
        tcp.set_nodelay(true)?;
        Ok(Self { socket: TimedSocket::new(tcp), tls: None, received: Vec::new(), start: 0 })
    }

    /// Encrypts what follows.
    pub(super) fn encrypt(&mut self, context: &TlsContext, within: Duration) -> Result<(), ImapStreamError> {
        let mut connection = context.start().map_err(|error| ImapStreamError::Tls(TlsFailure::from(&error)))?;
        let mut socket = DeadlineStream::new(&self.socket, within);
        while connection.is_handshaking() {
            connection.complete_io(&mut socket)?;
        }
        self.tls = Some(Box::new(connection));
        Ok(())
    }

    /// Whether octets were received after the last reply.
    pub(super) fn has_surplus(&self) -> bool {
        self.start < self.received.len()
    }

    /// Writes a command with its CR LF.
    pub(super) fn send(&mut self, command: &str, within: Duration) -> Result<(), ImapStreamError> {
        let mut socket = DeadlineStream::new(&self.socket, within);
        match &mut self.tls {
            None => socket.write_all(command.as_bytes())?,
            Some(connection) => {
                let mut stream = Stream::new(connection.as_mut(), &mut socket);
                stream.write_all(command.as_bytes())?;
                stream.flush()?;
            }
        }
        Ok(())
    }

    /// Waits for the next reply, the whole of it before the deadline.
    pub(super) fn read(&mut self, limits: ReplyLimits, deadline: Instant) -> Result<ImapResponse, ImapStreamError> {
        let mut pieces = Vec::new();
        let mut text_octets = 0;
        let mut literal_octets = 0;
        loop {
            let mut line = self.read_line(limits.text.saturating_sub(text_octets), deadline)?;
            text_octets += line.len();
            let literal = literal_length(&line);
            if let Some((marker, _)) = literal {
                line.truncate(marker);
            }
            pieces.push(ResponsePiece::Text(line));
            let Some((_, length)) = literal else { break };
            // Checked before a single octet of it is read: the server may announce 4 GB and more.
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            literal_octets = length.saturating_add(literal_octets);
            if literal_octets > limits.literal {
                return Err(ImapStreamError::Invalid(InvalidReply::Literal));
            }
            pieces.push(ResponsePiece::Literal(self.read_octets(length, deadline)?));
        }
        response::parse(pieces).map_err(ImapStreamError::Invalid)
    }

    /// A line without its CR LF.
    fn read_line(&mut self, limit: usize, deadline: Instant) -> Result<Vec<u8>, ImapStreamError> {
        let mut searched = self.start;
        loop {
            let end = self.received[searched..].iter().position(|octet| *octet == b'\n').map(|at| searched + at);
            let length = end.unwrap_or(self.received.len()) - self.start;
            if length > limit {
                return Err(ImapStreamError::Invalid(InvalidReply::TooLong));
            }
            if let Some(end) = end {
                let line = self.received[self.start..end].strip_suffix(b"\r").map(<[u8]>::to_vec);
                self.start = end + 1;
                // Two parties that disagree on where a line ends disagree on who sent what.
                return line
                    .filter(|line| !line.contains(&b'\r'))
                    .ok_or(ImapStreamError::Invalid(InvalidReply::LineEnd));
            }
            let before = self.received.len() - self.start;
            self.receive(deadline)?;
            searched = self.start + before;
        }
    }

    fn read_octets(&mut self, length: usize, deadline: Instant) -> Result<Vec<u8>, ImapStreamError> {
        let mut octets = Vec::new();
        loop {
            let end = self.received.len().min(self.start + length - octets.len());
            octets.extend_from_slice(&self.received[self.start..end]);
            self.start = end;
            if octets.len() == length {
                return Ok(octets);
            }
            self.receive(deadline)?;
        }
    }

    /// Waits for more octets.
    fn receive(&mut self, deadline: Instant) -> Result<(), ImapStreamError> {
        self.received.drain(..self.start);
        self.start = 0;
        let mut octets = [0; 16_384];
        let mut socket = DeadlineStream::new(&self.socket, deadline.saturating_duration_since(Instant::now()));
        loop {
            let read = match &mut self.tls {
                None => socket.read(&mut octets),
                Some(connection) => Stream::new(connection.as_mut(), &mut socket).read(&mut octets),
            };
            match read {
                Ok(0) => return Err(ImapStreamError::Broken(io::ErrorKind::UnexpectedEof.into())),
                Ok(length) => {
                    self.received.extend_from_slice(&octets[..length]);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A socket reports its own time-out in this way.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(ImapStreamError::Broken(io::ErrorKind::TimedOut.into()));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Where the length of a literal begins at the end of a line, and the length: `{12}`, or `{12+}` and `~{12}` as extensions
/// write them.
fn literal_length(line: &[u8]) -> Option<(usize, u64)> {
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|octet| *octet == b'{')?;
    let digits = &inner[open + 1..];
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Too many digits for a number are a length that no limit allows.
    let length = str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX);
    let marker = if line[..open].ends_with(b"~") { open - 1 } else { open };
    Some((marker, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_literal_is_read() {
        assert_eq!(literal_length(b"* 1 FETCH (BODY[] {12}"), Some((18, 12)));
        assert_eq!(literal_length(b"x ~{0}"), Some((2, 0)));
        assert_eq!(literal_length(b"{4294967296+}"), Some((0, 4_294_967_296)));
        assert_eq!(literal_length(b"{99999999999999999999999}"), Some((0, u64::MAX)));
        for none in ["", "}", "{}", "{1a}", "{1} ", "1}"] {
            assert_eq!(literal_length(none.as_bytes()), None, "{none}");
        }
    }
}
