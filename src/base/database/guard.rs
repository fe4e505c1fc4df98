//! A time limit for every answer of a PostgreSQL server, and no password in plaintext.
//!
//! The client library has a limit for the TCP connection alone: a server that accepts it and then says nothing would
//! block the program for ever. So the client's traffic goes through a forwarder in this process, which measures how
//! long the server is silent, and sees what kind of password it asks for.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::base::database::url::{Encryption, Host, Server, is_this_machine};

/// How long a server may take to accept a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long it may be silent while the client logs in.
const LOGIN_LIMIT: Duration = Duration::from_secs(20);
/// How long it may take to accept what the client sends.
const WRITE_LIMIT: Duration = Duration::from_secs(60);
/// How often the limits are looked at.
const TICK: Duration = Duration::from_millis(500);
/// How many bytes from the server are inspected to find out what it asks for.
const LOGIN_ROOM: usize = 4_096;

/// The forwarder of one connection. It ends when either side does.
pub(super) struct Guard {
    port: u16,
    watch: Arc<Watch>,
}

/// What the two directions of one connection share.
struct Watch {
    /// The limit in milliseconds.
    limit: AtomicU64,
    /// Since when an answer of the server is due; absent: none is due.
    waiting: Mutex<Option<Instant>>,
    is_silent: AtomicBool,
    /// When the client's statements must have ended.
    end: Mutex<Option<Instant>>,
    is_endless: AtomicBool,
    asked_for_plaintext: AtomicBool,
}

impl Guard {
    /// Connects to the server, and waits for the client at [`port`](Self::port) of this machine.
    pub(super) fn open(server: &Server) -> io::Result<Self> {
        Self::open_within(server, LOGIN_LIMIT)
    }

    fn open_within(server: &Server, login: Duration) -> io::Result<Self> {
        let upstream = connect(server)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let watch = Arc::new(Watch {
            limit: AtomicU64::new(milliseconds(login)),
            waiting: Mutex::new(Some(Instant::now())),
            is_silent: AtomicBool::new(false),
            end: Mutex::new(None),
            is_endless: AtomicBool::new(false),
            asked_for_plaintext: AtomicBool::new(false),
        });
        let inspector = Inspector::new(server);
        let shared = Arc::clone(&watch);
        thread::Builder::new().name("postgres".to_owned()).spawn(move || {
            // The client connects at once; without it there is nothing to forward.
            if let Ok((client, _)) = listener.accept() {
                forward(&client, &upstream, &shared, inspector);
            }
        })?;
        Ok(Self { port, watch })
    }

    /// Where the client connects to, on 127.0.0.1.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The client has logged in: from now on the limit is that of its statements.
    pub(super) fn logged_in(&self, statement: Duration) {
        self.watch.limit.store(milliseconds(statement), Ordering::SeqCst);
    }

    /// Ends the connection after this time, even if the server is still sending.
    pub(super) fn end_after(&self, total: Duration) -> ConnectionEnd {
        *self.watch.end.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(total);
        ConnectionEnd(Arc::clone(&self.watch))
    }

    /// Whether the server was silent for too long.
    pub(super) fn is_silent(&self) -> bool {
        self.watch.is_silent.load(Ordering::SeqCst)
    }

    /// Whether the server asked for the password in plaintext over a network.
    pub(super) fn asked_for_plaintext(&self) -> bool {
        self.watch.asked_for_plaintext.load(Ordering::SeqCst)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Why a connection with a limit for its whole time ended.
pub struct ConnectionEnd(Arc<Watch>);

impl ConnectionEnd {
    /// Whether the time ran out before the server had finished.
    pub fn was_forced(&self) -> bool {
        self.0.is_endless.load(Ordering::SeqCst)
    }
}

impl Watch {
    fn has_ended(&self) -> bool {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|end| end <= Instant::now())
    }

    fn set_waiting(&self, since: Option<Instant>) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn is_over(&self) -> bool {
        let limit = Duration::from_millis(self.limit.load(Ordering::SeqCst));
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|since| since.elapsed() > limit)
    }
}

/// Both kinds of connection to a server.
enum Upstream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Socket(std::os::unix::net::UnixStream),
}

fn connect(server: &Server) -> io::Result<Upstream> {
    match &server.host {
        Host::Name(name) => {
            let mut last = io::ErrorKind::NotFound.into();
            for address in (name.as_str(), server.port).to_socket_addrs()? {
                match TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
                    Ok(stream) => {
                        stream.set_nodelay(true)?;
                        return Ok(Upstream::Tcp(stream));
                    }
                    Err(error) => last = error,
                }
            }
            Err(last)
        }
        #[cfg(unix)]
        Host::Socket(folder) => {
            let path = folder.join(format!(".s.PGSQL.{}", server.port));
            std::os::unix::net::UnixStream::connect(path).map(Upstream::Socket)
        }
        #[cfg(not(unix))]
        Host::Socket(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

impl Upstream {
    fn shut_down(&self) {
        // It may be closed already, which is what is asked for.
        _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            #[cfg(unix)]
            Self::Socket(stream) => stream.shutdown(Shutdown::Both),
        };
    }

    fn set_limits(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => {
                stream.set_read_timeout(Some(TICK))?;
                stream.set_write_timeout(Some(WRITE_LIMIT))
            }
            #[cfg(unix)]
            Self::Socket(stream) => {
                stream.set_read_timeout(Some(TICK))?;
                stream.set_write_timeout(Some(WRITE_LIMIT))
            }
        }
    }
}

impl Read for &Upstream {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        match self {
            Upstream::Tcp(stream) => (&mut &*stream).read(octets),
            #[cfg(unix)]
            Upstream::Socket(stream) => (&mut &*stream).read(octets),
        }
    }
}

impl Write for &Upstream {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Upstream::Tcp(stream) => (&mut &*stream).write(octets),
            #[cfg(unix)]
            Upstream::Socket(stream) => (&mut &*stream).write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Forwards in both directions until one side ends, or the server is silent for too long.
fn forward(client: &TcpStream, upstream: &Upstream, watch: &Watch, inspector: Inspector) {
    let is_ready = client.set_nodelay(true).and_then(|()| upstream.set_limits()).is_ok();
    if is_ready {
        thread::scope(|scope| {
            scope.spawn(|| {
                // However it ends, the other direction ends as well.
                _ = forward_statements(client, upstream, watch);
                upstream.shut_down();
            });
            _ = forward_answers(client, upstream, watch, inspector);
            upstream.shut_down();
            _ = client.shutdown(Shutdown::Both);
        });
    }
}

fn forward_statements(mut client: &TcpStream, mut upstream: &Upstream, watch: &Watch) -> io::Result<()> {
    let mut octets = [0; 16_384];
    loop {
        let length = client.read(&mut octets)?;
        if length == 0 {
            return Ok(());
        }
        watch.set_waiting(Some(Instant::now()));
        upstream.write_all(&octets[..length])?;
    }
}

fn forward_answers(
    mut client: &TcpStream,
    mut upstream: &Upstream,
    watch: &Watch,
    mut inspector: Inspector,
) -> io::Result<()> {
    let mut octets = [0; 16_384];
    loop {
        // A server that never stops sending is never silent, and may have no limit of its own.
        if watch.has_ended() {
            watch.is_endless.store(true, Ordering::SeqCst);
            return Ok(());
        }
        let length = match upstream.read(&mut octets) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                if watch.is_over() {
                    watch.is_silent.store(true, Ordering::SeqCst);
                    return Ok(());
                }
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        watch.set_waiting(None);
        match inspector.inspect(&octets[..length]) {
            Inspection::Forward(octets) => client.write_all(&octets)?,
            Inspection::Plaintext => {
                watch.asked_for_plaintext.store(true, Ordering::SeqCst);
                return Ok(());
            }
        }
    }
}

/// Reads what the server sends first, up to the kind of login that it asks for (PostgreSQL, "Message Formats").
struct Inspector {
    /// What was read and not forwarded yet; absent: there is nothing more to find out.
    held: Option<Vec<u8>>,
    expected: Expected,
}

/// What the server sends next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// `S`, or anything else for no: the client asks for TLS first.
    TlsAnswer,
    /// The kind of login.
    Login,
}

enum Inspection {
    Forward(Vec<u8>),
    Plaintext,
}

/// What the beginning shows.
#[derive(PartialEq, Eq)]
enum Beginning {
    Incomplete,
    Harmless,
    Plaintext,
}

impl Inspector {
    fn new(server: &Server) -> Self {
        let expected = if server.encryption == Encryption::None { Expected::Login } else { Expected::TlsAnswer };
        Self { held: (!is_this_machine(&server.host)).then(Vec::new), expected }
    }

    fn inspect(&mut self, octets: &[u8]) -> Inspection {
        let Some(mut held) = self.held.take() else { return Inspection::Forward(octets.to_vec()) };
        held.extend_from_slice(octets);
        match beginning(&held, self.expected) {
            Beginning::Plaintext => Inspection::Plaintext,
            // The client waits for the answer to its TLS request before it sends more. What follows that answer is
            // held.
            Beginning::Incomplete if self.expected == Expected::TlsAnswer && !held.is_empty() => {
                self.expected = Expected::Login;
                self.held = Some(held.split_off(1));
                Inspection::Forward(held)
            }
            Beginning::Incomplete if held.len() < LOGIN_ROOM => {
                self.held = Some(held);
                Inspection::Forward(Vec::new())
            }
            Beginning::Incomplete | Beginning::Harmless => Inspection::Forward(held),
        }
    }
}

fn beginning(octets: &[u8], expected: Expected) -> Beginning {
    let mut rest = octets;
    if expected == Expected::TlsAnswer {
        match rest.split_first() {
            Some((b'S', _)) => return Beginning::Harmless,
            // tokio-postgres 0.7 goes on without TLS after any other answer than `S`, not only after `N`.
            Some((_, more)) => rest = more,
            None => return Beginning::Incomplete,
        }
    }
    loop {
        let Some((kind, more)) = rest.split_first() else { return Beginning::Incomplete };
        let Some(length) = number(more) else { return Beginning::Incomplete };
        match kind {
            // NegotiateProtocolVersion may come before the login.
            b'v' => match more.get(length..) {
                Some(next) if length >= 4 => rest = next,
                Some(_) => return Beginning::Harmless,
                None => return Beginning::Incomplete,
            },
            // AuthenticationCleartextPassword is 3.
            b'R' => {
                return match more.get(4..).and_then(number) {
                    Some(3) => Beginning::Plaintext,
                    Some(_) => Beginning::Harmless,
                    None => Beginning::Incomplete,
                };
            }
            _ => return Beginning::Harmless,
        }
    }
}

fn number(octets: &[u8]) -> Option<usize> {
    let bytes: [u8; 4] = octets.get(..4)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(bytes)).ok()
}

/// Where the client finds the forwarder.
pub(super) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[cfg(test)]
mod tests {
    use super::*;

    const CLEARTEXT: &[u8] = b"R\0\0\0\x08\0\0\0\x03";
    const SCRAM: &[u8] = b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0";

    /// What the client receives when the server sends these pieces; absent: it asked for a password in plaintext.
    fn forwarded(url: &str, pieces: &[&[u8]]) -> Option<Vec<u8>> {
        let mut inspector = Inspector::new(&Server::parse(url).unwrap());
        let mut all = Vec::new();
        for piece in pieces {
            match inspector.inspect(piece) {
                Inspection::Forward(octets) => all.extend(octets),
                Inspection::Plaintext => return None,
            }
        }
        Some(all)
    }

    #[test]
    fn a_server_that_says_nothing_is_given_up() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("postgres://nyt@127.0.0.1:{}/x", listener.local_addr().unwrap().port());
        let guard = Guard::open_within(&Server::parse(&url).unwrap(), Duration::from_millis(100)).unwrap();
        let mut client = TcpStream::connect((HERE, guard.port())).unwrap();
        client.write_all(b"startup").unwrap();
        let mut answer = Vec::new();
        assert!(client.read_to_end(&mut answer).is_ok() && answer.is_empty() && guard.is_silent());
    }

    /// Starts a server that accepts every login, and answers a query with `begin`, and then repeats `more`, if any;
    /// returns its address. A query is a message of the kind `Q` (PostgreSQL, "Message Formats").
    fn fake_server(begin: Vec<u8>, more: Option<&'static [u8]>) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let mut length = [0; 4];
            stream.read_exact(&mut length).unwrap();
            let mut startup = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap() - 4];
            stream.read_exact(&mut startup).unwrap();
            stream.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").unwrap();
            let mut kind = [0];
            stream.read_exact(&mut kind).unwrap();
            assert_eq!(kind, *b"Q");
            stream.write_all(&begin).unwrap();
            while more.is_some_and(|more| stream.write_all(more).is_ok()) {
                thread::sleep(Duration::from_millis(5));
            }
            // Until the other end hangs up.
            _ = stream.read_to_end(&mut Vec::new());
        });
        Server::parse(&format!("postgres://nyt@127.0.0.1:{port}/x?sslmode=disable")).unwrap()
    }

    /// What a query that sends one column `x` begins with, and a row of it.
    const COLUMN: &[u8] = b"T\0\0\0\x1a\0\x01x\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0";
    const ROW: &[u8] = b"D\0\0\0\x0b\0\x01\0\0\0\x01a";

    #[test]
    fn a_result_without_an_end_is_given_up() {
        for more in [Some(ROW), None] {
            let server = fake_server([COLUMN, ROW].concat(), more);
            let total = Duration::from_millis(300);
            let (mut client, end) = crate::base::database::connect_for(&server, None, total).unwrap();
            let begun = Instant::now();
            assert!(client.simple_query("SELECT x").is_err());
            assert!(begun.elapsed() < Duration::from_secs(10));
            assert!(end.was_forced());
        }
    }

    #[test]
    fn an_answer_in_time_is_forwarded_whole() {
        let answer = [COLUMN, ROW, b"C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I"].concat();
        let server = fake_server(answer, None);
        let (mut client, end) = crate::base::database::connect_for(&server, None, Duration::from_secs(60)).unwrap();
        let rows = client.simple_query("SELECT x").unwrap();
        assert!(
            rows.iter().any(|row| matches!(row, postgres::SimpleQueryMessage::Row(row) if row.get(0) == Some("a")))
        );
        assert!(!end.was_forced());
    }

    #[test]
    fn a_password_in_plaintext_is_refused_over_a_network() {
        let open = "postgres://db.forening.example/x?sslmode=disable";
        assert_eq!(forwarded(open, &[CLEARTEXT]), None);
        assert_eq!(forwarded(open, &[&CLEARTEXT[..1], &CLEARTEXT[1..6], &CLEARTEXT[6..]]), None);
        assert_eq!(forwarded(open, &[b"v\0\0\0\x0c\0\0\0\0\0\0\0\0", CLEARTEXT]), None);
        assert_eq!(forwarded(open, &[SCRAM, CLEARTEXT]), Some([SCRAM, CLEARTEXT].concat()));
        let prefer = "postgres://db.forening.example/x?sslmode=prefer";
        assert_eq!(forwarded(prefer, &[b"N", CLEARTEXT]), None);
        assert_eq!(forwarded(prefer, &[b"NR\0\0", &CLEARTEXT[3..]]), None, "it begins with the answer to TLS");
        assert_eq!(forwarded(prefer, &[b"X", CLEARTEXT]), None, "no other answer means TLS");
        assert_eq!(forwarded(prefer, &[b"N", SCRAM]), Some([b"N", SCRAM].concat()));
        assert_eq!(forwarded(prefer, &[b"S", CLEARTEXT]), Some([b"S", CLEARTEXT].concat()), "it is encrypted");
        let here = "postgres://localhost/x?sslmode=disable";
        assert_eq!(forwarded(here, &[CLEARTEXT]), Some(CLEARTEXT.to_vec()));
    }
}
