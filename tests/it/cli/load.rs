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
    connection.execute_batch(&format!("UPDATE delivery SET state = 'accepted', first_try = {at}, at = {at};")).unwrap();
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

/// The year of the project of [`busy`]: a meeting in its week, one of the series, and what has no week.
const CALENDAR: &str = "\
entries:
  - {title: Nyhedsbrev, kind: newsletter, every: quarter, from: 2099-Q1, until: 2099-Q2, audience: members}
  - {title: Indkaldelse, kind: meeting, when: 2099-05-26, channel: mail, deadlines: {sent: 2w}}
  - {title: Fra bestyrelsen, kind: release, when: 2099-W20, series: bestyrelsen, audience: board}
  - {title: Magasin, kind: campaign, when: 2099-W20, channel: other}
";

#[test]
fn the_calendar_names_weeks_with_too_many_letters() {
    let project = busy("load-calendar").file("calendar.yaml", CALENDAR);
    let calendar = "calendar --year 2099 --on 2099-03-01";
    let text = project.run(calendar);
    let expected = "
Weeks with more than 2 letters for a reader (`limits` in newsletter.yaml)
  2099-W19  board    1 of 2 readers, up to 3 letters
            members  1 of 3 readers, up to 3 letters
            issues/sendt.md, issues/mandag.md, issues/torsdag.md
  not counted: 1 planned letter without a week (for a month or longer, and no `send_at`)

";
    assert_eq!(text.status, 0, "{}", text.stderr);
    assert!(text.stdout.contains(expected), "{}", text.stdout);

    // One a week is the limit: the letter to all and that of the series are counted in the week of their last day.
    project.edit("newsletter.yaml", "per_week: 2", "per_week: 1");
    let json = project.run(&format!("{calendar} --json")).stdout;
    let week = json.lines().find(|line| line.contains(r#""week":20,"#)).unwrap_or_default();
    let expected = r#"{"state":"over_limit","year":2099,"week":20,"limit":1,"letters":[{"name":"issues/naeste.md","title":"naeste"},{"name":"fra-bestyrelsen-2099","title":"Fra bestyrelsen"},{"name":"indkaldelse-2099","title":"Indkaldelse"}],"audiences":[{"audience":"board","over":2,"readers":2,"most":2},{"audience":"members","over":3,"readers":3,"most":2}]}"#;
    assert_eq!(week, expected, "{json}");

    let page = project.run(&format!("{calendar} --html"));
    let html = project.read("preview/calendar-2099.html");
    assert!(html.contains("<td class=\"share\">2 af 2, op til 2 mails</td>"), "{} {html}", page.stderr);
    assert!(html.contains("Planlagte mails uden en bestemt uge er ikke talt med (1)."), "{html}");
    assert!(!html.contains("a.example"), "{html}");

    project.edit("newsletter.yaml", "per_week: 1", "per_week: 9");
    let none = "No reader gets more than 9 letters in a week to come (`limits` in newsletter.yaml)\n";
    assert!(project.run(calendar).stdout.contains(none));
    project.edit("newsletter.yaml", "limits: {per_week: 9}\n", "");
    let unlimited = project.run(calendar);
    assert!(!unlimited.stdout.contains("letters"), "{}", unlimited.stdout);
}

#[test]
fn the_calendar_says_what_is_not_counted() {
    let project = busy("load-uncounted").file("calendar.yaml", CALENDAR);
    project.write("audiences/members.yaml", "name: Members\nreason: du er medlem\npeople: people/alle.csv\n");
    let output = project.run("calendar --year 2099 --on 2099-03-01");
    let expected = "letters a week are not counted (`limits` in newsletter.yaml): not all lists of people can be read \
                    here; `newsletter audience load` says why\n";
    assert_eq!((output.status, output.stderr.as_str()), (0, expected));
    assert!(output.stdout.contains("Magasin") && !output.stdout.contains("Weeks with"), "{}", output.stdout);
    assert_eq!(project.run("calendar --check --on 2099-03-01").stderr, "");
}

#[test]
fn without_the_key_suppressed_readers_are_counted_with_a_note() {
    let project = busy("load-keyless").file("calendar.yaml", CALENDAR);
    project.edit("newsletter.yaml", "per_week: 2", "per_week: 1");
    assert_eq!(project.run("suppression add dorte@d.example --series bestyrelsen").status, 0);
    let remark = "suppressed readers are counted too, since the project's key is not on this machine";
    let check = || project.run("check issues/torsdag.md").stderr;
    assert!(check().contains("1 of 1 reader would get") && !check().contains(remark));
    std::fs::remove_file(project.path(".newsletter/key")).unwrap();
    let warned = check();
    assert!(warned.contains("1 of 2 readers would get") && warned.contains(&format!("({remark})")), "{warned}");
    for command in ["audience load", "calendar --year 2099 --on 2099-03-01"] {
        assert_eq!(project.run(command).stderr, format!("{remark}\n"), "{command}");
    }
}
