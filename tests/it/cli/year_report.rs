//! `report`: a year in figures, which agrees with `status` whatever was erased.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::sync::Arc;

use jiff::civil::date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use newsletter::audience::AudienceId;
use newsletter::base::digest::Digest;
use newsletter::delivery::ledger;
use newsletter::delivery::ledger::location::LedgerLocation;
use newsletter::issue::IssueId;
use newsletter::letter::plan::{Plan, PlannedLetter, TransportKind};
use newsletter::people::person::values::Values;
use newsletter::people::person::{Address, Person, PersonOrigin};
use serde_json::Value;

use crate::book;
use crate::postgres;
use crate::project::{Project, SETTINGS};

const SMTP: &str = "smtp: {host: localhost, port: 1, security: none}\n";
const ISSUES: u64 = 40;
/// The topics of issues, in turn; the last ones have none.
const TAGS: [&str; 5] =
    ["tags: [OS2mo]\n", "tags: [OS2forms, os2mo]\n", "tags: OS2display\n", "tags: [OS2forms]\n", ""];
/// The states of the letters of an issue, in turn.
const STATES: [&str; 11] = [
    "accepted",
    "accepted",
    "bounced",
    "accepted",
    "left",
    "accepted",
    "refused",
    "complained",
    "suppressed",
    "accepted",
    "expired",
];

/// When an issue was sent: every ninth day of 2020.
fn sent_at(number: u64) -> Timestamp {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap();
    let day = date(2020, 1, 7).at(9, 0, 0, 0).to_zoned_datetime(zone).unwrap();
    day.checked_add(i64::try_from(9 * number).unwrap().days()).unwrap().timestamp()
}

/// The letters of an issue: the audience of the members grows, and the board is the same.
fn letters(number: u64) -> Vec<PlannedLetter> {
    let members = (0..30 + number).map(|reader| ("members", reader));
    let board = (0..5).map(|reader| ("board", reader));
    let letter = |(audience, reader): (&str, u64)| {
        let address = format!("{audience}{reader}@kommune.example");
        PlannedLetter {
            person: Arc::new(Person {
                address: Address::parse(&address).unwrap(),
                lang: None,
                fields: Values::from_iter([]),
                consent: None,
                origin: PersonOrigin { path: format!("audiences/{audience}.yaml").into(), line: 4 },
            }),
            audience: AudienceId::parse(audience).unwrap(),
            edition: format!("{audience}.da"),
            message_id: format!("<{}-{number}@kommune.example>", Digest::sha256(address.as_bytes())),
        }
    };
    members.chain(board).map(letter).collect()
}

/// A project that has sent forty issues in 2020, and one in the last hour of 2019.
fn sent(name: &str) -> Project {
    let project = Project::new(name).audience("board", &["Dorte <dorte@d.example>"]);
    project.write("newsletter.yaml", format!("{SETTINGS}{SMTP}"));
    project.edit("audiences/board.yaml", "name: board", "name: Bestyrelsen");
    let path = LedgerLocation::File(project.path(".newsletter/ledger.db"));
    let mut ledger = ledger::open::open_to_write(&path).unwrap();
    let mut states = String::new();
    for number in 0..=ISSUES {
        let (file, at) = if number < ISSUES {
            (format!("issues/nr-{number:02}.md"), sent_at(number))
        } else {
            ("issues/gammel.md".to_owned(), "2019-12-31T22:59:00Z".parse().unwrap())
        };
        let tags = TAGS[usize::try_from(number).unwrap() % TAGS.len()];
        let front = format!("subject: Nummer {number}\naudiences: [members, board]\n{tags}");
        project.write(&file, format!("---\n{front}---\nTekst nummer {number}.\n"));
        let plan = Plan {
            issue: IssueId::of_path(&file),
            series: None,
            transport: TransportKind::Smtp,
            date: "Tue, 1 Dec 2026 09:00:00 +0100".to_owned(),
            fingerprint: BTreeMap::new(),
            editions: Vec::new(),
        };
        let mut context = book::freeze_context();
        context.content = Digest::sha256(file.as_bytes());
        context.now = at;
        let letters = letters(number);
        let count = letters.len();
        ledger.freeze(&plan, &context, &mut letters.into_iter().map(Ok)).unwrap();
        for letter in 0..count {
            let state = STATES[letter % STATES.len()];
            let at = at.as_millisecond();
            // A report comes a month later, and does not change when the letter was sent.
            let later = if ["bounced", "left", "complained"].contains(&state) { 31 * 86_400_000 } else { 0 };
            writeln!(
                states,
                "UPDATE delivery SET state = '{state}', tries = 1, first_try = {at}, at = {}
                 WHERE plan = {} AND number = {letter};",
                at + later,
                number + 1
            )
            .unwrap();
        }
    }
    drop(ledger);
    let connection = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    connection.execute_batch(&format!("BEGIN; {states} COMMIT;")).unwrap();
    project
}

/// The report of the year as JSON.
fn report(project: &Project) -> Value {
    let output = project.run("report --year 2020 --json");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    year_of_json(&output.stdout)
}

/// A year, without the day on which it was counted.
fn year_of_json(text: &str) -> Value {
    let mut year: Value = serde_json::from_str(text).unwrap();
    assert!(year.as_object_mut().unwrap().remove("as_of").is_some(), "{year}");
    year
}

/// The same, whatever is noted on standard error.
fn report_of_any_record(project: &Project) -> Value {
    year_of_json(&project.run("report --year 2020 --json").stdout)
}

/// Leaves the project its receipts only.
fn forget_ledger(project: &Project) {
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let _ = fs::remove_file(project.path(".newsletter").join(file));
    }
    assert_eq!(project.run("ledger new").status, 0);
}

/// The form in which a person reads it.
fn read(project: &Project) -> String {
    let output = project.run("report --year 2020");
    assert_eq!(output.status, 0, "{}", output.stderr);
    without_day(&output.stdout)
}

/// A report, without the day on which it was counted, which is that of the clock.
fn without_day(report: &str) -> String {
    let (days, lines): (Vec<&str>, Vec<&str>) = report
        .split_inclusive('\n')
        .partition(|line| line.starts_with("Opgjort den ") || line.starts_with("<p class=\"day\">"));
    assert_eq!(days.len(), 1, "{report}");
    lines.concat()
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} in {value}"))
}

/// The sum of a figure over a list.
fn sum(list: &Value, key: &str) -> u64 {
    list.as_array().unwrap().iter().map(|value| number(value, key)).sum()
}

#[test]
fn a_year_adds_up_with_status_and_survives_erasure() {
    let project = sent("year");
    let year = report(&project);
    let issues = year["issues"].as_array().unwrap();
    assert_eq!(issues.len() as u64, ISSUES, "the one of 2019 belongs to 2019");
    for issue in issues {
        let status = project.run_words(&["status", issue["issue"].as_str().unwrap(), "--json"]);
        let status: Value = serde_json::from_str(&status.stdout).unwrap();
        for state in ["bounced", "complained", "left", "refused", "suppressed", "expired", "cancelled", "in_doubt"] {
            assert_eq!(number(issue, state), number(&status, state), "{state} of {issue}");
        }
        let sent =
            ["accepted", "bounced", "complained", "left"].map(|state| number(&status, state)).iter().sum::<u64>();
        let open = ["planned", "deferred"].map(|state| number(&status, state)).iter().sum::<u64>();
        assert_eq!((number(issue, "sent"), number(issue, "open")), (sent, open), "{issue}");
        assert_eq!(number(issue, "recipients"), number(&status, "recipients"), "{issue}");
        let parts = ["sent", "refused", "suppressed", "expired", "cancelled", "in_doubt", "open"];
        assert_eq!(parts.map(|part| number(issue, part)).iter().sum::<u64>(), number(issue, "recipients"), "{issue}");
    }
    for (list, keys) in [
        ("issues", &["recipients", "sent", "bounced", "complained", "left", "refused"][..]),
        ("months", &["recipients", "sent", "bounced", "complained", "left", "refused"]),
        ("audiences", &["recipients", "sent"]),
    ] {
        for key in keys {
            assert_eq!(sum(&year[list], key), number(&year["total"], key), "{key} of {list}");
        }
    }
    assert_eq!(sum(&year["months"], "issues"), ISSUES);
    let text = read(&project);
    project.run("report --year 2020 --html aar.html").succeeds_with("40 issues of 2020 in aar.html\n");
    let page = without_day(&project.read("aar.html"));

    for reader in 0..10 {
        let erased = project.run(&format!("person erase members{reader}@kommune.example --yes"));
        assert_eq!(erased.status, 0, "{}", erased.stderr);
    }
    assert_eq!((report(&project), read(&project)), (year.clone(), text.clone()), "after ten readers were erased");
    project.run("run");
    project.edit("newsletter.yaml", SMTP, &format!("{SMTP}retention: 24 months\n"));
    let pruned = project.run("ledger prune");
    assert!(pruned.status == 0 && !pruned.stdout.starts_with("0 letters"), "{} {}", pruned.stdout, pruned.stderr);
    assert_eq!((report(&project), read(&project)), (year, text.clone()), "after all were");
    project.run("report --year 2020 --html aar.html").succeeds_with("40 issues of 2020 in aar.html\n");
    assert_eq!(without_day(&project.read("aar.html")).lines().count(), page.lines().count());

    forget_ledger(&project);
    let receipted = project.run("report --year 2020");
    assert_eq!(without_day(&receipted.stdout), text, "from the receipts alone");
    assert_eq!(receipted.stderr, "40 issues counted from receipts: the ledger has no letters of them, or fewer\n");
}

#[test]
fn a_shared_ledger_reports_the_same() {
    let Some(server) = postgres::server() else { return };
    let project = sent("year-shared").trusted().variable("PGPASSWORD", server.fact("PASSWORD"));
    let text = read(&project);
    let ledger = format!("ledger:\n  url: {}\n  schema: year\n", server.url(""));
    project.write("newsletter.yaml", format!("{SETTINGS}{SMTP}{ledger}"));
    let migrated = project.run("ledger migrate .newsletter/ledger.db");
    assert_eq!(migrated.status, 0, "{}", migrated.stderr);
    assert_eq!(read(&project), text);
}

#[test]
fn a_report_is_read_in_every_form() {
    let project = sent("year-forms");
    for file in crate::project::files(&project.path("issues")) {
        // Two issues are enough to read.
        if !["nr-00.md", "nr-39.md", "nr-01.md"].contains(&file.as_str()) {
            fs::remove_file(project.path("issues").join(file)).unwrap();
        }
    }
    let connection = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    let few = "issue NOT IN ('issues/nr-00.md', 'issues/nr-01.md', 'issues/nr-39.md')";
    connection
        .execute_batch(&format!(
            "DELETE FROM delivery WHERE plan IN (SELECT id FROM plan WHERE {few});
             DELETE FROM letter WHERE plan IN (SELECT id FROM plan WHERE {few}); DELETE FROM plan WHERE {few};"
        ))
        .unwrap();
    project.edit("issues/nr-01.md", "Nummer 1", "Nummer 1 | *nyt* fra <b>OS2</b> og meget mere, end der er plads til");
    assert_eq!(read(&project), include_str!("../../cases/cli/year.txt"));
    let markdown = without_day(&project.run("report --year 2020 --markdown").stdout);
    assert_eq!(markdown, include_str!("../../cases/cli/year-markdown.txt"));
    project.run("report --year 2020 --csv").succeeds_with(include_str!("../../cases/cli/year-csv.txt"));
    let comma = project.run("report --year 2020 --csv=comma").stdout;
    assert!(
        comma.starts_with("date,issue,subject,editions,") && comma.contains(",\"OS2forms, os2mo\",ledger\n"),
        "{comma}"
    );
    let english = project.run("report --year 2020 --lang english").stdout;
    assert!(english.starts_with("Nyt fra foreningen: 2020 in figures\n\nAs of "), "{english}");
    let page = project.run("report --year 2020 --html aar.html");
    page.succeeds_with("3 issues of 2020 in aar.html\n");
    let html = project.read("aar.html");
    assert!(html.contains("Nummer 1 | *nyt* fra &lt;b&gt;OS2&lt;&#x2f;b&gt; og meget mere"), "{html}");
    assert!(!html.contains("<script") && !html.contains("http") && !html.contains("@kommune"), "{html}");
}

#[test]
fn a_page_that_was_changed_is_kept() {
    let project = Project::new("year-page");
    project.write("newsletter.yaml", format!("{SETTINGS}{SMTP}"));
    assert_eq!(read(&project), "Nyt fra foreningen: 2020 i tal\n\n\nDer er ikke sendt noget i 2020.\n");
    project.run("report --year 2020 --html aar.html").succeeds_with("0 issues of 2020 in aar.html\n");
    project.run("report --year 2021 --html aar.html").succeeds_with("0 issues of 2021 in aar.html\n");
    project.edit("aar.html", "2021 i tal", "2021 i vores tal");
    let before = project.read("aar.html");
    for file in ["aar.html", "newsletter.yaml"] {
        let refused = format!("{file} is another file, or was changed since `report` wrote it: name a new file");
        project.run(&format!("report --year 2021 --html {file}")).fails_with(3, &refused);
    }
    assert_eq!(project.read("aar.html"), before);
}

#[test]
fn what_was_only_written_to_the_outbox_is_not_counted() {
    let project = Project::new("year-outbox");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let year = Timestamp::now().to_zoned_datetime(TimeZone::get("Europe/Copenhagen").unwrap()).year();
    let output = project.run(&format!("report --year {year}"));
    assert_eq!(output.status, 0);
    assert!(output.stdout.contains(&format!("Der er ikke sendt noget i {year}.")), "{}", output.stdout);
    assert_eq!(output.stderr, "1 issue not counted: written to outbox/ and not sent\n");
}

#[test]
fn what_the_calendar_promised_is_compared_with_what_is_done() {
    let project = sent("year-calendar");
    project.write("calendar.yaml", CALENDAR);
    let output = project.run("report --year 2020");
    let expected = "\nÅrshjulet\nVigtighed  Planlagt  Udført  Forsinket  Kommer\n\
                    skal             13      12          1       0\n\
                    bør               1       1          0       0\n\n";
    assert!(output.status == 0 && output.stdout.contains(expected), "{} {}", output.stdout, output.stderr);
    let promises = r#"[{"priority":"must","promised":13,"done":12,"late":1},{"priority":"should","promised":1,"done":1,"late":0}]"#;
    assert_eq!(report(&project)["calendar"].to_string(), promises);
    let markdown = project.run("report --year 2022 --markdown").stdout;
    let alone = "\n\nDer er ikke sendt noget i 2022.\n\n## Årshjulet\n\n";
    assert!(markdown.contains(alone) && !markdown.contains("##  "), "{markdown}");
    project.edit("calendar.yaml", "priority", "prioritet");
    let output = project.run("report --year 2020");
    assert_eq!(output.status, 3);
    assert!(output.stdout.contains("\nMåned for måned\n") && !output.stdout.contains("Årshjulet"), "{}", output.stdout);
    assert!(output.stderr.contains("calendar.yaml:7"), "{}", output.stderr);
}

const CALENDAR: &str = "\
entries:
  - title: Nyhedsbrev
    kind: newsletter
    every: month
    channel: mail
    audience: members
    priority: must
  - title: Messe
    kind: event
    when: 2020-W39
    channel: linkedin
    priority: must
  - title: Magasin
    kind: campaign
    when: 2020-Q4
    channel: other
    done: 2020-11-12
";

#[test]
fn an_issue_whose_file_cannot_be_read_is_reported() {
    let project = sent("year-unread");
    project.edit("issues/nr-05.md", "tags: [OS2mo]", "tags: [OS2mo");
    project.edit("issues/nr-06.md", "subject: ", "emne: ");
    fs::write(project.path("issues/nr-07.md"), b"---\nsubject: N\xe6\n---\n").unwrap();
    fs::remove_file(project.path("issues/nr-08.md")).unwrap();
    // Not of this year.
    project.edit("issues/gammel.md", "subject: ", "emne: ");
    let output = project.run("report --year 2020");
    assert_eq!(output.status, 3, "{}", output.stderr);
    for named in ["issues/nr-05.md", "issues/nr-06.md", "issues/nr-07.md"] {
        assert!(output.stderr.contains(named), "{named}: {}", output.stderr);
    }
    assert!(!output.stderr.contains("gammel"), "{}", output.stderr);
    let gone = "without subject and topics, since the file is gone: issues/nr-08.md\n";
    assert!(output.stderr.ends_with(gone), "{}", output.stderr);
    let audiences = "members         40       1980   1471      30       69      +39\n";
    assert!(output.stdout.contains(audiences), "{}", output.stdout);
}

#[test]
fn a_receipt_with_an_earlier_sender_counts() {
    let project = sent("year-sender");
    project.edit("newsletter.yaml", SMTP, &format!("{SMTP}retention: 100 years\n"));
    assert_eq!(project.run("ledger prune").status, 0);
    let text = read(&project);
    fs::remove_dir_all(project.path(".newsletter")).unwrap();
    project.edit("newsletter.yaml", "@forening.example", "@nyt.forening.example");
    let output = project.run("report --year 2020");
    assert_eq!((output.status, without_day(&output.stdout)), (0, text));
    assert!(output.stderr.contains("if the newsletter has a new sender, keep it"), "{}", output.stderr);
}

#[test]
fn an_issue_with_a_letter_that_is_deferred_is_done() {
    let project = sent("year-deferred");
    project.write("calendar.yaml", CALENDAR);
    project.edit("newsletter.yaml", SMTP, &format!("{SMTP}retention: 100 years\n"));
    let promises = |project: &Project| report_of_any_record(project)["calendar"].to_string();
    let before = promises(&project);
    let connection = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    let deferred = "UPDATE delivery SET state = 'deferred', due = 0
         WHERE (plan, number) IN (SELECT plan, number FROM letter WHERE address LIKE 'members0@%');";
    connection.execute_batch(deferred).unwrap();
    drop(connection);
    assert_eq!(promises(&project), before);
    assert!(project.run("ledger prune").stdout.starts_with("0 letters"));
    assert!(project.read("receipts/nr-07.yaml").contains("deferred: 1"));
    assert_eq!(project.run("person erase members0@kommune.example --yes").status, 0);
    assert!(!project.read("receipts/nr-07.yaml").contains("deferred: 1"));
    let year = report(&project);
    forget_ledger(&project);
    let receipted = report_of_any_record(&project);
    assert_eq!((&receipted["total"], receipted["calendar"].to_string()), (&year["total"], before));
}

#[test]
fn an_edited_receipt_is_reported() {
    let project = Project::new("year-edited");
    project.write("newsletter.yaml", format!("{SETTINGS}{SMTP}"));
    project.write("receipts/maj.yaml", "issue: issues/maj.md\n");
    let output = project.run("report --year 2020");
    assert_eq!(output.status, 3);
    assert!(output.stderr.starts_with("error[NL750]: this receipt is incomplete or was edited"), "{}", output.stderr);
}

#[test]
fn a_year_and_a_language_are_checked() {
    let project = Project::new("year-typed");
    for typed in ["--year 26", "--year i-år", "--lang klingonsk", "--markdown --csv"] {
        let output = project.run(&format!("report {typed}"));
        assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{typed}: {}", output.stderr);
    }
}
