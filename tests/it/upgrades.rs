//! Ledgers that an earlier version of the program has written.

use std::fs::{self, File};

use rusqlite::Connection;

use crate::postgres;
use crate::project::Project;

/// A ledger of format 5, and what the program of that format exported from it.
const FORMAT_5: &str = include_str!("../cases/ledger/format-5.sql");
const EXPORTED: &str = include_str!("../cases/ledger/format-5.jsonl");
/// The tables of format 5 on PostgreSQL, and the plans.
const SHARED_FORMAT_5: &str = include_str!("../cases/ledger/format-5-postgres.sql");

const LEDGER: &str = ".newsletter/ledger.db";

/// A project with the ledger of format 5, changed by these statements.
fn former(name: &str, changes: &str) -> Project {
    let project = Project::new(&format!("upgrade-{name}"));
    fs::remove_file(project.path(LEDGER)).unwrap();
    let connection = Connection::open(project.path(LEDGER)).unwrap();
    connection.execute_batch(FORMAT_5).unwrap();
    connection.execute_batch(changes).unwrap();
    project
}

fn format(project: &Project) -> i64 {
    let connection = Connection::open(project.path(LEDGER)).unwrap();
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// Fails unless a ledger contains what was exported before its upgrade.
fn is_all_there(project: &Project, exported: &str) {
    assert_eq!(project.run("ledger export").stdout, exported);
    let check = project.run("ledger check");
    assert!(check.status == 0 && check.stdout.ends_with("no damage found: 3 plans, 22 letters\n"), "{check:?}");
}

#[test]
fn a_ledger_of_format_5_is_upgraded() {
    let project = former("5", "");
    is_all_there(&project, EXPORTED);
    assert_eq!(format(&project), 6);
    let cancelled = project.run("cancel issues/maj.md --yes");
    assert!(cancelled.stdout.starts_with("3 letters cancelled\n"), "{cancelled:?}");
}

#[test]
fn a_ledger_of_format_4_is_upgraded() {
    let changes = "ALTER TABLE plan DROP COLUMN cancelled; ALTER TABLE plan DROP COLUMN accepts_refusals;
         UPDATE letter SET state = 'expired' WHERE state = 'cancelled'; PRAGMA user_version = 4;";
    let project = former("4", changes);
    is_all_there(&project, &EXPORTED.replace("\"state\":\"cancelled\"", "\"state\":\"expired\""));
    assert_eq!(format(&project), 6);
}

#[test]
fn an_upgrade_that_fails_changes_nothing() {
    let project = former("fails", "CREATE TABLE delivery (plan INTEGER)");
    let output = project.run("ledger export");
    assert!(output.status == 74 && output.stdout.is_empty(), "{output:?}");
    assert_eq!(format(&project), 5);
    Connection::open(project.path(LEDGER)).unwrap().execute_batch("DROP TABLE delivery").unwrap();
    is_all_there(&project, EXPORTED);
}

#[test]
fn a_ledger_is_not_upgraded_while_the_former_program_sends() {
    let project = former("running", "");
    let lock = File::create(project.path(".newsletter/ledger.db.lock")).unwrap();
    lock.lock().unwrap();
    project.run("ledger export").fails_with(4, "another run is sending from this project");
    assert_eq!(format(&project), 5);
    drop(lock);
    is_all_there(&project, EXPORTED);
}

#[test]
fn a_shared_ledger_of_format_5_is_upgraded() {
    let Some(server) = postgres::server() else { return };
    let project = Project::new("upgrade-shared").trusted().variable("PGPASSWORD", server.fact("PASSWORD"));
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}ledger:\n  url: {}\n  schema: format_5\n", server.url("")));
    let rows = FORMAT_5.lines().filter(|line| {
        let table = line.strip_prefix("INSERT INTO \"").and_then(|rest| rest.split('"').next());
        table.is_some_and(|table| ["letter", "reader", "suppression"].contains(&table))
    });
    let rows: String = rows.collect();
    server.execute(&format!(
        "CREATE SCHEMA format_5; SET search_path = format_5; {SHARED_FORMAT_5}
         {rows} UPDATE letter SET holder = 1, tried_by = 1 WHERE state = 'in_flight'"
    ));
    server.execute("UPDATE format_5.holder SET expires = now() + interval '1 hour'");
    project.run("ledger export").fails_with(4, "another run is sending from this project");
    server.end_leases("format_5");
    is_all_there(&project, EXPORTED);
    // The letter in flight is planned again, since its host was killed.
    let cancelled = project.run("cancel issues/maj.md --yes");
    assert!(cancelled.stdout.starts_with("3 letters cancelled\n"), "{cancelled:?}");
    assert_eq!(project.run("ledger check").status, 0);
}
