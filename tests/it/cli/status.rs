//! The state of each letter: `status` and `resolve`.

use rusqlite::Connection;
use serde_json::Value;

use crate::project::Project;
use crate::scripted::{Relay, Script, Trick};

/// Anna's letter was accepted, Bo's refused, and Carl's connection lost after the dot.
fn project(name: &str) -> Project {
    let tricks = vec![
        ("RCPT", Trick::Say("250 2.1.5 OK\r\n")),
        ("RCPT", Trick::Say("550 5.1.1 No such user, \"bo\"\r\n")),
        ("dot", Trick::Say("250 2.0.0 Queued\r\n")),
        ("dot", Trick::Close),
    ];
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay(name, relay.port());
    assert_eq!(project.run("send issues/maj.md --yes").status, 1);
    relay.finish();
    project
}

const TOLD: &str = "\
issues/maj.md: 3 recipients: 1 accepted by the relay, 1 refused, 1 in doubt
  subject: Nyt i maj
  see `newsletter status issues/maj.md --failed` for the addresses and the reasons
  in doubt: the connection was lost before the relay replied. Ask the relay's administrator, then run \
`newsletter resolve issues/maj.md --sent` (they arrived) or `--resend`
";

/// The output with `AT` for each time of Danish clocks.
fn local_times(text: &str) -> String {
    // `2026-05-04 09:00:03 +02:00`.
    let mut reported = text.to_owned();
    while let Some(at) = reported.find(" +02:00").or_else(|| reported.find(" +01:00")) {
        reported.replace_range(at - 19..at + 7, "AT");
    }
    reported
}

/// The output with `AT` for each time, which differs between runs.
fn timeless(text: &str) -> String {
    let moment = |word: &str| word.parse::<jiff::Timestamp>().is_ok();
    let text = &local_times(text);
    let cut = |character: char| !(character.is_alphanumeric() || matches!(character, '-' | ':' | '.'));
    let mut reported = String::new();
    for part in text.split_inclusive(cut) {
        let word = part.trim_end_matches(cut).trim_end_matches(':');
        reported += &if moment(word) { part.replace(word, "AT") } else { part.to_owned() };
    }
    reported
}

#[test]
fn totals_add_up_to_the_plan() {
    let project = project("status-totals");
    project.run("status").succeeds_with(&format!("{TOLD}last run: TIME, `newsletter send`: exit status 1\n"));
    project.run("status issues/maj.md").succeeds_with(TOLD);
    let json = "{\"issue\":\"issues/maj.md\",\"subject\":\"Nyt i maj\",\"transport\":\"smtp\",\"recipients\":3,\"planned\":0,\"accepted\":1,\
                \"bounced\":0,\"complained\":0,\"left\":0,\"deferred\":0,\"refused\":1,\"in_doubt\":1,\"suppressed\":0,\"expired\":0,\"cancelled\":0}\n";
    assert_eq!(project.run("status --json").stdout.lines().next(), Some(json.trim_end()));
    project.run("status issues/maj.md --json").succeeds_with(json);
    let none = Project::new("status-none");
    none.run("status").succeeds_with("nothing was sent yet\n");
    none.run("status issues/maj.md").succeeds_with("issues/maj.md: not sent yet\n");
    let zero: Value = serde_json::from_str(&none.run("status issues/maj.md --json").stdout).unwrap();
    assert_eq!((&zero["recipients"], &zero["accepted"]), (&Value::from(0), &Value::from(0)));
}

#[test]
fn each_letter_is_listed_with_its_reply() {
    let project = project("status-letters");
    let reported = |typed: &str| timeless(&project.run(typed).stdout);
    assert_eq!(
        reported("status issues/maj.md --letters"),
        "anna@a.example\taccepted by the relay\tmembers.da\tAT\t250 2.0.0 Queued\n\
         bo@b.example\trefused\tmembers.da\tAT\t550 5.1.1 No such user, \"bo\"\n\
         carl@c.example\tin doubt\tmembers.da\tAT\tconnection lost at the end of the letter\n"
    );
    assert_eq!(
        reported("status issues/maj.md --failed"),
        "bo@b.example\trefused\tmembers.da\tAT\t550 5.1.1 No such user, \"bo\"\n\
         carl@c.example\tin doubt\tmembers.da\tAT\tconnection lost at the end of the letter\n"
    );
    assert_eq!(reported("status maj --state refused,in-doubt"), reported("status maj --failed"));
    assert_eq!(reported("status maj --state bounced --csv=comma").lines().count(), 1, "only the names of the columns");
    let unknown = project.run("status maj --state bounce");
    assert!(unknown.status == 2 && unknown.stderr.contains("did you mean `bounced`?"), "{}", unknown.stderr);
    let csv = reported("status issues/maj.md --failed --csv=comma");
    let (head, rows) = csv.split_once('\n').unwrap();
    assert_eq!(head, "address,state,edition,at,reply,message_id,version");
    assert!(rows.starts_with("bo@b.example,refused,members.da,AT,\"550 5.1.1 No such user, \"\"bo\"\"\",<"), "{rows}");
    for line in project.run("status issues/maj.md --letters --json").stdout.lines() {
        let letter: Value = serde_json::from_str(line).unwrap();
        let keys: Vec<&String> = letter.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["address", "state", "edition", "at", "reply", "message_id", "version"]);
    }
}

#[test]
fn one_recipients_letter_is_shown() {
    let project = project("status-one");
    let reported = project.run("status issues/maj.md ANNA@A.example");
    let (before, after) = reported.stdout.split_once("  Message-ID <").unwrap();
    assert_eq!(before, "anna@a.example: accepted by the relay\n  edition members.da, from audiences/members.yaml:4\n");
    let after = timeless(after.split_once('\n').unwrap().1);
    assert_eq!(after, "  AT: 250 2.0.0 Queued\n  accepted by the relay, which does not prove delivery\n");
    project.run("status issues/maj.md x@x.example").fails_with(3, "x@x.example is not a recipient of issues/maj.md");
    assert_eq!(project.run("status issues/maj.md x.example").status, 3);
}

#[test]
fn letters_in_doubt_wait_until_they_are_resolved() {
    let project = project("resolve");
    project.run("send issues/maj.md --yes").is(
        1,
        &TOLD.replace("maj.md: 3", "maj.md: nothing left to send. 3").replace("  subject: Nyt i maj\n", ""),
        "",
    );
    project.run("resolve issues/maj.md bo@b.example --sent").is(3, "", "error: this address has no letter in doubt\n");
    project.run("resolve issues/maj.md --resend").is(75, "1 letter will be sent again\n", "");
    let relay = Relay::start(Script::default());
    project.relay(relay.port(), "");
    assert_eq!(project.run("send issues/maj.md --yes").status, 1, "Bo is still refused");
    assert_eq!(relay.finish().iter().filter(|line| line.starts_with("RCPT TO:<carl")).count(), 1);
    assert_eq!(project.states(), ["anna@a.example accepted", "bo@b.example refused", "carl@c.example accepted"]);

    let other = self::project("resolve-sent");
    other.run("resolve issues/maj.md carl@c.example --sent").is(1, "1 letter counted as accepted\n", "");
    assert_eq!(other.states()[2], "carl@c.example accepted");
}

#[test]
fn a_run_in_progress_is_reported() {
    let relay = Relay::start(Script { tricks: vec![("dot", Trick::Hold)], ..Script::default() });
    let project = Project::with_relay("status-running", relay.port());
    let child = project.start("send issues/maj.md --yes");
    relay.wait_for("| .", 1);
    project.run("status").succeeds_with(
        "issues/maj.md: 3 recipients: 3 not sent yet\n  subject: Nyt i maj\n  a run is sending at this moment\n",
    );
    relay.go_on();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    relay.finish();
    project.run("status").succeeds_with(
        "issues/maj.md: 3 recipients: 3 accepted by the relay\n  subject: Nyt i maj\n\
         last run: TIME, `newsletter send`: success\n",
    );
}

#[test]
fn letters_in_flight_of_a_killed_run_are_shown_as_in_doubt() {
    let project = project("status-killed");
    project.run("send issues/maj.md --yes");
    let ledger = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    ledger
        .execute(
            "UPDATE delivery SET state = 'in_flight' WHERE number = (SELECT number FROM letter WHERE key LIKE 'anna%')",
            [],
        )
        .unwrap();
    drop(ledger);
    let letters = project.run("status issues/maj.md --letters");
    let states: Vec<&str> = letters.stdout.lines().filter_map(|state| state.split('\t').nth(1)).collect();
    assert_eq!(states, ["in doubt", "refused", "in doubt"]);
    let anna = project.run("status issues/maj.md anna@a.example");
    assert!(anna.stdout.starts_with("anna@a.example: in doubt"), "{}", anna.stdout);
}

#[test]
fn each_reader_has_the_version_of_the_text_that_was_sent() {
    let project = Project::new("status-versions");
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    // Without a change it is the same text, however often it is planned.
    assert_eq!(project.run("send issues/maj.md --yes --limit 1 --replan").status, 0);
    assert!(!project.run("status issues/maj.md --letters").stdout.contains("version"));
    project.edit("issues/maj.md", "Der er nyt.", "Der er rettet nyt.");
    assert_eq!(project.run("send issues/maj.md --yes --replan").status, 0);
    let letters = project.run("status issues/maj.md --letters").stdout;
    let editions: Vec<&str> = letters.lines().filter_map(|line| line.split('\t').nth(2)).collect();
    assert_eq!(editions, ["members.da, version 1", "members.da, version 1", "members.da, version 2"]);
    let csv = project.run("status issues/maj.md --letters --csv=comma").stdout;
    let versions: Vec<&str> = csv.lines().filter_map(|row| row.rsplit(',').next()).collect();
    assert_eq!(versions, ["version", "1", "1", "2"]);
    let anna = project.run("status issues/maj.md anna@a.example").stdout;
    assert!(anna.contains("\n  version 1 of 2 of the text\n"), "{anna}");
    project.run("status").succeeds_with(
        "issues/maj.md: 3 recipients: 3 in the outbox\n  subject: Nyt i maj\n  written to outbox/; nothing was sent. \
         Set `smtp` in newsletter.yaml to send through a relay\nlast run: TIME, `newsletter send`: success\n",
    );
}

/// Each state in the ledger, and how `status` answers whether Anna got the letter.
const ANSWERS: [(&str, &str, &str); 11] = [
    ("planned", "not sent yet", "it is sent when `newsletter send` or `run` runs again"),
    ("accepted", "accepted by the relay", "accepted by the relay, which does not prove delivery"),
    ("bounced", "bounced", "it did not arrive: the relay accepted it, and it bounced later"),
    ("complained", "reported as spam", "it arrived, and they reported it as spam"),
    ("left", "unsubscribed", "it arrived; it is the last one that they got before they unsubscribed"),
    ("deferred", "deferred", "it did not arrive yet; it is tried again when it is due"),
    ("refused", "refused", "it did not arrive, and is not tried again"),
    ("in_doubt", "in doubt", "it may have arrived; it is not sent again unless you run `newsletter resolve --resend`"),
    ("suppressed", "suppressed", "it was not sent, as the address gets no letters: see `newsletter suppression list`"),
    ("expired", "expired", "it did not arrive: its time was over before the relay accepted it"),
    ("cancelled", "cancelled", "it was not sent, as the issue was cancelled"),
];

#[test]
fn whether_anna_got_it_is_answered_for_each_state() {
    let project = project("status-answers");
    let ledger = Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/manual.md")).unwrap();
    for (state, word, meaning) in ANSWERS {
        ledger.execute("UPDATE delivery SET state = ?1 WHERE number = (SELECT number FROM letter WHERE address = 'anna@a.example')", [state]).unwrap();
        let answer = project.run("status issues/maj.md anna@a.example").stdout;
        let lines: Vec<&str> = answer.lines().collect();
        assert_eq!(lines.first(), Some(&&*format!("anna@a.example: {word}")));
        assert_eq!(lines.last(), Some(&&*format!("  {meaning}")));
        let row = format!("| {word} | {meaning} |");
        assert!(manual.contains(&row), "the manual lacks: {row}");
    }
}

#[test]
fn a_list_for_the_membership_system_has_its_numbers() {
    let members = "name: M\nreason: du er medlem\nrecipients:\n  - {email: anna@a.example, medlemsnr: \"00123\"}\n  \
                   - {email: bo@b.example}\n";
    let project = Project::new("status-numbers").file("audiences/members.yaml", members);
    assert_eq!(project.run("send maj --yes").status, 0);
    let listed = project.run("status maj --state accepted --csv").stdout;
    let ends: Vec<&str> = listed.lines().map(|line| line.rsplit(';').next().unwrap()).collect();
    assert_eq!(ends, ["medlemsnr", "00123", ""], "{listed}");
    // Without the issue there are no lists to read them from.
    std::fs::remove_file(project.path("audiences/members.yaml")).unwrap();
    let listed = project.run("status maj --state accepted --csv").stdout;
    assert!(listed.lines().next().unwrap().ends_with(";version"), "{listed}");
}

#[test]
fn a_list_without_letters_says_so_and_csv_is_never_prose() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("status-none", relay.port());
    let csv = project.run("status issues/maj.md --csv");
    assert_eq!((csv.status, csv.stdout.as_str()), (3, ""));
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    project
        .run("status issues/maj.md --failed")
        .succeeds_with("issues/maj.md: no such letters. 3 recipients: 3 accepted by the relay\n");
    assert_eq!(project.run("status issues/maj.md --failed --json").stdout, "");
    let header = "address,state,edition,at,reply,message_id,version\n";
    project.run("status issues/maj.md --failed --csv=comma").succeeds_with(header);
    let all = project.run("status issues/maj.md --csv=comma").stdout;
    assert_eq!((all.starts_with(header), all.lines().count()), (true, 4));
    let name =
        "name the issue whose letters are to be listed, for example: newsletter status issues/november.md --failed";
    project.run("status --failed").fails_with(3, name);
    project.run("status --csv").fails_with(3, name);
}
