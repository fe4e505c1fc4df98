//! `audience load`, and the warning before `send`: how many letters a week readers get over all series.

use std::collections::BTreeMap;

use newsletter::delivery::ledger;
use newsletter::delivery::ledger::location::LedgerLocation;
use newsletter::issue::IssueId;

use crate::book;
use crate::project::{ISSUE, Project, SETTINGS};
use crate::scripted::{Relay, Script};

const LIMIT: &str = "limits: {per_week: 2}\n";

/// A project with three issues in a week of 2099, of which one was sent, and one in the next; letters of the board are a series.
fn busy(name: &str) -> Project {
    let series = "series:\n  bestyrelsen: {name: Til bestyrelsen}\nsmtp: {host: localhost, port: 1, security: none}\n";
    let project = Project::new(name).audience("board", &["Dorte <dorte@d.example>", "Anna <anna@a.example>"]);
    project.write("newsletter.yaml", format!("{SETTINGS}{series}{LIMIT}"));
    for (file, audiences, time) in [
        ("mandag", "[members]\ndraft: true", "2099-05-04 09:00"),
        ("torsdag", "[board]\nseries: bestyrelsen", "2099-05-07 09:00"),
        ("naeste", "[members, board]\nexclude: [board]", "2099-05-11 00:00"),
        ("foer", "[members]", "2020-05-11 00:00"),
    ] {
        let front = format!("audiences: {audiences}\nsend_at: {time}");
        let text = ISSUE.replace("audiences: [members]", &front).replace("date: 2026-05-04 09:00\n", "");
        project.write(&format!("issues/{file}.md"), text.replace("Nyt i maj", file));
    }
    let path = LedgerLocation::File(project.path(".newsletter/ledger.db"));
    let mut ledger = ledger::open::open_to_write(&path).unwrap();
    let (mut plan, letters) = book::plan(&["anna@a.example", "bo@b.example", "vaek@a.example"]);
    plan.issue = IssueId::of_path("issues/sendt.md");
    plan.fingerprint = BTreeMap::new();
    let mut context = book::freeze_context();
    // Sunday night in Copenhagen: the last day of the week before would be another week.
    context.now = "2099-05-10T21:59:00Z".parse().unwrap();
    ledger.freeze(&plan, &context, &mut letters.into_iter().map(Ok)).unwrap();
    drop(ledger);
    let at = context.now.as_millisecond();
    let connection = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    connection.execute_batch(&format!("UPDATE letter SET state = 'accepted', first_try = {at}, at = {at};")).unwrap();
    project
}

#[test]
fn weeks_are_counted_over_all_series() {
    let project = busy("load");
    project.run("audience load").succeeds_with(
        "\
week      audience  readers  most letters  over 2
2099-W19  board           2             3       1
2099-W19  members         3             3       1
2099-W20  members         2             1       0
",
    );
    project.edit("newsletter.yaml", LIMIT, "");
    let output = project.run("audience load");
    assert!(output.stdout.starts_with("week      audience  readers  most letters\n"), "{}", output.stdout);
    assert_eq!(
        output.stderr,
        "newsletter.yaml sets no limit: write `limits: {per_week: 2}` to be warned of more letters a week\n"
    );
    let json = project.run("audience load --json").stdout;
    let first = r#"{"year":2099,"week":19,"issues":["issues/sendt.md","issues/mandag.md","issues/torsdag.md"],"#;
    assert!(json.starts_with(first) && !json.contains('@'), "{json}");
}

#[test]
fn readers_who_left_and_those_who_are_excluded_are_not_counted() {
    let project = busy("load-left");
    assert_eq!(project.run("unsubscribe bo@b.example").status, 0);
    assert_eq!(project.run("suppression add dorte@d.example --series bestyrelsen").status, 0);
    let counted = project.run("audience load");
    // Bo had the letter that was sent before; Dorte gets none of the series, and is excluded from the other.
    let expected = "\
week      audience  readers  most letters  over 2
2099-W19  board           1             3       1
2099-W19  members         3             3       1
2099-W20  members         1             1       0
";
    assert_eq!((counted.status, counted.stdout.as_str()), (0, expected), "{}", counted.stderr);
}

#[test]
fn check_counts_the_same_readers() {
    let project = busy("load-check");
    project.write("newsletter.yaml", project.read("newsletter.yaml").replace("per_week: 2", "per_week: 1"));
    let warned = |left: &str| {
        let output = project.run("check issues/torsdag.md");
        let warning = format!("warning[NL820]: {left} would get more than 1 letter in week 19 of 2099");
        assert!(output.stderr.contains(&warning), "{}", output.stderr);
    };
    warned("1 of 2 readers");
    assert_eq!(project.run("suppression add dorte@d.example --series bestyrelsen").status, 0);
    warned("1 of 1 reader");
}

#[test]
fn an_issue_that_the_next_run_sends_is_planned_for_now() {
    let project = busy("load-due").always_due();
    project.write("issues/ulaeselig.md", b"\xff\xfe\0");
    let output = project.run("audience load --json");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let weeks: Vec<&str> = output.stdout.lines().collect();
    assert!(weeks.len() == 3 && weeks[0].contains(r#""issues":["issues/foer.md"],"#), "{}", output.stdout);
}

#[test]
fn nothing_sent_and_nothing_planned() {
    let project = Project::new("load-none");
    let output = project.run("audience load --past 0");
    assert_eq!(output.stdout, "no letters: nothing was sent in these weeks, and no issue has a `send_at` to come\n");
}

#[test]
fn a_letter_too_many_is_a_warning_and_is_sent() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("load-send", relay.port());
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}limits: {{per_week: 1}}\n"));
    let mut warned = 0;
    for issue in ["et", "to", "tre"] {
        project.write(&format!("issues/{issue}.md"), ISSUE.replace("Nyt i maj", issue).replace("Der er", issue));
        let output = project.run(&format!("send issues/{issue}.md --yes"));
        assert_eq!(output.status, 0, "{}", output.stderr);
        warned += usize::from(output.stderr.contains("warning: 3 of 3 readers would get more than 1 letter in week "));
    }
    relay.finish();
    // A new week may begin between two of them.
    assert!(warned > 0);
}

#[test]
fn a_limit_is_a_number() {
    let project = Project::new("load-limit");
    for limit in ["0", "to", "101", "-1", "1,5"] {
        project.write("newsletter.yaml", format!("{SETTINGS}limits: {{per_week: {limit:?}}}\n"));
        let output = project.run("check");
        assert!(
            output.status == 78 && output.stderr.contains("write a whole number from 1 to 100"),
            "{}",
            output.stderr
        );
    }
    project.write("newsletter.yaml", format!("{SETTINGS}limits: {{pr_week: 2}}\n"));
    assert!(project.run("check").stderr.contains("did you mean `per_week`?"));
}
