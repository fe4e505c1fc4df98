//! `help` and `schema`: the reference of keys, codes and words.

use serde_json::Value;

use crate::project::{Project, files};

#[test]
fn help_explains_keys_states_checks_statuses_and_commands() {
    let project = Project::empty("help-words");
    project.run("help smtp.port").succeeds_with(
        "smtp.port in newsletter.yaml\n\nIts port; default: 587, with `tls` 465, with `none` 25.\nExample: port: 587\n",
    );
    project.run_words(&["help", "in", "doubt"]).succeeds_with(
        "in_doubt, a state of letters\n\n\
         The connection broke after the letter and before the relay's reply, so it is unknown whether it arrived.\n\
         It is never sent again unless you say so: `newsletter resolve`.\n",
    );
    project.run("help 4").succeeds_with("exit status 4\n\nanother run holds the lock\n");
    let check = project.run("help nl001");
    assert!(check.stdout.starts_with("NL001 · error · "), "{}", check.stdout);
    let command = project.run("help audience list");
    assert!(command.stdout.contains("Usage: newsletter audience list"), "{}", command.stdout);
    let program = project.run("help");
    assert!(program.stdout.contains("Usage: newsletter [OPTIONS] <COMMAND>"), "{}", program.stdout);
    let both = project.run("--json help deadlines").stdout;
    let titles = both.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["title"].clone());
    assert_eq!(titles.collect::<Vec<_>>(), ["deadlines in calendar.yaml", "entries.deadlines in calendar.yaml"]);
    project.run("help prehaeder").fails_with(3, "unknown word `prehaeder`: did you mean `preheader`?");
    project.run("--lang da help prehaeder").is(3, "", "fejl: ukendt ord `prehaeder`: mente du `preheader`?\n");
}

/// Words typed by people who write newsletters, and do not know keys or codes.
const WORDS: &[&str] = &[
    "emne",
    "målgruppe",
    "kladde",
    "udsat",
    "NL530",
    "deferred",
    "send_at",
    "{.button}",
    "::: card",
    "TOML",
    "knap",
    "kort",
    "billede",
    "afmelding",
    "modtagere",
    "Excel",
    "mailserver",
    "relay",
    "adgangskode",
    "front matter",
    "dato",
    "sprog",
    "tema",
    "farve",
    "blok",
    "not",
    "begivenhed",
    "godkendelse",
    "draft: true",
    "kvittering",
    "sendebog",
    "spærreliste",
    "kom retur",
    "afvist",
    "i tvivl",
    "udløbet",
    "samtykke",
    "serie",
    "citat",
    "tabel",
    "bilag",
    "alt-tekst",
    "{{ greeting }}",
    "hilsen",
    "first_name",
    "markdown",
    "link",
    "overskrift",
    "årshjul",
    "rettelse",
    "annuller",
    "prøvemail",
    "GDPR",
    "LinkedIn",
    "backticks",
    "håndbog",
];

#[test]
fn help_knows_the_words_of_those_who_write() {
    let project = Project::empty("help-glossary");
    project.run("--lang da help emne").succeeds_with(
        "emne\n\nDet, læserne ser først i indbakken. Skriv det øverst i filen: subject: Nyt i januar\n\n\
         Se også: newsletter help subject, newsletter help preheader\n",
    );
    for word in WORDS {
        let found = project.run_words(&["--lang", "da", "help", word]);
        assert_eq!((found.status, found.stderr.as_str()), (0, ""), "{word}");
    }
    project.run("--lang da help målgrupe").is(3, "", "fejl: ukendt ord `målgrupe`: mente du `målgruppe`?\n");
}

#[test]
fn help_answers_questions_by_the_words_in_them() {
    let project = Project::empty("help-questions");
    for (question, word) in [
        ("vedhæftet fil", "vedhæftet"),
        ("hvordan indsætter jeg et billede", "billede"),
        ("hvor store må billederne være?", "billede"),
        ("fed skrift", "fed skrift"),
        ("to sprog", "to sprog"),
        ("word", "word"),
        ("hvem har åbnet", "åbnet"),
        ("hvordan sender jeg en mail", "sender jeg"),
        ("hvad betyder kom retur", "kom retur"),
    ] {
        let found = project.run_words(&["--lang", "da", "help", question]);
        let title = found.stdout.lines().next().unwrap_or_default();
        assert_eq!((found.status, title, found.stderr.as_str()), (0, word, ""), "{question}");
    }
    let check = project.run_words(&["help", "hvad", "betyder", "NL232"]).stdout;
    assert!(check.starts_with("NL232 · error"), "{check}");
    project.run_words(&["--lang", "da", "help", "hvordan indsætter jeg et bilede"]).is(
        3,
        "",
        "fejl: ukendt ord `hvordan indsætter jeg et bilede`: mente du `billede`?\n",
    );
}

#[test]
fn help_knows_the_words_of_the_handbook() {
    let handbook = include_str!("../../../docs/haandbog.md");
    let (_, table) = handbook.split_once("\n## Ordliste\n").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    let words: Vec<&str> = rows
        .flat_map(|row| row.split(" | ").next().unwrap_or_default().split(['(', ')', ',']))
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    assert!(words.len() > 20, "{words:?}");
    let project = Project::empty("help-handbook");
    for word in words.into_iter().chain(["frist", "tid", "sted", "import", "forsinket", "terminal"]) {
        let found = project.run_words(&["--lang", "da", "help", word]);
        assert_eq!((found.status, found.stderr.as_str()), (0, ""), "{word}");
    }
}

#[test]
fn schemas_are_printed_and_written() {
    let project = Project::empty("schemas");
    let schema: Value = serde_json::from_str(&project.run("schema audience").stdout).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert_eq!(project.run("schema").status, 2);
    project.run("schema --out schemas").succeeds_with("schemas written to schemas\n");
    assert_eq!(files(&project.path("schemas")), ["audience.json", "calendar.json", "issue.json", "newsletter.json"]);
    project.run("schema --out schemas").succeeds_with("schemas written to schemas\n");
    project.write("schemas/issue.json", "{}\n");
    project.run("schema --out schemas").fails_with(3, "schemas/issue.json already exists");
    assert_eq!(project.read("schemas/issue.json"), "{}\n");
}
