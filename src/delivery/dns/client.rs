//! Queries DNS servers over UDP, and over TCP if a response is too long.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use crate::delivery::dns::lookup::{DnsAnswer, DnsFailure, DnsSource};
use crate::delivery::dns::message::{self, DnsResponse, RecordType};
use crate::delivery::dns::name::DnsName;
use crate::delivery::dns::resolv_conf;
use crate::delivery::smtp::deadline_stream::{DeadlineStream, TimedSocket};

/// How long one question may take, on all servers together.
const QUESTION: Duration = Duration::from_secs(5);
/// After how long a question is sent again, to the next server if there is one: UDP loses packets.
const RESEND: Duration = Duration::from_millis(1_500);
/// The response code of a name that does not exist.
const NO_NAME: u8 = 3;

/// A client of some servers, with a deadline.
#[derive(Clone, Debug)]
pub(crate) struct DnsClient {
    servers: Vec<SocketAddr>,
    /// No question is asked after it.
    deadline: Instant,
}

impl DnsClient {
    /// A client of these servers, or of the machine's own if there are none; it works for this long.
    pub(crate) fn new(servers: Vec<SocketAddr>, within: Duration) -> Self {
        let servers = if servers.is_empty() {
            resolv_conf::servers(&fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
        } else {
            servers
        };
        Self { servers, deadline: Instant::now() + within }
    }

    fn exchange(&self, name: &DnsName, kind: RecordType) -> Result<DnsResponse, DnsFailure> {
        let until = self.deadline.min(Instant::now() + QUESTION);
        let mut failure = if self.servers.is_empty() { DnsFailure::NoServer } else { DnsFailure::TimedOut };
        for server in self.servers.iter().cycle() {
            let remaining = until.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                break;
            }
            let began = Instant::now();
            match ask_server(*server, name, kind, remaining.min(RESEND)) {
                Ok(response) if response.is_truncated => {
                    let remaining = until.saturating_duration_since(Instant::now());
                    return ask_at_length(*server, name, kind, remaining);
                }
                Ok(response) if matches!(response.code, 0 | NO_NAME) => return Ok(response),
                // Another server may have an answer.
                Ok(response) => failure = DnsFailure::ServerFailed { code: response.code },
                Err(DnsFailure::TimedOut) => {}
                Err(other) => failure = other,
            }
            // A server that fails at once is not asked again.
            if self.servers.last() == Some(server) && began.elapsed() < RESEND / 2 {
                break;
            }
        }
        Err(failure)
    }
}

impl DnsSource for DnsClient {
    fn ask(&self, name: &DnsName, kind: RecordType) -> Result<DnsAnswer, DnsFailure> {
        let response = self.exchange(name, kind)?;
        Ok(match response.code {
            NO_NAME if response.answers.is_empty() => DnsAnswer::NoName,
            // RFC 6604 §3: with an alias, the code is about the name that is meant; it is asked for then.
            _ => DnsAnswer::Records(response.answers),
        })
    }
}

/// A number that cannot be guessed: together with the port, it prevents forged answers (RFC 5452 §9).
fn new_id() -> u16 {
    u16::try_from(RandomState::new().hash_one(Instant::now()) & 0xffff).unwrap_or(0)
}

fn ask_server(
    server: SocketAddr,
    name: &DnsName,
    kind: RecordType,
    within: Duration,
) -> Result<DnsResponse, DnsFailure> {
    let until = Instant::now() + within;
    let id = new_id();
    let local: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(local).map_err(|_| DnsFailure::TimedOut)?;
    // From now on only packets of this server arrive.
    socket.connect(server).map_err(|_| DnsFailure::TimedOut)?;
    socket.send(&message::question(id, name, kind)).map_err(|_| DnsFailure::TimedOut)?;
    let mut octets = [0; 4_096];
    let mut failure = DnsFailure::TimedOut;
    loop {
        let remaining = until.saturating_duration_since(Instant::now());
        if remaining.is_zero() || socket.set_read_timeout(Some(remaining)).is_err() {
            return Err(failure);
        }
        match socket.recv(&mut octets) {
            Ok(length) => match message::response(&octets[..length], id, name, kind) {
                Some(response) => return Ok(response),
                // This one may be forged, or late: the right one may follow.
                None => failure = DnsFailure::Damaged,
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(failure),
        }
    }
}

/// Asks over TCP, where a response has up to 65,535 octets behind their number (RFC 1035 §4.2.2).
fn ask_at_length(
    server: SocketAddr,
    name: &DnsName,
    kind: RecordType,
    within: Duration,
) -> Result<DnsResponse, DnsFailure> {
    let id = new_id();
    let exchange = || -> io::Result<Vec<u8>> {
        if within.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let socket = TimedSocket::new(TcpStream::connect_timeout(&server, within)?);
        let mut stream = DeadlineStream::new(&socket, within);
        let question = message::question(id, name, kind);
        let length = u16::try_from(question.len()).map_err(io::Error::other)?;
        stream.write_all(&[&length.to_be_bytes(), &question[..]].concat())?;
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut octets = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut octets)?;
        Ok(octets)
    };
    let octets = exchange().map_err(|_| DnsFailure::TimedOut)?;
    let response = message::response(&octets, id, name, kind).filter(|response| !response.is_truncated);
    match response.ok_or(DnsFailure::Damaged)? {
        response if matches!(response.code, 0 | NO_NAME) => Ok(response),
        response => Err(DnsFailure::ServerFailed { code: response.code }),
    }
}
