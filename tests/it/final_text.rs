//! Text that no reader should see: damaged and pasted text of many kinds in one issue, each with the check that reports
//! it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::project::{MAY, Project};

/// Paragraphs, and the check that reports each.
const REPORTED: [(&str, &str); 70] = [
    ("Se [filen][https://a.example/ nu", "NL560"),
    ("Se [filen](https://a.example/fil navn.pdf) nu", "NL560"),
    ("Se (filen)[https://a.example/] nu", "NL560"),
    ("Se [filen] (https://a.example/) nu", "NL560"),
    ("Se [filen(https://a.example/) nu", "NL560"),
    ("![Et kort] (kort.png)", "NL560"),
    ("Se [filen][ukendt] nu", "NL560"),
    ("Note[^9] uden tekst", "NL560"),
    ("Husk ** x ** nu", "NL561"),
    ("Husk **x nu", "NL561"),
    ("Husk *x nu", "NL561"),
    ("Husk __ x __ nu", "NL561"),
    ("Husk ~~ x ~~ nu", "NL561"),
    ("Skriv `kode nu", "NL561"),
    ("##Program", "NL562"),
    ("#Nyt fra os", "NL562"),
    // A no-break space, of Word or of Alt+space on a Mac, keeps Markdown from reading a sign.
    ("##\u{a0}Program", "NL562"),
    ("#\u{a0}Nyt", "NL562"),
    ("\u{200b}## Program", "NL562"),
    ("Hej «Fornavn»", "NL430"),
    ("Hej {Fornavn}", "NL430"),
    ("Hej [Fornavn]", "NL430"),
    ("Hej %NAME%", "NL430"),
    ("Hej *|FNAME|*", "NL430"),
    ("Hej <<Fornavn>>", "NL430"),
    ("Hej ${fornavn}", "NL430"),
    ("Hej #fornavn#", "NL430"),
    ("Hej &laquo;Fornavn&raquo;", "NL430"),
    ("Hej «Medlems_nr»", "NL430"),
    ("Hej {{ email }}}", "NL563"),
    ("Hej email %}", "NL563"),
    ("Den xx. maj", "NL564"),
    ("Stedet er XXX", "NL564"),
    ("TODO: skriv om maj", "NL564"),
    ("Kære NN", "NL564"),
    ("Den [indsæt dato] i byen", "NL570"),
    ("Kl. ???", "NL564"),
    ("Lorem ipsum dolor", "NL564"),
    ("Fejl! Bogmærke er ikke defineret.", "NL564"),
    ("[cid:image001.png@01D]", "NL564"),
    ("Tekst {: .x}", "NL565"),
    ("• et\n• to", "NL566"),
    ("· et\n· to", "NL566"),
    ("\u{f0b7} et\n\u{f0b7} to", "NL566"),
    ("o\tet\no\tto", "NL566"),
    ("• et • to", "NL566"),
    ("– et\n– to", "NL566"),
    ("1.et\n2.to", "NL566"),
    ("a) et\nb) to", "NL566"),
    ("-et\n-to", "NL566"),
    ("-\u{a0}et\n-\u{a0}to", "NL566"),
    ("- et\n-\u{a0}to", "NL566"),
    ("*\u{a0}et\n*\u{a0}to", "NL566"),
    ("\u{a0}- et\n\u{a0}- to", "NL566"),
    ("1.\u{a0}Et\n2.\u{a0}To", "NL566"),
    ("*et\n*to", "NL566"),
    ("Navn\tAntal\nAnna\t1", "NL567"),
    ("| a | b\n| c | d", "NL567"),
    ("Navn;Antal;Pris\r\nAnna;1;1.234,50\r\nBo;;", "NL567"),
    ("[Skriv her, hvad du vil fortælle.]", "NL570"),
    ("Navn\tAntal\tPris", "NL567"),
    ("Læs <b mere", "NL572"),
    ("Se \\\\server\\fælles\\x", "NL573"),
    ("Læs --> mere", "NL572"),
    ("Læs &amp;oslash; nu", "NL572"),
    ("Se htps://a.example/x", "NL573"),
    ("Se https//a.example", "NL573"),
    ("Skriv til anna@@a.example", "NL573"),
    ("Den er i C:\\Users\\anna.pdf", "NL573"),
    ("https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example", "NL568"),
];

/// Paragraphs without mistakes.
const FINE: [&str; 37] = [
    "Her er\ten tab i en sætning, og\ten til.",
    "Skriv \\<b> for fed, &lt;i>, \\<br>, \\_under\\_ og a\\*b",
    "Prisen er 500 kr.*",
    "*Gælder ikke børn.",
    "2**3 er 8, og 5 * 3 er 15",
    "#dkpol og #kommunal",
    "#Kommunalvalg",
    "Skriv `](`, `**x`, `«Fornavn»` og `TODO`",
    "»HØR PÅ«, sagde hun: “PÅ”",
    "Mødet (kl. 9) [foreløbig] er slut",
    "Aarhus • Odense • Esbjerg",
    "Telefon | Post | Net",
    "– Ja, sagde hun.",
    "kl. 12:30 – 14:00",
    "Den 1. maj\n2. juni er fri",
    "R&D; og A&B",
    "3 < 4 og 5 > 4",
    "Str. XL og XXL-poser er ude",
    "Skriv til anna@a.example",
    "::: table\nNavn;Adresse\nAnna;anna@a.example\n:::",
    "<p>Skriv til <a href=\"mailto:anna@a.example?subject=Hej\">Anna</a>.</p>",
    "@forening på nettet",
    "fil_navn_her og __init__.py",
    "En `kode` og en note.[^1]",
    "Se <https://a.example/a(b)c>",
    "[Programmet](https://a.example/p) (https://a.example/q)",
    "{ med mellemrum } og 100 %",
    "Hej {{ email }}, og {{ email }}!",
    "Smil ;-) og :-)",
    "Vi ses... til efteråret",
    "1.\u{a0}maj er fri\n2.\u{a0}juni er ikke",
    "#\u{a0}",
    "Nr.\u{a0}1 er her",
    "Vi har:\net punkt;\net punkt til;\nog et sidste",
    "Anna; Bo\nCarl; Dora",
    "<p style=\"font-size:0.9em\">Lidt mindre</p>",
    "<p>Prisen er <del>200 kr.</del> 100 kr.</p>",
];

#[test]
fn text_that_no_reader_should_see_is_reported_at_its_place() {
    let mut body = String::new();
    let mut expected: BTreeMap<u64, (&str, Option<&str>)> = BTreeMap::new();
    let reported = REPORTED.iter().map(|(text, code)| (*text, Some(*code)));
    for (text, code) in reported.chain(FINE.iter().map(|text| (*text, None))) {
        let line = 9 + body.matches('\n').count();
        expected.insert(u64::try_from(line).unwrap(), (text, code));
        body += &[text, "\n\n"].concat();
    }
    let project = Project::new("last-look");
    project.edit(MAY, "Der er nyt.", &[&body, "[^1]: Kilde."].concat());
    let said = project.run("check issues/maj.md --json");
    let problems: Vec<Value> = serde_json::from_str(&said.stdout).unwrap();
    let mut found: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    for problem in &problems {
        let line = problem["line"].as_u64().unwrap();
        let (first, _) = expected.range(..=line).next_back().unwrap();
        found.entry(*first).or_default().insert(problem["code"].as_str().unwrap());
    }
    let wrong: Vec<String> = expected
        .iter()
        .filter(|(line, (_, code))| {
            let codes = found.get(*line);
            code.map_or(codes.is_some(), |code| codes.is_none_or(|codes| !codes.contains(code)))
        })
        .map(|(line, (text, code))| format!("{text:?}: {code:?}, but {:?}", found.get(line)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_to_write_instead_of_an_unread_item_fits_its_sign() {
    let project = Project::new("last-look-items");
    for (text, hint) in [
        ("- et\n-to\n-tre", "write a space after each `-`: `- Item`"),
        ("- et\n• to\n• tre", "begin each with `  - `: two spaces put it below the item above it"),
        ("- et\n-\u{a0}to", "delete it, and write an ordinary space: `- Item`"),
        (
            "Husk **\u{a0}x\u{a0}** nu",
            "write it without spaces inside: `**x**`; between backticks it is shown as it is",
        ),
        ("##\u{a0}Program", "write an ordinary space instead of the no-break space: `## Program`"),
    ] {
        project.write("issues/punkter.md", project.read(MAY).replacen("Der er nyt.", text, 1));
        let said = project.run("check issues/punkter.md").stderr;
        assert!(said.contains(&format!("= help: {hint}\n")), "{text:?}: {said}");
    }
}

/// Ways to write the front matter of an issue in which tags are filled in.
const FILLED_IN: [&str; 7] = [
    "subject: \"Kom, {{ first_name }}!\"\npreheader: Hej",
    "subject: Kom\npreheader: \"Til {{ organisation }} og {{name}}, {{ email }}\"",
    "subject: {da: \"Kom, {{ first_name }}!\", en: \"Come, {{ last_name }}!\"}\npreheader: Hej",
    "subject: \"{{ first_name|default('ven') }}, kom{# og {{ name }} #}\"\npreheader: Hej",
    "subject: \"{% if first_name %}{{ first_name }}, kom{% else %}Kom{% endif %}\"\npreheader: Hej",
    "subject: \"[{{ organisation }}] Nyt\"\npreheader: Hej",
    "subject: '«{{ first_name }}»'\npreheader: \"<{{ email }}> og %{{ name }}%\"",
];

#[test]
fn a_subject_and_a_preheader_may_have_tags() {
    let project = Project::new("last-look-tags");
    let body = "audiences: [members]\ndate: 2026-05-04 09:00\n---\n[Til {{ first_name }}](https://kommune.dk/)\n\n\
                ![{{ first_name }} og en bog](bog.png)\n\n## Kort til {{ first_name }}\n\n::: note Til {{ organisation }}\nNyt.\n:::\n";
    let png = include_bytes!("../../examples/streg.png");
    let anna = "{email: anna@a.example, first_name: Anna, last_name: And, organisation: Byen}";
    let members = format!("name: members\nreason: du er medlem\nrecipients: [{anna}]\n");
    let project = project.file("issues/bog.png", png).file("audiences/members.yaml", members);
    for (number, front) in FILLED_IN.iter().enumerate() {
        let issue = format!("issues/nr{number}.md");
        project.write(&issue, format!("---\n{front}\n{body}"));
        let said = project.run(&format!("check {issue}"));
        assert!(!said.stderr.contains("NL430") && said.status == 0, "{front}: {}", said.stderr);
        assert_eq!(project.run(&format!("send {issue} --dry-run --out shown{number}")).status, 0, "{front}");
    }
    for foreign in ["{{first-name}}", "{{ fornavn }}", "*|FNAME|*", "%%first_name%%", "«Fornavn»", "{first_name}"] {
        for front in [
            format!("subject: 'Kom, {foreign}, og {{{{ name }}}}'\npreheader: Hej"),
            format!("subject: Kom\npreheader: '{{{{ name }}}}: {foreign}'"),
            format!("subject: Kom\npreheader: Hej\nimage: {{src: bog.png, alt: '{foreign}'}}"),
        ] {
            project.write("issues/fremmed.md", format!("---\n{front}\n{body}"));
            let said = project.run("check issues/fremmed.md");
            assert!(said.status == 3 && said.stderr.contains(foreign), "{front}: {}", said.stderr);
        }
    }
}
