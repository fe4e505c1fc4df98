//! What stops a run before anything is sent.

use crate::project::{MAY, Project, files};
use crate::scripted::{Relay, Script};

/// The run stops with this status and this error, and nothing was sent or planned.
#[track_caller]
fn check(project: &Project, typed: &str, status: i32, error: &str) {
    project.run(typed).stops(status, error);
    assert_eq!(project.reached(), Vec::<String>::new());
    if project.path(".newsletter/ledger.db").exists() {
        assert_eq!(project.states(), Vec::<String>::new());
    }
}

#[test]
fn nobody_to_ask_is_no_consent() {
    let error = "no terminal to confirm on: use `newsletter send issues/maj.md --yes`";
    check(&Project::new("no-terminal"), "send issues/maj.md", 3, error);
}

#[test]
fn another_count_than_expected_stops() {
    let project = Project::new("expect");
    let error = "--expect is 4, but the plan has 3; nothing was sent";
    check(&project, "send issues/maj.md --yes --expect 4", 3, error);
    assert_eq!(project.run("send issues/maj.md --yes --expect 3").status, 0);
}

#[test]
fn a_value_that_one_person_lacks_stops_before_the_first_connection() {
    let relay = Relay::start(Script::default());
    let project =
        Project::with_relay("lacking", relay.port()).audience("members", &["Anna <anna@a.example>", "bo@b.example"]);
    project.edit(MAY, "Der er nyt.", "Der er nyt, {{ first_name }}.");
    project.run("send issues/maj.md --yes").is(3, "", include_str!("../../cases/cli/lacking.txt"));
    assert_eq!(relay.finish(), Vec::<String>::new());
}

#[test]
fn an_issue_whose_time_is_over_stops() {
    let project = Project::new("too-late");
    project.edit(MAY, "date:", "send_until: 2026-05-05\ndate:");
    check(&project, "send issues/maj.md --yes", 3, "issues/maj.md has expired: its `send_until` has passed");
}

#[test]
fn an_audience_that_is_nobodys_stops() {
    let project = Project::new("nobody").file("audiences/empty.yaml", "name: x\nreason: y\nrecipients: []\n");
    project.edit(MAY, "[members]", "[empty]");
    let said = project.run("send issues/maj.md --yes");
    assert_eq!((said.status, said.stdout.as_str()), (3, ""));
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn a_mistake_in_another_audience_of_the_issue_stops_everybody() {
    let project = Project::new("other-audience").audience("board", &["dorte.d.example"]);
    project.edit(MAY, "[members]", "[members, board]");
    let said = project.run("send issues/maj.md --yes");
    assert_eq!((said.status, said.stdout.as_str()), (3, ""));
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn a_letter_that_the_relay_would_not_take_stops_before_the_first() {
    let relay = Relay::start(Script { offers: &["SIZE 1000"], ..Script::default() });
    let project = Project::with_relay("too-large", relay.port());
    project.run("send issues/maj.md --dry-run --out dry");
    let bytes = project.read("dry/members.da/anna@a.example.eml").len();
    let said = project.run("send issues/maj.md --yes");
    let error =
        format!("error: a letter has {bytes} bytes, but the relay accepts at most 1000: use smaller pictures\n");
    assert_eq!((said.status, said.stderr), (3, error));
    assert!(relay.finish().iter().all(|it| !it.starts_with("MAIL")));
}

#[test]
fn an_issue_that_is_not_there_is_told() {
    let project = Project::new("no-issue");
    check(
        &project,
        "send issues/juni.md --yes",
        3,
        "cannot read DIR/issues/juni.md: No such file or directory (os error 2)",
    );
    assert_eq!(files(&project.path("outbox")), Vec::<String>::new());
}

#[test]
fn an_audience_that_is_mistyped_is_no_success() {
    let project = Project::new("audience-mistyped").audience("board", &["dorte@d.example"]);
    let error = "issues/maj.md is not sent to `member`; it is sent to members";
    check(&project, "send issues/maj.md --yes --audience member", 3, error);
    check(&project, "send issues/maj.md --dry-run --audience member", 3, error);
}

#[test]
fn an_attachment_that_is_not_there_is_told() {
    let project = Project::new("no-attachment");
    project.edit(MAY, "audiences:", "attachments: [tal.pdf]\naudiences:");
    let said = project.run("send issues/maj.md --yes");
    let error = "error[NL605]: `tal.pdf` cannot be attached: there is no such file\n --> issues/maj.md:";
    assert!(said.status == 3 && said.stderr.starts_with(error), "{}", said.stderr);
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn two_files_for_one_audience_are_a_mistake() {
    let project = Project::new("audience-twice");
    project.write("audiences/members.yml", project.read("audiences/members.yaml"));
    let said = project.run("send issues/maj.md --yes");
    assert_eq!((said.status, said.stdout.as_str()), (3, ""));
    let error = "error[NL293]: there are two files for the audience `members`, .yaml and .yml\n --> audiences/members.yml:1:1\n";
    assert!(said.stderr.starts_with(error), "{}", said.stderr);
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn a_theme_without_a_way_to_leave_is_refused() {
    let project = Project::new("bare-theme");
    project.write("templates/bare/newsletter.html", "<p>{{ content }} {{ reason }}</p>\n");
    project.edit(MAY, "audiences:", "theme: bare\naudiences:");
    let said = project.run("send issues/maj.md --yes");
    let told: Vec<&str> = said.stderr.lines().filter(|it| it.starts_with("error")).collect();
    let error = |piece: &str| format!("error[NL522]: the theme leaves out `{piece}`, which every letter must have");
    assert_eq!(told, [error("unsubscribe"), error("postal_address")]);
    assert_eq!((said.status, project.reached()), (3, Vec::new()));
}
