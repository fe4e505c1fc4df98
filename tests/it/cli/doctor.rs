//! `doctor`: findings, suggested records, and the exit status.

use std::fs;

use serde_json::Value;

use crate::name_server::{self, NameServerTrick};
use crate::project::{Project, RunOutput, SETTINGS};
use crate::scripted::{Relay, Script, Trick};

/// The verdict and the message of each finding of a check.
fn findings(output: &RunOutput, check: &str) -> Vec<[String; 2]> {
    let lines = output.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of_check = lines.filter(|line| line["check"] == check);
    of_check.map(|line| ["verdict", "message"].map(|key| line[key].as_str().unwrap().to_owned())).collect()
}

fn check(output: &RunOutput, check: &str, verdict: &str, message: &str) {
    let found = findings(output, check);
    assert_eq!(found, [[verdict.to_owned(), message.to_owned()]], "{}\n{}", output.stdout, output.stderr);
}

/// The text that a check suggests to write.
fn remedy(output: &RunOutput, check: &str) -> String {
    let lines = output.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of_check = lines.filter(|line| line["check"] == check).map(|line| line["write"]["text"].to_string());
    of_check.map(|text| serde_json::from_str::<String>(&text).unwrap()).collect()
}

#[test]
fn offline_only_this_machine_is_looked_at() {
    let project = Project::new("doctor-offline");
    let output = project.run("doctor --offline");
    assert_eq!(output.status, 0, "{}{}", output.stdout, output.stderr);
    let words: Vec<Vec<&str>> = output
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split_whitespace().take(2).collect())
        .collect();
    let checks: Vec<&str> = words.iter().filter(|words| words.len() == 2).map(|words| words[1]).collect();
    assert_eq!(checks[..6], ["project", "files", "clock", "disk", "ledger", "runs"], "{}", output.stdout);
    assert_eq!(checks.len(), 7, "{}", output.stdout);
}

#[test]
fn a_password_that_others_can_read_fails_and_is_not_shown() {
    let project = Project::new("doctor-files");
    project.write("secret", "hemmelig");
    let project = project.mode("secret", 0o644);
    project.write(
        "newsletter.yaml",
        format!("{SETTINGS}smtp:\n  host: smtp.relay.example\n  username: nyt\n  password_file: secret\n"),
    );
    let output = project.run("doctor --offline --json");
    assert_eq!(output.status, 1, "{}{}", output.stdout, output.stderr);
    check(&output, "files", "fail", "DIR/secret can be read by other users (mode 644): it is not used");
    assert_eq!(remedy(&output, "files"), "chmod 600 DIR/secret");
    let quiet = project.run("doctor --offline -q");
    assert_eq!(quiet.status, 1);
    assert!(quiet.stdout.contains("fail     files") && !quiet.stdout.contains("pass"), "{}", quiet.stdout);
    assert!(!format!("{}{}{}", output.stdout, output.stderr, quiet.stdout).contains("hemmelig"));
}

#[test]
fn a_secret_in_the_place_of_its_file_or_command_is_not_shown() {
    let project = Project::new("doctor-misplaced-secret");
    let smtp = "smtp:\n  host: localhost\n  username: nyt\n  ";
    let dkim = "dkim: [{domain: forening.example, selector: nyt, key_file: Hemmeligt-Kode-99}]\n";
    let password = "the file that `password_file`, `secret_file` or `client_secret_file` names cannot be used: No such file or directory (os error 2)";
    let key = "the file that `key_file` names cannot be used: No such file or directory (os error 2)";
    let unsubscribe = "unsubscribe: {url: \"https://forening.example/{token}\", secret_file: Hemmeligt-Kode-99}\n";
    for (settings, message) in [
        (format!("{smtp}password_file: Hemmeligt-Kode-99\n"), Some(password)),
        (unsubscribe.to_owned(), Some(password)),
        (dkim.to_owned(), Some(key)),
        (format!("{smtp}password_env: Hemmeligt-Kode-99\n"), None),
        (format!("{smtp}password_command: [echo, Hemmeligt-Kode-99]\n"), None),
        (format!("{smtp}password_command:\n  - echo\n  - Hemmeligt-Kode-99\n"), None),
        (format!("{smtp}password_command: echo Hemmeligt-Kode-99\n  port: [25]\n"), None),
        (format!("{smtp}password_file: [Hemmeligt-Kode-99]\n"), None),
        (
            "ledger:\n  url: postgres://nyt@127.0.0.1:9/x\n  password_file: Hemmeligt-Kode-99\n".to_owned(),
            Some(password),
        ),
        ("inbox: {host: [x], username: nyt, password_command: echo Hemmeligt-Kode-99}\n".to_owned(), None),
    ] {
        project.write("newsletter.yaml", format!("{SETTINGS}{settings}"));
        for typed in ["doctor --offline", "doctor --offline --json", "run", "check"] {
            let output = project.run(typed);
            let printed = format!("{}{}", output.stdout, output.stderr);
            assert!(!printed.contains("Hemmelig"), "{settings}{typed}: {printed}");
        }
        if let Some(message) = message {
            check(&project.run("doctor --offline --json"), "files", "fail", message);
        }
    }
}

#[test]
fn a_project_key_that_is_missing_or_too_short_fails() {
    let project = Project::new("doctor-key");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    project.write("issues/juni.md", project.read("issues/maj.md").replace("Der er nyt.", "Der er mere."));
    fs::remove_file(project.path(".newsletter/key")).unwrap();
    let missing = "cannot use the ledger, without which nothing is sent: DIR/.newsletter/key is missing, the key that the ledger \
                   DIR/.newsletter/ledger.db was made with: restore it from your backup, or copy it from the machine that sent before; if a new key is intended, run `newsletter ledger new`";
    let output = project.run("doctor --offline --json");
    assert_eq!(output.status, 1, "{}", output.stdout);
    check(&output, "ledger", "fail", missing);
    project.write(".newsletter/key", "abc\n");
    let project = project.mode(".newsletter/key", 0o600);
    let short = "DIR/.newsletter/key cannot be used: it has fewer than 32 characters: restore it from your backup, or copy it from \
                 the machine that sent before; if a new key is intended, delete the file and run `newsletter ledger new`";
    let output = project.run("doctor --offline --json");
    assert_eq!(output.status, 1, "{}", output.stdout);
    check(&output, "ledger", "fail", short);
    let run = project.run("send issues/juni.md --yes");
    assert!(run.status == 78 && run.stderr.contains(short), "{run:?}");
}

#[test]
fn letters_in_doubt_wait_for_resolve() {
    let relay = Relay::start(Script { tricks: vec![("dot", Trick::Close)], ..Script::default() });
    let project = Project::with_relay("doctor-doubt", relay.port());
    project.run("send issues/maj.md --yes");
    relay.finish();
    let output = project.run("doctor --offline --json");
    assert_eq!(output.status, 0, "{}", output.stdout);
    let warning = ["warn", "issues/maj.md: 1 letter in doubt"].map(str::to_owned);
    assert_eq!(findings(&output, "ledger").last(), Some(&warning), "{}", output.stdout);
    let advice = "run `newsletter resolve issues/maj.md --sent` (they arrived) or `--resend`";
    assert!(output.stdout.contains(advice), "{}", output.stdout);
}

/// A name server whose answers are those of a good zone.
const ZONE: &str = "\
forening.example MX mail.forening.example
mail.forening.example A 192.0.2.25
forening.example TXT v=spf1 mx -all
_dmarc.forening.example TXT v=DMARC1; p=none
25.2.0.192.in-addr.arpa PTR mail.forening.example
";

fn with_dns(project: &Project, zone: &'static str, trick: NameServerTrick) -> RunOutput {
    let port = name_server::start(zone, trick);
    project.run(&format!("doctor --json --sends-from 192.0.2.25 --resolver 127.0.0.1:{port}"))
}

#[test]
fn a_relay_is_tried_up_to_the_recipient_and_gets_no_letter() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("doctor-relay", relay.port());
    let output = with_dns(&project, ZONE, NameServerTrick::None);
    assert_eq!(output.status, 0, "{}{}", output.stdout, output.stderr);
    check(&output, "sender", "pass", "the relay takes letters of this sender; none was sent");
    check(&output, "size", "warn", "the relay takes letters of at most 100 kB");
    check(
        &output,
        "mx",
        "pass",
        "forening.example is received by mail.forening.example (replies, bounces, requests to unsubscribe)",
    );
    check(&output, "spf", "pass", "forening.example: its SPF record lets 192.0.2.25 send (1 of 10 DNS lookups)");
    check(&output, "ptr", "pass", "192.0.2.25 is mail.forening.example, which leads back to it");
    let heard = relay.finish();
    let verbs: Vec<&str> = heard.iter().map(|line| line.split([' ', ':']).next().unwrap()).collect();
    assert_eq!(verbs, ["*", "EHLO", "MAIL", "RCPT", "RSET", "QUIT", "-"], "{heard:?}");
}

#[test]
fn a_relay_that_refuses_the_sender_fails() {
    for (verb, reply, verdict, message) in [
        ("MAIL", "550 5.7.60 not you\r\n", "fail", "the relay refuses letters of this sender: 550 5.7.60 not you"),
        (
            "RCPT",
            "554 5.7.1 denied\r\n",
            "fail",
            "the relay refuses letters to the sender's own address: 554 5.7.1 denied",
        ),
        (
            "RCPT",
            "450 4.7.1 later\r\n",
            "warn",
            "the relay does not take letters to the sender's own address now: 450 4.7.1 later",
        ),
    ] {
        let relay = Relay::start(Script { tricks: vec![(verb, Trick::Say(reply))], ..Script::default() });
        let project = Project::with_relay(&format!("doctor-{verb}-{}", &reply[..3]), relay.port());
        let output = with_dns(&project, ZONE, NameServerTrick::None);
        assert_eq!(output.status, i32::from(verdict == "fail"), "{}{}", output.stdout, output.stderr);
        check(&output, "sender", verdict, message);
        relay.finish();
    }
}

#[test]
fn without_dkim_it_cannot_be_known_and_with_it_the_record_is_written() {
    let project = Project::new("doctor-dkim");
    let output = with_dns(&project, ZONE, NameServerTrick::None);
    check(&output, "dkim", "unknown", "letters are not signed here; whether the relay signs them cannot be known");
    assert_eq!(project.run("dkim keygen").status, 0);
    let dkim = "dkim: [{domain: forening.example, selector: newsletter, key_file: .newsletter/dkim/newsletter.pem}]\n";
    project.write("newsletter.yaml", format!("{SETTINGS}{dkim}"));
    let output = with_dns(&project, ZONE, NameServerTrick::None);
    let message = "newsletter._domainkey.forening.example has no record: receivers cannot verify the signature";
    check(&output, "dkim", "fail", message);
    assert_eq!(remedy(&output, "dkim"), project.run("dkim record").stdout.trim_end());
}

#[test]
fn forged_long_and_failing_responses_are_distinguished() {
    let project = Project::new("doctor-dns");
    let passes = "forening.example: its SPF record lets 192.0.2.25 send (1 of 10 DNS lookups)";
    check(&with_dns(&project, ZONE, NameServerTrick::ForgedFirst), "spf", "pass", passes);
    check(&with_dns(&project, ZONE, NameServerTrick::Truncated), "spf", "pass", passes);
    let failing = with_dns(&project, ZONE, NameServerTrick::Fails);
    assert_eq!(failing.status, 0, "what cannot be known is no failure: {}", failing.stdout);
    let reason = "the DNS server reports a failure (SERVFAIL)";
    check(&failing, "mx", "unknown", &format!("forening.example: {reason}"));
    check(&failing, "dmarc", "unknown", &format!("forening.example: {reason}"));
    let circle = "forening.example CNAME a.example\na.example CNAME forening.example\n";
    let reason = "its CNAME records refer to one another";
    check(&with_dns(&project, circle, NameServerTrick::None), "mx", "unknown", &format!("forening.example: {reason}"));
}

#[test]
fn a_wrong_resolver_is_a_wrong_command_line() {
    let project = Project::new("doctor-typed");
    let output = project.run("doctor --resolver dns.example");
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("write an IP address, with :PORT or without"), "{}", output.stderr);
    assert_eq!(project.run("doctor --offline --sends-from 192.0.2.1").status, 2);
}
