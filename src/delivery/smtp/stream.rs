//! The octets of one connection, encrypted or not; each wait has one deadline.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use jiff::Timestamp;
use lettre::transport::smtp::response::Response;
use rustls::ClientConnection;

use crate::delivery::outcome::{FailureReason, MalformedReply, SmtpStep};
use crate::delivery::smtp::deadline_stream::{Abandonment, DeadlineStream};
use crate::delivery::smtp::login_redaction::Redactor;
use crate::delivery::smtp::reply::{ReplyBuffer, reply};
use crate::delivery::smtp::tls::{self, TlsContext, TlsFailure};

/// How long the reply to a letter is waited for after its issue was cancelled: without it, the letter is in doubt.
const LETTER_PATIENCE: Duration = Duration::from_secs(10);

/// A connection to a relay.
#[derive(Debug)]
pub(super) struct SmtpStream {
    tcp: TcpStream,
    /// Absent: the connection is not encrypted.
    tls: Option<Box<ClientConnection>>,
    replies: ReplyBuffer,
    /// Keeps the password out of what the relay says.
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
        let (replies, redactor, abandonment) = (ReplyBuffer::default(), Redactor::default(), abandonment.clone());
        Ok(Self { tcp, tls: None, replies, redactor, abandonment })
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
        self.tcp.local_addr().ok().map(|address| address.ip())
    }

    /// Encrypts what follows.
    pub(super) fn encrypt(&mut self, context: &TlsContext, within: Duration) -> Result<(), HandshakeError> {
        let mut connection = context.start().map_err(|error| HandshakeError::Tls(TlsFailure::from(&error)))?;
        let mut socket = DeadlineStream::new(&self.tcp, within).until(&self.abandonment, Duration::ZERO);
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
        self.send_up_to(octets, octets.len(), at, within)
    }

    /// Writes a letter that ends at `end`, and the commands behind it, in one write. An error means that the end of the
    /// letter was not sent; if only the commands were not, the missing replies will show it.
    pub(super) fn send_letter(&mut self, octets: &[u8], end: usize, within: Duration) -> Result<(), FailureReason> {
        self.send_up_to(octets, end, SmtpStep::Body, within)
    }

    fn send_up_to(&mut self, octets: &[u8], end: usize, at: SmtpStep, within: Duration) -> Result<(), FailureReason> {
        // A reply that came before its command is a reply to nothing: later ones would be matched to the wrong
        // commands.
        if self.has_surplus() {
            return Err(FailureReason::Malformed { at, what: MalformedReply::OutOfStep });
        }
        tracing::trace!(octets = octets.len(), "sends {at}");
        let broken = |error: io::Error| io_failure(&error, at, within);
        let mut socket = DeadlineStream::new(&self.tcp, within).until(&self.abandonment, patience(at));
        let Some(connection) = &mut self.tls else {
            return write_up_to(&mut socket, octets, end).map_err(broken);
        };
        // Records end where the letter does, so that `end` is a boundary of what is written as well.
        let (letter, behind) = octets.split_at(end);
        // TLS adds some 22 octets to each record of 16 kB.
        let mut records = Vec::with_capacity(octets.len() + 1_024);
        encrypt(connection, letter, &mut records).map_err(broken)?;
        let end = records.len();
        encrypt(connection, behind, &mut records).map_err(broken)?;
        write_up_to(&mut socket, &records, end).map_err(broken)
    }

    /// Waits for the next reply, the whole of it within the time given.
    pub(super) fn read_reply(&mut self, at: SmtpStep, within: Duration) -> Result<Response, FailureReason> {
        let mut socket = DeadlineStream::new(&self.tcp, within).until(&self.abandonment, patience(at));
        loop {
            if let Some(response) = self.replies.next().map_err(|what| FailureReason::Malformed { at, what })? {
                let response = self.redactor.redact(response);
                log_reply(&response, at);
                return Ok(response);
            }
            let mut octets = [0; 4_096];
            let read = match &mut self.tls {
                None => socket.read(&mut octets),
                Some(connection) => rustls::Stream::new(connection.as_mut(), &mut socket).read(&mut octets),
            };
            match read {
                Ok(0) => return Err(FailureReason::ConnectionLost { at }),
                Ok(length) => self.replies.feed(&octets[..length]),
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
        let lost = |_| FailureReason::ConnectionLost { at };
        self.tcp.set_nonblocking(true).map_err(lost)?;
        let read = self.read_available();
        self.tcp.set_nonblocking(false).map_err(lost)?;
        match read {
            Ok(0) => Err(FailureReason::ConnectionLost { at }),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(FailureReason::ConnectionLost { at }),
        }
    }

    fn read_available(&mut self) -> io::Result<usize> {
        let mut octets = [0; 4_096];
        let length = match &mut self.tls {
            None => self.tcp.read(&mut octets)?,
            Some(connection) => {
                // A record may hold no data, such as a session ticket of TLS 1.3: then reading gives WouldBlock, as it
                // must.
                if connection.read_tls(&mut self.tcp)? == 0 {
                    return Ok(0);
                }
                connection.process_new_packets().map_err(io::Error::other)?;
                connection.reader().read(&mut octets)?
            }
        };
        self.replies.feed(&octets[..length]);
        Ok(length)
    }

    /// Ends the connection properly.
    pub(super) fn close(mut self, within: Duration) {
        if let Some(connection) = &mut self.tls {
            connection.send_close_notify();
            // The session is over: whether the relay gets the close_notify changes nothing.
            let _ = connection.complete_io(&mut DeadlineStream::new(&self.tcp, within));
        }
    }
}

/// How long a wait goes on once nothing more is to be sent.
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

/// Encrypts octets as TLS records that end where the octets end.
fn encrypt(connection: &mut ClientConnection, mut octets: &[u8], records: &mut Vec<u8>) -> io::Result<()> {
    while !octets.is_empty() {
        let taken = connection.writer().write(octets)?;
        octets = &octets[taken..];
        while connection.wants_write() {
            connection.write_tls(records)?;
        }
    }
    Ok(())
}

/// Writes all octets; an error behind `end` is ignored.
fn write_up_to(socket: &mut DeadlineStream<'_>, octets: &[u8], end: usize) -> io::Result<()> {
    let mut written = 0;
    while written < octets.len() {
        match socket.write(&octets[written..]) {
            Ok(0) if written < end => return Err(io::ErrorKind::WriteZero.into()),
            Ok(0) => return Ok(()),
            Ok(length) => written += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if written < end => return Err(error),
            Err(_) => return Ok(()),
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
