//! `test`: editions sent to one's own address, without a record.

use serde_json::Value;

use crate::project::{MAY, Project, SETTINGS};
use crate::scripted::{Relay, Script, Trick};

const UNSUBSCRIBE: &str = "\
unsubscribe:
  mailto: afmeld@forening.example
  url: https://forening.example/afmeld/{token}
";

fn project(name: &str) -> Project {
    let project = Project::new(name).audience("board", &["Dorte <dorte@d.example>"]);
    project.write("newsletter.yaml", format!("{SETTINGS}{UNSUBSCRIBE}"));
    project.edit(MAY, "[members]", "[members, board]");
    project.edit(MAY, "Der er nyt.", "Der er nyt til {{ email }}.\n\n::: only board\nKun for bestyrelsen.\n:::");
    project.edit(MAY, "date:", "draft: true\ndate:");
    project
}

fn letters(project: &Project) -> Vec<String> {
    let folder = project.path("outbox/new");
    crate::project::files(&folder).iter().map(|file| project.read(&format!("outbox/new/{file}"))).collect()
}

/// The unfolded value of a header.
fn header<'a>(letter: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = letter.split_once("\r\n\r\n")?;
    head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn a_test_sends_every_edition_to_the_tester_only() {
    let project = project("test-all");
    project.run("test issues/maj.md --to me@x.example --to you@x.example,ME@x.example").succeeds_with(
        "board.da to me@x.example: in the outbox\nboard.da to you@x.example: in the outbox\n\
         members.da to me@x.example: in the outbox\nmembers.da to you@x.example: in the outbox\n\
         written to outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay\n",
    );
    assert!(project.states().is_empty(), "the ledger knows nothing of a test");
    let letters = letters(&project);
    let mut seen: Vec<String> = letters
        .iter()
        .map(|letter| format!("{} | {}", header(letter, "To").unwrap(), header(letter, "Subject").unwrap()))
        .collect();
    seen.sort();
    let subject = |edition: &str| format!("[TEST {edition}] Nyt i maj");
    assert_eq!(
        seen,
        [
            format!("me@x.example | {}", subject("board.da")),
            format!("me@x.example | {}", subject("members.da")),
            format!("you@x.example | {}", subject("board.da")),
            format!("you@x.example | {}", subject("members.da")),
        ]
    );
    for letter in &letters {
        assert_eq!(header(letter, "List-Unsubscribe-Post"), None);
        let inert = "<https://forening.example/afmeld/test>,";
        assert_eq!(header(letter, "List-Unsubscribe"), Some(inert));
        assert!(letter.contains("<mailto:afmeld@forening.example?subject=test>"), "{letter}");
        assert!(!letter.contains("leave-") && header(letter, "Cc").is_none() && header(letter, "Bcc").is_none());
    }
}

#[test]
fn a_test_for_one_person_sends_their_edition() {
    let project = project("test-as");
    let output = project.run("test issues/maj.md --to me@x.example --as dorte@d.example");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let letters = letters(&project);
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!((header(letter, "To"), header(letter, "Subject")), (Some("me@x.example"), Some("[TEST] Nyt i maj")));
    for own in ["Hej Dorte", "Der er nyt til dorte@d.example.", "Kun for bestyrelsen."] {
        assert!(letter.contains(own), "{own} is not in {letter}");
    }
    project
        .run("test issues/maj.md --to me@x.example --as x@x.example")
        .fails_with(3, "x@x.example is not a recipient of issues/maj.md");
}

#[test]
fn a_test_for_an_audience_sends_its_editions() {
    let project = project("test-audience");
    let output = project.run("test issues/maj.md --to me@x.example --as audience:board --json");
    let reported: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(
        (&reported["edition"], &reported["to"], &reported["state"]),
        (&"board.da".into(), &"me@x.example".into(), &"accepted".into())
    );
    let error = "issues/maj.md is not sent to `bord`; it is sent to members, board";
    let output = project.run("test issues/maj.md --to me@x.example --as audience:bord");
    output.fails_with(3, error);
}

#[test]
fn a_test_can_be_repeated_and_is_not_recorded() {
    let project = project("test-twice");
    project.edit(MAY, "draft: true\n", "");
    for _ in 0..2 {
        project.run("test issues/maj.md --to anna@a.example --as anna@a.example");
    }
    assert_eq!(letters(&project).len(), 2);
    assert_eq!(project.run("send issues/maj.md --yes --audience members").status, 0);
    assert_eq!(letters(&project).len(), 5, "the tester gets the letter as well");
}

#[test]
fn a_test_with_errors_or_an_invalid_address_is_not_sent() {
    let project = project("test-mistakes");
    let error = "--to me: the address has no @";
    project.run("test issues/maj.md --to me").fails_with(3, error);
    project.edit(MAY, "{{ email }}", "{{ nickname }}");
    let output = project.run("test issues/maj.md --to me@x.example --as anna@a.example");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert!(
        output.stderr.contains("`nickname` is missing: anna@a.example (audiences/members.yaml:4)"),
        "{}",
        output.stderr
    );
    project.edit(MAY, "{{ nickname }}", "{{ nickname");
    assert_eq!(project.run("test issues/maj.md --to me@x.example").status, 3);
    assert_eq!(letters(&project), Vec::<String>::new());
}

#[track_caller]
fn check_relay(name: &str, tricks: Vec<(&'static str, Trick)>, status: i32, stdout: &str) {
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay(name, relay.port());
    let output = project.run("test issues/maj.md --to me@x.example");
    assert_eq!((output.status, output.stdout.as_str()), (status, stdout), "{}", output.stderr);
    let heard = relay.finish();
    let asked: Vec<&String> = heard.iter().filter(|line| line.starts_with("RCPT")).collect();
    assert!(asked.iter().all(|line| line.starts_with("RCPT TO:<me@x.example>")), "{asked:?}");
}

#[test]
fn the_relays_reply_to_a_test_is_reported() {
    let reported = "members.da to me@x.example: ";
    check_relay("test-accepted", vec![], 0, &format!("{reported}accepted by the relay: 250 2.0.0 Queued\n"));
    let refused = vec![("RCPT", Trick::Say("550 5.1.1 no such user\r\n"))];
    check_relay("test-refused", refused, 1, &format!("{reported}refused: 550 5.1.1 no such user\n"));
    let later = vec![("RCPT", Trick::Say("451 4.7.1 come back later\r\n"))];
    check_relay("test-later", later, 75, &format!("{reported}deferred: 451 4.7.1 come back later\n"));
    let sender = vec![("MAIL", Trick::Say("550 5.7.60 not yours\r\n"))];
    check_relay("test-sender", sender, 77, &format!("{reported}not sent yet\n"));
}
