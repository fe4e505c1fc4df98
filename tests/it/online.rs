//! `check --online`: which addresses are requested, how often, and what is reported.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use newsletter::project::online::link_status::LinkStatus;
use newsletter::project::online::{self, RequestLimits};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::project::{MAY, Project};

/// A web server that responds according to the path, and records the requests.
struct Web {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Web {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::default());
        let web = Self { port, heard: Arc::clone(&heard) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let heard = Arc::clone(&heard);
                thread::spawn(move || answer(&stream.unwrap(), &heard));
            }
        });
        web
    }

    /// An address as an issue writes it; a proxy of the environment takes the requests to this server.
    fn url(&self, path: &str) -> String {
        format!("http://side.example:{}{path}", self.port)
    }

    /// The address of this server itself, which only this machine reaches.
    fn private_url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The requests since the last call, in order.
    fn heard(&self) -> Vec<String> {
        let mut heard = std::mem::take(&mut *self.heard.lock().unwrap());
        heard.sort();
        heard
    }
}

/// A proxy that resolves every host to this machine; returns its address.
pub(crate) fn proxy() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || tunnel(&stream.unwrap()));
        }
    });
    format!("http://127.0.0.1:{port}")
}

/// Opens the tunnel that a client asks for (RFC 9110, section 9.3.6).
fn tunnel(mut client: &TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let port = head.strip_prefix("CONNECT ").unwrap().split_whitespace().next().unwrap().rsplit(':').next().unwrap();
    let server = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().unwrap()))).unwrap();
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            // An end that hangs up ends the tunnel.
            _ = io::copy(&mut &*client, &mut &server);
            _ = server.shutdown(Shutdown::Write);
        });
        _ = io::copy(&mut &server, &mut &*client);
        _ = client.shutdown(Shutdown::Both);
    });
}

fn answer(mut stream: &TcpStream, heard: &Mutex<Vec<String>>) {
    let lines: Vec<String> =
        BufReader::new(stream).lines().map(|line| line.unwrap()).take_while(|line| !line.is_empty()).collect();
    let Some(asked) = lines.first() else { return };
    let has = |header: &str| lines.iter().any(|line| line.eq_ignore_ascii_case(header));
    assert!(has(&format!("user-agent: newsletter/{} (link check)", env!("CARGO_PKG_VERSION"))), "{lines:?}");
    let asked = asked.trim_end_matches(" HTTP/1.1").to_owned();
    let range = if has("range: bytes=0-0") { " 0-0" } else { "" };
    heard.lock().unwrap().push(format!("{asked}{range}"));
    let (method, path) = asked.split_once(' ').unwrap();
    let status = match (method, path) {
        (_, "/gone") => "410 Gone",
        (_, "/missing") => "404 Not Found",
        ("HEAD", "/shy") => "405 Method Not Allowed",
        (_, "/shy") => "206 Partial Content",
        (_, "/members") => "403 Forbidden",
        (_, "/broken") => "503 Service Unavailable",
        (_, "/moved") => "301 Moved Permanently\r\nLocation: /there",
        (_, "/inside") => "302 Found\r\nLocation: http://127.0.0.1:9/there",
        (_, path) if path.starts_with("/to?") => &format!("302 Found\r\nLocation: {}", &path["/to?".len()..]),
        (_, "/round") => "302 Found\r\nLocation: /round",
        // The client hangs up when its time-out has passed.
        (_, path) if path.starts_with("/slow") => {
            BufReader::new(stream).lines().for_each(drop);
            return;
        }
        (_, _) => "200 OK",
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
}

fn project(name: &str, web: &Web, text: &str) -> Project {
    let project = Project::new(name).variable("ALL_PROXY", &proxy());
    project.edit(MAY, "preheader:", "ignore: {NL554: en prøve}\npreheader:");
    project.edit(MAY, "Der er nyt.", &text.replace("WEB", &web.url("")));
    project
}

#[test]
fn every_address_is_requested_once_and_reported_at_its_place() {
    let web = Web::start();
    let text = "\
[Referatet](WEB/missing#side-2), [referatet igen](WEB/missing).\n\n\
[Gammelt](WEB/gone){.button}\n\n\
[Sky](WEB/shy), [flyttet](WEB/moved), [i ring](WEB/round), [i stykker](WEB/broken), [medlemmer](WEB/members).\n\n\
[Din side](WEB/you?{{ email }}), [afmeld](WEB/unsubscribe?u=1)\n";
    let project = project("online-reported", &web, text);
    assert_eq!(project.run("check").status, 0);
    assert_eq!(web.heard(), Vec::<String>::new(), "nothing is asked that was not asked for");
    let output = project.run("check --online --json");
    assert_eq!((output.status, output.stderr.as_str()), (3, ""));
    let reported = |output: &str| {
        let all: Vec<Value> = serde_json::from_str(output).unwrap();
        let ours = all.into_iter().filter(|finding| ["NL558", "NL559"].contains(&finding["code"].as_str().unwrap()));
        let line = |finding: Value| format!("{} {} {}", finding["code"], finding["line"], finding["message"]);
        ours.map(|finding| line(finding).replace(&web.url(""), "WEB").replace('"', "")).collect::<Vec<_>>()
    };
    let first = reported(&output.stdout);
    assert_eq!(
        first,
        [
            "NL558 10 broken link `WEB/missing#side-2`: page not found (404)",
            "NL558 10 broken link `WEB/missing`: page not found (404)",
            "NL558 12 broken link `WEB/gone`: the page was removed (410)",
            "NL559 14 could not check `WEB/round`: more than 5 redirects",
            "NL559 14 could not check `WEB/broken`: the server responded 503, which is a server error",
            "NL559 14 could not check `WEB/members`: the server responded 403, which means that access is restricted",
        ]
        .map(ToOwned::to_owned)
        .to_vec()
    );
    let mut heard = web.heard();
    let rounds = heard.iter().filter(|line| *line == "HEAD /round").count();
    heard.dedup();
    let asked = "GET /members 0-0,GET /missing 0-0,GET /shy 0-0,HEAD /broken,HEAD /gone,HEAD /members,HEAD /missing,\
                 HEAD /moved,HEAD /round,HEAD /shy,HEAD /there";
    assert_eq!((heard.join(",").as_str(), rounds), (asked, 6));
    assert_eq!(reported(&project.run("check --online --json").stdout), first);
    assert_eq!(web.heard(), Vec::<String>::new(), "the answers were kept");
    let kept = project.read(".newsletter/links.json");
    assert!(!kept.contains("side.example") && !kept.contains("missing"), "{kept}");
    project.write(".newsletter/links.json", "{\"cut o");
    assert_eq!(reported(&project.run("check --online --json").stdout), first);
    assert!(web.heard().contains(&"HEAD /gone".to_owned()));
}

#[test]
fn a_warning_about_a_link_can_be_turned_off() {
    let web = Web::start();
    let project = project("online-off", &web, "[Medlemmer](WEB/members)");
    project.edit(MAY, "{NL554: en prøve}", "{NL554: en prøve, NL559: kun for medlemmer}");
    project.run("check").succeeds_with("1 issue checked: no problems, 1 turned off\n");
    project.run("check --online").succeeds_with("1 issue checked: no problems, 2 turned off\n");
    let sarif = project.run("check --online --format sarif").stdout;
    assert!(sarif.contains("\"NL559\"") && sarif.contains("kun for medlemmer"), "{sarif}");
}

/// A page behind a certificate for this name that ends in this year; gives its port and the certificate.
fn encrypted_page(name: &str, last_year: i32) -> (u16, String) {
    encrypted_server(name, last_year, |_| "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".to_owned())
}

/// A web server behind such a certificate, which answers a path with a head and a body.
pub(crate) fn encrypted_server(
    name: &str,
    last_year: i32,
    answer: impl Fn(&str) -> String + Send + 'static,
) -> (u16, String) {
    let key = KeyPair::generate().unwrap();
    let mut wanted = CertificateParams::new(vec![name.to_owned()]).unwrap();
    wanted.not_after = date_time_ymd(last_year, 12, 31);
    let certificate = wanted.self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for tcp in listener.incoming() {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), tcp.unwrap());
            // A client that does not trust the certificate hangs up: there is nothing to be read then.
            let lines = BufReader::new(&mut stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let asked: Vec<String> = lines.collect();
            if let Some(path) = asked.first().and_then(|line| line.split(' ').nth(1)) {
                let answer = answer(path);
                let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.trim_end(), ""));
                // A client that has read enough hangs up.
                _ = write!(stream, "{head}\r\nConnection: close\r\n\r\n{body}");
                stream.conn.send_close_notify();
                _ = stream.flush();
            }
        }
    });
    (port, certificate.pem())
}

#[test]
fn an_invalid_certificate_is_reported() {
    let (good, trusted) = encrypted_page("side.example", 4096);
    let (other, other_trusted) = encrypted_page("kommune.example", 4096);
    let (old, old_trusted) = encrypted_page("side.example", 2001);
    let (foreign, _) = encrypted_page("side.example", 4096);
    let project = Project::new("online-tls").file("roots.pem", [trusted, other_trusted, old_trusted].concat());
    let roots = project.path("roots.pem").display().to_string();
    let project = project.variable("SSL_CERT_FILE", &roots).variable("ALL_PROXY", &proxy());
    let links = [("God", good), ("Andres", other), ("Gammel", old), ("Fremmed", foreign)]
        .map(|(name, port)| format!("[{name} side](https://side.example:{port}/)"));
    project.edit(MAY, "preheader:", "ignore: {NL554: en prøve}\npreheader:");
    project.edit(MAY, "Der er nyt.", &links.join(", "));
    let output = project.run("check --online --json");
    let all: Vec<Value> = serde_json::from_str(&output.stdout).unwrap();
    let reported: Vec<&str> = all
        .iter()
        .filter(|finding| finding["code"] == "NL558")
        .filter_map(|entry| entry["message"].as_str()?.split_once(": its certificate ").map(|finding| finding.1))
        .collect();
    let expected = ["is for another name", "has expired", "is not signed by a trusted authority"];
    assert_eq!((output.status, reported), (3, expected.to_vec()), "{}", output.stdout);
}

#[test]
fn a_silent_host_is_a_warning() {
    let web = Web::start();
    let urls: Vec<String> = (0..8).map(|number| web.private_url(&format!("/slow?{number}"))).collect();
    let addresses = online::addresses(urls.iter().map(String::as_str));
    let limits = RequestLimits { timeout: Duration::from_millis(200), most: 7, may_reach: |_| true };
    let answers = online::ask(&addresses, b"", Timestamp::UNIX_EPOCH, limits, &|| {});
    let reported: Vec<Option<LinkStatus>> = urls.iter().map(|url| answers.of(url)).collect();
    assert_eq!(answers.left, 1);
    assert_eq!(reported.iter().flatten().collect::<Vec<_>>(), vec![&LinkStatus::Silent; 7]);
}

#[test]
fn nothing_connects_to_a_private_address() {
    let web = Web::start();
    let urls = [
        web.private_url("/direct"),
        format!("http://localhost:{}/name", web.port),
        format!("http://2130706433:{}/number", web.port),
        format!("http://[::ffff:127.0.0.1]:{}/mapped", web.port),
        "http://10.0.0.1/".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ];
    let addresses = online::addresses(urls.iter().map(String::as_str));
    let answers = online::ask(&addresses, b"", Timestamp::UNIX_EPOCH, RequestLimits::default(), &|| {});
    let reported: Vec<Option<LinkStatus>> = urls.iter().map(|url| answers.of(url)).collect();
    assert_eq!(reported, vec![Some(LinkStatus::Private); urls.len()]);
    assert_eq!(web.heard(), Vec::<String>::new());
    assert_eq!(answers.kept, b"{}", "another network may have another answer");
    let project = Project::new("online-private");
    project.edit(MAY, "Der er nyt.", &format!("[Siden]({})", web.private_url("/inside")));
    let output = project.run("check --online");
    assert!(output.stderr.contains("it leads to a private address, which is not requested"), "{}", output.stderr);
    assert_eq!(web.heard(), Vec::<String>::new());
}

#[test]
fn a_redirect_to_a_private_address_is_not_followed() {
    let web = Web::start();
    // Linux has all of 127.0.0.0/8: here the server's own address is public, and every other one is private.
    let own: fn(IpAddr) -> bool = |address| address == Ipv4Addr::LOCALHOST;
    let target = |host: &str| web.private_url(&format!("/to?http://{host}:{}/inside", web.port));
    let urls = [target("127.0.0.2"), target("[::1]"), target("127.1.2.3"), target("127.0.0.1")];
    let addresses = online::addresses(urls.iter().map(String::as_str));
    let limits = RequestLimits { may_reach: own, ..RequestLimits::default() };
    let answers = online::ask(&addresses, b"", Timestamp::UNIX_EPOCH, limits, &|| {});
    let reported: Vec<LinkStatus> = urls.iter().filter_map(|url| answers.of(url)).collect();
    let private = LinkStatus::Private;
    assert_eq!(reported, [private, private, private, LinkStatus::Unreachable]);
    assert_eq!(web.heard().iter().filter(|line| line.starts_with("HEAD /inside")).count(), 1);
    // Behind a proxy the program sees no addresses, but still refuses those that are written in a redirect.
    let inside = project("online-inside", &web, "[Siden](WEB/inside)").run("check --online");
    assert!(inside.stderr.contains("it leads to a private address"), "{}", inside.stderr);
}

#[test]
fn a_page_is_requested_with_get_only() {
    let web = Web::start();
    let limits = RequestLimits { may_reach: |_| true, ..RequestLimits::default() };
    let page = online::page(&web.private_url("/afmeld/000000000000000000000000"), limits).unwrap();
    assert_eq!((page.status, page.text.as_str()), (200, ""));
    assert_eq!(online::page(&web.private_url("/gone"), limits).unwrap().status, 410);
    assert_eq!(online::page(&web.private_url("/there"), RequestLimits::default()), Err(LinkStatus::Private));
    assert_eq!(web.heard(), ["GET /afmeld/000000000000000000000000", "GET /gone"]);
}
