//! Random tags and people: checking all letters of a plan without writing them finds the same errors as writing each.

use std::sync::Arc;

use newsletter::base::value::Value;
use newsletter::letter::compose::ComposedPlan;
use newsletter::letter::failed_letters::{ComposeError, KEPT};
use newsletter::letter::plan::PlannedLetter;
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::people::person::{Address, Person, PersonOrigin};
use newsletter::project::Project as Found;

use crate::chance::Chance;
use crate::project::Project;

/// The number of random issues.
const ISSUES: u64 = 8;
/// The number of people who get each edition: more than one thread checks at a time.
const PEOPLE: usize = 140;
/// The first seed; `NEWSLETTER_SEED` sets another one.
const SEED: u64 = 20_270_301;

/// The passages of an issue. A tag fails for some people, for all or for none.
const PASSAGES: [&str; 24] = [
    "Kære {{ first_name }}, velkommen.",
    "{{ greeting }}",
    "Du bor i {{ city|upper }} { her }.",
    "{% if role == \"chair\" %}\nHusk {{ phone }}, {{ name }}.\n{% else %}\nRing til {{ first_name }}.\n{% endif %}",
    "Dine roller: {% for entry in roles %}{{ loop.index }}. {{ entry }} {% endfor %}.",
    "Dine roller: {{ roles|join(\" og \") }}.",
    "[Din side]({{ page }}) er klar.",
    "[Din side](https://forening.example/{{ city }}) er klar.",
    "Det koster {{ amount|currency }}.",
    "Det koster {{ amount * 2 }} kroner.",
    "Frist: {{ day|date }}.",
    "Mødet er {{ params.sted }}.",
    "Mødet er den {{ day|default(\"21. januar\") }}.",
    "{% set antal = roles|length %}\nDu har {{ antal }} roller.",
    "{% if amount > 10 %}\nDet er meget.\n{% endif %}",
    "{% if city in roles %}\nBesynderligt.\n{% elif phone %}\nRing {{ phone }}.\n{% endif %}",
    "| Navn | By |\n|---|---|\n| {{ name }} | {{ city }} |",
    "{% for a in range(30) %}{% for b in range(40) %}{{ text }}{% endfor %}{% endfor %}",
    "{% for a in range(90) %}x{% if a == 7 %}{{ city }}{% endif %}{% endfor %}",
    "{% if role == \"rare\" %}{% for a in range(400) %}{% for b in range(400) %}x{% endfor %}{% endfor %}{% endif %}",
    "Skriv til {{ email }}.",
    "{% if not phone %}\n**Vi mangler dit nummer**, {{ first_name|default(\"ven\") }}.\n{% endif %}",
    "Bliv væk: {{ unsubscribe_url }}.",
    "`{{ first_name }}` er ikke et tag, {{ text|length }} er.",
];

const SUBJECTS: [&str; 5] =
    ["Nyt", "Nyt til {{ first_name }}", "Nyt: {{ text }}", "Nyt { her }", "{{ name|default(\"Nyt\") }}"];

#[test]
fn checking_letters_fails_where_writing_them_does() {
    let audience = |id: &str| format!("name: {id}\nreason: du er i {id}\nrecipients: [{{email: {id}@a.example}}]\n");
    let project = ["members", "board"]
        .iter()
        .fold(Project::new("checked"), |project, id| project.file(&format!("audiences/{id}.yaml"), audience(id)));
    let first = std::env::var("NEWSLETTER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let (mut composed, mut failed, mut kinds) = (0, 0, Vec::new());
    for seed in first..first + ISSUES {
        let mut chance = Chance::new(seed);
        let text = issue(&mut chance);
        project.write("issues/checked.md", &text);
        let (letters, writing, checking) = failures(&project, &mut chance);
        assert_eq!(checking, writing, "NEWSLETTER_SEED={seed}\n{text}");
        let count: usize = checking.iter().map(|(first, more)| first.len() + more).sum();
        composed += letters - count;
        failed += count;
        let shown: Vec<&String> = checking.iter().flat_map(|(first, _)| first).collect();
        kinds.extend(
            shown.iter().filter_map(|error| Some(error.split_once("cause: ")?.1.split(',').next()?.to_owned())),
        );
        kinds.extend(shown.iter().filter(|error| error.contains("HeaderTooLong")).map(|_| "HeaderTooLong".to_owned()));
    }
    kinds.sort();
    kinds.dedup();
    // If everything or nothing failed, the test would prove nothing.
    assert!(composed > 3 * PEOPLE && failed > 3 * PEOPLE, "NEWSLETTER_SEED={first}: {composed} composed, {failed} not");
    assert_eq!(kinds, ["HeaderTooLong", "Missing", "NoAddress", "TooMuch", "Unfit"], "NEWSLETTER_SEED={first}");
}

fn issue(chance: &mut Chance) -> String {
    let passages: Vec<&str> = (0..=chance.below(5)).map(|_| chance.pick(&PASSAGES)).collect();
    let place = if chance.once_in(4) { "" } else { "params: {sted: Ry}\n" };
    let preheader = if chance.once_in(2) { "Det nye" } else { "Det nye i {{ city }}" };
    format!(
        "---\nsubject: '{}'\npreheader: '{preheader}'\naudiences: [members, board]\n{place}---\n{}\n",
        chance.pick(&SUBJECTS),
        passages.join("\n\n")
    )
}

/// Letters that fail for one reason: the first ones, and how many others there are.
type Failed = (Vec<String>, usize);

/// How many letters an issue has, those that cannot be written, and those that are found when all are checked.
fn failures(project: &Project, chance: &mut Chance) -> (usize, Vec<Failed>, Vec<Failed>) {
    let root = project.path(".");
    let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
    let prepare = || {
        let (prepared, diagnostics) = PreparedIssue::of(&found, &project.path("issues/checked.md")).unwrap();
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        prepared.unwrap()
    };
    let compose = |prepared: PreparedIssue<'_>, letters: &[PlannedLetter]| {
        let options = prepared.inputs.letter_options("Thu, 21 Jan 2027 09:30:00 +0100".to_owned()).unwrap();
        ComposedPlan::compose(options, prepared.editions, letters)
    };
    let prepared = prepare();
    let samples = prepared.sample_letters();
    let letters: Vec<PlannedLetter> = (0..PEOPLE * samples.len())
        .map(|number| PlannedLetter {
            person: Arc::new(person(chance, number)),
            ..samples[number % samples.len()].clone()
        })
        .collect();
    let plan = compose(prepared, &[]).unwrap();
    let shown = |letter: &PlannedLetter, error: &ComposeError| format!("{}: {error:?}", letter.person.address);
    let mut writing: Vec<(String, Failed)> = Vec::new();
    for letter in &letters {
        let Err(error) = plan.letter(letter) else { continue };
        let known = writing.iter().position(|(reason, _)| *reason == error.reason());
        let at = known.unwrap_or_else(|| {
            writing.push((error.reason(), Failed::default()));
            writing.len() - 1
        });
        let (first, more) = &mut writing[at].1;
        if first.len() < KEPT { first.push(shown(letter, &error)) } else { *more += 1 }
    }
    let failed = compose(prepare(), &letters).err().unwrap_or_default();
    let checking = failed.iter().map(|failed| {
        (failed.first.iter().map(|missing| shown(&missing.letter, &missing.error)).collect(), failed.more)
    });
    (letters.len(), writing.into_iter().map(|(_, failed)| failed).collect(), checking.collect())
}

/// A person who lacks some fields, and has values of the wrong kind in others.
fn person(chance: &mut Chance, number: usize) -> Person {
    let long = chance.pick(&["Æ", "x"]).repeat(if chance.once_in(20) { 1_100 } else { 60 });
    let text = |text: &str| Value::Text(text.to_owned());
    let roles = (0..chance.below(4)).map(|_| text(chance.pick(&["chair", "guest", "Ry"]))).collect();
    let fields = [
        ("first_name", text(chance.pick(&["Anna", "Bo & Co", "-", "Ærøe=", "John\u{a0}Doe"]))),
        ("name", text(chance.pick(&["Anna Berg", "Bo", &long, &format!("{long}\"x\" {long}")]))),
        ("city", text(chance.pick(&["Ry", "Aarhus C", "Århus <N>"]))),
        ("role", text(if chance.once_in(40) { "rare" } else { chance.pick(&["chair", "guest"]) })),
        ("phone", if chance.once_in(3) { Value::Integer(12_345_678) } else { text("86 12 34 56") }),
        ("roles", if chance.once_in(8) { text("chair") } else { Value::List(roles) }),
        (
            "page",
            text(chance.pick(&[
                "https://forening.example/x?a=b",
                "mailto:x@a.example",
                "https://forening.example/æ",
                "ved havnen",
            ])),
        ),
        ("amount", amount(chance)),
        ("day", text(chance.pick(&["2027-01-21", "2027-02-30", "snart"]))),
        ("text", text(&"abc ".repeat(chance.pick(&[1, 1, 1, 1, 1, 1, 50, 1_000])))),
    ];
    let kept = fields.into_iter().filter(|_| !chance.once_in(16)).map(|(name, value)| (name.to_owned(), value));
    Person {
        fields: kept.collect(),
        address: Address::parse(&format!("person{number}@a.example")).unwrap(),
        lang: None,
        consent: None,
        origin: PersonOrigin { path: "people.csv".into(), line: number + 2 },
    }
}

fn amount(chance: &mut Chance) -> Value {
    match chance.below(8) {
        0 => Value::Text("gratis".to_owned()),
        1 => Value::Number(12.5),
        2 => Value::Bool(true),
        _ => Value::Integer(12),
    }
}
