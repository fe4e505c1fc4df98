//! Events: the text in letters, and the calendar files.

use crate::project::{MAY, Project, files, has_extension};

const ISSUE: &str = "\
---
subject: {da: Nyt, en: News}
preheader: Det vigtigste i maj
audiences: [members, suppliers]
date: 2026-05-04 09:00
attachments: [aarsmoede.ics]
---
::: event Årsmøde, med æbler
tid: torsdag d. 21. januar kl. 9.30-15.30
sted: Dokk1, Aarhus
tilmelding: https://forening.example/aarsmoede
frist: 10. januar
Kort om dagen; og mere.
:::

:::: not suppliers
::: event Hemmelig fest
when: January 22, 2027, 8 pm – 1 am
:::
::::

::: event Årsmøde
dato: 21.-22. januar 2028
:::
";

/// The calendar file of the first event, without its UID.
const CALENDAR: [&str; 33] = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//newsletter//newsletter//EN",
    "CALSCALE:GREGORIAN",
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Copenhagen",
    "BEGIN:DAYLIGHT",
    "DTSTART:20260329T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:20261025T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "END:VTIMEZONE",
    "BEGIN:VEVENT",
    "DTSTAMP:20260504T070000Z",
    "LAST-MODIFIED:20260504T070000Z",
    "SEQUENCE:29631300",
    "DTSTART;TZID=Europe/Copenhagen:20270121T093000",
    "DTEND;TZID=Europe/Copenhagen:20270121T153000",
    "SUMMARY:Årsmøde\\, med æbler",
    "LOCATION:Dokk1\\, Aarhus",
    "DESCRIPTION:Kort om dagen\\; og mere.\\n\\nTilmeldingsfrist: søndag den 10. januar 2027\\nTilmelding: \
     https://forening.example/aarsmoede",
    "URL:https://forening.example/aarsmoede",
    "END:VEVENT",
    "END:VCALENDAR",
];

fn project(name: &str) -> Project {
    let suppliers = "name: S\nreason: you supply\nlang: en\nrecipients: [{email: dorte@d.example, name: Dorte}]\n";
    Project::new(name).file("audiences/suppliers.yaml", suppliers).file(MAY, ISSUE).file("issues/aarsmoede.ics", "x")
}

/// The lines of a calendar file, unfolded.
fn unfolded(calendar: &str) -> Vec<String> {
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{calendar}");
    calendar.replace("\r\n ", "").trim_end().split("\r\n").map(str::to_owned).collect()
}

/// The value of a property.
fn value<'l>(lines: &'l [String], property: &str) -> &'l str {
    lines.iter().find_map(|line| line.strip_prefix(property)?.strip_prefix(':')).unwrap_or_default()
}

fn uid(lines: &[String]) -> &str {
    value(lines, "UID")
}

#[test]
fn an_event_is_shown_and_attached_in_editions_that_contain_it() {
    let project = project("event");
    let output = project.run("preview issues/maj.md --out shown");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let enclosed: Vec<String> =
        files(&project.path("shown")).into_iter().filter(|file| has_extension(file, "ics")).collect();
    let expected = [
        "members.da.aarsmoede-2.ics",
        "members.da.aarsmoede-med-aebler.ics",
        "members.da.hemmelig-fest.ics",
        "suppliers.en.not-suppliers.aarsmoede-2.ics",
        "suppliers.en.not-suppliers.aarsmoede-med-aebler.ics",
    ];
    assert_eq!(enclosed, expected);
    let lines = unfolded(&project.read("shown/members.da.aarsmoede-med-aebler.ics"));
    assert!(uid(&lines).ends_with("@forening.example"), "{lines:?}");
    let rest: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.starts_with("UID:")).collect();
    assert_eq!(rest, CALENDAR);
    let text = project.read("shown/members.da.txt");
    for shown in [
        "Torsdag den 21. januar 2027 kl. 9.30–15.30 · Dokk1, Aarhus\n",
        "Tilmeld dig: Årsmøde, med æbler <https://forening.example/aarsmoede>",
        "Læg i kalenderen: åbn den vedhæftede fil aarsmoede-med-aebler.ics",
        "Den 21.–22. januar 2028",
        "Fredag den 22. januar 2027 kl. 20.00–1.00",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let text = project.read("shown/suppliers.en.not-suppliers.txt");
    assert!(text.contains("Thursday 21 January 2027, 9:30–15:30 · Dokk1, Aarhus\n"), "{text}");
    assert!(!text.contains("fest"), "{text}");
}

#[test]
fn calendar_files_are_reproducible_and_keep_their_uid() {
    let project = project("event-again");
    let folder = |name: &str| -> Vec<String> {
        files(&project.path(name)).into_iter().map(|file| project.read(&format!("{name}/{file}"))).collect()
    };
    project.run("preview issues/maj.md --out one");
    project.run("preview issues/maj.md --out two");
    assert_eq!(folder("one"), folder("two"));
    let of = |name: &str| unfolded(&project.read(&format!("{name}/suppliers.en.not-suppliers.aarsmoede-2.ics")));
    let before = of("one");
    project.write(MAY, ISSUE.replace("dato: 21.-22. januar 2028", "dato: 28. januar 2028"));
    project.run("preview issues/maj.md --out moved");
    let after = of("moved");
    assert_eq!(uid(&before), uid(&after));
    assert_eq!(value(&before, "DTSTART;VALUE=DATE"), "20280121");
    assert_eq!(value(&after, "DTSTART;VALUE=DATE"), "20280128");
    let letter = project.read("moved/suppliers.en.not-suppliers.eml");
    assert_eq!(letter.matches("\r\nContent-Type: text/calendar; charset=utf-8\r\n").count(), 2);
    assert!(letter.contains("Content-Disposition: attachment;\r\n filename=\"aarsmoede-2.ics\"\r\n"), "{letter}");
}

/// The calendar file of an issue with one event.
fn calendar_of(project: &Project, name: &str, event: &str) -> Vec<String> {
    let date = match name {
        "invitation" => "2026-11-02 09:00",
        "reminder" => "2026-12-01 09:00",
        _ => "2027-01-04 09:00",
    };
    let issue =
        format!("---\nsubject: Nyt\npreheader: Hvad der sker\naudiences: [members]\ndate: {date}\n---\n{event}\n:::\n");
    project.write(&format!("issues/{name}.md"), issue);
    let output = project.run(&format!("preview issues/{name}.md --out {name}"));
    assert_eq!(output.status, 0, "{}", output.stderr);
    let written = files(&project.path(name));
    let calendar = written.iter().find(|file| has_extension(file, "ics")).unwrap();
    unfolded(&project.read(&format!("{name}/{calendar}")))
}

#[test]
fn an_event_in_several_issues_is_one_entry_of_a_calendar() {
    let project = Project::new("event-identity");
    let time = "tid: 21. januar 2027 kl. 9.30-15.30\nsted: Dokk1\ntilmelding: https://forening.example/tilmeld";
    let invitation = calendar_of(&project, "invitation", &format!("::: event Årsmøde 2027\n{time}"));
    let reminder = calendar_of(&project, "reminder", &format!("Husk:\n\n::: event  ÅRSMØDE  2027!\n{time}"));
    let correction = calendar_of(&project, "correction", "::: event Årsmøde 2027\ntid: 28. januar 2027 kl. 9.30");
    let cancelled = calendar_of(&project, "cancelled", &format!("::: event Årsmøde 2027\n{time}\nstatus: aflyst"));
    for later in [&reminder, &correction, &cancelled] {
        assert_eq!(uid(later), uid(&invitation));
    }
    let sequence = |lines: &[String]| value(lines, "SEQUENCE").parse::<u32>().unwrap();
    assert!(sequence(&invitation) < sequence(&reminder) && sequence(&reminder) < sequence(&correction));
    assert_eq!((value(&cancelled, "STATUS"), value(&invitation, "STATUS")), ("CANCELLED", ""));
    assert_eq!(value(&cancelled, "SUMMARY"), "Aflyst: Årsmøde 2027");
    for title in ["Aflyst: Årsmøde 2027", "AFLYST:  Årsmøde 2027", "Cancelled: Årsmøde 2027"] {
        let said_twice = calendar_of(&project, "cancelled", &format!("::: event {title}\n{time}\nstatus: aflyst"));
        assert_eq!((value(&said_twice, "SUMMARY"), uid(&said_twice)), ("Aflyst: Årsmøde 2027", uid(&invitation)));
    }
    assert!(invitation.iter().all(|line| !line.starts_with("METHOD")));
    let text = project.read("cancelled/members.da.txt");
    assert!(text.contains("Aflyst: Årsmøde 2027\n") && !text.contains("Tilmeld"), "{text}");
    let other_year = calendar_of(&project, "next-year", "::: event Årsmøde 2027\ntid: 20. januar 2028");
    assert_ne!(uid(&other_year), uid(&invitation));
    let named = |title: &str, day: &str| {
        let event = format!("::: event {title}\nid: aarsmoede-27\ntid: {day}");
        uid(&calendar_of(&project, "named", &event)).to_owned()
    };
    assert_eq!(named("Årsmøde", "31. december 2026"), named("Årsmødet er flyttet", "2. januar 2027"));
}

#[test]
fn a_public_event_has_a_link_to_its_file_on_the_web() {
    let issue = "---\nsubject: Nyt\npreheader: Hvad der sker\naudiences: [members]\ndate: 2026-12-01\narchive: public\n---\n\
                 ::: only members\n::: event Årsmøde\nid: internt\ntid: 20. januar 2027\n:::\n:::\n\n\
                 ::: event Årsmøde\nid: alle\ntid: 21.-22. januar 2027\n:::\n";
    let issue = issue.replacen("::: only", ":::: only", 1).replacen(":::\n:::\n", ":::\n::::\n", 1);
    let project = Project::new("event-web").file(MAY, issue);
    let settings = project.read("newsletter.yaml") + "\narchive_url: https://nyheder.forening.example/{issue}/\n";
    project.write("newsletter.yaml", settings);
    let output = project.run("export issues/maj.md --to web");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let output = project.run("preview issues/maj.md --out shown");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let page = project.read("public/maj/index.html");
    assert!(page.contains("href=\"aarsmoede.ics\"") && page.contains(">21–22<"), "{page}");
    assert!(project.path("public/maj/aarsmoede.ics").is_file());
    let letter = project.read("shown/members.da.html");
    // In the letter the public event is the second of its title, and on the page the first.
    let lines = [
        "Læg i kalenderen: åbn den vedhæftede fil aarsmoede.ics",
        "href=\"https://nyheder.forening.example/maj/aarsmoede.ics\"",
        "eller åbn den vedhæftede fil aarsmoede-2.ics",
    ];
    for line in lines {
        assert_eq!(letter.matches(line).count(), 1, "{line}: {letter}");
    }
}

#[test]
fn a_resumed_plan_stops_if_a_table_has_changed() {
    let issue = "---\nsubject: Tal\npreheader: Årets tal\naudiences: [members]\ndate: 2026-05-04\n---\n\
                 ::: table tal.csv\n:::\n";
    let project = Project::new("event-table").file(MAY, issue).file("issues/tal.csv", "By;Antal\nAarhus;7\n");
    let first = project.run("send issues/maj.md --yes --limit 1");
    project.write("issues/tal.csv", "By;Antal\nAarhus;8\n");
    let second = project.run("send issues/maj.md --yes");
    assert_eq!(second.status, 3, "{} {}", first.stderr, second.stderr);
    assert!(second.stderr.contains("issues/tal.csv"), "{}", second.stderr);
    assert_eq!(project.outbox().len(), 1);
}
