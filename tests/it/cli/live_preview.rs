//! `preview --watch`: what the page receives as files change, and which requests are allowed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::Value;

use crate::project::{ISSUE, MAY, Project, RunOutput, SETTINGS};

/// A live preview in the background.
struct LivePreview {
    child: Child,
    /// The host and port.
    host: String,
    /// The path of the page.
    path: String,
}

/// An answer, in its parts.
struct Answer {
    status: String,
    head: String,
    body: String,
}

/// A project of an officer whose desktop is in Danish.
fn project(name: &str) -> Project {
    Project::new(&format!("live-preview-{name}")).variable("LANG", "da_DK.UTF-8")
}

impl LivePreview {
    #[track_caller]
    fn start(project: &Project, typed: &str) -> Self {
        let mut child = project.start(typed);
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("http://").unwrap_or_else(|| panic!("no address: {line}"));
        let (host, path) = address.split_at(address.find('/').unwrap());
        Self { host: host.to_owned(), path: path.to_owned(), child }
    }

    /// The answer to a request to a path, with headers besides `Connection`.
    fn ask(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (headers, length) = (headers.join("\r\n"), body.len());
        let request =
            format!("{line} HTTP/1.1\r\nConnection: close\r\n{headers}\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().to_owned(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {}{path}", self.path), &[&format!("Host: {}", self.host)], "")
    }

    /// Waits for states after this number until one is as expected; returns its number too.
    #[track_caller]
    fn until(&self, mut shown: u64, is_right: impl Fn(&Value) -> bool) -> (u64, Value) {
        for _ in 0..50 {
            let answer = self.get(&format!("state?shown={shown}"));
            assert_eq!(answer.status, "200", "nothing has changed: {}", answer.body);
            let mut state: Value = serde_json::from_str(&answer.body).unwrap();
            shown = state["number"].as_u64().unwrap();
            let state = state["state"].take();
            if is_right(&state) {
                return (shown, state);
            }
        }
        panic!("the state is never right");
    }

    fn letter(&self, state: &Value) -> String {
        self.get(&format!("letter/{}", state["editions"][0]["letter"].as_str().unwrap())).body
    }

    fn post(&self, body: &str) -> Answer {
        let (host, origin) = (format!("Host: {}", self.host), format!("Origin: http://{}", self.host));
        self.ask(&format!("POST {}test", self.path), &[&host, &origin], body)
    }

    fn end(self, project: &Project) -> RunOutput {
        let signal = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(signal.success());
        project.run_output(&self.child.wait_with_output().unwrap())
    }
}

/// Whether the current files are shown and the check has ended.
fn is_checked(state: &Value) -> bool {
    state["checking"] == false && state["outdated"] == false
}

fn codes(state: &Value) -> Vec<&str> {
    state["problems"].as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap()).collect()
}

#[test]
fn a_save_is_shown_and_a_mistake_leaves_the_last_letter() {
    let project = project("saves");
    let live_preview = LivePreview::start(&project, &format!("preview {MAY} --watch"));
    let (shown, state) = live_preview.until(0, is_checked);
    assert!(state["title"] == "Nyt i maj" && state["editions"].as_array().unwrap().len() == 1, "{state}");
    assert_eq!(state["summary"], "Ingen bemærkninger.");
    assert!(live_preview.letter(&state).contains("Der er nyt.") && state["editions"][0]["recipients"] == 3, "{state}");

    project.edit(MAY, "Der er nyt.", "Der er sol.");
    let (shown, state) = live_preview.until(shown, is_checked);
    assert!(
        live_preview.letter(&state).contains("Der er sol.") && state["editions"][0]["text"].to_string().contains("sol")
    );

    project.edit(MAY, "Der er sol.", "::: only membres\nDer er regn.\n:::");
    let (shown, state) = live_preview.until(shown, |state| state["outdated"] == true);
    assert_eq!(codes(&state), ["NL408"]);
    let problem = &state["problems"][0];
    let place = ["place", "column", "before", "marked"].map(|key| problem[key].to_string());
    assert_eq!(place, ["\"issues/maj.md:9\"", "1", "\"\"", "\"::: only membres\""], "{problem}");
    assert_eq!(state["banner"], "Mailen herunder er den seneste uden fejl.");
    assert!(live_preview.letter(&state).contains("Der er sol."), "the last letter stays");

    project.edit(MAY, "membres", "members");
    let (_, state) = live_preview.until(shown, is_checked);
    assert!(live_preview.letter(&state).contains("Der er regn.") && state["banner"] == Value::Null, "{state}");
    let output = live_preview.end(&project);
    assert_eq!((output.status, output.stderr.contains("error")), (0, false), "{output:?}");
}

#[test]
fn a_file_that_is_gone_is_waited_for() {
    let project = project("gone");
    let live_preview = LivePreview::start(&project, &format!("preview {MAY} --watch"));
    let (shown, _) = live_preview.until(0, is_checked);
    std::fs::remove_file(project.path(MAY)).unwrap();
    let (shown, state) = live_preview.until(shown, |state| state["outdated"] == true);
    assert_eq!(state["banner"], "Filen issues/maj.md er væk. Siden venter, til den er der igen.");
    assert!(codes(&state).is_empty() && live_preview.letter(&state).contains("Der er nyt."), "{state}");
    // As editors save: a new file replaces the old one.
    project.write("issues/.maj.md.new", ISSUE.replace("nyt.", "blæst."));
    std::fs::rename(project.path("issues/.maj.md.new"), project.path(MAY)).unwrap();
    let (shown, state) = live_preview.until(shown, is_checked);
    assert!(live_preview.letter(&state).contains("Der er blæst."));
    project.write(MAY, "");
    let (shown, state) = live_preview.until(shown, |state| state["outdated"] == true);
    assert!(!codes(&state).is_empty() && live_preview.letter(&state).contains("Der er blæst."), "{state}");
    project.write(MAY, ISSUE);
    live_preview.until(shown, is_checked);
    live_preview.end(&project);
}

#[test]
fn every_file_of_an_issue_is_watched() {
    let project = project("files");
    project.write(MAY, ISSUE.replace("Der er nyt.", "Der er nyt.\n\n::: snippet om-os\n\n![Et træ](tree.png)"));
    let live_preview = LivePreview::start(&project, &format!("preview {MAY} --watch"));
    let (mut shown, state) = live_preview.until(0, |state| !codes(state).is_empty());
    assert_eq!(state["editions"].as_array().unwrap().len(), 0, "nothing was ever right");
    project.write("snippets/om-os.md", "Vi er mange.\n");
    project.write("issues/tree.png", include_bytes!("../../data/logos/dark.png"));
    let state;
    (shown, state) = live_preview.until(shown, is_checked);
    let letter = live_preview.letter(&state);
    let picture = letter.split("../picture/").nth(1).unwrap().split('"').next().unwrap();
    let answer = live_preview.get(&format!("picture/{picture}"));
    assert!(answer.status == "200" && answer.head.contains("content-type: image/png"), "{}", answer.head);
    for (path, text, expected) in [
        ("snippets/om-os.md", "Vi er få.\n".to_owned(), "Vi er få."),
        ("newsletter.yaml", SETTINGS.replace("Gadevej 1", "Gadevej 2"), "Gadevej 2"),
        (
            "audiences/members.yaml",
            project.read("audiences/members.yaml").replace("du er i members", "du er med"),
            "du er med",
        ),
        ("newsletter.yaml", SETTINGS.replace("Gadevej 1", "Gadevej 3") + "theme: eget\n", "Gadevej 3"),
    ] {
        if text.contains("theme: eget") {
            project.write("templates/eget/base.css", "/* vores */\n");
        }
        project.write(path, text);
        (shown, _) =
            live_preview.until(shown, |state| is_checked(state) && live_preview.letter(state).contains(expected));
    }
    project.write("issues/maj.en.md", "---\nsubject: News in May\n---\nThere is news.\n");
    project.edit("audiences/members.yaml", "first_name: Anna", "first_name: Anna\n    lang: en");
    let (_, state) = live_preview.until(shown, |state| state["editions"].as_array().unwrap().len() == 2);
    assert_eq!(state["editions"][1]["subject"], "News in May", "{state}");
    live_preview.end(&project);
}

#[test]
fn only_the_page_itself_gets_an_answer() {
    let project = project("origin");
    let live_preview = LivePreview::start(&project, &format!("preview {MAY} --watch"));
    let page = live_preview.get("");
    assert!(page.status == "200" && page.body.contains("<html lang=\"da\">"), "{}", page.head);
    let policy = "content-security-policy: default-src 'none'; script-src 'sha256-";
    assert!(page.head.contains(policy) && page.head.contains("frame-ancestors 'none'"), "{}", page.head);
    let (_, state) = live_preview.until(0, is_checked);
    let digest = state["editions"][0]["letter"].as_str().unwrap();
    let [letter, bare] = ["letter", "bare"].map(|path| live_preview.get(&format!("{path}/{digest}")));
    assert!(letter.head.contains("content-security-policy: sandbox allow-same-origin allow-popups"), "{}", letter.head);
    assert!(!letter.head.contains("allow-scripts") && letter.body == bare.body);
    assert!(bare.head.contains("img-src 'none'"), "{}", bare.head);
    let own = format!("Host: {}", live_preview.host);
    let form = "to=anna@a.example";
    for (method, path, headers, expected) in [
        ("GET", live_preview.path.clone(), vec!["Host: rebound.example"], "403"),
        (
            "GET",
            format!("{}state", live_preview.path),
            vec!["Host: rebound.example:80", "Origin: http://rebound.example:80"],
            "403",
        ),
        ("GET", format!("{}state", live_preview.path), vec![&own, "Origin: http://evil.example"], "403"),
        ("GET", format!("{}state", live_preview.path), vec![&own, "Sec-Fetch-Site: cross-site"], "403"),
        ("POST", format!("{}test", live_preview.path), vec![&own], "403"),
        ("POST", format!("{}test", live_preview.path), vec![&own, "Origin: http://evil.example"], "403"),
        ("POST", format!("{}test", live_preview.path), vec![&own, "Origin: null"], "403"),
        ("GET", "/".to_owned(), vec![&own], "404"),
        ("GET", "/00000000000000000000000000000000/".to_owned(), vec![&own], "404"),
        ("GET", format!("{}../", live_preview.path), vec![&own], "404"),
        ("GET", format!("{}letter/00", live_preview.path), vec![&own], "404"),
        ("PUT", format!("{}test", live_preview.path), vec![&own], "405"),
    ] {
        let body = if method == "POST" { form } else { "" };
        let answer = live_preview.ask(&format!("{method} {path}"), &headers, body);
        assert_eq!((&*answer.status, &*answer.body), (expected, ""), "{method} {path} {headers:?}");
    }
    assert!(project.outbox().is_empty(), "nothing was sent");
    live_preview.end(&project);
}

#[test]
fn a_test_is_sent_as_the_files_are_now() {
    let project = project("test");
    let live_preview = LivePreview::start(&project, &format!("preview {MAY} --watch"));
    let written = "members.da: skrevet i outbox/, ikke sendt. Projektet har ingen mailserver (smtp i newsletter.yaml)";
    let line = |answer: &Answer| serde_json::from_str::<Value>(&answer.body).unwrap()["lines"][0].clone();
    let sent = line(&live_preview.post("to=karen%40forening.example&edition=members.da"));
    assert_eq!(sent, serde_json::json!({"text": written, "result": "written"}));
    let letters = project.outbox();
    assert!(letters["karen@forening.example"].contains("[TEST members.da] Nyt i maj"), "{letters:?}");
    let invalid = line(&live_preview.post("to=karen"));
    assert!(
        invalid["result"] == "failed" && invalid["text"].to_string().contains("Adressen kan ikke bruges"),
        "{invalid}"
    );
    project.edit(MAY, "audiences: [members]", "audiences: [nobody]");
    let refused = line(&live_preview.post("to=karen@forening.example"));
    assert_eq!(refused["text"], "Ret fejlene først: intet er sendt");
    assert_eq!(live_preview.post("address=x").status, "400");
    assert_eq!(project.outbox().len(), 1);
    let settings = format!("{SETTINGS}smtp: {{host: localhost, port: 1, security: none}}\n");
    project.write("newsletter.yaml", settings);
    project.write(MAY, ISSUE);
    let untrusted = line(&live_preview.post("to=karen@forening.example"));
    assert!(untrusted["text"].to_string().contains("newsletter trust"), "{untrusted}");
    live_preview.end(&project);
}

#[test]
fn a_preview_that_cannot_start_reports_why() {
    let project = Project::new("live-preview-start");
    let missing = project.run("preview issues/mai.md --watch");
    assert!(missing.status != 0 && missing.stderr.contains("issues/maj.md"), "{missing:?}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = project.run(&format!("preview {MAY} --watch --port {port}"));
    assert!(
        refused.status == 3 && refused.stderr.contains(&format!("cannot listen at 127.0.0.1:{port}")),
        "{refused:?}"
    );
    assert_eq!(project.run(&format!("preview {MAY} --port 8080")).status, 2, "without --watch there is no page");
    assert_eq!(project.run(&format!("preview {MAY} --watch --out x")).status, 2);
    let live_preview = LivePreview::start(&project, &format!("preview {MAY} --watch --lang da"));
    let (_, state) = live_preview.until(0, is_checked);
    assert!(
        live_preview.get("").body.contains("<html lang=\"da\">") && state["summary"] == "Ingen bemærkninger.",
        "{state}"
    );
    live_preview.end(&project);
}
