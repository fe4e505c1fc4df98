//! `calendar`, and `new --from-calendar`: the entries of a year and their states.

use crate::project::{MAY, Project, SETTINGS};
use crate::scripted::{Relay, Script};

/// A year with an entry of each kind. Nothing depends on the clock: `--on` sets the day.
const CALENDAR: &str = "\
entries:
  - title: Nyhedsbrev
    kind: newsletter
    every: month
    from: 2127-02
    until: 2127-04
    audience: members
    owner: Karen Holm
    priority: must
    done: [2127-02]
  - title: Generalforsamling
    kind: meeting
    when: mandag den 26. maj 2127
  - title: Indkaldelse
    kind: meeting
    when: 26. maj 2127
    channel: mail
    priority: must
    deadlines: {draft: 8w, approved: 6w, sent: 4w}
    issue: indkaldelse
  - title: Magasinet
    kind: campaign
    when: 2127-Q2
    channel: other
    priority: could
    owner: Sekretariatet
  - title: Messen
    kind: event
    when: 1.-2. oktober 2127
    channels: [web, linkedin]
    done: 2127-01-30
";

fn project(name: &str) -> Project {
    Project::new(name).file("calendar.yaml", CALENDAR)
}

/// An issue with this front matter for the audience `members`.
fn issue(front: &str) -> String {
    format!("---\nsubject: Nyt\npreheader: Det vigtigste\naudiences: [members]\n{front}\n---\nHej alle.\n")
}

/// Sends an issue through a relay.
fn send(project: &Project, issue: &str) {
    let relay = Relay::start(Script::default());
    project.relay(relay.port(), "");
    assert_eq!(project.run(&format!("send {issue} --yes")).status, 0);
    relay.finish();
}

#[test]
fn a_year_is_listed_by_month_with_what_is_to_be_done() {
    let project = project("calendar").file("issues/indkaldelse.md", issue("draft: true"));
    let output = project.run("calendar --year 2127 --on 2127-04-08");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let expected = "\
February 2127
  all month  MUST    done     Nyhedsbrev
                              Karen Holm · mail to members

March 2127
  all month  MUST    late     Nyhedsbrev
                              no draft, due 17 Mar 2127 · nyhedsbrev/2127-03
                              Karen Holm · mail to members

April 2127
  all month  MUST    due      Nyhedsbrev
                              draft by 16 Apr 2127 · nyhedsbrev/2127-04
                              Karen Holm · mail to members

May 2127
  Mon 26     MUST    due      Indkaldelse
                              approved by 14 Apr 2127 · issues/indkaldelse.md
  Mon 26     should  planned  Generalforsamling

June 2127
  Q2         could   planned  Magasinet
                              done by 30 Jun 2127 · Sekretariatet · other

October 2127
  1–2        should  done     Messen
                              sent 30 Jan 2127 · web, linkedin

2127, as of 2127-04-08: 7 entries: 2 done, 1 late, 2 due, 2 planned
";
    assert_eq!(output.stdout, expected);
    assert!(output.stdout.lines().all(|line| line.chars().count() <= 80));
    let json = project.run("calendar --year 2127 --on 2127-04-08 --json").stdout;
    let third = json.lines().nth(2).unwrap();
    let expected = "{\"entry\":\"nyhedsbrev/2127-04\",\"title\":\"Nyhedsbrev\",\"kind\":\"newsletter\",\"when\":\"2127-04\",\
                    \"first\":\"2127-04-01\",\"last\":\"2127-04-30\",\"channels\":[\"mail\"],\"audiences\":[\"members\"],\
                    \"series\":null,\"owner\":\"Karen Holm\",\"priority\":\"must\",\"state\":\"due\",\
                    \"next\":{\"stage\":\"draft\",\"by\":\"2127-04-16\"},\"deadlines\":{\"draft\":\"2127-04-16\",\
                    \"approved\":\"2127-04-27\",\"sent\":\"2127-04-30\"},\"done\":null,\"issue\":null}";
    assert_eq!(third, expected);
    assert_eq!(project.run("calendar --year 2126").stdout, "2126: no entry in calendar.yaml\n");
}

#[test]
fn a_duty_that_is_late_fails_the_check_until_it_is_met() {
    let project = project("calendar-check").file("issues/indkaldelse.md", issue("draft: true"));
    let check = |day: &str| project.run(&format!("calendar --check --year 2127 --on {day}"));
    check("2127-03-16").succeeds_with("calendar.yaml: no `must` is late on 2127-03-16\n");
    let expected = "Nyhedsbrev, 2127-03 (Karen Holm): no draft, due 2127-03-17; write it with \
                    `newsletter new --from-calendar nyhedsbrev/2127-03`";
    check("2127-03-20").fails_with(1, expected);
    let expected = "\
error: Nyhedsbrev, 2127-03 (Karen Holm): no draft, due 2127-03-17; name its issue there with `calendar: nyhedsbrev/2127-03`, or, \
                    if it is dropped, write `except: [2127-03]` in calendar.yaml
error: Indkaldelse, 2127-05-26: not approved, due 2127-04-14; finish issues/indkaldelse.md, and delete `draft: true`
";
    assert_eq!(check("2127-04-15").stderr, expected);
    // Entries early in the next year are checked as well.
    let output = project.run("calendar --check --year 2126 --on 2127-04-15");
    assert_eq!((output.status, output.stderr.lines().count()), (1, 2));
    // An issue that names its entry, and one that is sent.
    project.write("issues/marts.md", issue("calendar: nyhedsbrev/2127-03"));
    project.write("issues/indkaldelse.md", issue("date: 2127-04-10"));
    assert_eq!(check("2127-03-31").stderr, "");
    assert_eq!(
        check("2127-04-01").stderr.lines().next().unwrap(),
        "error: Nyhedsbrev, 2127-03 (Karen Holm): not sent, due 2127-03-31; send it with `newsletter send issues/marts.md`"
    );
    assert_eq!(project.run("send issues/marts.md --yes").status, 0);
    assert_eq!(check("2127-04-15").status, 1, "what is in the outbox was sent to no one");
    send(&project, "issues/marts.md");
    assert_eq!(check("2127-04-15").stderr, "");
}

#[test]
fn an_issue_matches_an_entry_by_day_audience_and_title() {
    let project = project("calendar-match").audience("board", &["Dora <dora@d.example>"]);
    // In the month, for its audience; for another audience; and with the title in its name, before the meeting.
    project.write("issues/nyt.md", issue("date: 2127-03-12"));
    project.write("issues/bestyrelsen.md", issue("date: 2127-04-02").replace("members", "board"));
    project.write("issues/2127-04-indkaldelse.md", issue("draft: true"));
    let calendar = project.read("calendar.yaml");
    project.write("calendar.yaml", calendar.replace("    issue: indkaldelse\n", ""));
    let list = project.run("calendar --year 2127 --on 2127-04-08").stdout;
    assert!(list.contains("not sent, due 31 Mar 2127 · issues/nyt.md"), "{list}");
    assert!(list.contains("draft by 16 Apr 2127 · nyhedsbrev/2127-04"), "{list}");
    assert!(
        list.contains("approved by 14 Apr 2127\n                              issues/2127-04-indkaldelse.md"),
        "{list}"
    );
    // What is sent and is in no entry is listed, in the year in which it was sent.
    send(&project, "issues/bestyrelsen.md");
    let year: i16 = project.run("calendar --json").stdout.split("\"sent\":\"").nth(1).unwrap()[..4].parse().unwrap();
    let list = project.run(&format!("calendar --year {year}")).stdout;
    assert!(list.starts_with(&format!("Sent, and not in the calendar\n  {year}-")), "{list}");
    assert!(list.contains("issues/bestyrelsen.md\n"), "{list}");
}

#[test]
fn an_approval_that_is_required_is_a_stage() {
    let project = project("calendar-approval").file("issues/indkaldelse.md", issue("date: 2127-04-20"));
    let list = || project.run("calendar --year 2127 --on 2127-04-08").stdout;
    assert!(list().contains("sent by 28 Apr 2127 · issues/indkaldelse.md"), "{}", list());
    project.write("newsletter.yaml", format!("{SETTINGS}approval: required\n"));
    assert!(list().contains("approved by 14 Apr 2127 · issues/indkaldelse.md"), "{}", list());
}

#[test]
fn mistakes_in_the_calendar_are_all_reported_at_once() {
    let project = Project::new("calendar-mistakes").file(
        "calendar.yaml",
        "entries:\n  - titel: Møde\n    kind: meting\n    when: 2027-Q5\n  - title: Brev\n    kind: newsletter\n    every: month\n    \
         when: 2027-W12\n    audience: medlemmer\n    priority: muts\n  - title: Kampagne\n    kind: campaign\n    when: 29. februar 2027\n    \
         from: 2027-01\n    deadlines: {draft: snart}\n",
    );
    let output = project.run("calendar");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    let messages: Vec<&str> = output.stderr.lines().filter(|line| line.starts_with("error")).collect();
    let expected = [
        "error[NL801]: an entry has no `title`",
        "error[NL010]: unknown key `titel`",
        "error[NL116]: invalid `kind`: meting",
        "error[NL800]: invalid `when`: 2027-Q5",
        "error[NL802]: `when` is 2027-W12, which cannot be repeated every month",
        "error[NL806]: unknown audience `medlemmer`",
        "error[NL116]: invalid `priority`: muts",
        "error[NL800]: invalid `when`: 29. februar 2027",
        "error[NL802]: `from` is for an entry with `every`",
        "error[NL805]: invalid deadline `draft`: snart",
    ];
    assert_eq!(messages, expected, "{}", output.stderr);
    // `check` reports the same, and `calendar` without a file says so.
    assert_eq!(project.run("check").stderr.matches("error[").count(), expected.len());
    let output = Project::new("calendar-none").run("calendar");
    assert_eq!(output.status, 3);
    assert!(output.stderr.starts_with("error: there is no calendar.yaml in the project"), "{}", output.stderr);
}

#[test]
fn a_mistake_comes_with_what_to_write_instead() {
    let project = Project::new("calendar-hints");
    let other = Project::new("calendar-other").file("kalender.yaml", CALENDAR);
    assert!(other.run("check").stderr.contains("kalender.yaml is not read"));
    let first_problem = |calendar: &str| {
        project.write("calendar.yaml", calendar);
        let stderr = project.run("calendar").stderr;
        let kept = |line: &&str| line.starts_with("error") || line.contains("= help");
        stderr.lines().filter(kept).take(2).map(str::trim).collect::<Vec<_>>().join(" ")
    };
    let expected = "error[NL801]: calendar.yaml must begin with `entries`, and this is a list = help: write a line entries: above the \
                    list, and put 2 spaces before each of its lines";
    assert_eq!(first_problem("- title: Møde\n  kind: meeting\n  when: 2127-05-26\n"), expected);
    let entry =
        |lines: &str| format!("entries:\n  - title: Møde\n    kind: meeting\n    when: 2127-05-26\n    {lines}\n");
    let expected =
        "error[NL808]: unknown channel `Mail, LinkedIn` = help: write several like this: channels: [mail, linkedin]";
    assert_eq!(first_problem(&entry("channel: Mail, LinkedIn")), expected);
    let expected = "error[NL805]: the deadline of `draft` is 2127-06-01, after the entry itself, 2127-05-26 = help: write an earlier day";
    assert_eq!(first_problem(&entry("deadlines: {draft: 2127-06-01}")), expected);
}

#[test]
fn a_draft_is_made_from_an_entry() {
    let year = "\
entries:
  - title: Nyhedsbrev
    kind: newsletter
    every: month
    from: 2127-02
    audience: members
  - title: Årsmøde
    kind: meeting
    when: 2127-05-26
    channel: mail
    deadlines: {sent: 4w}
";
    let project = Project::new("calendar-new").file("calendar.yaml", year);
    let output = project.run("new --from-calendar nyhedsbrev/2127-03");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(
        output.stdout,
        "created DIR/issues/nyhedsbrev-marts-2127.md\n  nyhedsbrev/2127-03 of calendar.yaml, sent by 2127-03-31\n"
    );
    let draft = project.read("issues/nyhedsbrev-marts-2127.md");
    // The last days of that March are Easter.
    let front = "---\nsubject: \"Nyhedsbrev marts 2127\"\npreheader: \"\"\naudiences: [members]\ncalendar: nyhedsbrev/2127-03\n\
                 # send_at: 2127-03-26 kl. 9.00\ndraft: true\n---\n";
    assert!(draft.starts_with(front), "{draft}");
    assert_eq!(project.read("calendar.yaml"), year);
    let again = project.run("new --from-calendar nyhedsbrev/2127-03");
    assert_eq!(again.status, 3);
    assert_eq!(again.stderr, "error: nyhedsbrev/2127-03 needs no new issue: it has issues/nyhedsbrev-marts-2127.md\n");
    // An invitation has the day of its meeting.
    assert_eq!(project.run_words(&["new", "--from-calendar", "aarsmoede-2127", "Kom til årsmøde"]).status, 0);
    let draft = project.read("issues/kom-til-aarsmoede.md");
    assert!(
        draft.contains("subject: \"Kom til årsmøde\"") && draft.contains("# send_at: 2127-04-28 kl. 9.00"),
        "{draft}"
    );
    assert!(draft.contains("tid: mandag den 26. maj 2127"), "{draft}");
    assert!(draft.contains("frist: mandag den 12. maj 2127"), "{draft}");
    // The copy of an issue is not that of the entry too.
    assert_eq!(project.run("new --like kom-til-aarsmoede Igen").status, 0);
    assert!(!project.read("issues/igen.md").contains("calendar:"));
    let unknown = project.run("new --from-calendar nyhedsbrve");
    assert_eq!(unknown.stderr, "error: calendar.yaml has no entry `nyhedsbrve`: did you mean `nyhedsbrev`?\n");
    let nothing = project.run("new --from-calendar");
    assert_eq!(
        (nothing.status, nothing.stderr.as_str()),
        (3, "error: nothing in calendar.yaml is due without an issue\n")
    );
}

#[test]
fn without_an_entry_the_only_one_that_is_due_is_meant() {
    // Due in each month, whenever the test runs: the year is promised for its last day, and the draft for long before.
    let entry = |title: &str| {
        format!(
            "  - title: {title}\n    kind: campaign\n    every: year\n    channel: mail\n    deadlines: {{draft: 23months}}\n"
        )
    };
    let project = Project::new("calendar-due")
        .file("calendar.yaml", format!("entries:\n{}", entry("Kampagne") + "    until: 2026\n"));
    let none = project.run("new --from-calendar");
    assert_eq!(none.status, if none.stdout.is_empty() { 3 } else { 0 });
    project.write("calendar.yaml", format!("entries:\n{}{}", entry("Kampagne"), entry("Brev")));
    let several = project.run("new --from-calendar");
    assert_eq!(several.status, 3);
    let begins =
        "error: several entries of calendar.yaml are due without an issue, so name one after --from-calendar: ";
    assert!(several.stderr.starts_with(begins) && several.stderr.contains("brev/20"), "{}", several.stderr);
    assert!(!project.path("issues/kampagne.md").exists());
}

#[test]
fn an_issue_names_an_entry_that_exists() {
    let project = project("calendar-names").file(MAY, issue("calendar: nyhedsbrev"));
    let output = project.run("check");
    assert_eq!(output.status, 3);
    let expected =
        "error[NL809]: `nyhedsbrev` is repeated in calendar.yaml: this issue does not say which occurrence it is";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
    assert!(output.stderr.contains("add its time, such as calendar: nyhedsbrev/2127-02"), "{}", output.stderr);
    project.write(MAY, issue("calendar: nyhedsbrev/2127-05"));
    assert!(project.run("check").stderr.contains("error[NL809]: `nyhedsbrev` in calendar.yaml has no `2127-05`"));
    project.write(MAY, issue("calendar: nyhedsbrev/2127-03"));
    let output = project.run("check");
    assert_eq!(output.status, 0, "{}", output.stderr);
}

#[test]
fn a_year_is_a_page_without_scripts_that_is_not_written_over() {
    let project = project("calendar-page");
    let calendar = project.read("calendar.yaml").replace("Messen", "Messen <b>& mere</b>");
    project.write("calendar.yaml", calendar);
    let audience = project.read("audiences/members.yaml");
    project.write("audiences/members.yaml", audience.replacen("name: members", "name: Medlemmer", 1));
    let run = |on: &str| project.run(&format!("calendar --year 2127 --on {on} --html"));
    assert_eq!(run("2127-04-08").stdout, "wrote DIR/preview/calendar-2127.html\n");
    let page = project.read("preview/calendar-2127.html");
    assert!(page.contains("<html lang=\"da\">") && page.contains("<h1>Årshjul 2127</h1>"), "{page}");
    assert!(page.contains("Status 8. apr. 2127 · 2 udført · 2 forsinket · 1 snart · 2 planlagt"), "{page}");
    assert!(page.contains("Messen &lt;b&gt;&amp; mere") && !page.contains("<b>"), "{page}");
    assert!(
        page.contains("<strong>forsinket</strong><span class=\"facts\">intet udkast, frist 17. mar. 2127"),
        "{page}"
    );
    // Nothing is loaded, and nothing runs.
    for word in ["<script", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
    // The names of the audiences are those that people know.
    assert!(page.contains("til Medlemmer") && !page.contains("til members"), "{page}");
    // A later day replaces the page; what a person changed stays.
    assert_eq!(run("2127-05-01").status, 0);
    assert!(project.read("preview/calendar-2127.html").contains("Status 1. maj 2127"));
    let changed = project.read("preview/calendar-2127.html").replace("Årshjul", "Vores år");
    project.write("preview/calendar-2127.html", &changed);
    let refused = run("2127-05-02");
    assert_eq!((refused.status, refused.stdout.as_str()), (3, ""));
    assert!(refused.stderr.contains("was changed since `calendar` wrote it"), "{}", refused.stderr);
    assert_eq!(project.read("preview/calendar-2127.html"), changed);
    project.write("newsletter.yaml", format!("{SETTINGS}lang: en\n"));
    assert_eq!(project.run("calendar --year 2126 --html DIR.html").status, 0);
    assert!(project.read("DIR.html").contains("There is nothing in the calendar for 2126."));
}

#[test]
fn a_year_is_a_calendar_file_whose_entries_keep_their_identity() {
    let project = project("calendar-ics");
    let write = || {
        let output = project.run("calendar --year 2127 --on 2127-04-08 --ics year.ics");
        assert_eq!(output.status, 0, "{}", output.stderr);
        project.read("year.ics")
    };
    let file = write();
    assert_eq!(write(), file);
    assert!(file.lines().all(|line| line.len() <= 75) && !file.contains("METHOD"), "{file}");
    let uids = |file: &str| -> Vec<String> {
        file.lines().filter(|line| line.starts_with("UID:")).map(str::to_owned).collect()
    };
    let first = uids(&file);
    // Seven entries; three deadlines of each newsletter without an issue, except for the last on the promised day; and three of
    // the notice of the meeting.
    assert_eq!((first.len(), file.matches("SUMMARY:Udkast klar: Nyhedsbrev").count()), (14, 2), "{file}");
    assert!(file.contains("SUMMARY:Udkast klar: Nyhedsbrev april 2127\r\n"), "{file}");
    // A meeting that is moved, and a page that is written later, are the same entries.
    let calendar = project.read("calendar.yaml");
    project.write("calendar.yaml", calendar.replace("when: mandag den 26. maj 2127", "when: 2. juni 2127"));
    let moved = write();
    assert_ne!(moved, file);
    let sorted = |mut uids: Vec<String>| {
        uids.sort();
        uids
    };
    assert_eq!(sorted(uids(&moved)), sorted(first));
    project.write("year.ics", moved.replace("Messen", "Festen"));
    assert_eq!(project.run("calendar --year 2127 --ics year.ics").status, 3);
    let empty = project.run("calendar --year 2125 --on 2127-04-08 --ics empty.ics");
    let nothing = "error: calendar.yaml has no entry in 2125: there is nothing to write\n";
    assert!(empty.status == 3 && empty.stderr.ends_with(nothing), "{}", empty.stderr);
}

#[test]
fn a_draft_goes_to_those_of_its_series_and_only_where_the_entry_says() {
    let year = "\
entries:
  - title: Ny udgave
    kind: release
    when: 2127-03
    series: forms
    channels: [mail, web]
  - title: Messen
    kind: campaign
    when: 2127-04
    channels: [web, linkedin]
";
    let series = "series:\n  forms: {name: OS2forms, audiences: [members]}\n";
    let project = Project::new("calendar-draft-series")
        .audience("board", &["Dora <dora@d.example>"])
        .file("calendar.yaml", year)
        .file("newsletter.yaml", format!("{SETTINGS}{series}"));
    assert_eq!(project.run("new --from-calendar ny-udgave-2127").status, 0);
    let draft = project.read("issues/ny-udgave.md");
    assert!(!draft.contains("audiences:") && draft.contains("\nseries: forms\narchive: public\ncalendar: "), "{draft}");
    assert!(draft.contains("# send_at: 2127-03-"), "{draft}");
    assert_eq!(project.run("new --from-calendar messen-2127").status, 0);
    let draft = project.read("issues/messen.md");
    assert!(
        draft.contains("\naudiences: []   # hvis udgave der lægges på nettet") && !draft.contains("send_at"),
        "{draft}"
    );
    assert!(draft.contains("\narchive: public\n"), "{draft}");
    let unknown = project.run("new --from-calendar findesikke");
    assert_eq!(
        unknown.stderr,
        "error: calendar.yaml has no entry `findesikke`: its entries are ny-udgave-2127, messen-2127\n"
    );
}

#[test]
fn an_issue_that_was_renamed_after_it_was_sent_is_known_by_its_text() {
    let project = project("calendar-renamed").file("issues/marts.md", issue("calendar: nyhedsbrev/2127-03"));
    send(&project, "issues/marts.md");
    project.write("issues/nyt-fra-marts.md", project.read("issues/marts.md"));
    let list = |project: &Project| project.run("calendar --year 2127 --on 2127-03-20").stdout;
    // A copy beside the file that was sent is another issue.
    assert_eq!(list(&project).matches("done     Nyhedsbrev").count(), 2, "{}", list(&project));
    std::fs::remove_file(project.path("issues/marts.md")).unwrap();
    assert_eq!(list(&project).matches("done     Nyhedsbrev").count(), 2, "{}", list(&project));
    assert!(list(&project).contains("issues/nyt-fra-marts.md"), "{}", list(&project));
    let output = project.run("calendar --check --year 2127 --on 2127-04-01");
    assert!(!output.stderr.contains("Nyhedsbrev"), "{}", output.stderr);
}

#[test]
fn what_is_due_beside_the_year_is_listed_with_it() {
    let year = "\
entries:
  - title: Årsbrev
    kind: newsletter
    when: 2127-01-05
    priority: must
    deadlines: {draft: 8w, approved: 6w}
";
    let project = Project::new("calendar-beside").file("calendar.yaml", year);
    // A day may be typed as in the file.
    let output = project.run_words(&["calendar", "--on", "29. november 2126"]);
    let expected = "\
January 2127
  Sun 5      MUST    late     Årsbrev
                              no draft, due 10 Nov 2126 · aarsbrev-2127

2126: no entry in calendar.yaml; 2127: 1 late, 0 due
";
    assert_eq!((output.status, output.stdout.as_str()), (0, expected), "{}", output.stderr);
    let output = project.run("calendar --on 2128-01-02");
    assert!(output.stdout.ends_with("\n2128: no entry in calendar.yaml; 2127: 1 late, 0 due\n"), "{}", output.stdout);
    assert_eq!(project.run("calendar --check --on 2128-01-02").status, 1);
    let wrong = project.run_words(&["calendar", "--on", "november 2126"]);
    assert!(
        wrong.status == 2 && wrong.stderr.contains("write a day with its year, such as 2026-12-24"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn what_is_done_in_the_future_or_is_an_issue_that_is_not_there_is_reported() {
    let year = "\
entries:
  - title: Magasinet
    kind: campaign
    when: 2127-03-01
    channel: other
    priority: must
    done: 2128-02-20
  - title: Indkaldelse
    kind: meeting
    when: 2127-05-26
    issue: issues/mai.md
";
    let project = Project::new("calendar-future").file("calendar.yaml", year).file(MAY, issue("draft: true"));
    let output = project.run("calendar --check --year 2127 --on 2127-03-02");
    assert_eq!(output.status, 1);
    assert!(output.stderr.contains("warning[NL814]: `done` is in the future, and does not count yet: 2128-02-20"));
    assert!(output.stderr.contains("error: Magasinet, 2127-03-01: not done, due 2127-03-01"), "{}", output.stderr);
    assert!(output.stderr.contains("warning[NL813]: the project has no issue `issues/mai.md`"), "{}", output.stderr);
    assert!(output.stderr.contains("did you mean `issues/"), "{}", output.stderr);
    std::fs::rename(project.path("calendar.yaml"), project.path("kalender.yaml")).unwrap();
    let output = project.run("calendar");
    assert_eq!(
        (output.status, output.stderr.as_str()),
        (3, "error: there is no calendar.yaml in the project: rename kalender.yaml to calendar.yaml\n")
    );
    assert!(project.run("check").stderr.contains("warning[NL391]: kalender.yaml is not read"));
}
