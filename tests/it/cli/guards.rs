//! Checks that stop a run before anything is sent.

use crate::project::{ISSUE, MAY, Project, files};
use crate::scripted::{Relay, Script};

/// Checks that the run stops with this exit status and error, and that nothing was sent or planned.
#[track_caller]
fn check(project: &Project, typed: &str, status: i32, error: &str) {
    project.run(typed).fails_with(status, error);
    assert_eq!(project.reached(), Vec::<String>::new());
    if project.path(".newsletter/ledger.db").exists() {
        assert_eq!(project.states(), Vec::<String>::new());
    }
}

#[test]
fn without_a_terminal_nothing_is_confirmed() {
    let error = "cannot ask for confirmation without a terminal; use `--yes`";
    check(&Project::new("no-terminal"), "send issues/maj.md", 3, error);
}

#[test]
fn what_is_left_of_an_issue_needs_another_confirmation() {
    let project = Project::new("no-terminal-again");
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    let error = "cannot ask for confirmation without a terminal; use `--yes`";
    project.run("send issues/maj.md").fails_with(3, error);
    assert_eq!(project.reached().len(), 1);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    // Nothing is left to send, so there is nothing to confirm.
    assert_eq!(project.run("send issues/maj.md").status, 0);
}

/// The numbers of the overview that a command prints, with its editions and who is held back.
fn overview(project: &Project, typed: &str) -> String {
    let printed = project.run(typed).stdout;
    let line = printed.lines().find(|line| line.contains("\"overview\"")).unwrap();
    let json: serde_json::Value = serde_json::from_str(line).unwrap();
    let numbers = ["letters", "later", "settled", "editions", "held_back", "excluded"].map(|key| json[key].to_string());
    numbers.join(" ")
}

#[test]
fn the_overview_counts_what_the_command_sends() {
    let project = Project::new("overview").audience("board", &["dorte@d.example", "bo@b.example"]);
    let project = project.audience("suppliers", &["carl@c.example"]);
    project.edit(MAY, "[members]", "[board, members]");
    project.edit(MAY, "date:", "exclude: [suppliers]\ndate:");
    assert_eq!(project.run("suppression add bo@b.example").status, 0);
    let send = |options: &str| overview(&project, &format!("send issues/maj.md --yes --json {options}"));
    let first = send("--audience members --limit 1");
    assert_eq!(first, r#"1 1 0 {"members.da":1} {} {"suppliers":1}"#);
    let rest = send("--replan --limit 5");
    assert_eq!(rest, r#"1 0 1 {"board.da":1} {"manual":1} {"suppliers":1}"#);
}

#[test]
fn an_unexpected_number_of_recipients_stops() {
    let project = Project::new("expect");
    let error = "--expect is 4, but the plan has 3 letters; nothing was sent";
    check(&project, "send issues/maj.md --yes --expect 4", 3, error);
    let error = "--expect is 1±100% (0 to 2), but the plan has 3 letters; nothing was sent";
    check(&project, "send issues/maj.md --yes --expect 1±100%", 3, error);
    // People who are suppressed are not counted.
    assert_eq!(project.run("suppression add bo@b.example").status, 0);
    check(
        &project,
        "send issues/maj.md --yes --expect 3",
        3,
        "--expect is 3, but the plan has 2 letters; nothing was sent",
    );
    assert_eq!(project.run("send issues/maj.md --yes --expect 3+-1 -q").status, 0);
    assert_eq!(project.run("send issues/maj.md --yes --expect 2 -q").status, 0);
    assert_eq!(project.run("send issues/maj.md --yes --expect many").status, 2);
}

#[test]
fn a_missing_value_stops_before_the_first_connection() {
    let relay = Relay::start(Script::default());
    let project =
        Project::with_relay("lacking", relay.port()).audience("members", &["Anna <anna@a.example>", "bo@b.example"]);
    project.edit(MAY, "Der er nyt.", "Der er nyt, {{ first_name }}.");
    project.run("send issues/maj.md --yes").is(3, "", include_str!("../../cases/cli/lacking.txt"));
    assert_eq!(relay.finish(), Vec::<String>::new());
}

#[test]
fn an_issue_past_its_send_until_stops() {
    let project = Project::new("too-late");
    project.edit(MAY, "date:", "send_until: 2026-05-05\ndate:");
    check(
        &project,
        "send issues/maj.md --yes",
        3,
        "issues/maj.md has expired: its `send_until` passed at 2026-05-06 00:00",
    );
}

#[test]
fn an_audience_without_recipients_stops() {
    let project = Project::new("nobody").file("audiences/empty.yaml", "name: x\nreason: y\nrecipients: []\n");
    project.edit(MAY, "[members]", "[empty]");
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn an_error_in_one_audience_stops_the_whole_issue() {
    let project = Project::new("other-audience").audience("board", &["dorte.d.example"]);
    project.edit(MAY, "[members]", "[members, board]");
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn a_letter_too_large_for_the_relay_stops_before_the_first() {
    let relay = Relay::start(Script { offers: &["SIZE 1000"], ..Script::default() });
    let project = Project::with_relay("too-large", relay.port());
    project.run("send issues/maj.md --dry-run --out dry");
    let bytes = project.read("dry/members.da/anna@a.example.eml").len();
    let output = project.run("send issues/maj.md --yes");
    let error = format!(
        "error: a letter has {} kB, but the relay accepts at most 1 kB: use smaller pictures\n",
        bytes.div_ceil(1000)
    );
    assert_eq!((output.status, output.stderr), (3, error));
    assert!(relay.finish().iter().all(|line| !line.starts_with("MAIL")));
}

#[test]
fn a_missing_issue_is_reported() {
    let project = Project::new("no-issue");
    check(&project, "send issues/juni.md --yes", 3, "there is no issue issues/juni.md");
    assert_eq!(files(&project.path("outbox")), Vec::<String>::new());
}

#[test]
fn an_issue_is_found_by_its_name_and_a_beginning_is_suggested() {
    let project = Project::new("issue-names").file("issues/november.md", ISSUE).file("issues/nyt/index.md", ISSUE);
    check(&project, "send nov --yes", 3, "there is no issue nov: did you mean issues/november.md?");
    check(&project, "send novmber --yes", 3, "there is no issue novmber: did you mean issues/november.md?");
    check(&project, "send n --yes", 3, "there is no issue n: did you mean issues/november.md or issues/nyt/index.md?");
    check(&project, "resolve issues/nov --sent", 3, "there is no issue issues/nov: did you mean issues/november.md?");
    for typed in ["check november", "check November.md", "check nov", "preview nyt", "preview nov", "status nov"] {
        assert_eq!(project.run(typed).status, 0, "{typed}");
    }
    check(&project, "preview n", 3, "there is no issue n: did you mean issues/november.md or issues/nyt/index.md?");
    project.edit("issues/november.md", "subject:", "slug: efteraar-2026\nsubject:");
    assert_eq!(project.run("send november --yes").status, 0);
    let sent = project.run("status efteraar-2026");
    assert!(sent.stdout.starts_with("efteraar-2026: 3 recipients: 3 in the outbox\n"), "{}", sent.stdout);
}

#[test]
fn a_mistyped_audience_is_an_error() {
    let project = Project::new("audience-mistyped").audience("board", &["dorte@d.example"]);
    let error = "issues/maj.md is not sent to `member`; it is sent to members";
    check(&project, "send issues/maj.md --yes --audience member", 3, error);
    check(&project, "send issues/maj.md --dry-run --audience member", 3, error);
}

#[test]
fn a_missing_attachment_is_reported() {
    let project = Project::new("no-attachment");
    project.edit(MAY, "audiences:", "attachments: [tal.pdf]\naudiences:");
    let output = project.run("send issues/maj.md --yes");
    let error = "error[NL605]: `tal.pdf` cannot be attached: there is no such file\n --> issues/maj.md:";
    assert!(output.status == 3 && output.stderr.starts_with(error), "{}", output.stderr);
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn two_files_for_one_audience_are_an_error() {
    let project = Project::new("audience-twice");
    project.write("audiences/members.yml", project.read("audiences/members.yaml"));
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    let error = "error[NL293]: two files for the audience `members`, .yaml and .yml\n --> audiences/members.yml:1:1\n";
    assert!(output.stderr.starts_with(error), "{}", output.stderr);
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn a_theme_without_an_unsubscribe_link_is_refused() {
    let project = Project::new("bare-theme");
    project.write("templates/bare/newsletter.html", "<p>{{ content }} {{ reason }}</p>\n");
    project.edit(MAY, "audiences:", "theme: bare\naudiences:");
    let output = project.run("send issues/maj.md --yes");
    let reported: Vec<&str> = output.stderr.lines().filter(|line| line.starts_with("error")).collect();
    let error = |piece: &str| format!("error[NL522]: the theme leaves out `{piece}`, which every letter must have");
    assert_eq!(reported, [error("unsubscribe"), error("postal_address")]);
    assert_eq!((output.status, project.reached()), (3, Vec::new()));
}

#[test]
fn addresses_for_examples_stop_an_issue_once_letters_can_leave() {
    // No host has this address (RFC 5737), and no connection must be made.
    let real = "smtp: {host: 192.0.2.25, security: none}\n";
    let project = Project::new("guards-reserved").always_due();
    let settings = project.read("newsletter.yaml");
    project.edit("issues/maj.md", "date: ", "send_at: ");
    for relay in ["", "smtp: {host: localhost, port: 1}\n", "smtp: {host: relay.example, security: none}\n"] {
        project.write("newsletter.yaml", format!("{settings}{relay}"));
        assert_eq!(project.run("check").status, 0, "{relay}");
    }
    project.write("newsletter.yaml", format!("{settings}{real}reply_to: svar@forening.test\n"));
    for command in ["check", "send issues/maj.md --yes", "run"] {
        let output = project.run(command);
        assert_eq!(output.status, 3, "{command}: {}", output.stderr);
        for part in [
            "`from` is an example address",
            "`reply_to` is",
            "no mail reaches 3 recipients",
            "(audiences/members.yaml:",
        ] {
            assert!(output.stderr.contains(part), "{command}: {part}: {}", output.stderr);
        }
    }
    assert_eq!(project.run("send issues/maj.md --dry-run").status, 0);
    assert_eq!(project.run("preview issues/maj.md").status, 0);
    project.run("unsubscribe anna@a.example");
    assert!(project.run("send issues/maj.md --yes").stderr.contains("no mail reaches 2 recipients"));
}
