use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::delivery::ledger::feedback::LeaveRequest;
use crate::edition::colour::Colour;
use crate::feedback::pages::sender::PageBrand;
use crate::feedback::pages::{PageOptions, UnsubscribePages};
use crate::feedback::recorder::{RecordedLeaves, RequestRecorder};
use crate::feedback::server::event::ServerEvent;
use crate::feedback::server::limits::ServerLimits;
use crate::feedback::server::link_pattern::LinkPattern;
use crate::feedback::server::listen::{ServerError, ServerStop};
use crate::feedback::server::{self, UnsubscribeServer};
use crate::issue::series::SeriesId;
use crate::people::person::Address;

const TOKEN: &str = "0123456789abcdef01234567";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// What a recorder was asked to record, and what it answers.
#[derive(Clone, Default)]
struct Records {
    requests: Arc<Mutex<Vec<LeaveRequest>>>,
    calls: Arc<AtomicUsize>,
    fails: Arc<AtomicBool>,
    /// Held while nothing may be recorded.
    gate: Arc<Mutex<()>>,
}

impl RequestRecorder for Records {
    fn record(&mut self, requests: &[LeaveRequest]) -> Result<RecordedLeaves, Error> {
        let _open = self.gate.lock().unwrap();
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::WorkerLost);
        }
        self.requests.lock().unwrap().extend_from_slice(requests);
        Ok(RecordedLeaves { left: requests.len() as u64, ..RecordedLeaves::default() })
    }
}

impl Records {
    /// The targets recorded so far, each with its source.
    fn targets(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|request| format!("{} {}", request.target, request.source)).collect()
    }
}

/// A server on a free port.
struct Running {
    port: u16,
    records: Records,
    events: mpsc::Receiver<ServerEvent>,
    stop: ServerStop,
    thread: JoinHandle<Result<(), ServerError>>,
}

impl Running {
    fn start(limits: ServerLimits) -> Self {
        let brand =
            |name: &str| PageBrand { name: name.into(), colour: Colour::DEFAULT, font: "serif".into(), logo: None };
        let pages = UnsubscribePages::new(&PageOptions {
            newsletter: brand("Nyt fra foreningen"),
            series: ["drift", "kurser"].map(|id| (SeriesId::parse(id).unwrap(), brand(id))).into(),
            contact: Address::parse("kontakt@forening.example").unwrap(),
            marker: "0123456789abcdef".into(),
        });
        let (records, stop) = (Records::default(), ServerStop::default());
        let server = UnsubscribeServer {
            pages,
            pattern: LinkPattern::parse("https://forening.example/afmeld/{token}").unwrap(),
            lang: Lang::default(),
            recorder: Box::new(records.clone()),
            limits,
        };
        let (sender, events) = mpsc::channel();
        let own = stop.clone();
        let thread = thread::spawn(move || server::run(server, &"127.0.0.1:0".parse().unwrap(), &own, sender));
        let Ok(ServerEvent::Listening(address)) = events.recv() else { panic!("it does not listen") };
        let port = address.to_string().rsplit(':').next().unwrap().parse().unwrap();
        Self { port, records, events, stop, thread }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// The answer to what is sent, until the server closes the connection.
    fn exchange(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        // A server that refuses may close before all of it is sent.
        _ = stream.write_all(request.as_ref());
        read_all(&mut stream)
    }

    /// The answer to a request for a path, with these headers.
    fn request(&self, line: &str, headers: &str, body: &str) -> String {
        let headers = if headers.is_empty() { String::new() } else { format!("{headers}\r\n") };
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        self.exchange(format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}{length}\r\n{body}"))
    }

    fn stop(self) -> Vec<ServerEvent> {
        self.stop.stop();
        self.thread.join().unwrap().unwrap();
        self.events.iter().collect()
    }
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection may be reset after its answer.
    _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

/// The answer without what changes from second to second.
fn undated(answer: &str) -> String {
    answer.lines().filter(|line| !line.starts_with("date: ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn reading_the_page_changes_nothing_and_posting_leaves() {
    let server = Running::start(ServerLimits::default());
    let page = server.request(&format!("GET /afmeld/{TOKEN}-drift"), "", "");
    assert_eq!(status(&page), "200");
    assert!(page.contains("<h1>Afmeld drift</h1>") && page.contains("content-language: da"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'; style-src 'sha256-"), "{page}");
    assert!(!page.contains("set-cookie") && !page.contains("location:") && !page.contains(TOKEN), "{page}");
    let head = server.request(&format!("HEAD /afmeld/{TOKEN}"), "Accept-Language: en-GB,en;q=0.9", "");
    assert!(status(&head) == "200" && head.contains("content-language: en") && head.ends_with("\r\n\r\n"), "{head}");
    assert_eq!(server.records.targets(), Vec::<String>::new());
    for (path, headers, body, expected) in [
        (TOKEN.to_owned(), FORM, "List-Unsubscribe=One-Click", vec![format!("{TOKEN} one-click")]),
        (TOKEN.to_owned(), "", "", vec![format!("{TOKEN} one-click")]),
        (format!("{TOKEN}-drift"), "", "", vec![format!("{TOKEN}-drift one-click")]),
        (format!("leave-{}-DRIFT", TOKEN.to_uppercase()), "", "", vec![format!("{TOKEN}-drift one-click")]),
        (format!("{TOKEN}%2Ddrift/?utm_source=x"), FORM, "leave=series", vec![format!("{TOKEN}-drift web page")]),
        (format!("{TOKEN}-drift"), FORM, "leave=everything&keep=drift", vec![format!("{TOKEN} web page")]),
        (format!("{TOKEN}-drift"), FORM, "leave=choose&keep=drift", vec![format!("{TOKEN}-kurser web page")]),
        (TOKEN.to_owned(), FORM, "leave=choose", vec![format!("{TOKEN} web page")]),
        (TOKEN.to_owned(), FORM, "leave=choose&keep=drift&keep=kurser", vec![]),
        (
            format!("{TOKEN}-gone"),
            FORM,
            "leave=choose&keep=kurser",
            vec![format!("{TOKEN}-drift web page"), format!("{TOKEN}-gone web page")],
        ),
        ("test".to_owned(), FORM, "List-Unsubscribe=One-Click", vec![]),
    ] {
        server.records.requests.lock().unwrap().clear();
        let answer = server.request(&format!("POST /afmeld/{path}"), headers, body);
        assert_eq!((status(&answer), server.records.targets()), ("200", expected), "{path} {body}: {answer}");
        assert!(!answer.contains("<form"), "{answer}");
    }
    server.stop();
}

#[test]
fn every_token_gets_the_same_answer() {
    let server = Running::start(ServerLimits::default());
    let tokens = [TOKEN, "ffffffffffffffffffffffff", "000000000000000000000000"];
    for line in ["GET", "POST"] {
        let answers = tokens.map(|token| undated(&server.request(&format!("{line} /afmeld/{token}"), "", "")));
        assert!(answers.iter().all(|answer| *answer == answers[0] && status(answer) == "200"), "{answers:?}");
    }
    server.stop();
}

#[test]
fn what_is_not_a_request_to_the_page_is_refused() {
    let server = Running::start(ServerLimits { idle: Duration::from_secs(1), ..ServerLimits::default() });
    let long = "a".repeat(20_000);
    for (line, headers, body, expected) in [
        ("GET /", "", "", "404"),
        ("GET /afmeld/", "", "", "404"),
        ("POST /afmeld/0123456789abcdef0123456", "", "", "404"),
        ("GET /afmeld/../../etc/passwd", "", "", "404"),
        ("GET /afmeld/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "", "", "404"),
        ("PUT /afmeld/0123456789abcdef01234567", "", "", "405"),
        ("DELETE /afmeld/0123456789abcdef01234567", "", "", "405"),
        ("OPTIONS /afmeld/0123456789abcdef01234567", "", "", "405"),
        ("BREW /afmeld/0123456789abcdef01234567", "", "", "405"),
        ("POST /metrics", "", "", "405"),
        ("POST /afmeld/0123456789abcdef01234567", FORM, "leave=me", "400"),
        ("POST /afmeld/0123456789abcdef01234567", FORM, &long, "413"),
        ("GET /afmeld/0123456789abcdef01234567", &format!("X: {long}"), "", "431"),
        ("GET /healthz", "", "", "200"),
        ("GET /metrics", "", "", "200"),
    ] {
        let answer = server.request(line, headers, body);
        assert_eq!(status(&answer), expected, "{line}: {answer}");
        assert_eq!(answer.contains("allow: "), expected == "405", "{answer}");
    }
    for (raw, expected) in [
        ("POST /afmeld/0123456789abcdef01234567 HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n", "400"),
        (
            "POST /afmeld/0123456789abcdef01234567 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "400",
        ),
        ("\u{16}\u{3}\u{1}\0\r\n\r\n", "400"),
        ("GET\r\n\r\n", "400"),
    ] {
        let answer = server.exchange(raw);
        assert_eq!(status(&answer), expected, "{raw:?}: {answer}");
    }
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    let head = format!("POST /afmeld/{TOKEN} HTTP/1.1\r\nHost: a\r\n{FORM}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let answer = server.exchange(format!("{head}{}0\r\n\r\n", chunk.repeat(3)));
    assert_eq!(status(&answer), "413", "{answer}");
    let answer = server.exchange(format!("{head}{chunk}0\r\n\r\n").replace("Host: a", "Host: a\r\nConnection: close"));
    assert_eq!(status(&answer), "200", "{answer}");
    assert_eq!(server.records.targets(), [format!("{TOKEN} one-click")], "only the last one is a request to leave");
    server.stop();
}

#[test]
fn a_client_that_sends_nothing_does_not_keep_others_out() {
    let second = Duration::from_secs(1);
    let server =
        Running::start(ServerLimits { request: second, idle: second, connections: 20, ..ServerLimits::default() });
    // They are held, so that no place becomes free.
    let idle: Vec<TcpStream> = (0..100).map(|_| server.connect()).collect();
    let started = Instant::now();
    let answer = server.request(&format!("POST /afmeld/{TOKEN}"), "", "");
    assert_eq!(status(&answer), "200");
    assert!(started.elapsed() < second, "{:?}", started.elapsed());
    let mut slow_body = server.connect();
    slow_body
        .write_all(format!("POST /afmeld/{TOKEN} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nleave").as_bytes())
        .unwrap();
    let mut slow_head = server.connect();
    slow_head.write_all(b"GET /afmeld/").unwrap();
    assert_eq!(status(&read_all(&mut slow_body)), "408");
    assert_eq!(read_all(&mut slow_head), "");
    assert!(started.elapsed() < 5 * second, "{:?}", started.elapsed());
    drop(idle);
    assert_eq!(server.records.targets().len(), 1);
    server.stop();
}

#[test]
fn what_cannot_be_recorded_is_refused_until_it_can() {
    let server = Running::start(ServerLimits::default());
    let post = || server.request(&format!("POST /afmeld/{TOKEN}"), "", "");
    server.records.fails.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let answer = post();
        assert!(status(&answer) == "503" && answer.contains("retry-after: 60"), "{answer}");
        assert!(answer.contains("Vi kunne ikke gemme din afmelding."), "{answer}");
    }
    assert_eq!(status(&server.request("GET /healthz", "", "")), "503");
    assert_eq!(status(&server.request(&format!("GET /afmeld/{TOKEN}"), "", "")), "200", "the page asks no ledger");
    server.records.fails.store(false, Ordering::SeqCst);
    assert_eq!(status(&post()), "200");
    assert_eq!(status(&server.request("GET /healthz", "", "")), "200");
    let metrics = server.request("GET /metrics", "", "");
    for line in [
        "newsletter_serve_requests_total{method=\"POST\",status=\"503\"} 2\n",
        "newsletter_serve_unsubscribes_total{result=\"left\"} 1\n",
        "newsletter_serve_not_recorded_total 2\n",
        "newsletter_serve_request_seconds_count 6\n# EOF\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let events = server.stop();
    let reported: Vec<&ServerEvent> =
        events.iter().filter(|event| !matches!(event, ServerEvent::Answered { .. })).collect();
    assert!(matches!(reported[..], [ServerEvent::NotRecorded(_), ServerEvent::RecordedAgain]), "{reported:?}");
}

#[test]
fn requests_that_wait_are_recorded_together_and_answered_before_the_end() {
    let server = Running::start(ServerLimits::default());
    let gate = Arc::clone(&server.records.gate);
    let held = gate.lock().unwrap();
    let request = format!("POST /afmeld/{TOKEN} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    let mut waiting: Vec<TcpStream> = (0..50).map(|_| server.connect()).collect();
    for stream in &mut waiting {
        stream.write_all(request.as_bytes()).unwrap();
    }
    // A request that was read is answered; when one is read cannot be seen from here, so that all of them get time.
    thread::sleep(Duration::from_millis(300));
    server.stop.stop();
    drop(held);
    let answers: Vec<String> = waiting.iter_mut().map(read_all).collect();
    assert!(answers.iter().all(|answer| status(answer) == "200"), "{answers:?}");
    assert_eq!(server.records.targets().len(), 50);
    assert!(server.records.calls.load(Ordering::SeqCst) <= 3, "{:?}", server.records.calls);
    server.stop();
}
