//! `run`, as cron runs it.

use newsletter::delivery::ledger;
use newsletter::delivery::ledger::location::LedgerLocation;

use crate::project::{MAY, Project};
use crate::rule_relay::{Answer, RuleRelay, Step};
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

/// Moves what was kept into the past, as if this time had passed since the last run.
fn age(project: &Project, minutes: i64) {
    let file = ".newsletter/last-run.json";
    let mut history: serde_json::Value = serde_json::from_str(&project.read(file)).unwrap();
    for (_, problem) in history["reported"].as_object_mut().unwrap() {
        for key in ["since", "printed"] {
            let moment: jiff::Timestamp = problem[key].as_str().unwrap().parse().unwrap();
            let earlier = moment - jiff::SignedDuration::from_mins(minutes);
            problem[key] = earlier.to_string().into();
        }
    }
    project.write(file, history.to_string());
}

const UNKNOWN: &str = "error[NL604]: unknown audience `membres`";

/// A project whose issue is due, and names an audience that does not exist.
fn blocked(name: &str) -> Project {
    let project = project(name, "2026-05-04");
    project.edit(MAY, "[members]", "[membres]");
    project
}

#[test]
fn an_issue_blocked_for_three_days_is_reported_three_times_and_once_when_it_is_not() {
    let project = blocked("run-three-days");
    let mut printed = Vec::new();
    // Every half hour; every five minutes, there is as much to read.
    for _ in 0..3 * 24 * 2 {
        let output = project.run("run");
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "the status is always true");
        printed.extend(Some(output.stderr).filter(|text| !text.is_empty()));
        age(&project, 30);
    }
    assert_eq!(printed.len(), 3, "{printed:?}");
    assert!(printed.iter().all(|text| text.contains(UNKNOWN)), "{printed:?}");
    assert!(!printed[0].contains("lasted"), "{printed:?}");
    assert!(printed[1].ends_with("issues/maj.md: this has lasted since TIME\n"), "{printed:?}");
    project.edit(MAY, "[membres]", "[members]");
    project.run("run").is(0, SENT, "issues/maj.md: no longer blocked; it was since TIME\n");
    project.run("run").is(0, "", "");
}

#[test]
fn each_issue_and_each_problem_is_news_once() {
    let project = blocked("run-news");
    let has = |texts: &[&str]| {
        let output = project.run("run");
        assert_eq!(output.status, 3);
        for text in [UNKNOWN, "`subjekt`", "`sbject`"] {
            assert_eq!(output.stderr.contains(text), texts.contains(&text), "{text}: {}", output.stderr);
        }
    };
    has(&[UNKNOWN]);
    has(&[]);
    project.write("issues/a.md", "---\nsubjekt: Nyt\nsend_at: 2026-05-04\naudiences: [members]\n---\nHej\n");
    has(&["`subjekt`"]);
    has(&[]);
    project.edit("issues/a.md", "subjekt", "sbject");
    has(&["`sbject`"]);
    std::fs::remove_file(project.path("issues/a.md")).unwrap();
    has(&[]);
    assert!(!project.read(".newsletter/last-run.json").contains("issues/a.md"));
    for typed in ["run --json", "run -v"] {
        let output = project.run(typed);
        assert!(output.status == 3 && output.stderr.contains(UNKNOWN), "{typed}: {output:?}");
    }
    project.edit(MAY, "date:", "draft: true\ndate:");
    project.run("run").is(0, "", "issues/maj.md: no longer blocked; it was since TIME\n");
}

#[test]
fn what_was_printed_and_cannot_be_read_is_printed_again() {
    let project = blocked("run-memory");
    assert!(project.run("run").stderr.contains(UNKNOWN));
    project.run("run").is(3, "", "");
    project.write(".newsletter/last-run.json", "{\"reported\": 7");
    assert!(project.run("run").stderr.contains(UNKNOWN));
    project.run("run").is(3, "", "");
    // A folder in the place of the file can be neither read nor replaced, even by root.
    std::fs::remove_file(project.path(".newsletter/last-run.json")).unwrap();
    std::fs::create_dir(project.path(".newsletter/last-run.json")).unwrap();
    for _ in 0..2 {
        assert!(project.run("run").stderr.contains(UNKNOWN));
    }
}

#[test]
fn settings_with_errors_are_reported_once_and_so_is_their_end() {
    let project = Project::new("run-settings");
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", "nam: x\n");
    assert!(project.run("run").stderr.contains("unknown key `nam`"));
    project.run("run").is(78, "", "");
    project.write("newsletter.yaml", settings);
    project.run("run").is(0, "", "this project: no longer blocked; it was since TIME\n");
}

#[test]
fn a_relay_that_is_down_is_reported_once() {
    let project = project("run-down", "2026-05-04");
    // Nothing listens on a port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    project.relay(port, "");
    let project = project.always_due();
    let first = project.run("run");
    assert!(first.status == 75 && first.stderr.contains("cannot connect to the relay"), "{first:?}");
    assert!(first.stdout.contains("3 not sent yet"), "{first:?}");
    project.run("run").is(75, "", "");
}

/// What the runs of three days print, eight a day.
fn three_days(project: &Project, status: i32) -> Vec<String> {
    let mut printed = Vec::new();
    for _ in 0..3 * 8 {
        let output = project.run("run");
        assert_eq!(output.status, status, "{output:?}");
        printed.extend(Some(output.stdout + &output.stderr).filter(|text| !text.is_empty()));
        age(project, 180);
    }
    printed
}

/// A project with thirty recipients whose issue is due, and a relay that answers each recipient with this.
fn answered(name: &str, reply: &'static str) -> (Project, RuleRelay) {
    let relay = RuleRelay::start("250-relay.example\r\n250 SIZE 1000000", move |asked| match asked.step {
        Step::Rcpt if !reply.is_empty() => {
            Answer::Say(format!("{reply} <{}> (ref {:08x})", asked.recipient, asked.number))
        }
        _ => Answer::Usual,
    });
    let people: Vec<String> = (0..30).map(|number| format!("nr{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let project = Project::new(name).audience("members", &people);
    project.relay(relay.port(), "");
    project.edit(MAY, "date:", "send_at: 2026-05-04\ndate:");
    (project.always_due(), relay)
}

#[test]
fn each_kind_of_block_is_printed_once_a_day() {
    let missing = project("run-days-list", "2026-05-04");
    missing.write("audiences/members.yaml", "name: M\nreason: du er med\npeople: nowhere.csv\n");
    let empty = project("run-days-empty", "2026-05-04");
    empty.write("audiences/members.yaml", "name: M\nreason: du er med\nrecipients: []\n");
    let unapproved = project("run-days-approval", "2026-05-04");
    unapproved.write("newsletter.yaml", unapproved.read("newsletter.yaml") + "approval: required\n");
    let other_host = project("run-days-host", "2026-05-04");
    other_host.write("newsletter.yaml", other_host.read("newsletter.yaml") + "send_host: another.example\n");
    let settings = project("run-days-settings", "2026-05-04");
    settings.write("newsletter.yaml", "nam: x\n");
    let (receipt, _usual) = answered("run-days-receipt", "");
    receipt.write("receipts/maj.yaml", "issue: issues/maj.md\n");
    let (policy, _relay) = answered("run-days-policy", "550 5.7.1 Access denied by policy");
    let (unknown, _other) = answered("run-days-paused", "550 5.1.1 No such user");
    for (name, project, status) in [
        ("list", missing, 3),
        ("empty", empty, 3),
        ("approval", unapproved, 3),
        ("host", other_host, 3),
        ("settings", settings, 78),
        ("receipt", receipt, 3),
        ("policy", policy, 77),
        ("paused", unknown, 75),
    ] {
        let printed = three_days(&project, status);
        assert_eq!(printed.len(), 3, "{name}: {printed:#?}");
    }
}

#[test]
fn a_block_that_comes_to_light_elsewhere_is_not_over() {
    let (project, _relay) = answered("run-moved", "");
    project.edit(MAY, "[members]", "[membres]");
    assert!(project.run("run").stderr.contains(UNKNOWN));
    project.write("receipts", "");
    project.edit(MAY, "[membres]", "[members]");
    let sent = project.run("run");
    assert!(
        sent.status == 74
            && sent.stdout.contains(": 30 recipients: 30 accepted by the relay\n")
            && sent.stderr.contains("it has no receipt"),
        "{sent:?}"
    );
    assert!(!sent.stderr.contains("no longer"), "{sent:?}");
    project.run("run").is(74, "", "");
    std::fs::remove_file(project.path("receipts")).unwrap();
    project.run("run").is(0, "", "the receipts: no longer blocked; it was since TIME\n");
    project.run("run").is(0, "", "");
}

#[test]
fn no_project_and_wrong_settings_are_78() {
    let project = Project::empty("run-no-project");
    project.run("-C . run").fails_with(78, &no_project("."));
    project.run("-C nowhere run").fails_with(78, &no_project("nowhere"));
    project.write("newsletter.yaml", b"name: \xe5\n");
    project
        .run("run")
        .fails_with(78, "newsletter.yaml is not text in UTF-8: open it and save it again in that encoding");
    project.write("newsletter.yaml", "name: Nyt\nfrom: nyt@forening.example\npostal_adress: Gadevej 1\n");
    let output = project.run("run");
    assert_eq!((output.status, output.stdout.as_str()), (78, ""));
    assert!(output.stderr.contains("did you mean `postal_address`?"), "{}", output.stderr);
}

/// The error where no project is found.
fn no_project(folder: &str) -> String {
    let advice = "go to the project's folder (`cd FOLDER`), or create a project with `newsletter init`";
    format!("no newsletter.yaml in {folder} or in a folder above it: {advice}")
}
