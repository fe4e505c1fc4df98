//! An IMAP server that follows a script: it answers each command as in RFC 3501, except where a trick replaces the answer.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use rustls::ServerConfig;

use crate::scripted::{Encryption, Line, identity};

/// What replaces the usual answer. `{tag}` in a text is the tag of the command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ImapTrick {
    /// This text.
    Say(&'static str),
    /// This text, and then the end of the connection.
    SayAndClose(&'static str),
    /// The command is executed, but the server closes the connection before the answer.
    DoAndClose,
    /// No answer, for ever; the command is executed.
    Stall,
    /// No answer, for ever; the command is not executed.
    StallBefore,
    /// The same text for ever.
    Endless(&'static str),
}

/// What a test's server does.
#[derive(Clone, Debug)]
pub(crate) struct ImapScript {
    /// Its capabilities besides `IMAP4rev1` and STARTTLS.
    pub(crate) capabilities: &'static str,
    /// When it encrypts.
    pub(crate) encryption: Encryption,
    /// The messages in INBOX, numbered from 1.
    pub(crate) messages: Vec<String>,
    /// Tricks by the verb they answer, each used once and in order: `greeting`, `FETCH`, `MOVE` and the like.
    pub(crate) tricks: Vec<(&'static str, ImapTrick)>,
}

impl Default for ImapScript {
    fn default() -> Self {
        Self {
            capabilities: "AUTH=PLAIN SASL-IR MOVE UIDPLUS",
            encryption: Encryption::Never,
            messages: Vec::new(),
            tricks: Vec::new(),
        }
    }
}

/// A server that runs until the test ends.
pub(crate) struct ImapServer {
    port: u16,
    certificate: String,
    shared: Arc<Shared>,
}

/// What the connections of one server share.
struct Shared {
    state: Mutex<State>,
    /// Signals that a command was received.
    news: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn hear(&self, command: &str) {
        self.state().heard.push(command.to_owned());
        self.news.notify_all();
    }
}

/// The state of a server, and the commands it received.
struct State {
    script: ImapScript,
    tricks: BTreeMap<&'static str, VecDeque<ImapTrick>>,
    heard: Vec<String>,
    /// The messages of each folder by their numbers; `true` for those that are marked as deleted.
    folders: BTreeMap<String, BTreeMap<u32, (String, bool)>>,
}

impl ImapServer {
    pub(crate) fn start(script: ImapScript) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (config, certificate) = identity("localhost");
        let mut tricks: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
        for (verb, trick) in &script.tricks {
            tricks.entry(*verb).or_default().push_back(*trick);
        }
        let inbox = (1..).zip(&script.messages).map(|(number, message)| (number, (message.clone(), false))).collect();
        let folders = BTreeMap::from([("INBOX".to_owned(), inbox)]);
        let state = Mutex::new(State { script, tricks, heard: Vec::new(), folders });
        let shared = Arc::new(Shared { state, news: Condvar::new() });
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for tcp in listener.incoming() {
                    // However a connection ends, the next one is served.
                    _ = serve(&tcp.unwrap(), &shared, &config);
                }
            }
        });
        Self { port, certificate, shared }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The server's certificate as a file.
    pub(crate) fn certificate(&self) -> PathBuf {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("imap-{}.pem", self.port));
        std::fs::write(&path, &self.certificate).unwrap();
        path
    }

    /// The commands that it received, without their tags.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.shared.state().heard.clone()
    }

    /// Waits until it has received a command that begins like this.
    pub(crate) fn wait_for(&self, start: &str) {
        let state = self.shared.state();
        let waits = |state: &mut State| !state.heard.iter().any(|line| line.starts_with(start));
        let over = self.shared.news.wait_timeout_while(state, Duration::from_secs(30), waits).unwrap().1.timed_out();
        assert!(!over, "the server was not given {start}");
    }

    /// What is in a folder: the numbers, with `*` behind those that are marked as deleted.
    pub(crate) fn folder(&self, name: &str) -> String {
        let state = self.shared.state();
        let Some(folder) = state.folders.get(name) else { return "absent".to_owned() };
        let shown = folder.iter().map(|(number, (_, marked))| format!("{number}{}", if *marked { "*" } else { "" }));
        shown.collect::<Vec<_>>().join(" ")
    }

    /// The messages in a folder.
    pub(crate) fn messages(&self, name: &str) -> Vec<String> {
        let state = self.shared.state();
        state.folders.get(name).into_iter().flat_map(BTreeMap::values).map(|(message, _)| message.clone()).collect()
    }
}

fn serve(tcp: &TcpStream, shared: &Shared, config: &Arc<ServerConfig>) -> io::Result<()> {
    tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
    tcp.set_write_timeout(Some(Duration::from_secs(20)))?;
    tcp.set_nodelay(true)?;
    let encryption = shared.state().script.encryption;
    let mut line =
        if encryption == Encryption::Always { Line::encrypted(tcp, config)? } else { Line::Clear(tcp.try_clone()?) };
    answer(&mut line, shared, "greeting", "*", "* OK ready\r\n")?;
    let mut folder = String::new();
    loop {
        let command = line.read_line()?;
        let (tag, command) = command.split_once(' ').unwrap_or((&command, ""));
        shared.hear(command);
        let words: Vec<&str> = command.split(' ').collect();
        let verb = words.iter().find(|word| **word != "UID").copied().unwrap_or_default().to_owned();
        let done = format!("{tag} OK done\r\n");
        let usual = match verb.as_str() {
            "CAPABILITY" => capabilities(shared, &line) + &done,
            "AUTHENTICATE" if words.len() < 3 => {
                line.say(b"+ \r\n")?;
                shared.hear(&line.read_line()?);
                done
            }
            "SELECT" | "EXAMINE" => {
                words[1].trim_matches('"').clone_into(&mut folder);
                format!("* 1 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n{done}")
            }
            "LOGOUT" => return line.say(b"* BYE bye\r\n"),
            _ if shared.state().stalls_before(&verb) => done,
            _ => shared.state().obey(&verb, &folder, &words) + &done,
        };
        answer(&mut line, shared, &verb, tag, &usual)?;
        if verb == "STARTTLS" {
            line = Line::encrypted(tcp, config)?;
        }
    }
}

fn capabilities(shared: &Shared, line: &Line) -> String {
    let script = &shared.state().script;
    let can_encrypt = script.encryption == Encryption::StartTls && matches!(line, Line::Clear(_));
    let start_tls = if can_encrypt { " STARTTLS LOGINDISABLED" } else { "" };
    format!("* CAPABILITY IMAP4rev1 {}{start_tls}\r\n", script.capabilities)
}

/// Sends the usual answer, or plays the trick.
fn answer(line: &mut Line, shared: &Shared, verb: &str, tag: &str, usual: &str) -> io::Result<()> {
    let trick = shared.state().tricks.get_mut(verb).and_then(VecDeque::pop_front);
    let told = |text: &str| text.replace("{tag}", tag);
    match trick {
        None => line.say(usual.as_bytes()),
        Some(ImapTrick::Say(text)) => line.say(told(text).as_bytes()),
        Some(ImapTrick::SayAndClose(text)) => {
            line.say(told(text).as_bytes())?;
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Some(ImapTrick::DoAndClose) => Err(io::ErrorKind::ConnectionAborted.into()),
        Some(ImapTrick::Stall | ImapTrick::StallBefore) => line.read_line().map(drop),
        Some(ImapTrick::Endless(text)) => loop {
            line.say(told(text).as_bytes())?;
        },
    }
}

impl State {
    fn stalls_before(&self, verb: &str) -> bool {
        let next = self.tricks.get(verb).and_then(VecDeque::front);
        matches!(next, Some(ImapTrick::StallBefore))
    }

    /// Executes a command about messages; returns the answer before its completion.
    fn obey(&mut self, verb: &str, folder: &str, words: &[&str]) -> String {
        let set = words.get(2).copied().unwrap_or_default();
        let numbers: Vec<u32> = set.split(',').filter_map(|number| number.parse().ok()).collect();
        let target = words.get(3).copied().unwrap_or_default().trim_matches('"').to_owned();
        let messages = self.folders.get_mut(folder);
        match (verb, messages) {
            ("SEARCH", Some(messages)) => {
                let left = messages.iter().filter(|(_, (_, marked))| !marked).map(|(number, _)| number.to_string());
                format!("* SEARCH {}\r\n", left.collect::<Vec<_>>().join(" "))
            }
            ("FETCH", Some(messages)) => {
                let mut said = String::new();
                for (number, (message, _)) in messages.iter().filter(|(number, _)| numbers.contains(number)) {
                    let date = "01-Nov-2026 10:00:00 +0100";
                    let length = message.len();
                    _ = write!(
                        said,
                        "* {number} FETCH (UID {number} INTERNALDATE \"{date}\" BODY[]<0> {{{length}}}\r\n"
                    );
                    _ = write!(said, "{message})\r\n");
                }
                said
            }
            ("MOVE" | "COPY", Some(messages)) => {
                let taken: Vec<(u32, String)> =
                    numbers.iter().filter_map(|number| Some((*number, messages.get(number)?.0.clone()))).collect();
                if verb == "MOVE" {
                    messages.retain(|number, _| !numbers.contains(number));
                }
                let into = self.folders.entry(target).or_default();
                for (_, message) in taken {
                    let next = into.keys().last().map_or(1, |last| last + 1);
                    into.insert(next, (message, false));
                }
                String::new()
            }
            ("STORE", Some(messages)) => {
                let marked = messages.iter_mut().filter(|(number, _)| numbers.contains(number));
                marked.for_each(|(_, message)| message.1 = true);
                String::new()
            }
            ("EXPUNGE", Some(messages)) => {
                messages.retain(|number, (_, marked)| !(*marked && numbers.contains(number)));
                String::new()
            }
            _ => String::new(),
        }
    }
}
