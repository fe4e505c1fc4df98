//! Clocks that are wrong, or were.

use rusqlite::Connection;

use crate::project::{MAY, Project, files};

const HOUR: i64 = 3_600_000;
const YEAR: i64 = 24 * 365 * HOUR;

/// Moves the times in the ledger, as if they had been written with another clock.
fn shift(project: &Project, by: i64) {
    let ledger = Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    ledger.execute("UPDATE plan SET frozen_at = frozen_at + ?1", [by]).unwrap();
    ledger.execute("UPDATE delivery SET at = at + ?1", [by]).unwrap();
}

/// A project that has sent an issue, and has another one that is due.
fn begun(name: &str) -> Project {
    let project = Project::new(name);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let june =
        project.read(MAY).replace("Der er nyt", "Der er mere nyt").replace("date:", &format!("send_at: {now}\ndate:"));
    project.write("issues/juni.md", june);
    project
}

#[test]
fn a_small_difference_is_tolerated() {
    for (name, by) in [("minutes", HOUR / 6), ("hour", HOUR), ("years-ago", -YEAR)] {
        let project = begun(&format!("clock-{name}"));
        shift(&project, by);
        assert_eq!(project.run("run").status, 0, "{name}");
        assert_eq!(files(&project.path("outbox/new")).len(), 6, "{name}");
    }
}

#[test]
fn a_clock_behind_the_ledger_sends_nothing() {
    for (name, by) in [("hours", 3 * HOUR), ("day", 24 * HOUR), ("years", 5 * YEAR)] {
        let project = begun(&format!("clock-behind-{name}"));
        shift(&project, by);
        let run = project.run("run");
        assert_eq!((run.status, run.stdout.as_str()), (3, ""), "{name}");
        assert!(run.stderr.starts_with("error: the clock is behind: it shows 20"), "{}", run.stderr);
        assert!(run.stderr.contains("use `newsletter ledger accept-clock`"), "{}", run.stderr);
        // Cron hears of it once.
        let again = project.run("run");
        assert_eq!((again.status, again.stdout.as_str(), again.stderr.as_str()), (3, "", ""), "{name}");
        let send = project.run("send issues/juni.md --yes");
        assert!(send.status == 3 && send.stderr.contains("the clock is behind"), "{send:?}");
        // Sent issues need no clock, and neither do commands that only read.
        for typed in [
            "send issues/maj.md --yes",
            "status",
            "check",
            "schedule",
            "run --dry-run",
            "send issues/juni.md --dry-run",
        ] {
            assert_eq!(project.run(typed).status, 0, "{name}: {typed}");
        }
        // The clock was ahead when the ledger was written, and is right now.
        let accepted = project.run("ledger accept-clock");
        assert!(accepted.status == 0 && accepted.stdout.starts_with("the clock counts as right: 20"), "{accepted:?}");
        let run = project.run("run");
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stderr.contains("no longer blocked"), "{}", run.stderr);
        project.run("run").succeeds_with("");
        assert_eq!(project.reached().len(), 3);
        // A ledger that gets further ahead needs a new confirmation.
        shift(&project, 3 * YEAR);
        assert_eq!(project.run("run").status, 3);
    }
}

#[test]
fn a_clock_years_ahead_sends_nothing() {
    let project = begun("clock-ahead");
    shift(&project, -3 * YEAR);
    let run = project.run("run");
    assert_eq!((run.status, run.stdout.as_str()), (3, ""));
    assert!(run.stderr.starts_with("error: the clock may be years ahead: it shows 20"), "{}", run.stderr);
    let send = project.run("send issues/juni.md --yes");
    assert!(send.status == 3 && send.stderr.contains("may be years ahead"), "{send:?}");
    assert_eq!(project.run("ledger accept-clock").status, 0);
    assert_eq!(project.run("run").status, 0);
    // Without due issues, nothing is reported.
    let idle = Project::new("clock-ahead-idle");
    assert_eq!(idle.run("send issues/maj.md --yes").status, 0);
    shift(&idle, -3 * YEAR);
    idle.run("run").succeeds_with("");
}
