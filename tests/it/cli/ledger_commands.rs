//! `ledger`: check, export and migrate.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::postgres;
use crate::project::{Project, SETTINGS};

const SOUND: &str =
    "issues/maj.md: 3 recipients: 1 not sent yet, 2 in the outbox\nno damage found: 1 plan, 3 letters\n";

/// A project that has sent two letters of three.
fn begun(name: &str) -> Project {
    let project = Project::new(name);
    assert_eq!(project.run("send issues/maj.md --yes --limit 2").status, 0);
    project
}

/// Changes the ledger without the program.
fn change(project: &Project, statements: &str) {
    let connection = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    connection.execute_batch(statements).unwrap();
}

#[test]
fn an_intact_ledger_is_reported() {
    let project = Project::new("ledger-check-none");
    project.run("ledger check").succeeds_with("no damage found: 0 plans, 0 letters\n");
    begun("ledger-check").run("ledger check").succeeds_with(SOUND);
}

#[test]
fn damage_to_a_ledger_is_reported() {
    for (name, statements, fault) in [
        (
            "state",
            "PRAGMA ignore_check_constraints = 1; UPDATE letter SET state = 'sent' WHERE number = 1",
            "CHECK constraint failed in letter\nplan 1, letter 1: the ledger has an invalid value in letter.state",
        ),
        (
            "key",
            "UPDATE letter SET key = 'x@y.example' WHERE number = 2",
            "1 letters have no reader\nplan 1, letter 2: the ledger has an invalid value in letter.key",
        ),
        (
            "edition",
            "UPDATE letter SET edition = 'x.da' WHERE number = 0",
            "plan 1, letter 0: the plan has no edition x.da",
        ),
        ("lost", "PRAGMA foreign_keys = 0; UPDATE letter SET plan = 9 WHERE number = 0", "1 letters have no plan"),
    ] {
        let project = begun(&format!("ledger-wrong-{name}"));
        change(&project, statements);
        let output = project.run("ledger check");
        assert!(output.status == 74 && output.stderr.starts_with(&format!("{fault}\n")), "{name}: {}", output.stderr);
        assert!(output.stderr.ends_with("error: the ledger is damaged: restore it from your backup\n"), "{name}");
    }
}

#[test]
fn export_writes_all_plans_and_letters() {
    let project = begun("ledger-export");
    let output = project.run("ledger export");
    let lines: Vec<serde_json::Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["plan"]["issue"], "issues/maj.md");
    let letters = lines[1..].iter().map(|letter| &letter["letter"]);
    let states: Vec<_> =
        letters.map(|letter| format!("{} {} {}", letter["number"], letter["address"], letter["state"])).collect();
    assert_eq!(states.len(), 3);
    assert!(states[0].ends_with("\"accepted\"") && states[2].ends_with("\"planned\""), "{states:?}");
    assert_eq!(project.run("ledger export --out all.jsonl").status, 0);
    assert_eq!(project.read("all.jsonl"), output.stdout);
    assert_eq!(fs::metadata(project.path("all.jsonl")).unwrap().permissions().mode() & 0o777, 0o600);
    project.run("ledger export --out all.jsonl").fails_with(3, "all.jsonl already exists");
}

#[test]
fn migrate_copies_a_ledger_to_another_file() {
    let project = begun("ledger-renamed");
    let before = project.run("ledger export").stdout;
    project.write("newsletter.yaml", format!("{SETTINGS}ledger: sqlite:kept/mails.db\n"));
    assert_eq!(project.run("send issues/maj.md --yes").status, 74);
    assert_eq!(project.run("status").status, 74);
    assert_eq!(project.run("ledger migrate .newsletter/ledger.db").status, 0);
    assert_eq!(project.run("ledger export").stdout, before);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.reached().len(), 3);
}

#[test]
fn migrate_copies_a_file_to_a_server() {
    let Some(server) = postgres::server() else { return };
    let project = begun("ledger-migrate").trusted().variable("PGPASSWORD", server.fact("PASSWORD"));
    project.run("unsubscribe yrsa@y.example zoe@z.example");
    project.run("suppression remove yrsa@y.example --because asked-for-it");
    let left = project.run("suppression list").stdout;
    let before = project.run("ledger export").stdout;
    let url = server.url("");
    project.write("newsletter.yaml", format!("{SETTINGS}ledger:\n  url: {url}\n  schema: taken_along\n"));
    let forgets = "cannot use the ledger; nothing more is sent: newsletter.yaml sets a new ledger, and \
                   DIR/.newsletter/ledger.db is the record of who got a letter: run `newsletter ledger migrate \
                   DIR/.newsletter/ledger.db`, or move that file away to start afresh";
    project.run("send issues/maj.md --yes").fails_with(74, forgets);
    project.run("unsubscribe zoe@z.example").fails_with(74, forgets);
    let reported = "issues/maj.md: 3 recipients: 1 not sent yet, 2 in the outbox\n\
                1 plan migrated; .newsletter/ledger.db is unchanged and no longer used: archive it\n";
    project.run("ledger migrate .newsletter/ledger.db").succeeds_with(reported);
    assert_eq!(project.run("suppression list").stdout, left);
    assert_eq!(project.run("ledger export").stdout, before);
    project.run("ledger check").succeeds_with(SOUND);
    let twice = "cannot use the ledger; nothing more is sent: \
                 the ledger in newsletter.yaml has plans already; migrate into an empty one";
    project.run("ledger migrate .newsletter/ledger.db").fails_with(74, twice);
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert_eq!(project.reached().len(), 3);
    project.run("ledger migrate none.db").fails_with(3, "none.db does not exist");
}
