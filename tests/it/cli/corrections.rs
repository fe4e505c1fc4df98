//! `new --correction-of`, and issues for the recipients of an earlier one.

use std::fs;

use mail_parser::{MessageParser, MimeHeaders};

use crate::project::{MAY, Project, files};
use crate::scripted::{Relay, Script, Trick};

const INVITATION: &str = "\
---
subject: {da: Kom til årsmøde, en: Annual meeting}
preheader: {da: Mød os i januar, en: Meet us in January}
audiences: [board, members]
# Kun i år
attachments: [dagsorden.txt]
date: 2020-11-03 09:00
send_until: 2020-11-04 09:00
slug: aarsmoede
---
{{ greeting }}

::: not board
Vi ses til frokost.
:::

::: lang en
See you.
:::

::: event Årsmøde
tid: 21. januar 2127 kl. 9.30-15.30
sted: Dokk1, Aarhus
:::
";
const CORRECTION: &str = "\
---
subject: {da: \"Rettelse: Kom til årsmøde\", en: \"Correction: Annual meeting\"}
preheader: \"\"
audiences: [board, members]
# Kun i år
attachments: [dagsorden.txt]
people: {issue: aarsmoede, state: accepted}
draft: true
---
{{ greeting }}

**Rettelse:** [Skriv her, hvad der var forkert, og hvad der er rigtigt.]

::: not board
";
const FILE: &str = "issues/rettelse-kom-til-aarsmoede.md";

/// Anna, Bo and Carl are members; Dorte is in the board, and reads English.
fn project(name: &str) -> Project {
    let board = "name: B\nreason: du er i bestyrelsen\nrecipients: [{email: dorte@d.example, lang: en}]\n";
    let project = Project::new(name).file("audiences/board.yaml", board).file("issues/dagsorden.txt", "1. Valg\n");
    project.file("issues/invitation.md", INVITATION.replace("send_until: 2020-11-04 09:00\n", ""))
}

/// Empties the outbox, so that only later letters are in it.
fn empty_outbox(project: &Project) {
    fs::remove_dir_all(project.path("outbox")).unwrap();
}

/// The lines of the calendar file in a letter.
fn calendar(letter: &str) -> Vec<String> {
    let message = MessageParser::default().parse(letter).unwrap();
    let mut attachments = message.attachments();
    let file = attachments.find(|part| part.attachment_name().is_some_and(|name| name.contains(".ics"))).unwrap();
    let text = file.text_contents().unwrap().replace("\r\n ", "");
    text.lines().skip_while(|line| *line != "BEGIN:VEVENT").map(str::to_owned).collect()
}

fn value<'l>(lines: &'l [String], name: &str) -> &'l str {
    lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix([':', ';'])).unwrap_or_default()
}

fn version(lines: &[String]) -> u64 {
    value(lines, "SEQUENCE").parse().unwrap()
}

#[test]
fn a_correction_goes_to_those_who_had_the_issue_in_the_edition_they_had() {
    let project = project("correction");
    assert_eq!(project.run("send invitation --yes").status, 0);
    let invitations = project.outbox();
    // Since then Anna has unsubscribed, Bo has left the list, Carl was erased, Dorte has left the board, and Eva is new.
    project.run("unsubscribe anna@a.example").succeeds_with("1 address suppressed (unsubscribed)\n");
    assert_eq!(project.run("person erase carl@c.example --yes").status, 0);
    let project = project.audience("members", &["Anna <anna@a.example>", "dorte@d.example", "Eva <eva@e.example>"]);
    let project = project.audience("board", &["Finn <finn@f.example>"]);

    project
        .run("new --correction-of invit")
        .succeeds_with(&format!("created DIR/{FILE}\n  for the 2 recipients of aarsmoede\n"));
    assert!(project.read(FILE).starts_with(CORRECTION), "{}", project.read(FILE));
    let checked = project.run(&format!("check {FILE}")).stderr;
    assert!(checked.contains("`[Skriv her, hvad der var forkert, og hvad der er rigtigt.]` is text to"), "{checked}");
    project.edit(FILE, "draft: true\n", "");
    project.edit(FILE, "[Skriv her, hvad der var forkert, og hvad der er rigtigt.]", "Det er den 22.");
    project.edit(FILE, "21. januar", "22. januar");
    project.edit(FILE, "state: accepted", "state: [accepted, left]");
    empty_outbox(&project);
    let sent = project.run(&format!("send {FILE} --yes"));
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    assert_eq!(project.states(), ["dorte@d.example accepted", "anna@a.example suppressed", "bo@b.example accepted"]);
    let corrections = project.outbox();
    assert!(corrections["bo@b.example"].contains("Vi ses til frokost"), "{}", corrections["bo@b.example"]);
    assert!(corrections["dorte@d.example"].contains("\r\nSubject: Correction: Annual meeting\r\n"));
    assert!(!corrections["dorte@d.example"].contains("frokost"), "{}", corrections["dorte@d.example"]);

    let [before, after] = [&invitations, &corrections].map(|letters| calendar(&letters["bo@b.example"]));
    assert_eq!(value(&before, "UID"), value(&after, "UID"));
    assert!(version(&after) > version(&before), "{after:?}");
    assert_eq!(value(&after, "DTSTART"), "TZID=Europe/Copenhagen:21270122T093000");
}

#[test]
fn an_event_is_called_off_by_a_correction_of_a_correction() {
    let project = project("correction-cancelled");
    assert_eq!(project.run("send invitation --yes").status, 0);
    let invitation = calendar(&project.outbox()["bo@b.example"]);
    assert_eq!(project.run("new --correction-of invitation").status, 0);
    project.edit(FILE, "draft: true\n", "");
    empty_outbox(&project);
    assert_eq!(project.run(&format!("send {FILE} --yes")).status, 0);
    let correction = calendar(&project.outbox()["bo@b.example"]);
    empty_outbox(&project);
    let again = "issues/rettelse-kom-til-aarsmoede-2.md";
    let corrected = format!("created DIR/{again}\n  for the 4 recipients of {FILE}\n");
    project.run("new --correction-of rettelse-kom-til-aarsmoede").succeeds_with(&corrected);
    project.edit(again, "draft: true\n", "");
    project.edit(again, "sted: Dokk1, Aarhus", "status: aflyst");
    // Its Date may be earlier than that of the letter which it corrects.
    project.edit(again, "# Kun i år\n", "date: 2019-01-01 09:00\n");
    let sent = project.run(&format!("send {again} --yes --expect 4"));
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    let cancelled = calendar(&project.outbox()["bo@b.example"]);
    assert_eq!(value(&cancelled, "UID"), value(&invitation, "UID"));
    assert!(version(&cancelled) > version(&correction) && version(&correction) > version(&invitation), "{cancelled:?}");
    assert_eq!((value(&cancelled, "STATUS"), value(&cancelled, "SUMMARY")), ("CANCELLED", "Aflyst: Årsmøde"));
}

#[test]
fn a_title_and_a_folder_are_kept() {
    let project = Project::new("correction-folder");
    let text = "---\nsubject: Nyt\naudiences: [members]\nimage: {file: top/by.png, alt: Byen}\n---\nDer er nyt.\n";
    project.write("issues/nyt/index.md", text);
    project.write("issues/nyt/index.en.md", "---\nsubject: News\n---\nThere is news.\n");
    project.write("issues/nyt/noter.md", "privat");
    project.write("issues/nyt/.skjult", "privat");
    project.write("issues/nyt/top/by.png", "png");
    let none = "  issues/nyt/index.md has no accepted letters, according to the ledger on this machine\n";
    let words = ["new", "--correction-of", "nyt", "Det rigtige"];
    project.run_words(&words).succeeds_with(&format!("created DIR/issues/det-rigtige/index.md\n{none}"));
    assert_eq!(files(&project.path("issues/det-rigtige")), ["index.en.md", "index.md", "top/by.png"]);
    let english =
        "---\nsubject: \"Correction: News\"\n---\n**Correction:** [Write here what was wrong, and what is right.]";
    assert!(project.read("issues/det-rigtige/index.en.md").starts_with(english));
    let danish = project.read("issues/det-rigtige/index.md");
    assert!(
        danish.starts_with("---\nsubject: \"Det rigtige\"\npreheader: \"\"\naudiences: [members]\nimage"),
        "{danish}"
    );
    project.run_words(&words).fails_with(3, "DIR/issues/det-rigtige/index.md already exists");

    project
        .run_words(&["new", "--correction-of", "nyx"])
        .fails_with(3, "there is no issue nyx: did you mean issues/nyt/index.md?");
    project.write(MAY, "---\n{subject: Nyt, audiences: [members]}\n---\nDer er nyt.\n");
    let shared = "the front matter of issues/maj.md has two keys on one line: write each key on a separate line";
    project.run_words(&["new", "--correction-of", "maj"]).fails_with(3, shared);
    assert_eq!(project.run("new").status, 2);
}

#[test]
fn recipients_who_are_left_out_are_reported() {
    let project = project("correction-left-out");
    assert_eq!(project.run("send invitation --yes --limit 3").status, 0);
    assert_eq!(project.run("new --correction-of invitation").status, 0);
    project.edit(FILE, "[board, members]", "[members]");
    project.edit(FILE, "::: not board\nVi ses til frokost.\n:::\n", "");
    let reported = project.run(&format!("check {FILE}")).stderr;
    let open = "warning[NL774]: aarsmoede has 1 letter still to send: this issue will not go to its recipient";
    assert!(reported.contains(open), "{reported}");
    let outside = "warning[NL774]: 1 recipient of aarsmoede had the edition of an audience that is not in `audiences`";
    assert!(reported.contains(outside), "{reported}");
    assert_eq!(project.run("send invitation --yes").status, 0);
    assert!(!project.run(&format!("check {FILE}")).stderr.contains("still to send"));

    // The next issue is sent two years later.
    let ledger = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    ledger.execute_batch("UPDATE plan SET frozen_at = frozen_at - 63072000000").unwrap();
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}retention: 12 months\n"));
    project.run("send issues/maj.md --yes --limit 1");
    ledger.execute_batch("UPDATE plan SET frozen_at = frozen_at - 1 WHERE id = 2").unwrap();
    project.run("send issues/maj.md --yes");
    let reported = project.run(&format!("check {FILE}"));
    let erased = "error[NL772]: the recipients of aarsmoede were erased from the ledger";
    assert!(reported.status == 3 && reported.stderr.contains(erased), "{}", reported.stderr);
}

#[test]
fn a_correction_is_not_written_without_the_ledger() {
    let project = project("correction-no-ledger");
    assert_eq!(project.run("send invitation --yes").status, 0);
    fs::remove_file(project.path(".newsletter/ledger.db")).unwrap();
    let stopped = project.run("new --correction-of invitation");
    assert!(stopped.status == 74 && stopped.stderr.contains("restore it from your backup"), "{}", stopped.stderr);
    assert!(!project.path(FILE).exists());
}

#[test]
fn a_follow_up_goes_to_those_whose_letter_failed() {
    let tricks = vec![
        ("RCPT", Trick::Say("250 2.1.5 OK\r\n")),
        ("RCPT", Trick::Say("550 5.7.1 Not wanted\r\n")),
        ("dot", Trick::Say("250 2.0.0 Queued\r\n")),
        ("dot", Trick::Close),
    ];
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay("follow-up", relay.port());
    assert_eq!(project.run("send issues/maj.md --yes").status, 1);
    relay.finish();
    let front = "---\nsubject: Fik du den?\npreheader: Vi prøver igen\naudiences: [members]\n";
    for (states, letters) in
        [("[refused, in_doubt]", &["bo@b.example", "carl@c.example"][..]), ("accepted", &["anna@a.example"])]
    {
        project.write("issues/igen.md", format!("{front}people: {{issue: maj, state: {states}}}\n---\nHej.\n"));
        let sent = project.run("send issues/igen.md --dry-run --out shown");
        assert_eq!(sent.status, 0, "{}", sent.stderr);
        let written = files(&project.path("shown"));
        let all: String = written.iter().map(|file| project.read(&format!("shown/{file}"))).collect();
        fs::remove_dir_all(project.path("shown")).unwrap();
        for address in ["anna@a.example", "bo@b.example", "carl@c.example"] {
            assert_eq!(all.contains(address), letters.contains(&address), "{states}: {address}");
        }
    }
    // Without the ledger of their letters it has no recipients.
    fs::remove_dir_all(project.path(".newsletter")).unwrap();
    let stopped = project.run("send issues/igen.md --dry-run");
    assert_eq!(stopped.status, 3, "{}", stopped.stderr);
    assert!(stopped.stderr.contains("`people` allows only recipients of maj"), "{}", stopped.stderr);
}

#[test]
fn a_correction_has_the_year_of_the_event_that_readers_saw() {
    let event = "Der er nyt.\n\n::: event Fest\ndato: 8/12\ntid: kl. 19-22\n:::";
    let project = Project::new("correction-year");
    project.edit(MAY, "Der er nyt.", event);
    assert_eq!(project.run("new --correction-of maj").status, 0);
    let draft = project.read("issues/rettelse-nyt-i-maj.md");
    assert!(draft.contains("::: event Fest\ndato: 8/12 2026\ntid: kl. 19-22\n:::"), "{draft}");
    assert!(!project.run("check issues/rettelse-nyt-i-maj.md").stderr.contains("NL465"));
    // A copy is about another year, which only its author knows.
    assert_eq!(project.run_words(&["new", "--like", "maj", "Fest igen"]).status, 0);
    let checked = project.run("check issues/fest-igen.md").stderr;
    assert!(checked.contains("NL465") && checked.contains("write the year behind it"), "{checked}");
}
