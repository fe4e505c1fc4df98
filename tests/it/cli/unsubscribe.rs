//! `unsubscribe`: every way in which a request to leave arrives, and each of them twice.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::project::{MAY, Project, RunOutput, SETTINGS};

const PAGE: &str = "unsubscribe:\n  url: https://forening.example/afmeld/{token}\n";
const LEFT: &str = "1 reader unsubscribed\n";
const KNOWN: &str = "0 readers unsubscribed; 1 already unsubscribed\n";
/// A token that no reader has.
const NOBODY: &str = "0123456789abcdef01234567";

/// A project that has sent an issue to Anna, Bo and Carl.
fn sent(name: &str, more: &str) -> Project {
    let project = Project::new(&format!("unsubscribe-{name}"));
    project.write("newsletter.yaml", format!("{SETTINGS}{PAGE}"));
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    project.write("newsletter.yaml", format!("{SETTINGS}{PAGE}{more}"));
    project
}

/// The token of the only header field of a letter that has one.
fn token(project: &Project, address: &str) -> String {
    let letter = project.outbox().remove(address).unwrap();
    let (_, rest) = letter.split_once("https://forening.example/afmeld/").unwrap();
    rest.chars().take_while(|character| character.is_ascii_alphanumeric() || *character == '-').collect()
}

/// A line of nginx's log.
fn line(request: &str, status: u16) -> String {
    format!("203.0.113.9 - - [28/Nov/2026:21:15:03 +0100] \"{request} HTTP/1.1\" {status} 512 \"-\" \"curl/8.11\"\n")
}

fn post(token: &str) -> String {
    line(&format!("POST /afmeld/{token}"), 200)
}

/// Runs a command with a text on standard input.
fn pipe(project: &Project, typed: &str, text: &str) -> RunOutput {
    let mut command = assert_cmd::Command::from_std(project.command(&typed.split(' ').collect::<Vec<_>>()));
    let output = command.write_stdin(text).output().unwrap();
    project.run_output(&output)
}

/// The suppressed addresses.
fn suppressed(project: &Project) -> Vec<String> {
    let listed = project.run("suppression list").stdout;
    let addresses = listed.lines().filter_map(|line| line.split_once('\t')).map(|(address, _)| address.to_owned());
    addresses.collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn a_token_that_is_typed_is_its_reader() {
    let project = sent("typed", "");
    let (anna, bo) = (token(&project, "anna@a.example"), token(&project, "bo@b.example"));
    for typed in [anna.clone(), format!("leave-{}", anna.to_uppercase()), format!("https://x.example/?t={anna}")] {
        let expected = if suppressed(&project).is_empty() { LEFT } else { KNOWN };
        project.run(&format!("unsubscribe {typed}")).succeeds_with(expected);
    }
    assert_eq!(suppressed(&project), ["anna@a.example"]);
    project
        .run(&format!("unsubscribe {bo} {bo} carl@c.example"))
        .succeeds_with("1 address suppressed (unsubscribed)\n1 reader unsubscribed\n");
    let json = project.run(&format!("unsubscribe {bo} carl@c.example --json")).stdout;
    assert_eq!(
        json,
        "{\"new\":0,\"known\":2,\"unknown\":0,\"on_no_list\":0,\"reason\":\"unsubscribed\",\"series\":null}\n"
    );
    project.write("issues/juni.md", project.read(MAY).replace("Der er nyt", "Mere nyt"));
    let output = project.run("send issues/juni.md --yes");
    assert!(output.stderr.contains("3 letters not sent"), "{}", output.stderr);
}

#[test]
fn unknown_tokens_are_counted_and_not_shown() {
    let project = sent("unknown", "");
    let anna = token(&project, "anna@a.example");
    let output = project.run(&format!("unsubscribe {NOBODY} {anna}"));
    assert_eq!((output.status, output.stderr.as_str()), (1, ""));
    assert_eq!(output.stdout, "1 reader unsubscribed; 1 unknown token\n");
    // Without a ledger there is no reader, and none is created.
    let new = Project::empty("unsubscribe-new").file("newsletter.yaml", SETTINGS);
    assert_eq!(new.run(&format!("unsubscribe {NOBODY}")).stdout, "0 readers unsubscribed; 1 unknown token\n");
    assert!(!new.path(".newsletter").exists());
}

#[test]
fn a_word_that_is_neither_token_nor_address_stops_all() {
    let project = sent("neither", "");
    let anna = token(&project, "anna@a.example");
    let neither = "it is neither an e-mail address nor a token of an unsubscribe link; nothing was changed";
    for wrong in [&anna[..23], "anna", "test", &format!("{anna}0")] {
        project.run(&format!("unsubscribe {anna} {wrong}")).fails_with(3, &format!("{wrong}: {neither}"));
    }
    let about_series = "`--series` is for addresses: a token already contains its series";
    project.run(&format!("unsubscribe {anna} --series nyt")).fails_with(3, about_series);
    for (option, key, value) in [("--spool", "spool", "DIR"), ("--access-log", "access_log", "FILE")] {
        let missing = format!("newsletter.yaml has no `{key}` under `unsubscribe:`: write `{option} {value}`");
        project.run(&format!("unsubscribe {option}")).fails_with(3, &missing);
    }
    assert_eq!(suppressed(&project), Vec::<String>::new());
}

#[test]
fn standard_input_is_a_list_or_an_access_log() {
    let project = sent("standard-input", "");
    let (anna, bo) = (token(&project, "anna@a.example"), token(&project, "bo@b.example"));
    let list = format!("# from the phone\n{anna}\r\n\nleave-{bo}\ncarl@c.example");
    pipe(&project, "unsubscribe - --dry-run", &list).succeeds_with("3 requests found; nothing was recorded\n");
    pipe(&project, "unsubscribe - --dry-run", &format!("cut off\n{}", post(&bo)))
        .succeeds_with("1 request found; nothing was recorded\n");
    assert_eq!(suppressed(&project), Vec::<String>::new());
    pipe(&project, "unsubscribe -", &format!("cut off\n{}", post(&bo))).succeeds_with(LEFT);
    pipe(&project, "unsubscribe -", &post(&bo)).succeeds_with(KNOWN);
    pipe(&project, "unsubscribe -", &list)
        .succeeds_with("1 address suppressed (unsubscribed)\n1 reader unsubscribed; 1 already unsubscribed\n");
    pipe(&project, "unsubscribe -", "").succeeds_with("0 readers unsubscribed\n");
}

#[test]
fn posts_in_an_access_log_unsubscribe_and_scanners_do_not() {
    let project = sent("log", "");
    let (anna, bo) = (token(&project, "anna@a.example"), token(&project, "bo@b.example"));
    let mut log = String::new();
    for (number, method) in (0..1000).zip(["GET", "HEAD"].into_iter().cycle()) {
        let readers = [&anna, &bo];
        log.push_str(&line(&format!("{method} /afmeld/{}", readers[number % 2]), 200));
    }
    project.write("access.log", &log);
    for _ in 0..2 {
        project.run("unsubscribe --access-log access.log").succeeds_with("0 readers unsubscribed\n");
    }
    assert_eq!(suppressed(&project), Vec::<String>::new());
    write!(log, "{}{}{}", post(&anna), post(&anna), post(&anna.to_uppercase())).unwrap();
    log.push_str(&line(&format!("POST /other?page=1&id=%{:02X}{}", anna.as_bytes()[0], &anna[1..]), 303));
    log.push_str(&line(&format!("POST /afmeld/{bo}"), 503));
    log.push_str(&post(NOBODY));
    log.push_str(&post("test"));
    log.push_str(&post("../../etc/passwd"));
    log.push_str(&post(&bo)[..90]);
    project.write("access.log.1", &log);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(log.as_bytes()).unwrap();
    project.write("access.log.2.gz", encoder.finish().unwrap());
    let typed = "unsubscribe --access-log access.log access.log.1 --access-log access.log.2.gz";
    project.run(typed).succeeds_with("1 reader unsubscribed; 1 unknown token\n");
    let again = "0 readers unsubscribed; 1 already unsubscribed; 1 unknown token\n";
    project.run(typed).succeeds_with(again);
    // `--log` is not the program's own log here: nothing is written into the web server's.
    for file in ["access.log.1", "access.log.2.gz"] {
        let before = fs::read(project.path(file)).unwrap();
        project.run(&format!("unsubscribe --log {file}")).succeeds_with(again);
        assert!(fs::read(project.path(file)).unwrap() == before, "{file}");
    }
    let output = project.run("unsubscribe --log own.log");
    assert_eq!(output.status, 3, "{output:?}");
    let listed = project.run("suppression list --json").stdout;
    assert!(listed.contains("\"at\":\"2026-11-28T20:15:03Z\",\"source\":\"access log\""), "{listed}");
    let not = "error: newsletter.yaml is not an access log: none of its lines is a request\n";
    let output = project.run("unsubscribe --access-log newsletter.yaml");
    assert_eq!((output.status, output.stderr.as_str()), (3, not));
}

#[test]
fn a_spool_is_emptied_once_its_requests_are_recorded() {
    let project = sent("spool", "  spool: requests\n");
    let (anna, bo) = (token(&project, "anna@a.example"), token(&project, "bo@b.example"));
    let missing = "cannot read DIR/requests: No such file or directory (os error 2)";
    project.run("unsubscribe --spool").fails_with(3, missing);
    let written = format!("2026-11-28T20:15:03Z {anna}\n");
    project.write("requests/new/1", &written);
    project.write("requests/new/2", "what is this?\n");
    let output = project.run("unsubscribe --spool");
    assert_eq!((output.status, output.stdout.as_str()), (0, LEFT));
    assert_eq!(output.stderr, "warning: DIR/requests/new/2 has an invalid line 1; it is left there\n");
    assert!(!project.path("requests/new/1").exists() && project.path("requests/new/2").exists());
    project.write("requests/new/1", &written);
    project.run("unsubscribe --spool requests -q").succeeds_with("");
    assert_eq!(suppressed(&project), ["anna@a.example"]);
    // What was not read yet is read before letters are planned.
    project.write("requests/new/3", format!("2026-11-28T20:15:03Z {bo}\n"));
    project.write("issues/juni.md", project.read(MAY).replace("Der er nyt", "Mere nyt"));
    let output = project.run("send issues/juni.md --yes");
    assert!(output.stderr.contains("1 reader unsubscribed\n2 letters not sent"), "{}", output.stderr);
    assert_eq!(suppressed(&project), ["anna@a.example", "bo@b.example"]);
    // `run` reads it although no issue is due. Unknown tokens may belong to another project.
    let carl = token(&project, "carl@c.example");
    project.write("requests/new/4", format!("2026-11-28T20:15:03Z {carl}\n"));
    project.write("requests/new/5", format!("2026-11-28T20:15:03Z {NOBODY}\n"));
    assert_eq!(project.run("run").status, 0);
    assert_eq!(suppressed(&project), ["anna@a.example", "bo@b.example", "carl@c.example"]);
    assert!(project.path("requests/unknown/5").exists() && !project.path("requests/new/5").exists());
}

#[test]
fn letters_are_planned_after_the_access_logs_of_the_settings_are_read() {
    let project = sent("settings-log", "  access_log: logs/access.log\n");
    let (anna, bo) = (token(&project, "anna@a.example"), token(&project, "bo@b.example"));
    project.write("issues/juni.md", project.read(MAY).replace("Der er nyt", "Mere nyt"));
    let missing = "cannot read DIR/logs/access.log: No such file or directory (os error 2)";
    project.run("send issues/juni.md --yes").fails_with(3, missing);
    project.write("logs/access.log", "");
    project.write("logs/access.log-20261127", post(&anna));
    project.write("logs/access.log.bak", post(&bo));
    assert_eq!(project.run("send issues/juni.md --yes").status, 0);
    assert_eq!(suppressed(&project), ["anna@a.example"]);
    // A file that is not a log differs from a log without requests.
    project.write("logs/access.log", "time=1 path=/\ntime=2 path=/\n");
    let invalid = "cannot read DIR/logs/access.log: none of its lines is a request";
    project.write("issues/juli.md", project.read(MAY).replace("Der er nyt", "Endnu mere nyt"));
    project.run("send issues/juli.md --yes").fails_with(3, invalid);
    project.write("logs/access.log", post(&bo));
    project.run("unsubscribe --access-log").succeeds_with("1 reader unsubscribed; 1 already unsubscribed\n");
}

#[test]
fn the_link_of_a_series_leaves_that_series() {
    let project = Project::new("unsubscribe-series");
    let series = "series: {drift: {name: Drift}}\n";
    project.write("newsletter.yaml", format!("{SETTINGS}{PAGE}{series}"));
    project.edit(MAY, "preheader:", "series: drift\npreheader:");
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    let anna = token(&project, "anna@a.example");
    for expected in [LEFT, KNOWN] {
        project.run(&format!("unsubscribe {anna}-drift")).succeeds_with(expected);
    }
    let listed = project.run("suppression list").stdout;
    assert!(listed.contains("anna@a.example\tunsubscribed in the series drift since"), "{listed}");
    project.run(&format!("unsubscribe {anna}")).succeeds_with(LEFT);
}

#[test]
fn an_address_on_no_list_is_reported_and_recorded() {
    let project = Project::new("on-no-list");
    let warning = "warning: ana@a.example is on no list, so check the spelling; it is still recorded\n";
    for command in ["unsubscribe ana@a.example", "suppression add ana@a.example"] {
        let output = project.run(command);
        assert_eq!((output.status, output.stderr.as_str()), (0, warning), "{command}");
    }
    assert_eq!(suppressed(&project), ["ana@a.example"]);
    assert_eq!(project.run("unsubscribe ANNA@a.example").stderr, "");
    let output = project.run("suppression add x1@x.example x2@x.example bo@b.example");
    let warning = "warning: 2 addresses are on no list, so check the spelling; they are still recorded: x1@x.example, x2@x.example\n";
    assert_eq!(output.stderr, warning);
    project.write("audiences/members.yaml", "name");
    assert_eq!(
        project.run("unsubscribe eva@e.example").stderr,
        "",
        "nobody knows who is on a list that cannot be read"
    );
}
