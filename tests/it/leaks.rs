//! Letters that contain text of other editions.

use std::collections::BTreeMap;

use newsletter::base::source::diagnostic::Diagnostics;
use newsletter::letter::compose::ComposedPlan;
use newsletter::letter::leak::LeakGuard;
use newsletter::letter::plan::PlannedLetter;
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::project::Project as Opened;

use crate::project::{MAY, Project, RunOutput};

const SECRET: &str = "Tilskuddet til leverandørerne sættes ned til 1.234.500 kr. fra årsskiftet.";

/// An issue for members and a board, with more front matter. Bo is a member and a supplier.
fn project(name: &str, front: &str, body: &str) -> Project {
    let head = if front.contains("subject:") { "" } else { "subject: Nyt i maj\n" };
    let preheader = if front.contains("preheader:") { "" } else { "preheader: Det vigtigste i maj\n" };
    let issue =
        format!("---\n{head}{preheader}{front}audiences: [members, board]\ndate: 2026-05-04 09:00\n---\n{body}");
    Project::new(name)
        .audience("suppliers", &["Bo <bo@b.example>"])
        .audience("board", &["Dorte <dorte@d.example>"])
        .file(MAY, issue)
}

fn hidden(text: &str) -> String {
    format!("Til alle.\n\n::: not suppliers\n{text}\n:::\n")
}

/// The leaks that are reported, without the lines that show their places.
fn reported(output: &RunOutput) -> Vec<String> {
    let leaks = output.stderr.split("\n\n").filter(|message| message.contains("[NL610]"));
    let lines = leaks.flat_map(str::lines).filter(|line| line.contains("NL610") || line.contains("help:"));
    lines.map(|line| line.split_once("help: ").map_or(line, |(_, hint)| hint).to_owned()).collect()
}

#[test]
fn the_author_of_a_quote_is_not_part_of_the_quote() {
    let quote = format!("::: quote Direktøren for leverandørerne\n{SECRET}\n:::");
    let project =
        project("leak-quote", &format!("subject: \"{SECRET}\"\n"), &hidden(&quote).replace("::: not", ":::: not"));
    project.edit(MAY, ":::\n:::\n", ":::\n::::\n");
    let output = project.run("check issues/maj.md");
    assert_eq!((output.status, reported(&output).len()), (3, 2), "{}", output.stderr);
}

#[test]
fn a_leak_stops_check_preview_and_send() {
    let project = project("leak-stops", &format!("subject: \"{SECRET}\"\n"), &hidden(SECRET));
    for typed in [
        "check issues/maj.md",
        "preview issues/maj.md --out shown",
        "send issues/maj.md --yes",
        "send issues/maj.md --dry-run",
        "test issues/maj.md --to me@a.example --as bo@b.example",
    ] {
        let output = project.run(typed);
        assert_eq!(output.status, 3, "{typed}: {}", output.stderr);
        assert_eq!(
            reported(&output),
            [
                "error[NL610]: `Tilskuddet til leverandørerne sættes ned til 1.234.500 kr. …` is not for the edition \
                 members.da.not-suppliers, but is in its subject, its HTML part and its text part",
                "in the text, only `::: not suppliers` (line 9) shows it; remove it from the subject, \
                 which every reader gets",
            ],
            "{typed}"
        );
    }
    assert_eq!(project.reached(), [""; 0]);
}

/// A text as Excel saves a plain CSV; Windows-1252 has the letters of Danish where Latin-1 has them.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(letter).unwrap()).collect()
}

/// A text as Excel saves "Unicode Text", without its byte-order mark.
fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_leak_is_found_wherever_it_is() {
    for (number, (front, body, place)) in [
        (
            "preheader: \"Nu: tilskuddet TIL leverandørerne sættes ned til 1.234.500 kr. fra årsskiftet\"\n",
            hidden(SECRET),
            "its preheader and its HTML part",
        ),
        (
            "params: {svar: \"om 1234500 kroner\"}\n",
            format!("Svar: {{{{ params.svar }}}}.\n\n{}", hidden(SECRET)),
            "its HTML part and its text part",
        ),
        (
            "params: {svar: \"Anna.Lund@b.example\"}\n",
            format!("Spørg {{{{ params.svar }}}}.\n\n{}", hidden("Skriv til <anna.lund@b.example>.")),
            "its HTML part and its text part",
        ),
        (
            "params: {id: \"plan/2027\"}\n",
            format!(
                "[Planen](https://x.example/{{{{ params.id }}}})\n\n{}",
                hidden("Se [den](https://x.example/plan/2027/).")
            ),
            "its HTML part and its text part",
        ),
        (
            "attachments: [Budget-2027.xlsx]\n",
            hidden("Se budget-2027.xlsx."),
            "the name of the attached file Budget-2027.xlsx",
        ),
        // The beginning of a comment that is shown as code hides nothing.
        (
            "preheader: \"Tilskuddet til leverandørerne sættes ned til 1.234.500 kr. fra årsskiftet\"\n",
            format!("```\n<!-- begynd\n```\n\n{}", hidden(SECRET)),
            "its preheader and its HTML part",
        ),
        (
            "preheader: \"Tilskuddet til leverandørerne sættes ned til 1.234.500 kr. fra årsskiftet\"\n",
            format!("Skriv:\n\n    <!-- begynd\n\n- og\n\n      <!-- begynd\n\n{}", hidden(SECRET)),
            "its preheader and its HTML part",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let project = project(&format!("leak-{number}"), front, &body).file("issues/Budget-2027.xlsx", "PK");
        assert_leaks(&project, place);
    }
}

#[test]
fn a_leak_in_an_attached_file_is_found() {
    for (number, (front, body, place)) in [
        ("attachments: [tal.csv]\n", hidden("Tilskuddet er 1.234.500 kr. næste år."), "the attached file tal.csv"),
        ("attachments: [excel.csv]\n", hidden(SECRET), "the attached file excel.csv"),
        ("attachments: [excel.txt]\n", hidden(SECRET), "the attached file excel.txt"),
        (
            "attachments: [moede.ics]\n",
            hidden("Mødet handler om lukningen af afdelingen i Odense."),
            "the attached file moede.ics",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let project = project(&format!("leak-attached-{number}"), front, &body)
            .file("issues/tal.csv", "post;kr.\ntilskud;\"1 234 500,00\"\n")
            .file("issues/excel.csv", latin_1(SECRET))
            .file("issues/excel.txt", [&[0xff, 0xfe][..], &utf_16(SECRET)].concat())
            .file("issues/moede.ics", "BEGIN:VCALENDAR\r\nDESCRIPTION:Mødet handler om lu\r\n kningen\\, af afdelingen\\ni Odense\r\nEND:VCALENDAR\r\n");
        assert_leaks(&project, place);
    }
}

/// `check` reports two leaks, the first of them in this place.
fn assert_leaks(project: &Project, place: &str) {
    let output = project.run("check issues/maj.md");
    let leaks = reported(&output);
    assert_eq!((output.status, leaks.len()), (3, 2), "{output:?}");
    let expected = format!("is not for the edition members.da.not-suppliers, but is in {place}");
    assert!(leaks[0].ends_with(&expected), "{leaks:?}");
}

#[test]
fn text_that_recipients_may_read_is_not_a_leak() {
    for (number, (front, body)) in [
        // The same text is also in a part that they may read.
        ("subject: \"Tilskuddet til leverandørerne sættes ned til 1.234.500 kr. fra årsskiftet\"\n", format!("{SECRET}\n\n{}", hidden(SECRET))),
        // Short phrases.
        ("subject: Tak for et godt år\n", hidden("Tak for et godt år.")),
        ("subject: Årsmøde 2027 den 21.01.2027 kl. 9.30\n", hidden("Årsmøde 2027 den 21.01.2027 kl. 9.30.")),
        // The project's own names and addresses.
        ("", hidden("Skriv til [os](mailto:nyt@forening.example), Gadevej 1, 8000 Aarhus C. Du er i members eller i suppliers.")),
        // A translation is not a secret.
        ("", format!("Prisen er 500 kr.\n\n::: lang en\nWrite to <a@b.example> about the price.\n:::\n\n{}", hidden("Skriv til <a@b.example>."))),
        // The reader's own values.
        ("", format!("Du er {{{{ email }}}}.\n\n{}", hidden("Skriv til bo@b.example."))),
        // A fence that is shown between backticks is text, and so is one in a comment.
        ("subject: I dag er alle mine ord helt frie\n", "Skriv:\n\n`::: not suppliers`\n\nI dag er alle mine ord helt frie.\n\n<!--\n::: only board\n-->\n\nI dag er alle mine ord.\n".to_owned()),
    ]
    .into_iter()
    .enumerate()
    {
        let output = project(&format!("no-leak-{number}"), front, &body).run("check issues/maj.md");
        assert!(!output.stderr.contains("NL610"), "{front}{body}{}", output.stderr);
        assert_eq!(output.status, 0, "{}", output.stderr);
    }
}

/// The guard's diagnostics for letters whose blocks were filtered for other readers.
fn sabotaged(project: &Project, (edition, filtered_for): (&str, &str)) -> Diagnostics {
    let opened = Opened::find(Some(&project.path(".")), &project.path(".")).unwrap().project.unwrap();
    let (prepared, _) = PreparedIssue::of(&opened, &project.path(MAY)).unwrap();
    let prepared = prepared.unwrap();
    let letters: Vec<PlannedLetter> =
        prepared.sample_letters().into_iter().filter(|letter| letter.edition == filtered_for).collect();
    let guard = prepared.guard();
    let keys = BTreeMap::from([(filtered_for.to_owned(), guard.keys[edition].clone())]);
    let options = prepared.inputs.letter_options("Mon, 4 May 2026 09:00:00 +0200".to_owned()).unwrap();
    let composed = ComposedPlan::compose(options, prepared.editions, &letters).unwrap();
    LeakGuard { keys, ..guard }.check_letters(&composed, &letters)
}

#[test]
fn the_guard_finds_what_a_broken_filter_shows_to_people_outside_a_for_block() {
    let body = format!("Til alle.\n\n::: for suppliers\n{SECRET}\n:::\n");
    let project = project("leak-for", "", &body);
    assert_eq!(sabotaged(&project, ("members.da", "members.da.for-suppliers")).iter().count(), 1);
    assert_eq!(sabotaged(&project, ("members.da.for-suppliers", "members.da.for-suppliers")).iter().count(), 0);
    let told = self::project("leak-for-subject", &format!("subject: \"{SECRET}\"\n"), &body);
    assert_eq!(told.run("check issues/maj.md").status, 3);
}

#[test]
fn the_guard_finds_what_a_broken_filter_lets_through() {
    let shapes = [
        "Dette er en helt ny sætning om tallet {n} i dag.",
        "> Dette er en **helt ny** sætning om\n> [tallet {n}](https://x.example/{n}) i dag.",
        "- Punkt\n\n  Dette er en helt&nbsp;ny s&aelig;tning om *tal*let {n} i dag.",
        "| a | b |\n|---|---|\n| Dette er en helt ny sætning om tallet {n} i dag | x |",
        "# Dette er en helt ny sætning om tallet {n} i dag",
        "```\nDette er en helt ny sætning om tallet {n} i dag\n```",
        "Se noten.[^{n}]\n\n[^{n}]: Dette er en helt ny sætning om tallet {n} i dag.",
        "<img src=\"https://x.example/b.png\" alt=\"Dette er en helt ny sætning om tallet {n} i dag\">",
        "Hej {{ first_name }}, dette er en helt ny sætning om tallet {n} i dag.",
        "> [!NOTE]\n> Dette er en helt ny sætning\n> om tallet {n} i dag.",
        "Skriv til [os](mailto:hemmelig{n}@b.example).",
        "Prisen er kr. {n}.500,-",
        "::: snippet secret\n",
        "::: table secret.csv\n:::",
        "::: callout Dette er en helt ny sætning om tallet {n} i dag\nx\n:::",
        "::: event Møde\ntid: 21. januar 2027 kl. 9.30\nDette er en helt ny sætning om tallet {n} i dag.\n:::",
    ];
    let blocks = shapes
        .iter()
        .enumerate()
        .map(|(at, shape)| format!("::::: not suppliers\n{}\n:::::\n", shape.replace("{n}", &(1001 + at).to_string())));
    let body = blocks.collect::<Vec<_>>().join("\n");
    let project = project("leak-sabotage", "", &format!("Til alle.\n\n{body}"))
        .file("snippets/secret.md", "Dette er en helt ny sætning fra\net sted som mange bruger.\n")
        .file("issues/secret.csv", "Post;Beløb\nDette er en helt ny post i regnskabet;12 %\n");
    let leaks = sabotaged(&project, ("members.da.not-suppliers", "members.da"));
    assert_eq!(leaks.iter().count(), 10);
    assert!(
        leaks.iter().last().unwrap().message.english().ends_with(&format!("(and {} more)", shapes.len() - 10)),
        "{leaks:?}"
    );
    assert_eq!(sabotaged(&project, ("members.da.not-suppliers", "members.da.not-suppliers")).iter().count(), 0);
    assert_eq!(sabotaged(&project, ("board.da", "members.da")).iter().count(), 0);
}
