//! A relay for many connections at once, whose replies depend on the recipient.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The step that a reply belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Greeting,
    Mail,
    Rcpt,
    Data,
    Dot,
}

/// A relay's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The normal reply.
    Usual,
    /// This reply; 421 closes the connection.
    Say(String),
    /// No reply: the connection is closed.
    Close,
}

/// The context of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) step: Step,
    /// The recipient; empty before RCPT.
    pub(crate) recipient: &'a str,
    /// How many letters the connection has carried.
    pub(crate) letters: usize,
    /// How many connections are open, this one included.
    pub(crate) open: usize,
    /// How many commands the relay has received: a unique number for each reply.
    pub(crate) number: usize,
}

type Rule = dyn Fn(Asked<'_>) -> Answer + Send + Sync;

/// A relay that runs until the test ends.
pub(crate) struct RuleRelay {
    port: u16,
    state: Arc<RelayState>,
}

struct RelayState {
    rule: Box<Rule>,
    offers: &'static str,
    open: AtomicUsize,
    commands: AtomicUsize,
    /// How often each recipient's letter was accepted.
    accepted: Mutex<BTreeMap<String, usize>>,
    connections: AtomicUsize,
}

impl RuleRelay {
    pub(crate) fn start(offers: &'static str, rule: impl Fn(Asked<'_>) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(RelayState {
            rule: Box::new(rule),
            offers,
            open: AtomicUsize::new(0),
            commands: AtomicUsize::new(0),
            accepted: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for tcp in listener.incoming() {
                let (tcp, state) = (tcp.unwrap(), Arc::clone(&served));
                let open = state.open.fetch_add(1, Ordering::SeqCst) + 1;
                state.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    // However the client disconnects, its place becomes free.
                    _ = state.serve(tcp, open);
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How often each recipient's letter was accepted.
    pub(crate) fn accepted(&self) -> BTreeMap<String, usize> {
        self.state.accepted.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Waits until this many letters were accepted.
    pub(crate) fn wait_for(&self, letters: usize) {
        for _ in 0..2_000 {
            if self.accepted().values().sum::<usize>() >= letters {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the relay has not accepted {letters} letters");
    }
}

impl RelayState {
    fn serve(&self, tcp: TcpStream, open: usize) -> Option<()> {
        tcp.set_nodelay(true).ok()?;
        let mut client = Client { output: tcp.try_clone().ok()?, state: self, open, letters: 0 };
        let mut input = BufReader::new(tcp);
        client.answer(Step::Greeting, "", "220 relay.example ESMTP")?;
        let mut recipient = String::new();
        loop {
            let line = read_line(&mut input)?;
            match line.split([' ', ':']).next()? {
                "EHLO" => client.say(self.offers)?,
                "MAIL" => drop(client.answer(Step::Mail, "", "250 2.1.0 OK")?),
                "RCPT" => {
                    let address = line.split(['<', '>']).nth(1)?.to_owned();
                    let said = client.answer(Step::Rcpt, &address, "250 2.1.5 OK")?;
                    recipient = if said.starts_with('2') { address } else { String::new() };
                }
                "DATA" if recipient.is_empty() => client.say("554 5.5.1 No valid recipients")?,
                "DATA" => {
                    if client.answer(Step::Data, &recipient, "354 Go ahead")?.starts_with("354") {
                        while read_line(&mut input)? != "." {}
                        self.end_letter(&mut client, &recipient)?;
                    }
                }
                "QUIT" => return client.say("221 2.0.0 Bye"),
                _ => client.say("250 2.0.0 OK")?,
            }
        }
    }

    fn end_letter(&self, client: &mut Client<'_>, recipient: &str) -> Option<()> {
        let asked = client.asked(Step::Dot, recipient);
        let answer = (self.rule)(asked);
        if answer == Answer::Usual {
            *self.accepted.lock().unwrap().entry(recipient.to_owned()).or_default() += 1;
            client.letters += 1;
        }
        client.give(answer, "250 2.0.0 Queued").map(drop)
    }
}

struct Client<'a> {
    output: TcpStream,
    state: &'a RelayState,
    open: usize,
    letters: usize,
}

impl Client<'_> {
    fn asked<'a>(&self, step: Step, recipient: &'a str) -> Asked<'a> {
        let number = self.state.commands.fetch_add(1, Ordering::SeqCst);
        Asked { step, recipient, letters: self.letters, open: self.open, number }
    }

    fn answer(&mut self, step: Step, recipient: &str, usual: &str) -> Option<String> {
        let answer = (self.state.rule)(self.asked(step, recipient));
        let said = self.give(answer, usual)?;
        // A relay that refuses at the greeting closes the connection.
        if step == Step::Greeting && !said.starts_with('2') { None } else { Some(said) }
    }

    fn give(&mut self, answer: Answer, usual: &str) -> Option<String> {
        let said = match answer {
            Answer::Usual => usual.to_owned(),
            Answer::Say(text) => text,
            Answer::Close => return None,
        };
        self.say(&said)?;
        if said.starts_with("421") { None } else { Some(said) }
    }

    fn say(&mut self, text: &str) -> Option<()> {
        self.output.write_all(format!("{text}\r\n").as_bytes()).ok()
    }
}

fn read_line(input: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    // Bodies may hold other octets than UTF-8; those of these tests do not.
    if input.read_line(&mut line).ok()? == 0 { None } else { Some(line.trim_end().to_owned()) }
}
