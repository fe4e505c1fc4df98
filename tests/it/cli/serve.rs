//! `serve`: where it records, why it does not start, and how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};

use crate::project::{MAY, Project, RunOutput};

const PAGE: &str = "unsubscribe: {url: \"https://forening.example/afmeld/{token}\"}\n";
const TOKEN: &str = "0123456789abcdef01234567";

/// A server in the background, and the address that it printed.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    #[track_caller]
    fn start(project: &Project, typed: &str) -> Self {
        let mut child = project.start(typed);
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}"));
        Self { address: address.to_owned(), child }
    }

    /// The status of the answer to a request.
    fn status(&self, method: &str, path: &str) -> String {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        let mut answer = String::new();
        if let Some(path) = self.address.strip_prefix("unix:") {
            let mut stream = UnixStream::connect(path).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream.read_to_string(&mut answer).unwrap();
        } else {
            let mut stream = TcpStream::connect(&self.address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream.read_to_string(&mut answer).unwrap();
        }
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    fn post(&self, token: &str) -> String {
        self.status("POST", &format!("/afmeld/{token}"))
    }

    fn end(self, project: &Project) -> RunOutput {
        let signal = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(signal.success());
        project.run_output(&self.child.wait_with_output().unwrap())
    }
}

fn project(name: &str) -> Project {
    let project = Project::new(&format!("serve-{name}"));
    let settings = project.read("newsletter.yaml");
    project.file("newsletter.yaml", format!("{settings}{PAGE}"))
}

#[test]
fn a_server_that_cannot_start_reports_why() {
    let without = Project::new("serve-without");
    let error = "newsletter.yaml has no address for the page, or none with {token} at its end: write \
                 `unsubscribe: {url: \"https://forening.example/afmeld/{token}\"}`";
    without.run("serve").fails_with(78, error);
    let project = project("start");
    let usage = project.run("serve --listen localhost:8085");
    assert!(usage.status == 2 && usage.stderr.contains("such as 127.0.0.1:8085 or [::1]:8085"), "{usage:?}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = project.run(&format!("serve --listen {address}"));
    project.edit("newsletter.yaml", "unsubscribe: {", &format!("unsubscribe: {{listen: \"{address}\", "));
    assert_eq!(project.run("serve").stderr, refused.stderr);
    assert!(refused.status == 3 && refused.stderr.contains(&format!("cannot listen at {address}: ")), "{refused:?}");
    fs::remove_file(project.path(".newsletter/ledger.db")).unwrap();
    let lost = project.run("serve --listen 127.0.0.1:0");
    assert!(lost.status == 74 && lost.stderr.contains("run `newsletter ledger new`"), "{lost:?}");
}

#[test]
fn a_reader_leaves_while_the_ledger_is_there() {
    let project = project("ledger");
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    let letters = project.outbox();
    let tokens: Vec<&str> = letters
        .values()
        .map(|letter| &letter.split("<https://forening.example/afmeld/").nth(1).unwrap()[..TOKEN.len()])
        .collect();
    let server = Server::start(&project, "serve --listen 127.0.0.1:0 --log server.log");
    assert_eq!([server.status("GET", &format!("/afmeld/{}", tokens[0])), server.post(TOKEN)], ["200", "200"]);
    assert!(!project.run("suppression list --json").stdout.contains("one-click"));
    assert_eq!([server.post(tokens[0]), server.post(tokens[0])], ["200", "200"]);
    let (ledger, away) = (project.path(".newsletter/ledger.db"), project.path("ledger.away"));
    fs::rename(&ledger, &away).unwrap();
    assert_eq!([server.post(tokens[1]), server.status("GET", "/healthz")], ["503", "503"]);
    fs::rename(&away, &ledger).unwrap();
    assert_eq!([server.post(tokens[1]), server.status("GET", "/healthz")], ["200", "200"]);
    let left = project.run("suppression list --json").stdout;
    assert_eq!(left.matches("\"source\":\"one-click\"").count(), 2, "{left}");
    let output = server.end(&project);
    assert_eq!((output.status, output.stderr.matches("error: ").count()), (0, 1), "{output:?}");
    assert!(output.stderr.contains("requests are recorded again"), "{output:?}");
    let log = project.read("server.log");
    assert!(log.contains("POST status=200 milliseconds=") && log.contains("stopped"), "{log}");
    assert!(tokens.iter().all(|token| !log.contains(token)) && !log.contains('@'), "{log}");
}

#[test]
fn a_host_without_people_keeps_requests_in_a_spool() {
    let project = Project::empty("serve-spool");
    let settings = "name: Nyt\nfrom: nyt@forening.example\npostal_address: Gadevej 1\nseries: {drift: {name: Drift}}\n";
    let project = project.file("newsletter.yaml", format!("{settings}{PAGE}"));
    let server = Server::start(&project, "serve --spool kø --listen unix:web.sock");
    assert_eq!(server.address, "unix:web.sock");
    let server = Server { address: format!("unix:{}", project.path("web.sock").display()), ..server };
    // A link that was cut within the name of its series leaves everything.
    let targets = [TOKEN.to_owned(), format!("{TOKEN}-drift"), format!("{TOKEN}-dri")];
    assert_eq!(targets.map(|target| server.post(&target)), ["200", "200", "200"]);
    assert_eq!(server.end(&project).status, 0);
    let files = fs::read_dir(project.path("kø/new")).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()));
    let mut lines: Vec<String> =
        files.map(|text| text.unwrap().trim_end().split_once(' ').unwrap().1.to_owned()).collect();
    lines.sort();
    assert_eq!(lines, [TOKEN.to_owned(), TOKEN.to_owned(), format!("{TOKEN}-drift")]);
    assert!(!project.path(".newsletter").exists(), "neither a key nor a ledger is made");
    // The socket that the first one has left is replaced.
    let again = Server::start(&project, "serve --spool kø --listen unix:web.sock");
    assert_eq!(again.end(&project).status, 0);
}
