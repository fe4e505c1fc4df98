//! Lists of people in all formats: each is read correctly, and nothing is sent if one may be incomplete.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::project::{MAY, Project, RunOutput};

/// A project whose members are kept elsewhere.
fn project(name: &str, people: &str) -> Project {
    let audience = format!("name: Medlemmer\nreason: du er medlem\n{people}\n");
    Project::new(&format!("sources-{name}")).file("audiences/members.yaml", audience).trusted()
}

/// The issue prints the fields of its recipients.
fn printing(project: Project, text: &str) -> Project {
    project.edit(MAY, "Der er nyt.", text);
    project
}

fn send(project: &Project) -> RunOutput {
    project.run("send issues/maj.md --yes")
}

fn workbook(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/people").join(name)).unwrap()
}

#[test]
fn a_workbook_is_read_below_its_title_with_dates() {
    let people = "people: {file: people.xlsx, sheet: medlemmer}\ncolumns: {relation: {lists: \"|\"}}\n\
        where: {relation: [styregruppe, kontaktperson]}";
    let text = "{{ postnr }} {{ medlem_siden | default('-') }} {{ relation | join('+') }}";
    let project = printing(project("xlsx", people).file("people.xlsx", workbook("medlemmer.xlsx")), text);
    assert_eq!(send(&project).status, 0);
    assert_eq!(project.reached(), ["anna@a.example", "cia@c.example"]);
    let letters = project.outbox();
    assert!(letters["anna@a.example"].contains("8000 1. marts 2024 Bruger+Styregruppe"));
    assert!(letters["cia@c.example"].contains("12,5 - Kontaktperson"));
    let output = project.run("status issues/maj.md cia@c.example").stdout;
    assert!(output.contains("from people.xlsx (Medlemmer):7"), "{output}");
}

#[test]
fn a_workbook_of_libreoffice_is_read() {
    let project = project("ods", "people: people.ods").file("people.ods", workbook("medlemmer.ods"));
    let project = printing(project, "{{ medlem_siden | default('?') }} i {{ postnr | default('?') }}");
    assert_eq!(send(&project).status, 0);
    assert_eq!(project.reached(), ["anna@a.example", "bo@b.example"]);
    assert!(project.outbox()["anna@a.example"].contains("1. marts 2024 i 8000"));
}

#[test]
fn yaml_and_json_are_read() {
    let yaml = "- anna@a.example\n- {email: bo@b.example, fornavn: Bo}\n";
    let project_yaml = project("yaml", "people: people.yml").file("people.yml", yaml);
    assert_eq!(send(&project_yaml).status, 0);
    assert_eq!(project_yaml.reached(), ["anna@a.example", "bo@b.example"]);
    let lines = "{\"email\": \"anna@a.example\", \"fornavn\": \"Anna\"}\n{\"email\": \"bo@b.example\"}\n";
    let project = project("jsonl", "people: people.ndjson").file("people.ndjson", lines);
    assert_eq!(send(&project).status, 0);
    assert_eq!(project.reached(), ["anna@a.example", "bo@b.example"]);
}

fn database(project: &Project) {
    let connection = Connection::open(project.path("crm.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE people (mail, fornavn, antal, aktiv);
             INSERT INTO people VALUES ('anna@a.example', 'Anna', 12, 1), ('bo@b.example', NULL, NULL, 0);",
        )
        .unwrap();
}

#[test]
fn a_database_is_queried_and_cannot_be_changed() {
    let asked = |query: &str| format!("people: {{sqlite: crm.db, query: \"{query}\"}}");
    let project = project("sqlite", &asked("SELECT mail AS email, fornavn, antal FROM people WHERE aktiv = 1"));
    database(&project);
    let project = printing(project, "{{ antal + 1 }}");
    assert_eq!(send(&project).status, 0);
    assert_eq!(project.reached(), ["anna@a.example"]);
    assert!(project.outbox()["anna@a.example"].contains("\r\n13\r\n"));
    for (query, reported) in [
        ("DELETE FROM people", "error[NL252]"),
        ("PRAGMA user_version = 7", "error[NL2"),
        ("SELECT fornavn FROM people", "error[NL203]: no column of e-mail addresses; the columns are fornavn"),
        ("SELECT * FROM medlemmer", "error[NL251]: query failed in crm.db: no such table: medlemmer"),
    ] {
        project.write("audiences/members.yaml", format!("name: M\n{}\n", asked(query)));
        let output = project.run("check");
        assert!(output.status == 3 && output.stderr.contains(reported), "{query}: {output:?}");
    }
    let connection = Connection::open(project.path("crm.db")).unwrap();
    let count: i64 = connection.query_row("SELECT count(*) FROM people", [], |row| row.get(0)).unwrap();
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!((count, version), (2, 0));
}

#[test]
fn the_output_of_a_command_is_read_as_it_arrives() {
    let people = "people: {command: [sh, crm.sh], format: jsonl}";
    let script = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo \"{\\\"email\\\": \\\"p$i@a.example\\\"}\"; done";
    let project = project("command", people).file("crm.sh", script);
    let output = project.run("send issues/maj.md --dry-run --expect 3000");
    assert_eq!(output.status, 0, "{output:?}");
}

#[test]
fn a_failing_command_sends_nothing() {
    for (name, command, reported) in [
        ("status", "echo email; echo anna@a.example; exit 7", "failed: exit status: 7"),
        ("complains", "echo nej >&2; exit 1", "failed: exit status: 1: nej"),
        ("half", "echo email; printf anna@a.ex", "ends within a line: some people may be missing"),
        ("hangs", "echo email; echo anna@a.example; sleep 600", "timed out and was stopped"),
        ("leaves", "echo email; sleep 600 & sleep 600", "timed out and was stopped"),
        ("empty", "true", "is empty"),
        ("status-at-once", "echo ingen adgang; exit 7", "failed: exit status: 7"),
        (
            "complains-much",
            "echo email; echo anna@a.example; seq 1 5000 >&2; echo sidst >&2; exit 1",
            "exit status: 1: sidst",
        ),
        ("endless", "yes", "error[NL203]: no column of e-mail addresses; the columns are y"),
        ("endless-line", "echo email; yes | tr -d '\\\\n'", "is longer than a megabyte"),
        ("endless-rows", "echo email; yes anna@a.example; sleep 0", "timed out and was stopped"),
    ] {
        let timeout = if command.contains("sleep") { "1s" } else { "60s" };
        let people = format!("people: {{command: [sh, -c, \"{command}\"], timeout: {timeout}}}");
        let project = project(&format!("command-{name}"), &people);
        let output = send(&project);
        assert!(output.status == 3 && output.stderr.contains(reported), "{name}: {output:?}");
        assert_eq!(project.reached(), Vec::<String>::new(), "{name}");
    }
    let project = project("command-none", "people: {command: [findes-ikke]}");
    let reported = "error[NL292]: the people of members cannot be read: No such file or directory";
    let output = send(&project);
    assert!(output.status == 3 && output.stderr.contains(reported), "{output:?}");
    project.write("people.CSV", "email\nanna@a.example\n");
    project.write("audiences/members.yaml", "name: M\nreason: du er medlem\npeople: people.csv\n");
    let output = send(&project);
    assert!(output.stderr.contains("help: did you mean `people.CSV`?"), "{output:?}");
    let project = project.file("crm.sh", "echo email");
    project.write("audiences/members.yaml", "name: M\nreason: du er medlem\npeople: {command: [./crm.sh]}\n");
    let output = send(&project);
    assert!(
        output.status == 3 && output.stderr.contains("error[NL292]") && output.stderr.contains("Permission denied"),
        "{output:?}"
    );
}

#[test]
fn a_truncated_line_of_json_is_reported_at_its_line() {
    let people = "people: {command: [sh, crm.sh], format: jsonl}";
    let script = "echo '{\"email\": \"anna@a.example\"}'; echo '{\"email\": \"bo@b.ex'";
    let project = project("command-json", people).file("crm.sh", script);
    let output = send(&project);
    assert!(
        output.status == 3 && output.stderr.contains("error[NL250]") && output.stderr.contains(":2:"),
        "{output:?}"
    );
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn a_ragged_row_is_reported_at_its_line() {
    let mut list = people(20_000);
    list.push_str("x@x.example\n");
    let project = project("ragged", "people: people.csv").file("people.csv", list);
    let output = send(&project);
    assert!(output.status == 3 && output.stderr.contains(" --> people.csv:20002:1"), "{output:?}");
}

#[test]
fn a_list_that_changes_while_it_is_read_sends_nothing() {
    let project = project("changes", "people: people.csv").file("people.csv", people(20_000));
    let mut list = OpenOptions::new().append(true).open(project.path("people.csv")).unwrap();
    let mut run = project.start("check");
    // The list grows each time it is read.
    while run.try_wait().unwrap().is_none() {
        list.write_all(b"\n").unwrap();
    }
    let output = project.run_output(&run.wait_with_output().unwrap());
    assert!(output.status == 3 && output.stderr.contains("error[NL294]: people.csv was changed"), "{output:?}");
}

#[test]
fn a_full_disk_while_reading_a_list_sends_nothing() {
    let rows = (0..10_000).map(|number| format!("p{number}@a.example;{}\n", "lang ".repeat(30)));
    let list = format!("email;note\n{}", rows.collect::<String>());
    let full = project("full", "people: people.csv").file("people.csv", list).variable("TMPDIR", "/proc/nonexistent");
    fs::remove_dir_all(full.path(".newsletter")).unwrap();
    let output = full.run("check");
    let reported = "error[NL219]: cannot spill a long list to /proc/nonexistent: No such file or directory";
    assert!(output.status == 3 && output.stderr.contains(reported), "{output:?}");
    // A project that has sent has a folder for such files.
    fs::create_dir_all(full.path(".newsletter")).unwrap();
    assert_eq!(full.run("check").status, 0);
    let left = fs::read_dir(full.path(".newsletter")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with("people")));
}

/// A list with this number of people.
fn people(count: usize) -> String {
    let mut list = "email;navn\n".to_owned();
    (0..count).for_each(|number| writeln!(list, "p{number}@a.example;P").unwrap());
    list
}

#[test]
fn check_warns_of_people_in_git() {
    let git = |project: &Project, words: &[&str]| {
        let done = Command::new("git").args(words).current_dir(project.path("")).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    let project = project("in-git", "people: people/medlemmer.csv").file("people/medlemmer.csv", people(1));
    assert_eq!(project.run("check").status, 0);
    git(&project, &["init", "-q"]);
    assert!(!project.run("check").stderr.contains("NL296"));
    git(&project, &["add", "people"]);
    let output = project.run("check");
    let reported =
        "warning[NL296]: people/medlemmer.csv is in Git, and everyone with access to the repository can read it";
    assert!(
        output.status == 0 && output.stderr.contains(reported) && output.stderr.contains("audiences/members.yaml:3:"),
        "{output:?}"
    );
    assert!(output.stderr.contains("git rm --cached people/medlemmer.csv"), "{output:?}");
    git(&project, &["rm", "-q", "--cached", "people/medlemmer.csv"]);
    let output = project.run("check");
    assert!(!output.stderr.contains("NL296"), "{output:?}");
}

#[test]
fn a_named_list_serves_several_audiences() {
    let project = project("named-list", "people: {list: medlemmer}\nwhere: {roles: IT-chef}")
        .file("people/alle.csv", "Mail adresse;Roller\nanna@a.example;IT-chef|Formand\nbo@b.example;Formand\n")
        .file("audiences/boards.yaml", "name: Bestyrelser\npeople: {list: medlemmer}\nwhere: {roles: formand}\n");
    let settings = project.read("newsletter.yaml");
    let list = "lists:\n  medlemmer:\n    file: people/alle.csv\n    columns: {roles: {from: Roller, lists: \"|\"}}\n";
    project.write("newsletter.yaml", format!("{settings}{list}"));
    let said = project.run("audience list --json");
    let sizes: Vec<&str> = said.stdout.lines().filter(|line| line.contains("\"members\":")).collect();
    assert_eq!(sizes.len(), 2, "{said:?}");
    assert!(sizes[0].contains("\"members\":2") && sizes[1].contains("\"members\":1"), "{said:?}");
    assert!(said.stdout.contains("{\"list\":\"people/alle.csv\",\"people\":2,\"in_no_audience\":0}"), "{said:?}");
}
