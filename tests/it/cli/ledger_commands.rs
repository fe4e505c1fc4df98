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
            "PRAGMA ignore_check_constraints = 1; UPDATE delivery SET state = 'sent' WHERE number = 1",
            "CHECK constraint failed in delivery\nplan 1, letter 1: the ledger has an invalid value in delivery.state",
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
        ("half", "DELETE FROM delivery WHERE number = 0", "1 letters are incomplete"),
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
    let forgets = "cannot use the ledger, without which nothing is sent: newsletter.yaml sets a new ledger, and \
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
    let twice = "cannot use the ledger, without which nothing is sent: \
                 the ledger in newsletter.yaml has plans already; migrate into an empty one";
    project.run("ledger migrate .newsletter/ledger.db").fails_with(74, twice);
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert_eq!(project.reached().len(), 3);
    project.run("ledger migrate none.db").fails_with(3, "none.db does not exist");
}

/// The token in a letter's unsubscribe link.
fn token(letter: &str) -> String {
    letter.replace("=\r\n", "").split("leave-").nth(1).unwrap().chars().take(24).collect()
}

#[test]
fn a_changed_key_is_used_with_the_former_ones() {
    let project = begun("ledger-rotated");
    let before = token(&project.outbox()["anna@a.example"]);
    assert_eq!(project.run("unsubscribe bo@b.example").status, 0);
    let changed = "DIR/.newsletter/key has a new key, followed by the former ones\n";
    let advice = "back it up, and copy it to every machine that sends; keep the former keys: suppressed addresses are recognised by them\n";
    project.run("ledger rotate-key").is(0, changed, advice);
    let keys = project.read(".newsletter/key");
    let keys: Vec<&str> = keys.lines().collect();
    assert_eq!((keys.len(), keys[0].len(), keys[1]), (2, 64, "0123456789abcdef".repeat(4).as_str()));
    assert_eq!(fs::metadata(project.path(".newsletter/key")).unwrap().permissions().mode() & 0o777, 0o600);

    project.write("issues/juni.md", project.read("issues/maj.md").replace("Der er nyt.", "Mere nyt."));
    fs::remove_dir_all(project.path("outbox")).unwrap();
    assert_eq!(project.run("send issues/juni.md --yes").status, 0);
    assert_eq!(project.states(), ["anna@a.example accepted", "bo@b.example suppressed", "carl@c.example accepted"]);
    assert_ne!(token(&project.outbox()["anna@a.example"]), before, "links are made with the new key");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0, "the former plan goes on");
    let tokens = "SELECT count(*) FROM reader WHERE key IS NOT NULL";
    let ledger = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    let count: i64 = ledger.query_row(tokens, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 6, "three readers, each by two keys");

    let explained = project.run("audience explain bo@b.example").stdout;
    assert!(explained.contains("  suppressed: unsubscribed since "), "{explained}");
    let removed = "1 address no longer suppressed, from the next issue on\n";
    project.run("suppression remove bo@b.example --because igen").succeeds_with(removed);
    assert_eq!(project.run("person erase bo@b.example --yes").status, 0);
    let stored = "SELECT count(*) FROM suppression WHERE key = 'bo@b.example' OR address LIKE 'bo%'";
    assert_eq!(ledger.query_row(stored, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "under the former key as well");
}

#[test]
fn a_ledger_accepts_any_key_of_its_project() {
    let project = begun("ledger-rotating");
    let former = "0123456789abcdef".repeat(4);
    // A program that is killed after it wrote the key, and before it wrote the ledger.
    let project = project.file(".newsletter/key", format!("{}\n{former}\n", "f".repeat(64)));
    assert_eq!(project.run("status").status, 0);
    assert_eq!(project.run("unsubscribe bo@b.example").status, 0);
    let project = project.file(".newsletter/key", former);
    assert_eq!(project.run("status").status, 74, "the ledger belongs to the new key since");
    let project = project.file(".newsletter/key", format!("{}\nshort\n", "f".repeat(64)));
    let short = project.run("send issues/maj.md --yes").stderr;
    assert!(short.contains("it has fewer than 32 characters"), "{short}");
}
