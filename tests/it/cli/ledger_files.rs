//! Unusable ledgers: nothing is sent that cannot be recorded.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::project::{Project, SETTINGS};
use crate::scripted::{Relay, Script, Trick};

const UNUSABLE: &str = "cannot use the ledger, without which nothing is sent: ";

const DAMAGED: &str = "the ledger is damaged; restore it from your backup, and do not just delete it: it is the only record of who got a letter";

/// Sends with this file as the ledger.
#[track_caller]
fn check(name: &str, ledger: &[u8], error: &str) {
    let project = Project::new(name).file(".newsletter/ledger.db", ledger);
    for typed in ["send issues/maj.md --yes", "run", "status"] {
        if typed == "run" {
            project.edit("issues/maj.md", "date:", "send_at: 2026-05-04\ndate:");
        }
        project.run(typed).fails_with(74, &format!("{UNUSABLE}{error}"));
    }
    assert_eq!(project.reached(), Vec::<String>::new());
    assert_eq!(fs::read(project.path(".newsletter/ledger.db")).unwrap(), ledger, "it was left as it was");
}

/// An SQLite file of another program.
fn foreign(name: &str, statements: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(statements).unwrap();
    drop(connection);
    fs::read(path).unwrap()
}

#[test]
fn a_file_that_is_not_a_database() {
    check(
        "ledger-corrupt",
        &b"this is no database at all. ".repeat(100),
        &format!("{DAMAGED}: file is not a database"),
    );
}

/// A truncated copy, after half of the letters were sent: no one gets a second one, wherever the copy ends.
#[test]
fn a_truncated_ledger() {
    let people: Vec<String> = (1..=100).map(|number| format!("reader{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("ledger-cut-off", relay.port()).audience("members", &people);
    project.run("send issues/maj.md --yes --limit 50");
    let whole = fs::read(project.path(".newsletter/ledger.db")).unwrap();
    let pages = (1..whole.len() / 4096).flat_map(|page| [page * 4096 - 1, page * 4096, page * 4096 + 1]);
    let lengths = [1, 16, 99, 100, 101, 511, 512, 1024, whole.len() - 1].into_iter().chain(pages);
    for length in lengths {
        project.write(".newsletter/ledger.db", &whole[..length]);
        let output = project.run("send issues/maj.md --yes");
        let reported = output.stderr.strip_prefix(&format!("error: {UNUSABLE}")).unwrap_or(&output.stderr);
        // SQLite does not recognise a file of less than a page as a database.
        let is_reported =
            reported.starts_with(DAMAGED) || reported == "DIR/.newsletter/ledger.db is not a ledger of newsletter\n";
        assert!(output.status == 74 && is_reported, "{length}: {} {}", output.status, output.stderr);
    }
    project.write(".newsletter/ledger.db", "");
    let empty = "the ledger DIR/.newsletter/ledger.db is empty: restore it from your backup; if nothing was ever sent from here, delete the file and run `newsletter ledger new`";
    for typed in ["send issues/maj.md --yes", "run", "status"] {
        project.run(typed).fails_with(74, &format!("{UNUSABLE}{empty}"));
    }
    project.write(".newsletter/ledger.db", &whole);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(relay.finish().iter().filter(|line| *line == "| .").count(), 100, "everybody, and once");
}

#[test]
fn a_database_of_another_program() {
    let file = foreign("foreign.db", "CREATE TABLE bookmark (url TEXT)");
    check("ledger-foreign", &file, "DIR/.newsletter/ledger.db is not a ledger of newsletter");
}

#[test]
fn a_ledger_of_a_newer_version() {
    let file = foreign(
        "newer.db",
        "PRAGMA application_id = 0x4e4c7472; PRAGMA user_version = 7; CREATE TABLE plan (id INTEGER)",
    );
    check(
        "ledger-newer",
        &file,
        "the ledger has format 7, and this version of newsletter uses format 6: a newer version wrote it; \
         use that one on this machine too",
    );
}

#[test]
fn a_folder_instead_of_the_ledger() {
    let project = Project::new("ledger-folder");
    fs::remove_file(project.path(".newsletter/ledger.db")).unwrap();
    let project = project.file(".newsletter/ledger.db/x", "");
    let error = "cannot open the ledger for writing: check the owner of the file and its folder, and whether the disk is read-only: unable to open database file: DIR/.newsletter/ledger.db: \
                 Error code 14: unable to open database file";
    project.run("send issues/maj.md --yes").fails_with(74, &format!("{UNUSABLE}{error}"));
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn the_ledger_is_readable_by_its_owner_only() {
    let project = Project::empty("ledger-mode");
    project.run("init");
    project.edit("issues/velkommen.md", "draft: true\n", "");
    assert_eq!(project.run("send issues/velkommen.md --yes").status, 0);
    for path in [".newsletter", "outbox"] {
        let mode = fs::metadata(project.path(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{path}");
    }
}

/// With a limit on file sizes, the ledger soon cannot be written, as on a full disk.
#[test]
fn a_ledger_that_cannot_grow_stops_the_run() {
    let people: Vec<String> = (1..=100).map(|number| format!("reader{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let error =
        format!("{UNUSABLE}cannot read or write the ledger: check whether the disk is full or broken: disk I/O error");
    for (name, limit) in
        [("ledger-full-1", "ulimit -f 20"), ("ledger-full-2", "ulimit -f 400"), ("ledger-full-3", "ulimit -f 1000")]
    {
        let relay = Relay::start(Script::default());
        let project = Project::with_relay(name, relay.port()).audience("members", &people).limits(limit);
        let output = project.run("send issues/maj.md --yes");
        let (stopped, failed) = output.stderr.trim_end().rsplit_once("error: ").unwrap();
        assert_eq!((output.status, failed), (74, error.as_str()), "{name}");
        let said = stopped.is_empty()
            || stopped.ends_with(
                " letters, and what was in flight is in doubt; run it again to send the rest, once this is fixed:\n",
            );
        assert!(said, "{name}: {stopped}");
        let project = project.limits("true");
        let output = project.run("send issues/maj.md --yes");
        let heard = relay.finish();
        let taken: BTreeSet<&String> = heard.iter().filter(|line| line.starts_with("RCPT")).collect();
        let doubts = project.states().iter().filter(|state| state.ends_with("in_doubt")).count();
        assert_eq!(output.status, i32::from(doubts > 0), "{name}");
        assert!(doubts <= 1, "{name}: at most one a connection");
        assert_eq!(taken.len(), 100, "{name}: everybody");
        assert_eq!(heard.iter().filter(|line| *line == "| .").count(), 100, "{name}: and once");
    }
}

#[test]
fn a_ledger_that_cannot_be_created_stops_the_run() {
    let project = Project::new("ledger-nowhere");
    project.write("newsletter.yaml", format!("{SETTINGS}ledger: sqlite:/proc/nowhere/ledger.db\n"));
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (74, ""));
    assert!(
        output.stderr.starts_with("error: cannot use the ledger, without which nothing is sent: "),
        "{}",
        output.stderr
    );
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn letters_in_flight_to_the_outbox_are_not_in_doubt() {
    let project = Project::new("ledger-outbox");
    project.run("send issues/maj.md --yes");
    let ledger = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    ledger
        .execute("UPDATE delivery SET state = 'in_flight' WHERE number = (SELECT max(number) FROM letter)", [])
        .unwrap();
    drop(ledger);
    let reported = project.run("status");
    assert_eq!(reported.stdout.lines().next(), Some("issues/maj.md: 3 recipients: 1 not sent yet, 2 in the outbox"));
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.states().iter().filter(|state| state.ends_with(" accepted")).count(), 3);
    assert_eq!(project.reached().len(), 3);
}

/// A run is killed while the relay has a letter, and someone tidies the folder: SQLite would open the ledger as it was before the run.
#[test]
fn without_the_log_of_a_killed_run_nothing_is_sent() {
    let relay = Relay::start(Script { tricks: vec![("dot", Trick::Hold)], ..Script::default() });
    let project = Project::with_relay("ledger-no-log", relay.port());
    let [log, note] = [".newsletter/ledger.db-wal", ".newsletter/ledger.db.lock"].map(|file| project.path(file));
    let mut child = project.start("send issues/maj.md --yes");
    relay.wait_for("| .", 1);
    child.kill().unwrap();
    child.wait().unwrap();
    relay.go_on();
    let killed = fs::read(&log).unwrap();
    let shown = project.run("status").stdout;
    assert!(shown.contains("in doubt"), "{shown}");
    assert_eq!(project.run("suppression add nobody@d.example --reason manual").status, 0);
    assert!(fs::read(&log).unwrap().starts_with(&killed[..killed.len() / 2]), "they leave the log");

    let with_log = fs::read(&log).unwrap();
    let error = "DIR/.newsletter/ledger.db-wal is missing, where a run that was killed recorded what it sent: put the file back. If you opened the ledger with another SQLite program since, nothing is lost: delete DIR/.newsletter/ledger.db.lock; otherwise, without the file, letters would be sent twice";
    fs::remove_file(&log).unwrap();
    for typed in ["send issues/maj.md --yes", "status", "ledger check"] {
        project.run(typed).fails_with(74, &format!("{UNUSABLE}{error}"));
        assert!(!log.exists(), "{typed}: it is not replaced by an empty one");
    }
    fs::write(&log, with_log).unwrap();
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 1, "{}", output.stderr);
    let states = project.states();
    assert_eq!(states.iter().filter(|state| state.ends_with(" in_doubt")).count(), 1, "{states:?}");
    assert_eq!(states.iter().filter(|state| state.ends_with(" accepted")).count(), 2, "{states:?}");
    assert!(!log.exists() && fs::read(note).unwrap().is_empty(), "a run that ends leaves neither");
    assert_eq!(relay.finish().iter().filter(|line| *line == "| .").count(), 3, "everybody, and once");
}

/// Another process has the ledger open all the time, as `serve` has.
#[test]
fn what_a_run_sent_is_in_the_ledger_itself_also_while_another_process_reads_it() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("ledger-open", relay.port());
    project.run("send issues/maj.md --yes --limit 1");
    let file = project.path(".newsletter/ledger.db");
    let other = rusqlite::Connection::open(&file).unwrap();
    let plans: i64 = other.query_row("SELECT count(*) FROM plan", [], |row| row.get(0)).unwrap();
    assert_eq!((project.run("send issues/maj.md --yes").status, plans), (0, 1));
    project.run("suppression add anna@a.example --reason manual");
    let copy = project.path("copy.db");
    fs::copy(&file, &copy).unwrap();
    let copy = rusqlite::Connection::open(copy).unwrap();
    let count = |query| copy.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM delivery WHERE state = 'accepted'"), 3);
    assert_eq!(count("SELECT count(*) FROM suppression"), 1);
    relay.finish();
}

/// The note of a killed run does not count for a ledger that is created after it.
#[test]
fn a_new_ledger_needs_no_log_of_a_former_one() {
    let project = Project::new("ledger-new-log");
    project.write(".newsletter/ledger.db.lock", "A run has sent letters.\n");
    fs::remove_file(project.path(".newsletter/ledger.db")).unwrap();
    assert_eq!(project.run("ledger new").status, 0);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.reached().len(), 3);
}
