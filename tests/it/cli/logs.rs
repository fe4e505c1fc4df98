//! Logs: as text, as JSON and for systemd's journal.

use serde_json::Value;

use crate::project::{MAY, Project};
use crate::scripted::{Relay, Script, Trick};

/// Anna's letter is accepted, Bo's is refused in a reply with his address, and Carl's connection is lost.
fn relay() -> Relay {
    let tricks = vec![
        ("RCPT", Trick::Say("250 2.1.5 <anna@a.example> OK\r\n")),
        ("RCPT", Trick::Say("550 5.1.1 <Bo@b.example>: no such user\u{1b}[2J\r\n")),
        ("dot", Trick::Say("250 2.0.0 Queued\r\n")),
        ("dot", Trick::Close),
    ];
    Relay::start(Script { tricks, ..Script::default() })
}

fn people() -> [&'static str; 3] {
    ["anna@a.example", "bo@b.example", "carl@c.example"]
}

#[test]
fn a_log_contains_letters_without_addresses() {
    let relay = relay();
    let project = Project::with_relay("logs-json", relay.port()).variable("NEWSLETTER_LOG", "trace");
    let output = project.run("send issues/maj.md --yes --log run.log --log-format json");
    relay.finish();
    assert_eq!((output.status, output.stderr.as_str()), (1, ""));
    let log = project.read("run.log");
    for address in people() {
        assert!(!log.to_lowercase().contains(address), "{address} in {log}");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let letters: Vec<&Value> = lines.iter().filter(|line| line.get("letter").is_some()).collect();
    let reported: Vec<(&str, &str)> =
        letters.iter().map(|letter| (letter["level"].as_str().unwrap(), letter["message"].as_str().unwrap())).collect();
    assert_eq!(
        reported,
        [
            ("INFO", "accepted: 250 2.0.0 Queued"),
            ("WARN", "refused: 550 5.1.1 <…>: no such user\\u{1b}[2J"),
            ("WARN", "in doubt: connection lost at the end of the letter"),
        ]
    );
    let sent = letters[0];
    assert!(sent["message_id"].as_str().unwrap().ends_with("@forening.example>"), "{sent}");
    assert!(sent["milliseconds"].is_u64() && sent["timestamp"].is_string(), "{sent}");
    assert_eq!((&sent["spans"][0]["issue"], &sent["spans"][1]["number"]), (&MAY.into(), &0.into()));
    let talk: Vec<&str> =
        lines.iter().filter_map(|line| line["message"].as_str().filter(|_| line["level"] == "TRACE")).collect();
    assert_eq!(
        talk[..4],
        [
            "received 220 relay.example ESMTP to the greeting",
            "sends EHLO",
            "received 250 relay.example SIZE 100000 to EHLO",
            "sends MAIL FROM"
        ]
    );
    assert!(talk.contains(&"received 550 5.1.1 to RCPT TO"), "{talk:?}");
}

#[test]
fn log_levels_are_respected() {
    let quiet = Project::new("logs-none").run("send issues/maj.md --yes");
    assert_eq!(quiet.stderr, "");
    let info = Project::new("logs-info").run("send issues/maj.md --yes --log -").stderr;
    assert!(info.lines().count() == 7 && !info.contains("TRACE"), "{info}");
    let warn = Project::new("logs-warn").variable("NEWSLETTER_LOG", "warn").variable("RUST_LOG", "trace");
    assert_eq!(warn.run("send issues/maj.md --yes").stderr, "");
    let wrong = Project::new("logs-wrong").variable("RUST_LOG", "newsletter=loud");
    wrong
        .run("send issues/maj.md --yes")
        .fails_with(3, "invalid NEWSLETTER_LOG or RUST_LOG `newsletter=loud`: write error, warn, info, debug or trace");
    assert!(wrong.reached().is_empty());
    let output = Project::new("logs-nowhere").run("send issues/maj.md --yes --log nowhere/run.log");
    assert_eq!(output.status, 3, "{}", output.stderr);
}

#[test]
fn journal_lines_have_severities_and_no_times() {
    let relay = relay();
    let project = Project::with_relay("logs-journal", relay.port()).variable("JOURNAL_STREAM", "8:1234");
    let log = project.run("send issues/maj.md --yes --log -").stderr;
    relay.finish();
    let lines: Vec<&str> = log.lines().collect();
    assert!(
        lines.iter().all(|line| line.starts_with("<6>run{") || line.starts_with("<4>run{") || line.starts_with("<6> ")),
        "{log}"
    );
    assert!(lines[0].starts_with("<6>run{issue=\"issues/maj.md\" transport=\"smtp\"}: delivery starts"), "{log}");
    assert!(lines.iter().any(|line| line.starts_with("<4>") && line.contains("refused: 550 5.1.1")), "{log}");
}

#[test]
fn a_log_that_cannot_be_written_is_a_warning() {
    let project = Project::new("logs-full");
    let output = project.run("send issues/maj.md --yes --log /dev/full");
    let warned = output.stderr.matches("warning: cannot write the log: No space left on device").count();
    assert_eq!((output.status, warned), (0, 1), "{}", output.stderr);
    assert_eq!(project.reached().len(), 3);
}
