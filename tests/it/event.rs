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

fn project(name: &str) -> Project {
    let suppliers = "name: S\nreason: you supply\nlang: en\nrecipients: [{email: dorte@d.example, name: Dorte}]\n";
    Project::new(name).file("audiences/suppliers.yaml", suppliers).file(MAY, ISSUE).file("issues/aarsmoede.ics", "x")
}

/// The lines of a calendar file, unfolded.
fn unfolded(calendar: &str) -> Vec<String> {
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{calendar}");
    calendar.replace("\r\n ", "").trim_end().split("\r\n").map(str::to_owned).collect()
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
    let (uid, rest) = (&lines[5], lines[..5].iter().chain(&lines[6..]).map(String::as_str).collect::<Vec<_>>());
    assert!(uid.starts_with("UID:") && uid.ends_with("@forening.example"), "{uid}");
    let expected = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//newsletter//newsletter//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "DTSTAMP:20260504T070000Z",
        "LAST-MODIFIED:20260504T070000Z",
        "SEQUENCE:29631300",
        "DTSTART:20270121T083000Z",
        "DTEND:20270121T143000Z",
        "SUMMARY:Årsmøde\\, med æbler",
        "LOCATION:Dokk1\\, Aarhus",
        "DESCRIPTION:Kort om dagen\\; og mere.\\n\\nTilmeldingsfrist: søndag den 10. januar 2027\\nTilmeld dig \
         Årsmøde\\, med æbler: https://forening.example/aarsmoede",
        "URL:https://forening.example/aarsmoede",
        "END:VEVENT",
        "END:VCALENDAR",
    ];
    assert_eq!(rest, expected);
    let text = project.read("shown/members.da.txt");
    for shown in [
        "Tid: torsdag den 21. januar 2027 kl. 9.30–15.30\nSted: Dokk1, Aarhus\n",
        "Tilmeld dig Årsmøde, med æbler <https://forening.example/aarsmoede>",
        "Tid: den 21.–22. januar 2028",
        "Tid: fredag den 22. januar 2027 kl. 20.00–1.00",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let text = project.read("shown/suppliers.en.not-suppliers.txt");
    assert!(text.contains("When: Thursday 21 January 2027, 9:30–15:30\nWhere: Dokk1, Aarhus\n"), "{text}");
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
    assert_eq!(before[5], after[5]);
    assert_ne!(before[9], after[9]);
    let letter = project.read("moved/suppliers.en.not-suppliers.eml");
    assert_eq!(letter.matches("\r\nContent-Type: text/calendar; charset=utf-8\r\n").count(), 2);
    assert!(letter.contains("Content-Disposition: attachment;\r\n filename=\"aarsmoede-2.ics\"\r\n"), "{letter}");
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
