//! `run`, as cron runs it.

use newsletter::delivery::ledger;
use newsletter::delivery::ledger::location::LedgerLocation;

use crate::project::{MAY, Project};
use crate::scripted::{Relay, Script, Trick};

const SENT: &str = "issues/maj.md: 3 recipients: 3 in the outbox
  written to outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay\n";

/// A project whose issue has this `send_at`, which counts as due on every day.
fn project(name: &str, send_at: &str) -> Project {
    let project = Project::new(name).always_due();
    project.edit(MAY, "date:", &format!("send_at: {send_at}\ndate:"));
    project
}

#[test]
fn nothing_due_is_silent() {
    Project::new("run-nothing").run("run").succeeds_with("");
    project("run-future", "2126-01-01").run("run").succeeds_with("");
    let draft = project("run-draft", "2026-05-04");
    draft.edit(MAY, "date:", "draft: true\ndate:");
    draft.run("run").succeeds_with("");
}

#[test]
fn due_issues_are_sent_once() {
    let project = project("run-due", "2026-05-04 kl. 9.00");
    project.run("run").succeeds_with(SENT);
    project.run("run").succeeds_with("");
    assert_eq!(project.reached(), ["anna@a.example", "bo@b.example", "carl@c.example"]);
}

#[test]
fn only_one_run_is_active_at_a_time() {
    let project = project("run-locked", "2026-05-04");
    let other = ledger::open::open_to_write(&LedgerLocation::File(project.path(".newsletter/ledger.db"))).unwrap();
    let error = "another run is sending from this project";
    project.run("run").fails_with(4, error);
    project.run("send issues/maj.md --yes").fails_with(4, error);
    drop(other);
    project.run("run").succeeds_with(SENT);
}

#[test]
fn one_blocked_issue_does_not_hold_up_the_others() {
    let project = project("run-blocked", "2026-05-04");
    project.write("issues/a.md", "---\nsubjekt: Nyt\nsend_at: 2026-05-04\naudiences: [members]\n---\nHej\n");
    let output = project.run("run");
    assert_eq!((output.status, output.stdout.as_str()), (3, SENT));
    assert!(output.stderr.contains("issues/a.md:2:1"), "{}", output.stderr);
}

#[test]
fn deferred_letters_wait_silently() {
    let grey = [("RCPT", Trick::Say("450 4.7.1 Greylisted\r\n")); 3];
    let relay = Relay::start(Script { tricks: grey.to_vec(), ..Script::default() });
    let project = project("run-deferred", "2026-05-04");
    project.relay(relay.port(), "");
    let project = project.always_due();
    project.run("run").is(
        75,
        "issues/maj.md: 3 recipients: 3 deferred\n  3 deferred: 450 4.7.1 Greylisted\n  \
         run `newsletter send issues/maj.md --yes` again later, or add `--wait`, to retry the deferred letters\n",
        "",
    );
    project.run("run").is(75, "", "");
    relay.finish();
}

#[test]
fn no_project_and_wrong_settings_are_78() {
    let project = Project::empty("run-no-project");
    project.run("-C . run").fails_with(78, "no newsletter.yaml in . or in a folder above it");
    project.run("-C nowhere run").fails_with(78, "no newsletter.yaml in nowhere or in a folder above it");
    project.write("newsletter.yaml", b"name: \xe5\n");
    project
        .run("run")
        .fails_with(78, "newsletter.yaml is not text in UTF-8: open it and save it again in that encoding");
    project.write("newsletter.yaml", "name: Nyt\nfrom: nyt@forening.example\npostal_adress: Gadevej 1\n");
    let output = project.run("run");
    assert_eq!((output.status, output.stdout.as_str()), (78, ""));
    assert!(output.stderr.contains("did you mean `postal_address`?"), "{}", output.stderr);
}
