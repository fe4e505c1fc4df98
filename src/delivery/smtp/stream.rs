//! The octets of one connection, encrypted or not; each wait has one deadline.

use std::io::{self, IoSlice, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use jiff::Timestamp;
use lettre::transport::smtp::response::Response;
use rustix::net::RecvFlags;
use rustls::ClientConnection;

use crate::delivery::outcome::{FailureReason, MalformedReply, SmtpStep};
use crate::delivery::smtp::deadline_stream::{Abandonment, DeadlineStream, TimedSocket};
use crate::delivery::smtp::login_redaction::Redactor;
use crate::delivery::smtp::reply::{ReplyBuffer, reply};
use crate::delivery::smtp::tls::{self, TlsContext, TlsFailure};

/// How long the reply to a letter is waited for after its issue was cancelled: without it, the letter is in doubt.
const LETTER_PATIENCE: Duration = Duration::from_secs(10);

/// How many octets are read at a time.
const READ_SIZE: usize = 4_096;

/// A connection to a relay.
#[derive(Debug)]
pub(super) struct SmtpStream {
    socket: TimedSocket,
    /// Absent: the connection is not encrypted.
    tls: Option<Box<ClientConnection>>,
    /// What is read goes here first.
    received: Vec<u8>,
    replies: ReplyBuffer,
    /// Keeps the password out of the relay's replies.
    redactor: Redactor,
    /// Ends its waits.
    abandonment: Abandonment,
}

/// Why a handshake failed.
#[derive(Debug)]
pub(super) enum HandshakeError {
    /// TLS failed, or the relay is not trusted.
    Tls(TlsFailure),
    /// The network failed, or the relay stopped replying.
    Broken(FailureReason),
}

impl SmtpStream {
    /// Connects. Small writes are sent at once (`TCP_NODELAY`): each is a command whose reply is awaited.
    pub(super) fn connect(address: SocketAddr, within: Duration, abandonment: &Abandonment) -> io::Result<Self> {
        let tcp = TcpStream::connect_timeout(&address, within)?;
        tcp.set_nodelay(true)?;
        Ok(Self {
            socket: TimedSocket::new(tcp),
            tls: None,
            received: vec![0; READ_SIZE],
            replies: ReplyBuffer::default(),
            redactor: Redactor::default(),
            abandonment: abandonment.clone(),
        })
    }

    /// Keeps a secret out of every reply from now on.
    pub(super) fn redact(&mut self, redactor: Redactor) {
        self.redactor = redactor;
    }

    pub(super) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// This machine's address on the connection; absent if the connection is gone already.
    pub(super) fn local_ip(&self) -> Option<IpAddr> {
        self.socket.tcp().local_addr().ok().map(|address| address.ip())
    }

    /// Encrypts what follows.
    pub(super) fn encrypt(&mut self, context: &TlsContext, within: Duration) -> Result<(), HandshakeError> {
        let mut connection = context.start().map_err(|error| HandshakeError::Tls(TlsFailure::from(&error)))?;
        let mut socket = DeadlineStream::new(&self.socket, within).until(&self.abandonment, Duration::ZERO);
        while connection.is_handshaking() {
            connection.complete_io(&mut socket).map_err(|error| match tls::failure(&error) {
                Some(failure) => HandshakeError::Tls(failure),
                None => HandshakeError::Broken(io_failure(&error, SmtpStep::Tls, within)),
            })?;
        }
        self.tls = Some(Box::new(connection));
        Ok(())
    }

    /// When the relay's certificate expires; absent: the connection is not encrypted, or the date cannot be read.
    pub(super) fn certificate_until(&self) -> Option<Timestamp> {
        let certificate = self.tls.as_ref()?.peer_certificates()?.first()?;
        tls::valid_until(certificate)
    }

    /// Whether octets were received after the last reply.
    pub(super) fn has_surplus(&self) -> bool {
        !self.replies.is_empty()
    }

    /// Whether the surplus begins with one of these codes.
    pub(super) fn surplus_begins_with(&self, codes: &[&str]) -> bool {
        self.replies.begins_with(codes)
    }

    /// Writes commands, in one write.
    pub(super) fn send(&mut self, octets: &[u8], at: SmtpStep, within: Duration) -> Result<(), FailureReason> {
        self.send_up_to(octets.len(), &mut [IoSlice::new(octets)], at, within)
    }

    /// Writes a letter in two pieces, its text and its end, and the commands behind it, in one write. An error means that the
    /// end of the letter was not sent; if only the commands were not, the missing replies will show it.
    pub(super) fn send_letter(
        &mut self,
        letter: [&[u8]; 2],
        behind: &[u8],
        within: Duration,
    ) -> Result<(), FailureReason> {
        let [text, end] = letter;
        let mut pieces = [text, end, behind].map(IoSlice::new);
        self.send_up_to(text.len() + end.len(), &mut pieces, SmtpStep::Body, within)
    }

    /// Writes pieces; an error after the first `end` octets is ignored.
    fn send_up_to(
        &mut self,
        end: usize,
        pieces: &mut [IoSlice<'_>],
        at: SmtpStep,
        within: Duration,
    ) -> Result<(), FailureReason> {
        // A reply that came before its command belongs to no command: later ones would be matched to the wrong
        // commands.
        if self.has_surplus() {
            return Err(FailureReason::Malformed { at, what: MalformedReply::OutOfStep });
        }
        tracing::trace!(octets = pieces.iter().map(|piece| piece.len()).sum::<usize>(), "sends {at}");
        let mut socket = DeadlineStream::new(&self.socket, within).until(&self.abandonment, patience(at));
        let mut written = 0;
        let result = match &mut self.tls {
            None => write(&mut socket, pieces, &mut written),
            Some(connection) => encrypt(connection, &mut socket, pieces, &mut written),
        };
        match result {
            // An encrypted octet takes at least one on the wire: while fewer than `end` are written, the end is not among
            // them.
            Err(error) if written < end => Err(io_failure(&error, at, within)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Waits for the next reply, the whole of it within the time given.
    pub(super) fn read_reply(&mut self, at: SmtpStep, within: Duration) -> Result<Response, FailureReason> {
        let mut socket = DeadlineStream::new(&self.socket, within).until(&self.abandonment, patience(at));
        loop {
            if let Some(response) = self.replies.next().map_err(|what| FailureReason::Malformed { at, what })? {
                let response = self.redactor.redact(response);
                log_reply(&response, at);
                return Ok(response);
            }
            let read = match &mut self.tls {
                None => socket.read(&mut self.received),
                Some(connection) => rustls::Stream::new(connection.as_mut(), &mut socket).read(&mut self.received),
            };
            match read {
                Ok(0) => return Err(FailureReason::ConnectionLost { at }),
                Ok(length) => self.replies.feed(&self.received[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(io_failure(&error, at, within)),
            }
        }
    }

    /// Reads a reply that no command asked for, without waiting: a 421 of the relay, or a reply too many.
    pub(super) fn read_unsolicited(&mut self, at: SmtpStep) -> Result<Option<Response>, FailureReason> {
        // A 421 that came along with the last reply counts, even if the connection has ended since.
        if self.replies.is_empty() {
            self.read_without_waiting(at)?;
        }
        match self.replies.next().map_err(|what| FailureReason::Malformed { at, what })? {
            Some(response) => Ok(Some(self.redactor.redact(response))),
            None if self.has_surplus() => Err(FailureReason::Malformed { at, what: MalformedReply::OutOfStep }),
            None => Ok(None),
        }
    }

    fn read_without_waiting(&mut self, at: SmtpStep) -> Result<(), FailureReason> {
        match self.read_available() {
            Ok(0) => Err(FailureReason::ConnectionLost { at }),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(FailureReason::ConnectionLost { at }),
        }
    }

    fn read_available(&mut self) -> io::Result<usize> {
        let mut available = AvailableData(&self.socket);
        let length = match &mut self.tls {
            None => available.read(&mut self.received)?,
            Some(connection) => {
                // A record may hold no data, such as a session ticket of TLS 1.3: then reading gives WouldBlock, as it
                // must.
                if connection.read_tls(&mut available)? == 0 {
                    return Ok(0);
                }
                connection.process_new_packets().map_err(io::Error::other)?;
                connection.reader().read(&mut self.received)?
            }
        };
        self.replies.feed(&self.received[..length]);
        Ok(length)
    }

    /// Ends the connection properly.
    pub(super) fn close(mut self, within: Duration) {
        if let Some(connection) = &mut self.tls {
            connection.send_close_notify();
            // The session is over: whether the relay gets the close_notify changes nothing.
            let _ = connection.complete_io(&mut DeadlineStream::new(&self.socket, within));
        }
    }
}

/// How long a wait may last once nothing more is to be sent.
fn patience(at: SmtpStep) -> Duration {
    match at {
        SmtpStep::Body | SmtpStep::Dot => LETTER_PATIENCE,
        _ => Duration::ZERO,
    }
}

/// Logs a reply. One to a login, a recipient or a letter may quote personal data or a password: only its codes are
/// logged.
fn log_reply(response: &Response, at: SmtpStep) {
    if !tracing::enabled!(tracing::Level::TRACE) {
        return;
    }
    let reply = reply(response);
    match at {
        SmtpStep::Greeting
        | SmtpStep::Hello
        | SmtpStep::Tls
        | SmtpStep::Sender
        | SmtpStep::Data
        | SmtpStep::Reset
        | SmtpStep::Quit => {
            tracing::trace!("received {reply} to {at}");
        }
        SmtpStep::Login | SmtpStep::Recipient | SmtpStep::Body | SmtpStep::Dot => {
            let status = reply.status().map(|status| format!(" {status}")).unwrap_or_default();
            tracing::trace!("received {}{status} to {at}", reply.code());
        }
    }
}

/// Reads what has arrived at a socket, and never waits.
struct AvailableData<'a>(&'a TimedSocket);

impl Read for AvailableData<'_> {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        // Making the socket non-blocking, and blocking again, would be two more system calls.
        let (length, _) = rustix::net::recv(self.0.tcp(), octets, RecvFlags::DONTWAIT)?;
        Ok(length)
    }
}

/// Writes all pieces, and counts the octets in `written`.
fn write(socket: &mut DeadlineStream<'_>, mut pieces: &mut [IoSlice<'_>], written: &mut usize) -> io::Result<()> {
    // Without this, an empty piece at the start would be a write of nothing.
    IoSlice::advance_slices(&mut pieces, 0);
    while !pieces.is_empty() {
        match socket.write_vectored(pieces) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => {
                *written += length;
                IoSlice::advance_slices(&mut pieces, length);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Encrypts all pieces and writes the records, as many as rustls keeps (64 kB) in one write; counts their octets in `written`.
fn encrypt(
    connection: &mut ClientConnection,
    socket: &mut DeadlineStream<'_>,
    mut pieces: &mut [IoSlice<'_>],
    written: &mut usize,
) -> io::Result<()> {
    IoSlice::advance_slices(&mut pieces, 0);
    while !pieces.is_empty() {
        // The pieces are joined: a record may hold the end of one and the start of the next.
        let taken = connection.writer().write_vectored(pieces)?;
        IoSlice::advance_slices(&mut pieces, taken);
        while connection.wants_write() {
            match connection.write_tls(socket) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => *written += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

fn io_failure(error: &io::Error, at: SmtpStep, waited: Duration) -> FailureReason {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => FailureReason::TimedOut { at, waited },
        _ => FailureReason::ConnectionLost { at },
    }
}
