//! Values are printed as people write them: numbers that identify something digit by digit, amounts with separators.

use crate::project::{MAY, Project};

/// The text part of the issue of May, with these keys and this text, for a sample reader.
fn text(project: &Project, params: &str, body: &str) -> String {
    let front =
        "subject: Nyt\npreheader: Det vigtigste i maj, samlet til dig\naudiences: [members]\ndate: 2026-05-04 09:00\n";
    project.write(MAY, format!("---\n{front}params: {{{params}}}\n---\n{body}\n"));
    let said = project.run("preview issues/maj.md --out shown");
    assert_eq!(said.status, 0, "{}", said.stderr);
    project.read("shown/members.da.txt")
}

#[test]
fn a_number_that_identifies_something_keeps_its_digits() {
    let project = Project::new("values-identifiers");
    for (value, written) in [
        ("cvr: 29189846", "29189846"),
        ("tlf: 33151000", "33151000"),
        ("fakturanr: 123456", "123456"),
        ("kontakt: 33132010", "33132010"),
        ("kontakter: [33132010, 33132011]", "33132010, 33132011"),
        ("år: 2026", "2026"),
        ("pris: 12345", "12.345"),
        ("budget: 12500000", "12.500.000"),
        ("budget: \"12500000\"", "12500000"),
    ] {
        let name = value.split(':').next().unwrap();
        let shown = text(&project, value, &format!("Her er {{{{ params.{name} }}}}."));
        assert!(shown.contains(&format!("\nHer er {written}.\n")), "{value}: {shown}");
    }
}

#[test]
fn joined_values_are_written_as_others() {
    let project = Project::new("values-joined");
    let shown = text(
        &project,
        "pris: 12345, cvr: 29189846, dag: 2027-01-21, åben: true",
        "Det er {{ params.pris ~ \" kr.\" }}, {{ params.pris * 2 ~ \" kr.\" }}, {{ \"CVR \" ~ params.cvr }}, \
         {{ params.dag ~ \"\" }}, {{ params.åben ~ \"!\" }}.\n\n\
         [Se prisen](https://a.example/?p={{ params.pris ~ \"a\" }})",
    );
    let joined = shown.replace(['\n', '\u{a0}'], " ");
    assert!(joined.contains("Det er 12.345 kr., 24.690 kr., CVR 29189846, 21. januar 2027, ja!."), "{shown}");
    assert!(shown.contains("https://a.example/?p=12345a"), "{shown}");
}

#[test]
fn a_date_has_one_article() {
    let project = Project::new("values-article");
    let shown = text(
        &project,
        "frist: 2027-01-21, til: 2027-01-21 kl. 9.30",
        "Den {{ params.frist|date }} og den **{{ params.til | date }}**, men {{ params.frist|date }} og d. \
         {{ params.frist|date('weekday') }}.",
    );
    let joined = shown.replace(['\n', '\u{a0}'], " ");
    let expected = "Den 21. januar 2027 og den 21. januar 2027 kl. 9.30, men den 21. januar 2027 og d. torsdag den 21.";
    assert!(joined.contains(expected), "{shown}");
}

#[test]
fn an_amount_at_the_end_of_a_sentence_has_one_full_stop() {
    let project = Project::new("values-full-stop");
    let shown = text(
        &project,
        "pris: 1200",
        "Det koster {{ params.pris|currency }}. Ja, **{{ params.pris|currency }}**. Nej, {{ params.pris|currency('EUR') }}. \
         Over {{ params.pris|currency }}, {{ params.pris|currency }} og ({{ params.pris|currency }}).",
    );
    let joined = shown.replace(['\n', '\u{a0}'], " ");
    let expected = "Det koster 1.200 kr. Ja, 1.200 kr. Nej, 1.200 euro. Over 1.200 kr., 1.200 kr. og (1.200 kr.).";
    assert!(joined.contains(expected), "{shown}");
}

#[test]
fn a_preview_has_amounts_and_days_where_the_list_has() {
    let list = "email,first_name,gebyr,betalt\nanna@a.example,Anna,\"1.200,50\",2027-01-21\n";
    let project = Project::new("values-samples")
        .file("members.csv", list)
        .file("audiences/members.yaml", "name: Medlemmer\nreason: du er medlem\npeople: members.csv\n");
    let shown = text(&project, "a: 1", "Gebyr: {{ gebyr|currency }}, betalt {{ betalt|date }}.");
    assert!(shown.replace('\u{a0}', " ").contains("Gebyr: 7 kr., betalt den 21. januar 2027."), "{shown}");
}

#[test]
fn everyone_who_lacks_a_value_is_counted_and_the_first_are_named() {
    let project = Project::new("values-lacking");
    let lacking: Vec<String> = (1..=130).map(|number| format!("p{number}@a.example;\n")).collect();
    project.write("people/all.csv", format!("email;nickname\n{}anna@a.example;Anna\n", lacking.concat()));
    project.write("audiences/members.yaml", "name: Members\nreason: du er med\npeople: people/all.csv\n");
    project.write(MAY, "---\nsubject: Nyt\npreheader: Det nye\naudiences: [members]\n---\nKære {{ nickname }}.\n");
    let named: Vec<String> =
        (1..=5).map(|number| format!("p{number}@a.example (people/all.csv:{}), ", number + 1)).collect();
    let said = project.run("send issues/maj.md --yes");
    assert_eq!(said.status, 3, "{}", said.stderr);
    assert!(
        said.stderr.contains(&format!("`nickname` is missing: {}and 125 more\n", named.concat())),
        "{}",
        said.stderr
    );
}
