//! The language and direction attributes of letters, as screen readers and browsers read them.

use crate::project::{MAY, Project};

const FRONT: &str =
    "---\nsubject: {da: Nyt, en: News}\npreheader: Det vigtigste\naudiences: [members]\ndate: 2026-12-01\n---\n";

/// A project with a Danish and an English reader, and an issue with this text.
fn project(name: &str, front: &str, text: &str) -> Project {
    let members = "name: M\nreason: {da: du er medlem, en: you are a member}\nrecipients:\n  - anna@a.example\n  \
                   - {email: alex@b.example, lang: en}\n";
    Project::new(name).file("audiences/members.yaml", members).file(MAY, format!("{front}{text}"))
}

/// The HTML of an edition of the issue.
fn html(project: &Project, edition: &str) -> String {
    let output = project.run("preview issues/maj.md --out shown");
    assert_eq!(output.status, 0, "{}", output.stderr);
    project.read(&format!("shown/{edition}.html"))
}

/// The value of an attribute in the tag that a text begins with.
fn attribute<'h>(html: &'h str, name: &str) -> Option<&'h str> {
    let tag = &html[..html.find('>')?];
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// The language or direction of the words, by the nearest element around them that has one; the HTML has one `<p>` for each.
fn nearest<'h>(html: &'h str, name: &str, words: &str) -> &'h str {
    let at = html.find(words).unwrap_or_else(|| panic!("{words}: {html}"));
    let mut open = Vec::new();
    let mut rest = &html[html.find("<html").unwrap()..at];
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let element: String = rest[1..].chars().take_while(|sign| sign.is_alphanumeric() || *sign == '/').collect();
        if let Some(closed) = element.strip_prefix('/') {
            let last = open.iter().rposition(|(name, _)| name == closed);
            open.truncate(last.unwrap_or(open.len()));
        } else if !["meta", "img", "br", "hr", ""].contains(&element.as_str()) {
            open.push((element, attribute(rest, name)));
        }
        rest = &rest[1..];
    }
    open.iter().rev().find_map(|(_, value)| *value).unwrap_or_default()
}

#[test]
fn each_passage_is_in_its_own_language() {
    let text = "::: lang en\nThis letter is in Danish.\n\n- A point\n\n> [!NOTE]\n> Bring a pen.\n:::\n\nEndnu et år med fælles løsninger \
                er ved at være slut, og vi takker alle.\n\n> [!NOTE]\n> Husk en blyant.\n\n::: event Årsmøde\ntid: 21. januar 2027\n:::\n";
    let project = project("languages", FRONT, text);
    let english = html(&project, "members.en");
    assert!(english.contains("<html lang=\"da\" dir=\"ltr\""), "{english}");
    for (words, lang) in [
        ("News<", "en"),
        ("This letter", "en"),
        ("A point", "en"),
        ("Bring a pen", "en"),
        ("Endnu et år", "da"),
        ("Husk en blyant", "da"),
        ("Torsdag", "da"),
        ("you are a member", "en"),
    ] {
        assert_eq!(nearest(&english, "lang", words), lang, "{words}: {english}");
    }
    // Words that the program adds are in the language of their block.
    assert!(english.contains("Note") && english.contains("Bemærk"), "{english}");
    let danish = html(&project, "members.da");
    assert!(!danish.contains("lang=\"en\""), "{danish}");
}

#[test]
fn values_are_written_in_the_language_of_their_passage() {
    let front = "---\nsubject: {da: 'Frist {{ params.frist }}', en: 'Deadline {{ params.frist }}'}\npreheader: {da: Senest i marts, en: By March at the latest}\n\
                 audiences: [members]\ndate: 2026-05-04 09:00\nparams: {frist: 2027-03-04, pris: 12345.5, antal: 2}\n---\n";
    let text = "{{ greeting }}\n\nFristen er {{ params.frist|date('weekday') }}, og prisen er {{ params.pris|number(2) }} \
                for alle, som gerne vil være med.\n\n::: lang en\n{{ greeting }}\n\n\
                The deadline is {{ params.frist|date('weekday') }}, the price {{ params.pris|number(2) }}, or {{ params.pris }}, \
                {{ params.pris ~ \" in all\" }}, {{ params.pris|currency }}.\n\n\
                {% if params.pris|number(1) == \"12,345.5\" %}It is a lot.{% endif %}\n:::\n";
    let project = project("languages-values", front, text);
    let said = project.run("preview issues/maj.md --out shown");
    assert_eq!(said.status, 0, "{}", said.stderr);
    let shown = project.read("shown/members.en.txt").replace('\n', " ");
    for words in [
        "Hej Alex  Fristen er torsdag den 4. marts 2027, og prisen er 12.345,50 for alle",
        "Hello Alex  The deadline is Thursday 4 March 2027, the price 12,345.50, or 12,345.5, 12,345.5 in all, DKK 12,345.50.",
        "It is a lot.",
    ] {
        assert!(shown.contains(words), "{shown}");
    }
    let page = project.read("shown/members.en.html");
    assert!(page.contains("Hello Alex") && page.contains("Thursday 4 March 2027"), "{page}");
    assert!(page.contains("<title lang=\"en\">Deadline 4 March 2027</title>"), "{page}");
    let danish = project.read("shown/members.da.html");
    assert!(danish.contains("<title>Frist 4. marts 2027</title>"), "{danish}");
}

#[test]
fn a_letter_in_two_languages_is_in_that_of_its_reader() {
    let text = "::: lang da\nGod jul.\n:::\n\n::: lang en\nMerry Christmas.\n:::\n\n::: event Årsmøde\ntid: 21. januar 2027\n:::\n";
    let project = project("languages-both", FRONT, text);
    let english = html(&project, "members.en");
    assert!(english.contains("<html lang=\"en\"") && !english.contains("lang=\"da\""), "{english}");
    assert!(english.contains("Thursday"), "{english}");
    assert!(html(&project, "members.da").contains("<html lang=\"da\""));
}

#[test]
fn each_block_has_the_direction_of_its_first_letter() {
    let text = "Velkommen.\n\nمرحبا بكم في `newsletter`: https://forening.example\n\n- نقطة أولى\n- Et punkt\n\n## عنوان\n\n| اسم | Antal |\n|---|---|\n| علي | 2 |\n";
    let project = project("directions", FRONT, text);
    let mixed = html(&project, "members.da");
    assert!(mixed.contains("<html lang=\"da\" dir=\"ltr\""), "{mixed}");
    for (words, direction) in [
        ("Velkommen", "ltr"),
        ("مرحبا", "rtl"),
        (">newsletter<", "ltr"),
        (">https://forening", "ltr"),
        ("نقطة", "rtl"),
        ("Et punkt", "ltr"),
        ("عنوان", "rtl"),
        ("علي", "rtl"),
    ] {
        let value = if let Some(inside) = words.strip_prefix('>') {
            let at = mixed.find(words).unwrap();
            attribute(&mixed[mixed[..at].rfind('<').unwrap()..], "dir").unwrap_or_else(|| panic!("{inside}: {mixed}"))
        } else {
            nearest(&mixed, "dir", words)
        };
        assert_eq!(value, direction, "{words}: {mixed}");
    }
}

#[test]
fn a_block_of_the_other_direction_is_on_its_side() {
    let project = project("directions-side", FRONT, "Velkommen.\n\nمرحبا\n\n- نقطة\n");
    let mixed = html(&project, "members.da");
    for element in ["<p dir=\"rtl\"", "<ul dir=\"rtl\""] {
        let tag = &mixed[mixed.find(element).unwrap_or_else(|| panic!("{element}: {mixed}"))..];
        let style = attribute(tag, "style").unwrap_or_default();
        assert!(style.contains("text-align:right"), "{element}: {style}");
    }
    assert!(mixed.contains("margin:0 24px 16px 0"), "{mixed}");
}

#[test]
fn a_text_can_be_in_any_language() {
    let front = FRONT.replace("{da: Nyt, en: News}", "أخبار").replace("---\nsubject", "---\nlang: ar-EG\nsubject");
    let project = project("directions-whole", &front, "مرحبا بكم.\n\nDansk afsnit.\n");
    let arabic = html(&project, "members.da");
    assert!(arabic.contains("<html lang=\"ar-EG\" dir=\"rtl\""), "{arabic}");
    assert_eq!(nearest(&arabic, "dir", "Dansk afsnit"), "ltr", "{arabic}");
    // The footer is in the language of the reader.
    assert_eq!(nearest(&arabic, "lang", "du er medlem"), "da");
    assert_eq!(nearest(&arabic, "dir", "du er medlem"), "ltr");
}

#[test]
fn a_text_is_hyphenated_by_the_rules_of_its_own_language_only() {
    let french = FRONT
        .replace("{da: Nyt, en: News}", "Anticonstitutionnellement")
        .replace("---\nsubject", "---\nlang: fr\nsubject");
    let text = "## Internationalisation\n\nLe 12 januar, kl. 9 et 5 kr.\n\n| Internationalisation |\n|--|\n| Anticonstitutionnelle |\n";
    let shown = html(&project("hyphens-french", &french, text), "members.da");
    assert!(
        shown.contains(">Anticonstitutionnellement</h1>") && shown.contains(">Internationalisation</h2>"),
        "{shown}"
    );
    assert!(shown.contains("Anticonstitutionnelle</td>") && shown.contains("Le 12 januar, kl. 9 et 5 kr."), "{shown}");
    let text = "## Koordinationsgruppen\n";
    let danish = FRONT.replace("{da: Nyt, en: News}", "Nyt");
    let shown = html(&project("hyphens-danish", &danish, text), "members.da");
    assert!(shown.contains("Koor\u{ad}di\u{ad}na"), "{shown}");
    let swiss = FRONT.replace("{da: Nyt, en: News}", "Neues").replace("---\nsubject", "---\nlang: de-CH-1901\nsubject");
    let shown = html(&project("hyphens-german", &swiss, "## Veranstaltungskalender\n"), "members.de");
    assert!(shown.contains("Ver\u{ad}an\u{ad}stal\u{ad}tungs"), "{shown}");
}
