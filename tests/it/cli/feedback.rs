//! Feedback on accepted letters, in all commands that show it.

use rusqlite::Connection;

use crate::project::{MAY, Project};
use crate::scripted::{Relay, Script, Trick};

/// Anna's letter bounced, Bo unsubscribed, Carl reported it as spam, and Dora's letter arrived.
fn project(name: &str, reason: &str) -> Project {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay(&format!("feedback-{name}"), relay.port());
    let people = ["Anna <anna@a.example>", "Bo <bo@a.example>", "Carl <carl@c.example>", "Dora <dora@c.example>"];
    let project = project.audience("members", &people);
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 0);
    relay.finish();
    let ledger = Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    let (code, rest) = reason.split_once(' ').unwrap();
    let (status, _) = rest.split_once(' ').unwrap();
    let bounced = "UPDATE delivery SET state = 'bounced', at = 1795896903000, reason_code = ?1, reason_status = ?2, \
                   reason_text = ?3 WHERE number = (SELECT number FROM letter WHERE address = 'anna@a.example')";
    ledger.execute(bounced, (code, status, rest.split_once(' ').unwrap().1)).unwrap();
    for (state, name) in [("left", "bo"), ("complained", "carl")] {
        let sql = format!(
            "UPDATE delivery SET state = '{state}', at = 1795896903000
             WHERE number = (SELECT number FROM letter WHERE address LIKE '{name}%')"
        );
        ledger.execute(&sql, ()).unwrap();
    }
    project
}

#[test]
fn later_states_are_shown_and_add_up() {
    let project = project("states", "550 5.1.1 User unknown");
    let line = "issues/maj.md: 4 recipients: 1 accepted by the relay, 1 bounced, 1 reported as spam, 1 unsubscribed\n";
    let output = project.run(&format!("status {MAY}")).stdout;
    assert!(output.starts_with(line) && output.contains("--failed` for the addresses and the reasons"), "{output}");
    let json = project.run(&format!("status {MAY} --json")).stdout;
    let totals =
        "\"recipients\":4,\"planned\":0,\"accepted\":1,\"bounced\":1,\"complained\":1,\"left\":1,\"deferred\":0,";
    assert!(json.contains(totals), "{json}");
    let failed = project.run(&format!("status {MAY} --failed")).stdout;
    let bounced = "anna@a.example\tbounced\tmembers.da\t2026-11-28 21:15:03 +01:00\t550 5.1.1 User unknown\n";
    assert_eq!(failed, bounced, "letters that arrived are none that failed");
    let csv = project.run(&format!("status {MAY} --letters --csv=comma")).stdout;
    assert!(csv.contains("bo@a.example,left,") && csv.contains("carl@c.example,complained,"), "{csv}");
    let one = project.run(&format!("status {MAY} anna@a.example")).stdout;
    assert!(
        one.contains("anna@a.example: bounced\n") && one.contains("  2026-11-28 21:15:03 +01:00: 550 5.1.1"),
        "{one}"
    );
    let shown = project.run("person show anna@a.example").stdout;
    assert!(
        shown.contains("issues/maj.md: bounced, edition") && shown.contains("2026-11-28 21:15: 550 5.1.1"),
        "{shown}"
    );
    let explained = project.run("audience explain anna@a.example").stdout;
    assert!(explained.contains("  issues/maj.md: bounced on 2026-11-28: 550 5.1.1 User unknown\n"), "{explained}");
    let explained = project.run("audience explain bo@a.example --json").stdout;
    let left =
        "{\"address\":\"bo@a.example\",\"issue\":\"issues/maj.md\",\"state\":\"left\",\"at\":\"2026-11-28T20:15:03Z\"";
    assert!(explained.contains(left), "{explained}");
    let metrics = project.path("metrics.prom").display().to_string();
    assert_eq!(project.run(&format!("send {MAY} --yes --metrics {metrics}")).status, 0);
    let metrics = project.read("metrics.prom");
    for state in ["accepted", "bounced", "complained", "left"] {
        assert!(metrics.contains(&format!("state=\"{state}\"}} 1\n")), "{metrics}");
    }
}

#[test]
fn rates_are_shown_by_domain_with_a_warning() {
    let project = project("rates", "550 5.1.1 User unknown");
    let expected = "\
4 letters: 1 bounced (25.0 %), 1 reported as spam (25.0 %), 1 unsubscribed (25.0 %)
  a.example: 2 letters: 1 bounced (50.0 %), 0 reported as spam (0.0 %), 1 unsubscribed (50.0 %)
  c.example: 2 letters: 0 bounced (0.0 %), 1 reported as spam (50.0 %), 0 unsubscribed (0.0 %)
";
    let warned = "\
warning: 25.0 % of the letters bounced, and receivers tolerate at most 2 %: check the lists
warning: 25.0 % of the letters were reported as spam, and receivers tolerate at most 0.1 %: check who asked for them
warning: 50.0 % of the letters to a.example bounced, and receivers tolerate at most 2 %: check the lists
warning: 50.0 % of the letters to c.example were reported as spam, and receivers tolerate at most 0.1 %: check who asked for them
";
    for typed in ["status --feedback".to_owned(), format!("status {MAY} --feedback")] {
        let output = project.run(&typed);
        assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, expected, warned), "{typed}");
    }
    let json = project.run("status --feedback --json").stdout;
    let all =
        "{\"sent\":4,\"bounced\":1,\"complained\":1,\"left\":1,\"domains\":[{\"domain\":\"a.example\",\"sent\":2,";
    assert!(json.starts_with(all), "{json}");
    Project::new("feedback-none")
        .run("status --feedback")
        .succeeds_with("0 letters: 0 bounced (0.0 %), 0 reported as spam (0.0 %), 0 unsubscribed (0.0 %)\n");
}

#[test]
fn the_next_issue_is_warned_where_the_sender_was_at_fault() {
    for (name, reason, warned) in
        [("ours", "550 5.7.26 Unauthenticated mail is prohibited", true), ("theirs", "550 5.1.1 User unknown", false)]
    {
        let project = project(name, reason);
        project.write("issues/juni.md", project.read(MAY).replace("Der er nyt", "Mere nyt"));
        let relay = Relay::start(Script::default());
        let settings = project.read("newsletter.yaml");
        let port = settings.split("port: ").nth(1).unwrap().lines().next().unwrap();
        project.edit("newsletter.yaml", &format!("port: {port}"), &format!("port: {}", relay.port()));
        let output = project.run("send issues/juni.md --yes");
        relay.finish();
        let warning = format!(
            "warning: 1 letter of issues/maj.md bounced because of the sender or the content, not because of the \
             addresses:\n  1 letter: {reason}\n"
        );
        assert_eq!((output.status, output.stderr.as_str()), (0, if warned { warning.as_str() } else { "" }));
    }
}

#[test]
fn a_mailbox_that_does_not_exist_is_not_tried_with_the_next_issue() {
    let refusals = ["550 5.1.1 No such user\r\n", "552 5.2.2 Mailbox full\r\n", "550 5.7.1 Blocked by policy\r\n"];
    let tricks = refusals.into_iter().map(|refusal| ("RCPT", Trick::Say(refusal))).collect();
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay("feedback-refused", relay.port());
    assert_eq!(project.run(&format!("send {MAY} --yes")).status, 1);
    relay.finish();
    assert_eq!(project.states(), ["anna@a.example refused", "bo@b.example refused", "carl@c.example refused"]);
    let listed = project.run("suppression list").stdout;
    assert!(listed.starts_with("anna@a.example\tbounced since "), "{listed}");
    assert!(listed.ends_with(", by bounce\n1 address suppressed\n"), "{listed}");
}
