//! A ledger that cannot be used: nothing is sent that could not be remembered.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::project::Project;

const UNUSABLE: &str = "the ledger cannot be used, so nothing more is sent: ";

/// Sends with this file for a ledger.
#[track_caller]
fn check(name: &str, ledger: &[u8], error: &str) {
    let project = Project::new(name).file(".newsletter/ledger.db", ledger);
    for typed in ["send issues/maj.md --yes", "run", "status"] {
        if typed == "run" {
            project.edit("issues/maj.md", "date:", "send_at: 2026-05-04\ndate:");
        }
        project.run(typed).stops(74, &format!("{UNUSABLE}{error}"));
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
fn a_file_that_is_no_database() {
    check(
        "ledger-corrupt",
        &b"this is no database at all. ".repeat(100),
        "the ledger cannot be read or written: file is not a database",
    );
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
        "the ledger was written by a newer version of newsletter (format 7, this one knows 1)",
    );
}

#[test]
fn a_folder_in_the_place_of_the_ledger() {
    let project = Project::new("ledger-folder").file(".newsletter/ledger.db/x", "");
    let error = "the ledger cannot be read or written: unable to open database file: DIR/.newsletter/ledger.db: \
                 Error code 14: unable to open database file";
    project.run("send issues/maj.md --yes").stops(74, &format!("{UNUSABLE}{error}"));
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn what_the_ledger_knows_is_its_owners_alone() {
    let project = Project::empty("ledger-mode");
    project.run("init");
    project.edit("issues/velkommen.md", "draft: true\n", "");
    assert_eq!(project.run("send issues/velkommen.md --yes").status, 0);
    for path in [".newsletter", "outbox"] {
        let mode = fs::metadata(project.path(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{path}");
    }
}
