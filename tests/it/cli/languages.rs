//! Editions in several languages: translations, texts in one language, and missing translations.

use crate::project::{MAY, Project};

const TRANSLATION: &str =
    "---\nsubject: News in May\npreheader: What matters in May\n---\n{{ greeting }}\n\nThere is news.\n";
const MAY_EN: &str = "issues/maj.en.md";

/// A project with Anna, who reads Danish, and Eva, who reads English.
fn project(name: &str) -> Project {
    let project = Project::new(name);
    project.write(
        "audiences/members.yaml",
        "name: members\nrecipients:\n  - {email: anna@a.example, first_name: Anna}\n  \
         - {email: eva@e.example, first_name: Eva, lang: English}\n",
    );
    project
}

/// An edition's HTML and text of a preview.
fn edition(project: &Project, id: &str) -> [String; 2] {
    let output = project.run("preview issues/maj.md --out out");
    assert_eq!(output.status, 0, "{}", output.stderr);
    ["html", "txt"].map(|ending| project.read(&format!("out/{id}.{ending}")))
}

#[track_caller]
fn holds(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
}

#[test]
fn a_translation_is_the_same_issue_for_readers_of_its_language() {
    let project = project("lang-translation").file(MAY_EN, TRANSLATION);
    project.run("check").succeeds_with("1 issue checked: no problems\n");
    project.run("check issues/maj.en.md issues/maj.md -q").succeeds_with("");
    project.run("send issues/maj.md --yes -q").succeeds_with("");
    let outbox = project.outbox();
    let [danish, english] = ["anna@a.example", "eva@e.example"].map(|address| outbox[address].replace("=\r\n", ""));
    holds(&danish, &["Subject: Nyt i maj", "Hej Anna", "Der er nyt.", "lang=3D\"da\"", "Afmeld nyhedsbrevet"]);
    holds(&english, &["Subject: News in May", "Hello Eva", "There is news.", "lang=3D\"en\"", "Unsubscribe"]);
    assert!(!danish.contains("There is") && !english.contains("Der er"), "{english}");
    assert!(!danish.contains("lang=3D\"en\"") && !english.contains("lang=3D\"da\""));
    assert_eq!(project.run("status issues/maj.en.md").stdout, project.run("status issues/maj.md").stdout);
}

#[test]
fn a_translation_is_not_sent_by_itself() {
    let project = project("lang-send").file(MAY_EN, TRANSLATION).always_due();
    project
        .run("send issues/maj.en.md --yes")
        .fails_with(3, "issues/maj.en.md is a translation and is sent with its issue: newsletter send issues/maj.md");
    project.edit(MAY, "date:", "send_at:");
    assert_eq!(project.run("run").status, 0);
    assert_eq!(project.reached(), ["anna@a.example", "eva@e.example"]);
    project.run("run").succeeds_with("");
}

#[test]
fn a_file_that_is_only_named_as_a_translation_is_not_sent() {
    let project = project("lang-misnamed");
    let polish =
        "---\nsubject: Wiadomości\npreheader: Najważniejsze wiadomości\naudiences: [members]\n---\nDzień dobry.\n";
    let codes = |command: &str| {
        let said = project.run(command);
        let codes = said.stderr.lines().filter_map(|line| line.strip_prefix("error[")).map(|line| line[..5].to_owned());
        (said.status, codes.collect::<Vec<String>>())
    };
    let refused = (3, vec!["NL659".to_owned()]);
    for name in ["maj.pl.md", "maj.pt-BR.md", "maj.engelsk.md"] {
        let path = format!("issues/{name}");
        project.write(&path, polish);
        assert_eq!(codes(&format!("send {path} --yes")), refused, "{name}");
        // Who sends the issue may believe that its Polish readers get the translation.
        assert_eq!(codes("send issues/maj.md --yes"), refused, "{name}");
        assert_eq!(codes("check").1, refused.1, "{name}");
        std::fs::remove_file(project.path(&path)).unwrap();
    }
    assert!(!project.path("outbox").exists());
    // With its language and readers of its own it is an issue, and so is one with another ending.
    project.write("audiences/polish.yaml", "name: Po polsku\nrecipients: [jan@p.example]\n");
    project.write("issues/maj.pl.md", polish.replace("audiences: [members]", "lang: pl\naudiences: [polish]"));
    project.write("issues/maj.old.md", polish);
    assert_eq!(codes("check"), (0, Vec::new()));
    assert_eq!(codes("send issues/maj.pl.md --yes"), (0, Vec::new()));
}

#[test]
fn a_changed_translation_stops_a_plan_in_progress() {
    let project = project("lang-resume").file(MAY_EN, TRANSLATION);
    project.run("send issues/maj.md --yes --limit 1 -q").succeeds_with("");
    project.edit(MAY_EN, "There is", "There was");
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 3);
    holds(&output.stderr, &["but these have changed since: issues/maj.en.md;"]);
    project.edit(MAY_EN, "There was", "There is");
    project.run("send issues/maj.md --yes -q").succeeds_with("");
    assert_eq!(project.reached(), ["anna@a.example", "eva@e.example"]);
}

#[test]
fn an_issue_in_a_folder_has_its_translation_beside_it() {
    let project = project("lang-folder");
    project.write("issues/juni/index.md", project.read(MAY).replace("Nyt i maj", "Nyt i juni"));
    project.write("issues/juni/index.en.md", TRANSLATION);
    project.write("issues/juli/index.en.md", TRANSLATION);
    project.write("issues/august.2026.md", project.read(MAY).replace("Nyt i maj", "Nyt i august"));
    project.run("check").is(
        3,
        "4 issues checked: 1 error, 0 warnings\n",
        "error[NL340]: this file is named as a translation into `en`, but index.md is missing
 --> issues/juli/index.en.md:1:1
  |
1 | ---
  | ^^^
  |
  = help: move it beside index.md; if it is a separate issue, rename it so that it does not end in .en.md

",
    );
    assert_eq!(project.run("send issues/juni --yes -q").status, 0);
    holds(&project.outbox()["eva@e.example"], &["News in May"]);
}

#[test]
fn keys_of_the_whole_issue_are_not_repeated_in_a_translation() {
    let project = project("lang-keys");
    project.edit(MAY, "audiences: [members]\n", "audiences: [members]\ndraft: true\nparams: {antal: 3, by: Aarhus}\n");
    let front = "subject: News\npreheader: News\nlang: da\ndraft: false\naudiences: [members]\nparams: {by: Odense}\n";
    project.write(MAY_EN, format!("---\n{front}---\n{{{{ params.antal }}}} in {{{{ params.by }}}}\n"));
    let output = project.run("check");
    assert_eq!((output.status, output.stdout.as_str()), (3, "1 issue checked: 2 errors, 0 warnings\n"));
    holds(
        &output.stderr,
        &[
            "error[NL342]: `lang` differs from the name of the file, which is the translation into `en`\n --> issues/maj.en.md:4:1",
            "error[NL341]: `draft` differs from issues/maj.md, and both are one issue\n --> issues/maj.en.md:5:1",
        ],
    );
    project.edit(MAY_EN, "lang: da\ndraft: false\n", "lang: en\ndraft: true\n");
    project.run("check -q").succeeds_with("");
    let [_, text] = edition(&project, "members.en");
    holds(&text, &["3 in Odense"]);
}

#[test]
fn an_error_in_a_translation_is_reported_at_its_place() {
    let project = project("lang-mistake");
    project.write(MAY_EN, "---\npreheader: News\n---\n{{ frist_name }}\n\n::: olny members\nx\n:::\n");
    project.write("issues/maj.en-GB.md", TRANSLATION);
    let output = project.run("check");
    assert_eq!(output.status, 3);
    holds(
        &output.stderr,
        &["error[NL343]: two translations into `en`: this one and issues/maj.en-GB.md\n --> issues/maj.en.md:1:1"],
    );
    std::fs::remove_file(project.path("issues/maj.en-GB.md")).unwrap();
    let output = project.run("check");
    holds(
        &output.stderr,
        &[
            "error[NL310]: there is no `subject`\n --> issues/maj.en.md:1:1",
            "error[NL407]: unknown block `olny`\n --> issues/maj.en.md:6:1",
        ],
    );
    project.edit(MAY, "subject: Nyt i maj", "subject: {da: Nyt i maj, en: News in May}");
    project.edit(MAY_EN, "olny", "only");
    let output = project.run("check");
    holds(&output.stderr, &["warning[NL603]: unknown field `frist_name`\n --> issues/maj.en.md:4:1"]);
    assert!(!output.stderr.contains("NL310"), "the subject stands in the issue: {}", output.stderr);
}

#[test]
fn a_useless_translation_is_reported() {
    let project = project("lang-own").file("issues/maj.da.md", TRANSLATION);
    let output = project.run("check");
    assert_eq!(output.status, 3);
    holds(&output.stderr, &["error[NL349]: issues/maj.md is already in `da`, so this translation would replace it"]);
    project.edit(MAY, "subject:", "lang: en\nsubject:");
    assert_eq!(project.run("check").status, 0, "the issue is the English one now");
    project.edit("audiences/members.yaml", "first_name: Anna", "first_name: Anna, lang: en");
    let output = project.run("check");
    assert_eq!(output.status, 0);
    holds(&output.stderr, &["warning[NL348]: no recipient of this issue reads `da`\n --> issues/maj.da.md:1:1"]);
}

#[test]
fn a_text_in_one_language_declares_it_and_has_a_footer_in_the_recipients() {
    let project = project("lang-fallback");
    project.edit(MAY, "Der er nyt.", "Der er nyt.\n\n> [!NOTE]\n> Husk det.");
    let [html, text] = edition(&project, "members.en");
    holds(&html, &["<html lang=\"da\"", "role=\"article\" aria-roledescription=\"email\" lang=\"da\""]);
    holds(&html, &["Hej Alex", "Bemærk", "lang=\"en\"", "You receive this because you are on the list members."]);
    holds(&html, &[">Unsubscribe</a>"]);
    holds(&text, &["Hej Alex", "You receive this because you are on the list members.", "Unsubscribe:"]);
    let [html, _] = edition(&project, "members.da");
    assert!(!html.contains("lang=\"en\""), "{html}");
    // An audience that reads English reads it in English, whatever the project's language is.
    project.edit("audiences/members.yaml", "name: members\n", "name: members\nlang: en\n");
    let [html, _] = edition(&project, "members.en");
    assert!(!html.contains("lang=\"da\"") && html.contains("Hello Alex"), "{html}");
}

#[test]
fn a_reason_in_one_language_is_in_a_sentence_of_that_language() {
    let project = project("lang-reason");
    project.edit("audiences/members.yaml", "name: members\n", "name: members\nreason: du er medlem\n");
    let output = project.run("check");
    assert_eq!((output.status, output.stdout.as_str()), (0, "1 issue checked: 0 errors, 1 warning\n"));
    holds(
        &output.stderr,
        &[
            "warning[NL346]: `members` has readers of `en`, but its `reason` is not in that language\n --> audiences/members.yaml:2:9",
        ],
    );
    let [html, text] = edition(&project, "members.en");
    holds(&html, &["<p lang=\"da\"", "Du får mailen, fordi du er medlem.", ">Unsubscribe</a>"]);
    holds(&text, &["Du får mailen, fordi du er medlem.", "Unsubscribe:"]);
}

#[test]
fn missing_translations_are_reported_if_recipients_need_them() {
    let project = project("lang-halves");
    project.edit(MAY, "subject: Nyt i maj", "subject: {da: Nyt i maj, en: News in May}");
    project.edit(
        MAY,
        "Der er nyt.",
        "::: lang da\nDer er nyt.\n:::\n\n::: lang en\nThere is news.\n:::\n\nBegge dele.\n\n::: lang da\nMere.\n:::",
    );
    project.write(
        "newsletter.yaml",
        format!(
            "{}greeting:\n  da: {{with_name: \"Kære {{{{ first_name }}}}\", without_name: Kære medlem}}\n",
            crate::project::SETTINGS
        ),
    );
    let output = project.run("check");
    assert_eq!((output.status, output.stdout.as_str()), (0, "1 issue checked: 0 errors, 3 warnings\n"));
    holds(
        &output.stderr,
        &[
            "warning[NL344]: the `preheader` is missing in `en`, a language of this issue's readers\n --> issues/maj.md:3:12",
            "warning[NL345]: this passage is missing in `en`\n  --> issues/maj.md:19:1",
            "warning[NL347]: newsletter.yaml has greetings in other languages, but none in `en`\n --> newsletter.yaml:4:1",
        ],
    );
    // Without English recipients nothing is missing, but the English block has no readers.
    project.edit("audiences/members.yaml", ", lang: English", "");
    let output = project.run("check");
    holds(&output.stderr, &["warning[NL612]"]);
    assert!(!output.stderr.contains("NL34"), "{}", output.stderr);
}

#[test]
fn a_translated_subject_alone_is_reported() {
    let project = project("lang-subject");
    project.edit(MAY, "subject: Nyt i maj", "subject: {da: Nyt i maj, en: News in May}");
    let output = project.run("check");
    assert_eq!(output.status, 0);
    holds(&output.stderr, &["warning[NL344]: the subject is in `en`, but no part of the text"]);
}

#[test]
fn numbers_and_dates_follow_the_language_of_the_text() {
    let project = project("lang-words");
    project.edit(
        MAY,
        "date: 2026-05-04 09:00",
        "date: 2026-05-04 09:00\nparams: {antal: 1, frist: 2027-01-21, til: 2027-01-21 kl. 9.30}",
    );
    project.edit(
        MAY,
        "Der er nyt.",
        "{{ params.antal }} {{ params.antal|plural('kommune', 'kommuner') }}, senest {{ params.frist|date }}, \
         {{ params.til|date('weekday') }}.",
    );
    project.write(
        MAY_EN,
        TRANSLATION.replace("There is news.", "By {{ params.til|date }}. {{ 2|plural('town', 'towns') }}"),
    );
    let [_, danish] = edition(&project, "members.da");
    let danish = danish.split_whitespace().collect::<Vec<_>>().join(" ");
    holds(&danish, &["1 kommune, senest den 21. januar 2027, torsdag den 21. januar 2027 kl. 9.30."]);
    let [_, english] = edition(&project, "members.en");
    holds(&english, &["By 21 January 2027, 9:30. towns"]);
    project.edit(MAY, "frist: 2027-01-21", "frist: 21. januar");
    let output = project.run("check");
    assert_eq!(output.status, 3);
    holds(&output.stderr, &["`params.frist` cannot be used like this"]);
}

#[test]
fn a_greeting_uses_the_name_if_there_is_one() {
    let project = Project::new("lang-greeting");
    project.write(
        "audiences/members.yaml",
        "name: members\nrecipients:\n  - {email: anna@a.example, name: Anna Berg}\n  \
         - {email: bo@b.example, first_name: '  '}\n  - {email: carl@c.example}\n  - {email: dina@d.example, first_name: dina}\n",
    );
    project.write(
        "newsletter.yaml",
        format!(
            "{}greeting:\n  da: {{with_name: \"Kære {{{{ first_name }}}},\", without_name: \"Kære medlem,\"}}\n",
            crate::project::SETTINGS
        ),
    );
    project.run("send issues/maj.md --yes -q").succeeds_with("");
    let outbox = project.outbox();
    for (address, greeting) in
        [("anna", "Kære Anna,"), ("bo", "Kære medlem,"), ("carl", "Kære medlem,"), ("dina", "Kære dina,")]
    {
        let address = outbox.keys().find(|letter| letter.starts_with(address)).unwrap();
        let letter = outbox[address].replace("=\r\n", "").replace("=C3=A6", "æ");
        assert_eq!(letter.matches(greeting).count(), 2, "{letter}");
    }
}

#[test]
fn a_leak_into_a_translation_is_an_error() {
    let project = project("lang-leak").audience("suppliers", &["eva@e.example"]);
    project.edit(
        MAY,
        "Der er nyt.",
        "Der er nyt.\n\n::: not suppliers\nPrisen er 1.234.567 kr. og står i aftale-2027.pdf.\n:::",
    );
    project.write(MAY_EN, TRANSLATION.replace("There is news.", "The price stands in aftale-2027.pdf."));
    let output = project.run("check");
    assert_eq!(output.status, 3);
    holds(&output.stderr, &["error[NL610]", "--> issues/maj.md:12:1", "aftale-2027.pdf"]);
    project.edit(MAY_EN, "The price", "::: not suppliers\nThe price");
    project.edit(MAY_EN, ".pdf.", ".pdf.\n:::");
    project.run("check -q").succeeds_with("");
}
