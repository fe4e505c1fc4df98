//! A relay that follows a script: it replies to each command as in RFC 5321, except where a trick replaces the reply.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What replaces the usual reply.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trick {
    /// These octets.
    Say(&'static str),
    /// These octets, which are not UTF-8.
    Octets(&'static [u8]),
    /// These octets, and then nothing more for ever.
    SayAndClose(&'static str),
    /// No reply: the connection is closed.
    Close,
    /// No reply: the connection stays open.
    Stall,
    /// The usual reply, once the test has called [`Relay::go_on`].
    Hold,
    /// The usual reply, once the client has sent more: it must not wait for this reply.
    OnceMoreIsSaid,
    /// The usual reply, unless the client has sent more: it must wait for this reply.
    UnlessMoreIsSaid,
    /// These octets, slowly, one by one.
    Drip(&'static str),
    /// The same octets for ever.
    Endless(&'static str),
}

impl Trick {
    /// Whether a client that received this in reply to DATA goes on with the letter.
    fn asks_for_body(self) -> bool {
        matches!(self, Self::Say(text) if text.starts_with("354"))
    }
}

/// When the relay encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Never.
    Never,
    /// On request.
    StartTls,
    /// From the first octet.
    Always,
}

/// The script of a test's relay.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// The lines of the answer to EHLO, after the first and but STARTTLS.
    pub(crate) offers: &'static [&'static str],
    /// When it encrypts.
    pub(crate) encryption: Encryption,
    /// The name on its certificate.
    pub(crate) name: &'static str,
    /// Tricks by the command they answer, each used once and in order: `banner`, a verb, or `dot`.
    pub(crate) tricks: Vec<(&'static str, Trick)>,
}

impl Default for Script {
    fn default() -> Self {
        Self { offers: &["SIZE 100000"], encryption: Encryption::Never, name: "localhost", tricks: Vec::new() }
    }
}

/// A relay that runs.
pub(crate) struct Relay {
    address: SocketAddr,
    certificate: String,
    state: Arc<RelayState>,
    server: JoinHandle<()>,
}

/// What the connections of one relay share.
struct RelayState {
    script: Script,
    tricks: Mutex<BTreeMap<&'static str, VecDeque<Trick>>>,
    heard: Mutex<Vec<String>>,
    /// Whether replies that are held back may be sent.
    goes_on: Mutex<bool>,
    /// Signals that a line was received, or that the relay goes on.
    news: Condvar,
    identity: Arc<ServerConfig>,
}

/// The line that stops the relay; clients never send it.
const STOP_LINE: &[u8] = b"STOP-RELAY\r\n";

impl Relay {
    pub(crate) fn start(script: Script) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (identity, certificate) = identity(script.name);
        let mut tricks: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
        for (verb, trick) in &script.tricks {
            tricks.entry(*verb).or_default().push_back(*trick);
        }
        let state = RelayState {
            script,
            tricks: Mutex::new(tricks),
            heard: Mutex::default(),
            goes_on: Mutex::default(),
            news: Condvar::new(),
            identity,
        };
        let state = Arc::new(state);
        let server = thread::spawn({
            let state = Arc::clone(&state);
            move || serve(&listener, &state)
        });
        Self { address, certificate, state, server }
    }

    /// How long a client waits: briefly if the test is about waiting, otherwise long enough for a busy machine.
    pub(crate) fn patience(&self) -> Duration {
        let slow = |(_, trick): &(_, Trick)| matches!(trick, Trick::Stall | Trick::Drip(_));
        if self.state.script.tricks.iter().any(slow) { Duration::from_secs(1) } else { Duration::from_secs(20) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Whether it encrypts from the first octet.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.state.script.encryption == Encryption::Always
    }

    /// The relay's certificate as a file.
    pub(crate) fn certificate(&self) -> PathBuf {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("relay-{}.pem", self.port()));
        std::fs::write(&path, &self.certificate).unwrap();
        path
    }

    /// Waits until the relay has received this line the given number of times.
    pub(crate) fn wait_for(&self, line: &str, times: usize) {
        let heard = self.state.heard.lock().unwrap();
        let waits = |heard: &mut Vec<String>| heard.iter().filter(|heard_line| *heard_line == line).count() < times;
        let over = self.state.news.wait_timeout_while(heard, Duration::from_secs(20), waits).unwrap().1.timed_out();
        assert!(!over, "the relay has not heard {line} {times} times");
    }

    /// Lets the relay send the replies that it held back.
    pub(crate) fn go_on(&self) {
        *self.state.goes_on.lock().unwrap() = true;
        self.state.news.notify_all();
    }

    /// Ends the relay and returns what it received: every command, every body, `*` for a connection and `-` for its
    /// end.
    pub(crate) fn finish(self) -> Vec<String> {
        TcpStream::connect(self.address).unwrap().write_all(STOP_LINE).unwrap();
        self.server.join().unwrap();
        std::mem::take(&mut self.state.heard.lock().unwrap())
    }
}

/// A certificate for a name, with its key, and the certificate as PEM.
pub(crate) fn identity(name: &str) -> (Arc<ServerConfig>, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), cert.pem())
}

/// Serves one connection after another, so that what was received has one order.
fn serve(listener: &TcpListener, state: &Arc<RelayState>) {
    for tcp in listener.incoming() {
        let tcp = tcp.unwrap();
        let mut first = [0; STOP_LINE.len()];
        tcp.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        if tcp.peek(&mut first).is_ok() && first == *STOP_LINE {
            return;
        }
        tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        tcp.set_nodelay(true).unwrap();
        state.hear("*");
        let mut session = RelaySession { line: Line::Clear(tcp), state };
        // However a connection ends, the next one is served.
        match session.play() {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                // On a busy machine the stop line comes after a millisecond: it is not a client's.
                state.heard.lock().unwrap().pop();
                return;
            }
            Ok(()) | Err(_) => state.hear("-"),
        }
    }
}

impl RelayState {
    fn hear(&self, line: &str) {
        self.heard.lock().unwrap().push(line.to_owned());
        self.news.notify_all();
    }

    fn trick(&self, verb: &str) -> Option<Trick> {
        self.tricks.lock().unwrap().get_mut(verb).and_then(VecDeque::pop_front)
    }
}

/// A connection to a client.
pub(crate) enum Line {
    Clear(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Line {
    pub(crate) fn encrypted(tcp: &TcpStream, identity: &Arc<ServerConfig>) -> io::Result<Self> {
        let connection = ServerConnection::new(Arc::clone(identity)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, tcp.try_clone()?);
        stream.flush()?;
        Ok(Self::Encrypted(Box::new(stream)))
    }

    pub(crate) fn read_line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        let mut octet = [0];
        while !line.ends_with(b"\r\n") {
            let length = match self {
                Self::Clear(tcp) => tcp.read(&mut octet)?,
                Self::Encrypted(stream) => stream.read(&mut octet)?,
            };
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            line.extend_from_slice(&octet);
        }
        if line == STOP_LINE {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        line.truncate(line.len() - 2);
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// Waits until something has come that was not read yet.
    fn more(&self) -> io::Result<()> {
        self.tcp().peek(&mut [0]).map(drop)
    }

    fn wait_at_most(&self, time: Duration) -> io::Result<()> {
        self.tcp().set_read_timeout(Some(time))
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Clear(tcp) => tcp,
            Self::Encrypted(stream) => stream.get_ref(),
        }
    }

    pub(crate) fn say(&mut self, octets: &[u8]) -> io::Result<()> {
        match self {
            Self::Clear(tcp) => tcp.write_all(octets),
            Self::Encrypted(stream) => stream.write_all(octets).and_then(|()| stream.flush()),
        }
    }
}

struct RelaySession<'a> {
    line: Line,
    state: &'a RelayState,
}

impl RelaySession<'_> {
    fn play(&mut self) -> io::Result<()> {
        if self.state.script.encryption == Encryption::Always {
            self.encrypt()?;
        }
        self.answer("banner", "220 relay.example ESMTP\r\n")?;
        loop {
            let line = self.line.read_line()?;
            self.state.hear(&line);
            let verb = line.split(' ').next().unwrap_or_default();
            match verb {
                "EHLO" => drop(self.answer(verb, &self.offers())?),
                "HELO" | "RSET" | "NOOP" => drop(self.answer(verb, "250 OK\r\n")?),
                "MAIL" => drop(self.answer(verb, "250 2.1.0 OK\r\n")?),
                "RCPT" => drop(self.answer(verb, "250 2.1.5 OK\r\n")?),
                "AUTH" => self.log_in(&line)?,
                "STARTTLS" => {
                    self.answer(verb, "220 2.0.0 Ready\r\n")?;
                    self.encrypt()?;
                }
                "DATA" => {
                    let trick = self.answer(verb, "354 Go ahead\r\n")?;
                    if trick.is_none_or(Trick::asks_for_body) {
                        self.take_body()?;
                        self.answer("dot", "250 2.0.0 Queued\r\n")?;
                    }
                }
                "QUIT" => return self.answer(verb, "221 2.0.0 Bye\r\n").map(drop),
                // The empty line by which a client asks for the refusal.
                "" => drop(self.answer("", "535 5.7.8 No\r\n")?),
                _ => drop(self.answer(verb, "500 5.5.1 What?\r\n")?),
            }
        }
    }

    fn offers(&self) -> String {
        let Script { offers, encryption, .. } = &self.state.script;
        let mut lines = vec!["relay.example"];
        lines.extend_from_slice(offers);
        if *encryption == Encryption::StartTls && matches!(self.line, Line::Clear(_)) {
            lines.push("STARTTLS");
        }
        let last = lines.pop().unwrap_or_default();
        lines.iter().map(|line| format!("250-{line}\r\n")).chain([format!("250 {last}\r\n")]).collect()
    }

    fn encrypt(&mut self) -> io::Result<()> {
        if let Line::Clear(tcp) = &self.line {
            self.line = Line::encrypted(tcp, &self.state.identity)?;
        }
        Ok(())
    }

    /// PLAIN in one line, XOAUTH2 in one or two, LOGIN in three; any password is right unless a trick says otherwise.
    fn log_in(&mut self, line: &str) -> io::Result<()> {
        let questions: &[&str] = match line {
            "AUTH LOGIN" => &["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"],
            "AUTH XOAUTH2" => &["334 \r\n"],
            _ => &[],
        };
        for question in questions {
            self.line.say(question.as_bytes())?;
            let line = self.line.read_line()?;
            self.state.hear(&line);
        }
        self.answer("AUTH", "235 2.7.0 OK\r\n").map(drop)
    }

    fn take_body(&mut self) -> io::Result<()> {
        loop {
            let line = self.line.read_line()?;
            self.state.hear(&format!("| {line}"));
            if line == "." {
                return Ok(());
            }
        }
    }

    /// Sends the usual reply, or plays the trick; returns which.
    fn answer(&mut self, verb: &str, usual: &str) -> io::Result<Option<Trick>> {
        let trick = self.state.trick(verb);
        match trick {
            None => self.line.say(usual.as_bytes())?,
            Some(Trick::Say(text)) => self.line.say(text.as_bytes())?,
            Some(Trick::Octets(octets)) => self.line.say(octets)?,
            Some(Trick::SayAndClose(text)) => {
                self.line.say(text.as_bytes())?;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Some(Trick::Close) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Some(Trick::Hold) => {
                let waits = |goes_on: &mut bool| !*goes_on;
                drop(self.state.news.wait_while(self.state.goes_on.lock().unwrap(), waits).unwrap());
                self.line.say(usual.as_bytes())?;
            }
            Some(Trick::OnceMoreIsSaid) => {
                self.line.more()?;
                self.line.say(usual.as_bytes())?;
            }
            Some(Trick::UnlessMoreIsSaid) => {
                self.line.wait_at_most(Duration::from_millis(50))?;
                let output = if self.line.more().is_ok() { "500 5.5.0 Not one by one\r\n" } else { usual };
                self.line.wait_at_most(Duration::from_secs(20))?;
                self.line.say(output.as_bytes())?;
            }
            Some(Trick::Stall) => drop(self.line.read_line()?),
            Some(Trick::Drip(text)) => self.drip(text)?,
            Some(Trick::Endless(text)) => loop {
                self.line.say(text.as_bytes())?;
            },
        }
        Ok(trick)
    }

    /// Waits for the client between two octets: when it gives up, so does the relay.
    fn drip(&mut self, text: &str) -> io::Result<()> {
        for octet in text.bytes() {
            self.line.say(&[octet])?;
            let Line::Clear(tcp) = &self.line else { continue };
            tcp.set_read_timeout(Some(Duration::from_millis(50)))?;
            if matches!(tcp.peek(&mut [0]), Ok(0)) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
        }
        Ok(())
    }
}
