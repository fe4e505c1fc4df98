//! `retention`: old recipients are erased, and the totals stay.

use jiff::{Span, Timestamp, tz::TimeZone};

use crate::postgres;
use crate::project::{ISSUE, Project, SETTINGS};

const RETENTION: &str = "retention: 24 months\n";

/// Four issues: April and May are sent, and June is partly sent.
fn begun(project: Project, more: &str) -> Project {
    project.write("newsletter.yaml", format!("{SETTINGS}{more}"));
    for month in ["april", "maj", "juni", "juli"] {
        let text = ISSUE.replace("Nyt i maj", month).replace("Der er nyt.", &format!("{month} er her."));
        project.write(&format!("issues/{month}.md"), text);
    }
    assert_eq!(project.run("send issues/april.md --yes").status, 0);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.run("send issues/juni.md --yes --limit 1").status, 0);
    project
}

/// Sets the time at which a plan was frozen to this many months ago.
fn aged(schema: &str, plan: i64, months: i64) -> String {
    let now = Timestamp::now().to_zoned_datetime(TimeZone::UTC);
    let then = now.checked_sub(Span::new().months(months)).unwrap().timestamp().as_millisecond();
    format!("UPDATE {schema}plan SET frozen_at = {then} WHERE id = {plan};")
}

/// April is too old, and May is not; June is too old, but not finished.
fn ages(schema: &str) -> String {
    [(1, 25), (2, 23), (3, 25)].map(|(plan, months)| aged(schema, plan, months)).concat()
}

fn change(project: &Project, statements: &str) {
    rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap().execute_batch(statements).unwrap();
}

/// The addresses of an issue's letters.
fn readers(project: &Project, issue: &str) -> Vec<String> {
    let reported = project.run(&format!("status issues/{issue}.md --letters")).stdout;
    reported.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

const ALL: [&str; 3] = ["anna@a.example", "bo@b.example", "carl@c.example"];
const NOBODY: [&str; 3] = ["erased-1-0@erased.invalid", "erased-1-1@erased.invalid", "erased-1-2@erased.invalid"];
const FORGOTTEN: &str = "issues/april.md: 3 recipients: 3 in the outbox\n  subject: april\n  written to \
                         outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay\n  its recipients were erased\n";

#[test]
fn recipients_of_old_issues_are_erased_when_the_next_is_sent() {
    let project = begun(Project::new("retention"), "");
    change(&project, &ages(""));
    assert_eq!(project.run("send issues/juni.md --yes --limit 1").status, 0);
    assert_eq!(readers(&project, "april"), ALL, "without the setting");
    project.write("newsletter.yaml", format!("{SETTINGS}{RETENTION}"));
    let first = project.run("send issues/juli.md --yes --limit 1 -v");
    assert!(first.stderr.starts_with("old issues are kept: nothing was sent for a long time"), "{}", first.stderr);
    assert_eq!(readers(&project, "april"), ALL, "the clock may be wrong");
    let output = project.run("send issues/juli.md --yes -v");
    let erased = "3 letters of old issues anonymised, as `retention` says\n";
    assert!(output.status == 0 && output.stderr.starts_with(erased), "{}", output.stderr);
    assert_eq!(readers(&project, "april"), NOBODY);
    assert_eq!(
        (readers(&project, "maj"), readers(&project, "juni")),
        (ALL.map(str::to_owned).into(), ALL.map(str::to_owned).into())
    );
    project.run("status issues/april.md").succeeds_with(FORGOTTEN);
    let last = project.run("send issues/juni.md --yes -v");
    assert!(last.status == 0 && !last.stderr.contains("retention"), "{}", last.stderr);
    project.run("send issues/april.md --replan --yes").fails_with(
        3,
        "the recipients of issues/april.md were erased, so a new plan would send to them again: send a new issue instead",
    );
    assert_eq!(project.run("ledger check").status, 0);
}

#[test]
fn pruned_data_is_gone_from_the_file() {
    let project = begun(Project::new("retention-prune"), "");
    project
        .run("ledger prune")
        .fails_with(3, "newsletter.yaml has no `retention`: add a line such as `retention: 24 months`");
    assert_eq!(project.run("send issues/juni.md --yes").status, 0);
    project.write("newsletter.yaml", format!("{SETTINGS}{RETENTION}"));
    change(&project, &[1, 2, 3].map(|plan| aged("", plan, 25)).concat());
    let output = project.run("ledger prune");
    assert!(output.status == 0 && output.stdout.starts_with("9 letters from before "), "{}", output.stdout);
    let bytes = std::fs::read(project.path(".newsletter/ledger.db")).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("@a.example"));
    assert!(project.run("ledger prune").stdout.starts_with("0 letters from before "));
}

#[test]
fn a_shared_ledger_is_pruned() {
    let Some(server) = postgres::server() else { return };
    let ledger = format!("ledger:\n  url: {}\n  schema: aging\n", server.url(""));
    let project =
        begun(Project::new("retention-shared").trusted().variable("PGPASSWORD", server.fact("PASSWORD")), &ledger);
    server.execute(&ages("aging."));
    project.write("newsletter.yaml", format!("{SETTINGS}{RETENTION}{ledger}"));
    let output = project.run("ledger prune");
    assert!(
        output.status == 0 && output.stdout.starts_with("3 letters from before "),
        "{} {}",
        output.stdout,
        output.stderr
    );
    assert_eq!(readers(&project, "april"), NOBODY);
    assert_eq!(
        (readers(&project, "maj"), readers(&project, "juni")),
        (ALL.map(str::to_owned).into(), ALL.map(str::to_owned).into())
    );
    project.run("status issues/april.md").succeeds_with(FORGOTTEN);
    assert!(project.run("ledger prune").stdout.starts_with("0 letters from before "));
    assert_eq!(project.run("ledger check").status, 0);
}
