//! Lists of people in databases: queries of PostgreSQL and SQLite, none of which can change anything.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::postgres::{Postgres, server};
use crate::project::{MAY, Project, RunOutput};

/// A table of members and a function that writes, in the test's own schema.
fn schema(server: &Postgres, name: &str) {
    server.execute(&format!(
        "CREATE SCHEMA {name};
         CREATE TABLE {name}.members (mail text, fornavn varchar(40), aktiv boolean);
         INSERT INTO {name}.members VALUES ('anna@a.example', 'Anna', true), ('bo@b.example', NULL, false);
         CREATE SEQUENCE {name}.numbers;
         CREATE FUNCTION {name}.leave() RETURNS SETOF text LANGUAGE sql VOLATILE AS
           $$ DELETE FROM {name}.members RETURNING mail $$;"
    ));
}

/// An audience file whose members are the result of this query.
fn audience(server: &Postgres, query: &str) -> String {
    let query = query.replace('\n', "\n    ");
    let url = server.url("");
    format!("name: Medlemmer\nreason: du er medlem\npeople:\n  postgres: {url}\n  query: |-\n    {query}\n")
}

fn project(name: &str, server: &Postgres, query: &str) -> Project {
    let project = Project::new(&format!("databases-{name}")).variable("PGPASSWORD", server.fact("PASSWORD"));
    project.file("audiences/members.yaml", audience(server, query)).trusted()
}

fn send(project: &Project) -> RunOutput {
    project.run("send issues/maj.md --yes")
}

#[test]
fn a_server_is_queried() {
    let Some(server) = server() else { return };
    schema(server, "asked");
    let query = "SELECT mail AS email, fornavn, aktiv FROM asked.members\nORDER BY mail";
    let project = project("asked", server, query);
    project.edit(MAY, "Der er nyt.", "{{ 'ja' if aktiv else 'nej' }} {{ first_name | default('?') }}");
    let output = send(&project);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(project.reached(), ["anna@a.example", "bo@b.example"]);
    let letters = project.outbox();
    assert!(letters["anna@a.example"].contains("ja Anna") && letters["bo@b.example"].contains("nej ?"));
    let from = format!("from PostgreSQL at localhost:{}/newsletter:2", server.fact("PORT"));
    let output = project.run("status issues/maj.md bo@b.example").stdout;
    assert!(output.contains(&from), "{output}");
}

/// Each row: a column of the query, the expression that shows it in a letter, and the expected text.
const KINDS: [(&str, &str, &str); 22] = [
    ("42::smallint AS small", "small + 1", "43"),
    ("-7::int AS medium", "medium", "-7"),
    ("9007199254740993::bigint AS large", "large", "9007199254740993"),
    ("1234567.50::numeric(12, 2) AS money", "money", "1.234.567,5"),
    ("1200::numeric AS round", "round + 1", "1201"),
    ("0.25::real AS quarter", "quarter", "0,25"),
    ("1.5::float8 AS half", "half", "1,5"),
    ("true AS yes", "'ja' if yes is true", "ja"),
    ("date '2024-03-01' AS since", "since", "1. marts 2024"),
    ("timestamp '2024-03-01 00:00' AS midnight", "midnight", "1. marts 2024"),
    ("timestamptz '2024-03-01 09:30Z' AS moment", "moment", "1. marts 2024 kl. 9.30"),
    ("'infinity'::date AS always", "always | default('-')", "-"),
    ("'3f2b8a1c-0000-4000-8000-00000000abcd'::uuid AS id", "id", "3f2b8a1c-0000-4000-8000-00000000abcd"),
    ("'glad'::kinds.mood AS mood", "mood", "glad"),
    ("'8000'::kinds.postcode AS post", "post", "8000"),
    ("ARRAY['Bruger', NULL, 'Styregruppe'] AS roles", "roles | join('+')", "Bruger+Styregruppe"),
    ("ARRAY[2024, 2025] AS years", "years | join('+')", "2024+2025"),
    ("'{}'::text[] AS tom", "tom | default('-')", "-"),
    ("'[\"a\", \"b\"]'::jsonb AS tags", "tags | join('+')", "a+b"),
    ("'{\"by\": 1}'::json AS more", "more | length", "9"),
    ("'\"x\"'::jsonb AS one", "one", "x"),
    ("NULL::int AS nothing", "nothing | default('-')", "-"),
];

#[test]
fn each_type_becomes_its_value() {
    let Some(server) = server() else { return };
    server.execute(
        "CREATE SCHEMA kinds;
         CREATE TYPE kinds.mood AS ENUM ('glad', 'sur');
         CREATE DOMAIN kinds.postcode AS text;
         CREATE ROLE clerk LOGIN PASSWORD 's3cret';
         GRANT USAGE ON SCHEMA kinds TO clerk;
         ALTER ROLE clerk SET TimeZone = 'UTC'",
    );
    let columns: Vec<&str> = KINDS.iter().map(|kind| kind.0).collect();
    let query = format!("SELECT 'anna@a.example' AS email,\n{}", columns.join(",\n"));
    let project = project("kinds", server, &query);
    let fields: Vec<String> = KINDS.iter().map(|kind| format!("- {{{{ {} }}}}", kind.1)).collect();
    project.edit(MAY, "Der er nyt.", &fields.join("\n"));
    project.edit("audiences/members.yaml", "postgres://newsletter@", "postgres://clerk@");
    let output = send(&project);
    assert_eq!(output.status, 0, "{output:?}");
    let letter = &project.outbox()["anna@a.example"];
    let shown: Vec<&str> = letter.lines().filter_map(|line| line.strip_prefix("=2D ")).take(KINDS.len()).collect();
    let expected: Vec<&str> = KINDS.iter().map(|kind| kind.2).collect();
    assert_eq!(shown, expected, "{letter}");
}

#[test]
fn no_query_changes_a_server() {
    let Some(server) = server() else { return };
    schema(server, "unchanged");
    let project = project("unchanged", server, "SELECT 1");
    for query in [
        "DELETE FROM unchanged.members RETURNING mail AS email",
        "DELETE FROM unchanged.members",
        "WITH gone AS (DELETE FROM unchanged.members RETURNING mail) SELECT mail AS email FROM gone",
        "WITH new AS (INSERT INTO unchanged.members VALUES ('x@x.example') RETURNING mail) SELECT mail AS email FROM new",
        "SELECT leave AS email FROM unchanged.leave()",
        "SELECT mail AS email, nextval('unchanged.numbers') AS number FROM unchanged.members",
        "SELECT mail AS email FROM unchanged.members FOR UPDATE",
        "EXPLAIN ANALYZE DELETE FROM unchanged.members",
        "SELECT mail AS email FROM unchanged.members; DELETE FROM unchanged.members",
        "COMMIT; DELETE FROM unchanged.members",
        "COMMIT",
        "SET TRANSACTION READ WRITE; DELETE FROM unchanged.members RETURNING mail AS email",
        "SET TRANSACTION READ WRITE",
        "SELECT set_config('transaction_read_only', 'off', false) AS email, unchanged.leave()",
        "SELECT leave AS email FROM (SELECT set_config('transaction_read_only', 'off', false)) AS it, unchanged.leave()",
        "CREATE TABLE unchanged.more AS SELECT 1 AS email",
        "SELECT mail AS email INTO unchanged.more FROM unchanged.members",
        "DROP SCHEMA unchanged CASCADE",
        "TRUNCATE unchanged.members",
        "COPY (SELECT 1) TO PROGRAM 'false'",
        "DO $$ BEGIN COMMIT; DELETE FROM unchanged.members; END $$",
        "CALL unchanged.nothing()",
    ] {
        project.write("audiences/members.yaml", audience(server, query));
        let output = send(&project);
        let reported = ["error[NL251]", "error[NL252]", "error[NL203]"].iter().any(|code| output.stderr.contains(code));
        assert!(
            output.status == 3 && reported && output.stderr.contains("audiences/members.yaml:"),
            "{query}: {output:?}"
        );
        assert_eq!(project.reached(), Vec::<String>::new(), "{query}");
    }
    server.execute(
        "DO $$ BEGIN
           ASSERT (SELECT count(*) FROM unchanged.members) = 2;
           ASSERT NOT (SELECT is_called FROM unchanged.numbers);
           ASSERT (SELECT count(*) FROM pg_tables WHERE schemaname = 'unchanged') = 1;
         END $$",
    );
}

#[test]
fn a_failing_query_is_reported_at_its_place() {
    let Some(server) = server() else { return };
    schema(server, "reported");
    let project = project("reported", server, "SELECT 1");
    for (query, reported) in [
        (
            "SELECT fornavn FROM reported.members",
            "error[NL203]: no column of e-mail addresses; the columns are fornavn",
        ),
        (
            "SELECT mail AS email, fornavn AS email FROM reported.members",
            "error[NL204]: the columns \"email\" and \"email\"",
        ),
        (
            "SELECT mail AS email,\n  fornavnn FROM reported.members",
            "column \"fornavnn\" does not exist (line 2, column 3 of the query, at `fornavnn FROM reported.members`)",
        ),
        ("SELEKT 1", "syntax error at or near \"SELEKT\" (line 1, column 1 of the query, at `SELEKT 1`)"),
        ("SELECT mail AS email FROM reported.members WHERE mail = $1", "the query has a parameter"),
        (
            "SELECT mail AS email, inet '10.0.0.1' AS ip FROM reported.members",
            "help: convert it to a text in the query: ip::text AS ip",
        ),
        ("SELECT mail AS email, 1 / (length(mail) - 14) AS n FROM reported.members", "division by zero"),
        ("SELECT 'a' AS email FROM reported.members; SELECT 1", "help: write a single query"),
    ] {
        project.write("audiences/members.yaml", audience(server, query));
        let output = project.run("check");
        let reported = output.stderr.contains(reported) && output.stderr.contains("--> ");
        assert!(output.status == 3 && reported, "{query}: {output:?}");
    }
    project.write("audiences/members.yaml", audience(server, "SELECT mail AS email FROM reported.members WHERE false"));
    let output = project.run("check");
    assert!(output.stderr.contains("audience `members` is empty"), "{output:?}");
}

#[test]
fn a_query_that_exceeds_its_timeout_is_cancelled() {
    let Some(server) = server() else { return };
    let project = project("slow", server, "SELECT 'anna@a.example' AS email FROM pg_sleep(600)");
    project.edit("audiences/members.yaml", "  query:", "  timeout: 1s\n  query:");
    let output = send(&project);
    assert!(output.status == 3 && output.stderr.contains("help: raise the limit, such as timeout: 5m"), "{output:?}");
}

#[test]
fn a_password_comes_from_its_source_and_is_never_shown() {
    let Some(server) = server() else { return };
    schema(server, "kept");
    let query = "SELECT mail AS email FROM kept.members";
    let password = server.fact("PASSWORD");
    let pgpass = format!("localhost:*:newsletter:newsletter:{password}\n");
    for (name, line, variable) in [
        ("env", "password_env: CRM", ("CRM", password)),
        ("file", "password_file: secret", ("PGPASSWORD", "forkert")),
        ("command", "password_command: cat secret", ("PGPASSWORD", "forkert")),
        ("pgpass", "", ("PGPASSFILE", "pgpass")),
    ] {
        let project = Project::new(&format!("databases-password-{name}")).trusted().variable(variable.0, variable.1);
        let project =
            project.file("secret", password).mode("secret", 0o600).file("pgpass", &pgpass).mode("pgpass", 0o600);
        project
            .write("audiences/members.yaml", audience(server, query).replace("  query", &format!("  {line}\n  query")));
        let output = project.run("audience list");
        assert!(output.status == 0 && output.stdout.contains('2'), "{name}: {output:?}");
    }
    let project = Project::new("databases-wrong").trusted().variable("PGPASSWORD", "hemmelig-7391");
    project.write("audiences/members.yaml", audience(server, query));
    let output = project.run("check");
    let reported = "error[NL259]: cannot connect to PostgreSQL at localhost:";
    assert!(
        output.status == 3 && output.stderr.contains(reported) && output.stderr.contains("authentication failed"),
        "{output:?}"
    );
    assert!(!format!("{output:?}").contains("7391"), "{output:?}");
    for (from, to) in [
        ("postgres://newsletter@", "postgres://newsletter:hemmelig-7391@"),
        ("  query:", "  password: hemmelig-7391\n  query:"),
        ("/newsletter\n", "/newsletter?password=hemmelig-7391\n"),
    ] {
        project.write("audiences/members.yaml", audience(server, query).replace(from, to));
        let output = project.run("check");
        assert!(output.status == 3 && output.stderr.contains("error[NL141]"), "{to}: {output:?}");
        assert!(!format!("{output:?}").contains("7391"), "{to}: {output:?}");
    }
}

#[test]
fn an_unreachable_server_sends_nothing() {
    let people = "people: {postgres: 'postgres://nyt@localhost:1/crm', query: SELECT 1 AS email}";
    let audience = format!("name: Medlemmer\nreason: du er medlem\n{people}\n");
    let project = Project::new("databases-nobody").file("audiences/members.yaml", audience);
    let output = send(&project);
    let reported = "error[NL259]: cannot connect to PostgreSQL at localhost:1";
    assert!(output.status == 3 && output.stderr.contains(reported), "{output:?}");
    assert!(output.stderr.contains("audiences/members.yaml:3:"), "{output:?}");
}

#[test]
fn no_query_changes_an_sqlite_file() {
    let asked =
        |query: &str| format!("name: M\nreason: du er medlem\npeople:\n  sqlite: crm.db\n  query: \"{query}\"\n");
    let project = Project::new("databases-sqlite");
    Connection::open(project.path("crm.db"))
        .and_then(|connection| {
            connection.execute_batch("CREATE TABLE people (email); INSERT INTO people VALUES ('anna@a.example');")
        })
        .unwrap();
    let before = fs::read(project.path("crm.db")).unwrap();
    for query in [
        "DELETE FROM people RETURNING email",
        "DELETE FROM people",
        "WITH it AS (SELECT 1) INSERT INTO people SELECT * FROM it RETURNING email",
        "SELECT email FROM people; DELETE FROM people",
        "COMMIT; DELETE FROM people",
        "BEGIN",
        "ATTACH 'other.db' AS other",
        "ATTACH 'file:other.db?mode=rwc' AS other",
        "PRAGMA user_version = 7",
        "PRAGMA journal_mode = WAL",
        "PRAGMA writable_schema = ON",
        "VACUUM INTO 'copy.db'",
        "VACUUM",
        "SELECT load_extension('evil.so') AS email",
        "SELECT writefile('copy.txt', 'x') AS email",
        "DROP TABLE people",
        "CREATE TABLE more (email)",
        "REINDEX",
    ] {
        project.write("audiences/members.yaml", asked(query));
        let output = send(&project);
        let reported = ["error[NL251]", "error[NL252]", "error[NL203]"].iter().any(|code| output.stderr.contains(code));
        assert!(output.status == 3 && reported, "{query}: {output:?}");
        assert_eq!(project.reached(), Vec::<String>::new(), "{query}");
    }
    assert!(fs::read(project.path("crm.db")).unwrap() == before);
    for path in ["other.db", "copy.db", "copy.txt", "crm.db-wal", "crm.db-journal"] {
        assert!(!Path::new(&project.path(path)).exists(), "{path}");
    }
}
