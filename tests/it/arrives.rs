//! Text arrives as written: dates that Markdown reads as numbers of a list, attributes of other programs, and lines
//! that must stay separate.

use newsletter::letter::compose::ComposedPlan;
use newsletter::letter::parsed;
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::project::Project as Found;

use crate::project::{MAY, Project};

const FRONT: &str = "---\nsubject: Nyt\npreheader: Det vigtigste i maj, samlet til dig\naudiences: [members]\ndate: 2026-05-04 09:00\n---\n";

/// A letter, and the codes of all that is reported.
struct Arrived {
    codes: Vec<String>,
    html: String,
    text: String,
}

/// The letter to a sample reader; empty if there are errors.
fn arrived(project: &Project, body: &str) -> Arrived {
    project.write(MAY, [FRONT, body].concat());
    let root = project.path(".");
    let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
    let (prepared, diagnostics) = PreparedIssue::of(&found, &project.path(MAY)).unwrap();
    let codes = diagnostics.iter().map(|diagnostic| diagnostic.code.to_string()).collect();
    let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else {
        return Arrived { codes, html: String::new(), text: String::new() };
    };
    let letters = prepared.sample_letters();
    let options = prepared.inputs.letter_options("Mon, 4 May 2026 09:00:00 +0200".to_owned()).unwrap();
    let composed = ComposedPlan::compose(options, prepared.editions, &letters).unwrap();
    let letter = composed.letter(&letters[0]).unwrap();
    let letter = parsed::parse(&letter.bytes);
    let part = |kind: &str| letter.parts.iter().find(|part| part.media_type == kind).unwrap().text();
    Arrived { codes, html: part("text/html"), text: part("text/plain") }
}

/// Checks that a text has no problem, and that both parts of its letter have these lines below each other.
fn arrives(project: &Project, body: &str, lines: &[&str]) {
    let Arrived { codes, html, text } = arrived(project, body);
    assert!(codes.is_empty(), "{body}: {codes:?}");
    let whole = lines.join("\n");
    assert!(text.contains(&format!("\n{whole}\n")), "{body}\n{text}");
    // In HTML, a line end without `<br>` is a space. The space in a date inside a line is `&nbsp;`.
    let spaced = html.replace("<br>\n", "<br>").replace('\n', " ").replace("&nbsp;", " ");
    assert!(spaced.contains(&lines.join("<br>")), "{body}\n{html}");
}

#[test]
fn a_date_at_the_start_of_a_line_is_text() {
    let project = Project::new("arrives-dates");
    for (body, lines) in [
        (
            "24. april fylder foreningen 15 år.\n\n21. januar 2027 holder vi årsmøde.\n",
            &["21. januar 2027 holder vi årsmøde."][..],
        ),
        ("3. kvartal gik godt.\n\n2. kvartal gik bedre.\n", &["2. kvartal gik bedre."]),
        (
            "1. maj: Fest\n2. maj: Oprydning\n5. juni: Grundlovsdag\n",
            &["1. maj: Fest", "2. maj: Oprydning", "5. juni: Grundlovsdag"],
        ),
        (
            "Datoerne er\n1. maj: Fest\n5. juni: Grundlovsdag\n",
            &["Datoerne er", "1. maj: Fest", "5. juni: Grundlovsdag"],
        ),
        ("Vi mødes den\n1. maj i Aarhus.\n", &["Vi mødes den 1. maj i Aarhus."]),
        ("24. og 25. april er der kursus.\n\n2. søndag i advent synger vi.\n", &["2. søndag i advent synger vi."]),
        ("24. Mai ist ein Feiertag.\n\n7. dec. er der julefrokost.\n", &["7. dec. er der julefrokost."]),
    ] {
        arrives(&project, body, lines);
    }
}

#[test]
fn a_list_stays_a_list() {
    let project = Project::new("arrives-lists");
    for body in [
        "1. Kaffe\n2. Kage\n3. Saft\n",
        "1. maj holder vi fest\n2. Tag madpakke med\n3. Vi ses\n",
        "1. Marts bliver travl\n2. April bliver rolig\n",
        "1. Kaffe\n1. Kage\n1. Saft\n",
        "1. maj-arrangementet\n2. juni-arrangementet\n",
        "1. maj er vi på tur.\n\n   Husk madpakke.\n\n2. Tag tøj med.\n",
        "4. Kaffe\n5. Kage\n",
    ] {
        let Arrived { codes, html, .. } = arrived(&project, body);
        assert!(codes.is_empty() && html.contains("<ol"), "{body}: {codes:?}\n{html}");
    }
    for body in ["1. Kaffe\n3. Kage\n", "3. a\n3. b\n7. c\n"] {
        assert_eq!(arrived(&project, body).codes, ["NL660"], "{body}");
    }
}

#[test]
fn an_item_that_begins_with_a_number_or_an_item_keeps_both_signs() {
    let project = Project::new("arrives-nested-numbers");
    for (body, lines) in [
        ("1. 1. januar: Nytår\n2. 24. december: Jul\n3. Andet\n", &["1. 1. januar: Nytår", "2. 24. december: Jul"][..]),
        ("1) 1. kvartal\n2) 2. kvartal\n", &["1. 1. kvartal", "2. 2. kvartal"]),
        ("- 1. januar\n- 2. februar\n", &["- 1. januar", "- 2. februar"]),
        ("1. 1. Velkomst\n2. 14. Regnskab\n   15. Budget\n", &["1. 1. Velkomst", "2. 14. Regnskab", "   15. Budget"]),
        ("1. - Kaffe\n   - Te\n2. > 7. Kage\n", &["1. - Kaffe", "   - Te", "2. > 7. Kage"]),
        ("9. - 1. Kaffe\n10. Te\n", &["9.  - 1. Kaffe", "10. Te"]),
    ] {
        let Arrived { codes, text, .. } = arrived(&project, body);
        assert!(codes.is_empty() && text.contains(&format!("\n{}\n", lines.join("\n"))), "{body}: {codes:?}\n{text}");
    }
}

#[test]
fn attributes_of_kramdown_are_taken_in_or_reported() {
    let project = Project::new("arrives-kramdown");
    let Arrived { codes, html, text } = arrived(
        &project,
        "# Nyt\n{: #nyt }\n\n## Indhold\n{: .no_toc }\n\n1. TOC\n{:toc}\n\n[Hent programmet](https://a.example/p){: .btn .btn-blue }\n\n\
         [Se referatet](https://a.example/r)\n{: .btn}\n\n[Ekstern side](https://a.example/q){:target=\"_blank\"}\n\n`{: .x}`\n",
    );
    assert_eq!(codes, ["NL662", "NL662", "NL662"]);
    assert_eq!(html.matches("class=\"button\"").count(), 2, "{html}");
    assert!(!text.contains("TOC") && text.matches("{:").count() == 1, "{text}");
}

#[test]
fn short_lines_keep_their_breaks() {
    let project = Project::new("arrives-short-lines");
    for lines in [
        &["Venlig hilsen", "Anna Berg"][..],
        &["Med venlig hilsen", "foreningen"],
        &["Havnegade 12", "9999 Eksempelby"],
        &["Anna Berg", "Formand", "+45 12 34 56 78"],
        &["Tid: fredag den 12. juni kl. 19 i forsamlingshuset", "Sted: Havnegade 12"],
        &["Kær hilsen,", "Anna"],
        &["Kær hilsen", "Anna og alle vi andre."],
        &["Anna Berg", "Formand, cand.mag."],
        &["Havnegade 12", "3. sal tv."],
        &["Dørene åbner", "Fredag 12."],
        &["Anna Berg", "Formand for foreningen", "Jens Holm og Ida von Krag", "Frivillig Koordinator for byen"],
        &["Bestyrelsen", "Anna Berg formand", "Jens Holm tlf. 12 34 56 78"],
        &["Kontakt:", "Anna Berg", "tlf. 12 34 56 78"],
        &["Anna Berg", "i går kl. 9.12", "Hej alle"],
        &["kaffe", "kage", "te"],
        &["Kære alle", "Så er der igen nyt fra foreningen, og det er rart at skrive."],
        &["¹ Kun for medlemmer", "² Inklusive kaffe"],
        &["Sted:", "Rådhuset", "Store sal"],
        &["Tid og sted:", "lørdag den 12. juni kl. 14", "Rådhuset, Store sal"],
        &["Husk:", "madpakke", "drikkedunk"],
        &["Ort:", "Rathaus", "großer Saal"],
        &["Er der spørgsmål, så ring endelig til:", "+45 12 34 56 78", "mobil 87 65 43 21"],
        &["Vi ses på lørdag til årets fest i hallen, hvor der er plads til alle!", "Med venlig hilsen", "Anna"],
        &["Kære alle,", "så er der igen nyt fra foreningen, og det er rart at skrive."],
        &["Anna Berg", "mobil 12 34 56 78"],
    ] {
        arrives(&project, &["Hej.\n\n", &lines.join("\n"), "\n"].concat(), lines);
    }
    for lines in [
        &["Vi mødes fredag.", "Der er kaffe."][..],
        &["Vi holder vores årsmøde på havnen, hvor der er plads til os alle i", "Aarhus"],
        &["Kom til årsmødet den", "12. maj i byen"],
        &["Vi holder til i", "Aarhus"],
        &["kaffe", "kage"],
        &["Vi besøgte i sidste uge", "Danmarks største museum."],
        &["Vores nye formand", "Anna Berg er valgt"],
        &["Vores nye formand", "Anna Berg takker alle"],
        &["forbi og høre mere om planerne for året, som er disse to:", "der er kaffe og kage til alle."],
        &["Vi holder fest i haven bag huset", "og alle må tage venner med til", "festen som varer til midnat"],
        &["Bemærk: mødet er flyttet", "til fredag den 12. juni", "i salen, fordi den er ledig."],
        &["Ring til vores venlige frivillige på telefonnummer", "12 34 56 78", "eller skriv til os."],
    ] {
        let Arrived { codes, html, .. } = arrived(&project, &["Hej.\n\n", &lines.join("\n"), "\n"].concat());
        // In HTML, a line end without `<br>` is a space.
        let html = html.replace("&nbsp;", " ");
        assert!(codes.is_empty() && html.contains(&lines.join("\n")), "{codes:?}\n{html}");
    }
}

#[test]
fn an_address_below_a_name_keeps_its_line() {
    let project = Project::new("arrives-addresses");
    for address in ["anna@a.example", "https://www.a.example/et/langt/navn/paa/en/side/om/os"] {
        let Arrived { codes, html, text } =
            arrived(&project, &format!("Hej.\n\nVenlig hilsen\nAnna Berg\n{address}\n"));
        assert_eq!(codes, Vec::<String>::new(), "{address}");
        assert!(text.contains(&format!("\nAnna Berg\n{address}\n")), "{text}");
        assert!(html.contains("Anna Berg<br>\n<a "), "{html}");
        let Arrived { text, .. } = arrived(&project, &format!("> **Kontakt:**\n> tlf. 12 34 56 78\n> {address}\n"));
        assert!(text.contains(&format!("> Kontakt:\n> tlf. 12 34 56 78\n> {address}\n")), "{text}");
    }
}

#[test]
fn an_address_ends_before_any_closing_bracket() {
    let project = Project::new("arrives-closing");
    for [before, behind] in [["（", "）"], ["(", ")"], ["”", "”"], ["»", "«"], ["", "…"]] {
        let body = format!("Læs {before}https://a.example/x{behind} nu.\n");
        let Arrived { codes, html, text } = arrived(&project, &body);
        assert_eq!(codes, Vec::<String>::new(), "{body}");
        assert!(html.contains("href=\"https://a.example/x\""), "{html}");
        assert!(text.contains(body.trim()), "{text}");
    }
}

#[test]
fn a_word_that_begins_in_a_link_stays_one_word() {
    let project = Project::new("arrives-words");
    let body = "Se [program](https://a.example/p)met, [vejen](https://a.example/v) og [her](#top)ved.\n\n## Top\n";
    let Arrived { text, .. } = arrived(&project, body);
    assert!(text.contains("Se programmet <https://a.example/p>, vejen <https://a.example/v> og herved."), "{text}");
}

#[test]
fn a_comparison_is_not_a_tag() {
    let project = Project::new("arrives-comparison");
    let Arrived { codes, text, .. } = arrived(&project, "Vi ved, at a<b og c>d i alle tilfælde.\n");
    assert!(!codes.contains(&"NL664".to_owned()), "{codes:?}");
    assert!(text.contains("at a<b og c>d i alle"), "{text}");
}

#[test]
fn buttons_in_html_are_separate_words() {
    let project = Project::new("arrives-buttons");
    let body = "<div><button>100</button><button>200</button></div>\n";
    let Arrived { html, text, .. } = arrived(&project, body);
    assert!(text.contains("100 200") && html.contains("100 200"), "{text}{html}");
}

#[test]
fn boxes_below_each_other_are_apart() {
    let project = Project::new("arrives-boxes");
    let body = "::: callout Et\nHest\n\nKo\n:::\n::: tip To\nGris\n:::\n\n> [!ADVARSEL]\n> Tyr\n\n> Høne\n";
    let Arrived { codes, text, html } = arrived(&project, body);
    assert_eq!(codes, Vec::<String>::new());
    assert!(text.contains("| ET\n| Hest\n|\n| Ko\n\n| TO\n| Gris\n\n| ADVARSEL\n| Tyr\n\n> Høne\n"), "{text}");
    assert!(html.contains("notice-warning"), "{html}");
}

#[test]
fn notices_of_other_programs_are_notices() {
    let project = Project::new("arrives-notices");
    for (body, title) in [
        (">[!NOTE]\n>Husk **betaling**.\n", "BEMÆRK"),
        (">  [!NOTE]\n>  Husk **betaling**.\n", "BEMÆRK"),
        ("> **[!note]**\n> Husk **betaling**.\n", "BEMÆRK"),
        ("> \\[!NOTE\\]\n> Husk **betaling**.\n", "BEMÆRK"),
        ("> [!note]- Et godt *råd*\n> Husk **betaling**.\n", "ET GODT RÅD"),
        ("> [!faq]+ Et godt råd\n> Husk **betaling**.\n", "ET GODT RÅD"),
        ("> **[!NOTE] Et godt råd**\n> Husk **betaling**.\n", "ET GODT RÅD"),
        ("> [!NOTE]: Et godt råd\n> Husk **betaling**.\n", "ET GODT RÅD"),
    ] {
        let Arrived { codes, html, text } = arrived(&project, body);
        assert_eq!(codes, Vec::<String>::new(), "{body}");
        assert!(text.contains(&format!("| {title}\n| Husk betaling.\n")), "{body}\n{text}");
        assert!(html.contains("notice-note") && !html.contains("[!"), "{body}\n{html}");
    }
    let linked = arrived(&project, "> [!TIP] Se [programmet](https://a.example/p) for {{ email }}\n> Godt.\n");
    assert!(linked.html.contains("href=\"https://a.example/p\""), "{}", linked.html);
}

#[test]
fn lines_that_begin_with_a_symbol_keep_their_breaks() {
    let project = Project::new("arrives-symbols");
    for lines in [
        &["📅 Lørdag den 3. maj", "📍 Rådhuset, hvor der er plads til alle, der vil være med til festen", "💰 Gratis"]
            [..],
        &["Vi har:", "✅ kaffe", "✅ te"],
    ] {
        arrives(&project, &["Hej.\n\n", &lines.join("\n"), "\n"].concat(), lines);
    }
}

#[test]
fn a_picture_in_html_is_the_picture_of_its_block() {
    let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/havnen.jpg")).unwrap();
    let project = Project::new("arrives-media").file("issues/havn.jpg", photo);
    let body = "::: media\n<img src=\"havn.jpg\" alt=\"Kajen\">\n\nNye lamper.\n:::\n";
    let Arrived { codes, html, text } = arrived(&project, body);
    assert_eq!(codes, Vec::<String>::new());
    assert!(text.contains("Nye lamper.") && html.contains("alt=\"Kajen\""), "{html}");
}

#[test]
fn what_comes_from_word_leaves_its_text() {
    let project = Project::new("arrives-word");
    let Arrived { codes, html, text } = arrived(&project, "<p>Fra Word<o:p></o:p></p>\n\nHej <o:p>Åse</o:p>.\n");
    assert_eq!(codes, ["NL657"; 4]);
    assert!(text.contains("Fra Word\n\nHej Åse.") && html.contains("Hej Åse."), "{text}");
}

#[test]
fn a_rule_below_a_signature_is_reported() {
    let project = Project::new("arrives-rules");
    assert_eq!(arrived(&project, "Hej.\n\nVenlig hilsen\nAnna Berg\n---\n\nPS. Husk kaffen.\n").codes, ["NL663"]);
    assert_eq!(arrived(&project, "Hej.\n\nProgrammet\n---\n\nKom og vær med.\n").codes, Vec::<String>::new());
}

#[test]
fn a_button_in_a_sentence_is_reported() {
    let project = Project::new("arrives-buttons");
    let button = "[Tilmelding](https://a.example/t){.button}";
    for (body, expected) in [
        (format!("Skriv dig op: {button} senest fredag.\n"), &["NL661"][..]),
        (format!("- {button}\n- Kaffe\n"), &[]),
        (format!("{button}\n[Program](https://a.example/p){{.button}}\n"), &[]),
        (format!("## {button}\n\nTekst.\n"), &["NL661"]),
    ] {
        assert_eq!(arrived(&project, &body).codes, expected, "{body}");
    }
}
