//! A ledger in a PostgreSQL database, from the settings to the output.

use jiff::Timestamp;
use newsletter::delivery::ledger;
use newsletter::delivery::ledger::claim::RunScope;
use newsletter::delivery::ledger::location::LedgerLocation;
use newsletter::issue::IssueId;
use newsletter::letter::plan::TransportKind;

use crate::postgres::{self, Postgres};
use crate::project::{Project, SETTINGS};

/// A project with its ledger on the tests' server, under the schema `name`.
fn project(server: &Postgres, name: &str, more: &str) -> Project {
    let url = server.url("");
    let project = Project::new(&name.replace('_', "-")).trusted();
    project.write("newsletter.yaml", format!("{SETTINGS}ledger:\n  url: {url}\n  schema: {name}\n{more}"));
    project
}

/// A line about the issue, and the note about the outbox.
fn reported(line: &str) -> String {
    let outbox = "written to outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay";
    format!("issues/maj.md: {line}\n  {outbox}\n")
}

#[test]
fn the_settings_name_the_ledger() {
    let Some(server) = postgres::server() else { return };
    let pgpass = format!("localhost:*:newsletter:newsletter:{}\n", server.fact("PASSWORD"));
    for (name, more, variable) in [
        ("by_env", "  password_env: LEDGER_PASSWORD\n", ("LEDGER_PASSWORD", server.fact("PASSWORD"))),
        ("by_file", "  password_file: kodeord\n", ("LEDGER_PASSWORD", "")),
        ("by_pgpassword", "", ("PGPASSWORD", server.fact("PASSWORD"))),
        ("by_pgpass", "", ("PGPASSFILE", "pgpass")),
    ] {
        let project = project(server, name, more).file("kodeord", server.fact("PASSWORD")).mode("kodeord", 0o600);
        let project = project.file("pgpass", &pgpass).mode("pgpass", 0o600).variable(variable.0, variable.1);
        let first = project.run("send issues/maj.md --yes");
        assert_eq!((first.status, first.stdout), (0, reported("3 recipients: 3 in the outbox")));
        assert!(project.states().is_empty(), "the file is not used");
        let again = project.run("send issues/maj.md --yes");
        let nothing = reported("nothing left to send. 3 recipients: 3 in the outbox");
        assert_eq!((again.status, again.stdout), (0, nothing));
        let status = reported("3 recipients: 3 in the outbox").replacen('\n', "\n  subject: Nyt i maj\n", 1);
        project.run("status issues/maj.md").succeeds_with(&status);
    }
}

#[test]
fn an_unreachable_ledger_stops_before_sending() {
    let Some(server) = postgres::server() else { return };
    let project = project(server, "wrong_password", "").variable("PGPASSWORD", "hemmelig-7391");
    let place = format!("localhost:{}", server.fact("PORT"));
    let refused = format!(
        "cannot use the ledger, without which nothing is sent: cannot connect to PostgreSQL at {place}: db error: \
         FATAL: password authentication failed for user \"newsletter\""
    );
    let output = project.run("send issues/maj.md --yes");
    output.fails_with(74, &refused);
    assert!(!output.stderr.contains("hemmelig"), "{}", output.stderr);
    project.edit("newsletter.yaml", &place, "localhost:1");
    let gone = "cannot use the ledger, without which nothing is sent: cannot connect to PostgreSQL at localhost:1: Connection refused (os error 111)";
    project.run("send issues/maj.md --yes").fails_with(74, gone);
    assert!(project.outbox().is_empty());
}

#[test]
fn a_password_in_the_address_is_refused_and_not_shown() {
    let project = Project::new("password-in-address");
    project
        .write("newsletter.yaml", format!("{SETTINGS}ledger: postgres://nyt:hemmelig-7391@db.forening.example/nyt\n"));
    let output = project.run("check");
    assert!(output.status == 78 || output.status == 3, "{}", output.status);
    assert!(output.stderr.contains("postgres://nyt:…@db.forening.example/nyt"), "{}", output.stderr);
    assert!(!output.stderr.contains("hemmelig"), "{}", output.stderr);
}

#[test]
fn letters_claimed_by_another_host_are_left_to_it() {
    let Some(server) = postgres::server() else { return };
    let project = project(server, "in_hand", "").variable("PGPASSWORD", server.fact("PASSWORD"));
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    let shared = server.shared("in_hand");
    let mut other = ledger::open::open_to_write(&LedgerLocation::Server(shared)).unwrap();
    let plan = other.plan(&IssueId::of_path("issues/maj.md"), TransportKind::Outbox).unwrap().unwrap().id;
    let run_scope = RunScope {
        plan,
        audience: None,
        limit: Some(1),
        tries: 1,
        rate: newsletter::delivery::ledger::rate_limits::RateLimits::default(),
    };
    newsletter::delivery::ledger::writer::write(&mut *other, run_scope, |handle| {
        let _held = handle.claim(Timestamp::now()).unwrap().unwrap();
        let output = project.run("send issues/maj.md --yes");
        let reported = "issues/maj.md: 3 recipients: 1 not sent yet, 2 in the outbox\n";
        assert!(output.status == 75 && output.stdout.starts_with(reported), "{} {}", output.status, output.stdout);
    })
    .unwrap();
    project.run("send issues/maj.md --yes").succeeds_with(&reported("3 recipients: 3 in the outbox"));
}
