//! `--json` of a run: one object per line, as things happen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::project::{Project, SETTINGS};
use crate::scripted::{Relay, Script, Trick};

/// The events that a run printed, one per line.
fn events(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

/// The fields of each event, as the manual lists them.
fn documented() -> BTreeMap<String, Vec<String>> {
    let manual = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/manual.md")).unwrap();
    let (_, chapter) = manual.split_once("\n### Events for programs\n").unwrap();
    let chapter = chapter.split("\n## ").next().unwrap();
    let rows = chapter.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows.map(|(event, rest)| (event.to_owned(), names(rest.split(" | ").next().unwrap()))).collect()
}

/// Every field of every event is in the manual, and no other.
fn are_documented(events: &[Value]) {
    let documented = documented();
    for event in events {
        let fields: Vec<&String> = event.as_object().unwrap().keys().skip(1).collect();
        let kind = event["event"].as_str().unwrap();
        assert_eq!(fields, documented[kind].iter().collect::<Vec<_>>(), "{event}");
    }
}

#[test]
fn a_run_prints_each_event() {
    let tricks = vec![
        ("RCPT", Trick::Close),
        ("RCPT", Trick::Say("250 2.1.5 OK\r\n")),
        ("RCPT", Trick::Say("550 5.1.1 <bo@b.example>: no such user\r\n")),
        ("dot", Trick::Say("250 2.0.0 Queued\r\n")),
        ("dot", Trick::Close),
    ];
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay("events-all", relay.port());
    let output = project.run("send issues/maj.md --yes --json");
    relay.finish();
    assert_eq!((output.status, output.stderr.as_str()), (1, ""));
    let reported = events(&output.stdout);
    let expected = [
        "overview",
        "plan",
        "start",
        "connected",
        "wait",
        "connected",
        "letter",
        "letter",
        "letter",
        "wait",
        "end",
        "report",
        "totals",
    ];
    assert_eq!(kinds(&reported), expected, "{}", output.stdout);
    are_documented(&reported);
    let letters: Vec<String> =
        reported.iter().filter(|event| event["event"] == "letter").map(|event| event["state"].to_string()).collect();
    assert_eq!(letters, ["\"accepted\"", "\"refused\"", "\"in_doubt\""]);
    let (plan, report, totals) = (&reported[1], &reported[11], &reported[12]);
    assert_eq!(plan["recipients"], 3);
    let states = [
        "planned",
        "accepted",
        "bounced",
        "complained",
        "left",
        "deferred",
        "refused",
        "in_doubt",
        "suppressed",
        "expired",
        "cancelled",
    ];
    assert_eq!(states.iter().map(|state| totals[state].as_u64().unwrap()).sum::<u64>(), 3, "{totals}");
    assert_eq!((&report["attempts"], &report["connections"]), (&Value::from(3), &Value::from(2)));
    assert_eq!(
        report["reasons"].to_string(),
        r#"[{"state":"refused","letters":1,"code":550,"status":"5.1.1","text":"550 5.1.1 <…>: no such user"},{"state":"in_doubt","letters":1,"code":null,"status":null,"text":"connection lost at the end of the letter"}]"#
    );
    let slowest: Vec<&Value> =
        report["slowest_domains"].as_array().unwrap().iter().map(|entry| &entry["domain"]).collect();
    assert_eq!(slowest.len(), 2, "Bo's letter was not handed over: {slowest:?}");
    let again = project.run("send issues/maj.md --yes --json");
    assert_eq!(again.stdout, format!("{}\n", output.stdout.lines().last().unwrap()));
}

#[test]
fn refusals_caused_by_the_sender_are_taken_back() {
    let relay = Relay::start(Script {
        tricks: vec![("RCPT", Trick::Say("554 5.7.1 Relay denied\r\n")); 6],
        ..Script::default()
    });
    let people: Vec<String> = (0..7).map(|number| format!("reader{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let project = Project::with_relay("events-back", relay.port()).audience("members", &people);
    let output = project.run("send issues/maj.md --yes --json");
    relay.finish();
    assert_eq!(output.status, 77, "{}", output.stderr);
    let reported = events(&output.stdout);
    let (error, reported): (Vec<Value>, Vec<Value>) =
        reported.into_iter().partition(|event| event.get("error").is_some());
    assert_eq!(error.len(), 1);
    assert_eq!(&kinds(&reported)[8..], ["letter", "taken_back", "end", "report", "totals"], "{}", output.stdout);
    are_documented(&reported);
    let (back, end, totals) = (&reported[9], &reported[10], &reported[12]);
    assert_eq!((&back["letters"], &end["why"]), (&Value::from(5), &Value::from("paused")));
    assert_eq!((&totals["refused"], &totals["deferred"], &totals["planned"]), (&0.into(), &5.into(), &2.into()));
}

#[test]
fn an_unreachable_relay_is_reported_with_its_reason() {
    let project = Project::new("events-nobody");
    project.write(
        "newsletter.yaml",
        format!("{SETTINGS}smtp: {{host: localhost, port: 1, security: none, connections: 1}}\n"),
    );
    let output = project.run("send issues/maj.md --yes --json");
    assert_eq!(output.status, 75, "{}", output.stderr);
    let reported: Vec<Value> =
        events(&output.stdout).into_iter().filter(|event| event.get("error").is_none()).collect();
    assert_eq!(kinds(&reported)[3..5], ["not_connected", "wait"], "{}", output.stdout);
    are_documented(&reported);
    let reason = reported[3]["reason"].as_str().unwrap();
    assert!(reason.starts_with("cannot connect to the relay localhost, port 1"), "{reason}");
}
