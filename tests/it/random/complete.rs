//! Words in every kind of markup, right and broken: each arrives in both parts of the letter, or something is reported.

use std::collections::BTreeSet;

use newsletter::letter::complete;
use newsletter::letter::compose::ComposedPlan;
use newsletter::letter::parsed;
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::project::Project as Found;

use crate::chance::Chance;
use crate::project::Project;

/// The number of random issues in each of the two tests; `NEWSLETTER_ISSUES` sets another one, and prints how many words were
/// compared.
const ISSUES: u64 = 150;
/// The first seed; `NEWSLETTER_SEED` sets another one.
const SEED: u64 = 20_271_129;

/// Pieces of text: `W` is a word for readers, `H` a word that they need not see, `N` the name of a note.
const PIECES: [&str; 61] = [
    "W W, W.",
    "W\nW\nW",
    "W  \nW\\\nW",
    "- W\n- W\n  W\n- W",
    "* W\n\n  W\n* W",
    "1. W\n2. W\n3. W",
    "7. W\n8. W",
    "1. W\n1. W\n   - W",
    "- [ ] W\n- [x] W",
    "> W W\n> W",
    "> - W\n>   W",
    "> [!TIP]\n> W",
    "# W",
    "## W {#H}",
    "### W W ###",
    "W\n===",
    "W\n\n---\n\nW",
    "| W | W |\n|---|--:|\n| W | W |",
    "**W** *W* `W` ~~W~~ __W__ _W_",
    "W**W**",
    "[W](https://a.example/H \"H\") W",
    "[W *W*](<https://a.example/H>)",
    "[W][N]\n\n[N]: https://a.example/H",
    "[W W](https://a.example/H){.button}",
    "Se <https://a.example/H> W",
    "Se https://a.example/H W",
    "<p>W <b>W</b> <i class=\"H\">W</i></p>",
    "<div>\nW\n\nW\n\n</div>",
    "W <b>W</b><br>W <sup>W</sup>",
    "<ul><li>W</li><li>W</li></ul>",
    "<table><tr><td>W</td><td>W</td></tr></table>",
    "<details><summary>W</summary>W</details>",
    "<!-- H\n\nH -->\n\nW",
    "W <!-- H --> W",
    "<style>H</style>\n\nW",
    "::: callout W\nW W\n:::",
    "::: card W\nW\n\n- W\n:::",
    "::: quote W\nW\n:::",
    "::: columns\n::: card W\nW\n:::\n::: card W\nW\n:::\n:::",
    "::: table\nW;W\nW;W\n:::",
    "::: only board\nH H\n:::",
    "::: not board\nW W\n:::",
    "::: lang en\nH\n:::",
    "W[^N] W\n\n[^N]: W W",
    "```\nW *W* [W](W)\n```",
    "~~~ H\nW\n~~~",
    "    W W",
    "24. april W\n\n21. maj W",
    "1. maj W\n5. juni W",
    "{% if lang == 'xx' %}\nH\n{% endif %}\nW",
    "Kære {{ email }}, W",
    "W&nbsp;W &lt;W&gt; &aelig;W",
    "W\u{ad}W W\u{a0}W W–W",
    "Venlig hilsen\nW",
    // Markup that is broken, or that leaves something out.
    "<?xml W",
    "[W]: W",
    "[^N]: W",
    "| W |\n|---|\n| W | W |",
    "3. W\n7. W",
    "W [W](https://a.example/H W) <W",
    "<W>W</W>",
];

/// A random text, with its words for readers.
fn invent(chance: &mut Chance) -> (String, Vec<String>) {
    let (mut text, mut words) = (String::new(), Vec::new());
    for piece in 0..=chance.below(6) {
        for sign in chance.pick(&PIECES).chars() {
            match sign {
                'W' => {
                    // A number among the words is compared as well.
                    let number = words.len();
                    let word = if number % 4 == 3 { format!("{}", 7_001 + number) } else { format!("ord{number}q") };
                    text.push_str(&word);
                    words.push(word);
                }
                'H' => text.push_str("skjult"),
                'N' => text.extend(["navn", &piece.to_string()]),
                other => text.push(other),
            }
        }
        text.push_str("\n\n");
    }
    (text, words)
}

#[test]
fn every_word_arrives_or_is_reported() {
    check(0);
}

#[test]
fn every_word_arrives_or_is_reported_second_half() {
    check(1);
}

fn check(half: u64) {
    let project = Project::new(&format!("complete-{half}")).audience("board", &["Dorte <dorte@d.example>"]);
    let variable = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let first = variable("NEWSLETTER_SEED").unwrap_or(SEED);
    let issues = variable("NEWSLETTER_ISSUES").unwrap_or(ISSUES);
    let (mut sent, mut compared, mut wrong) = (0, 0, Vec::new());
    for seed in (first..first + 2 * issues).filter(|seed| seed % 2 == half) {
        let (text, words) = invent(&mut Chance::new(seed));
        let front = "---\nsubject: Nyt\npreheader: Det vigtigste\naudiences: [members]\n---\n";
        project.write("issues/complete.md", format!("{front}{text}"));
        let Some(Arrived { codes, parts }) = arrived(&project) else { continue };
        sent += 1;
        compared += words.len() * parts.len();
        let lost: Vec<&String> = words.iter().filter(|word| parts.iter().any(|part| !part.contains(*word))).collect();
        if !lost.is_empty() && !codes.contains("NL664") {
            wrong.push(format!("NEWSLETTER_SEED={seed}: {lost:?} is lost, and only {codes:?} is reported, in\n{text}"));
        }
        if lost.is_empty() && codes.contains("NL664") {
            wrong.push(format!("NEWSLETTER_SEED={seed}: a false alarm in\n{text}"));
        }
    }
    if variable("NEWSLETTER_ISSUES").is_some() {
        println!("{sent} issues were sent, {compared} words compared");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // If every issue had an error, the test would prove nothing.
    assert!(sent > issues / 4, "NEWSLETTER_SEED={first}: only {sent} of {issues} issues have no error");
}

#[test]
fn what_readers_see_in_another_form_is_not_lost() {
    let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/havnen.jpg")).unwrap();
    let project = Project::new("complete-forms").file("issues/havn.jpg", photo);
    let front = "---\nsubject: Nyt\npreheader: Det vigtigste\naudiences: [members]\n---\n";
    for (body, is_lost) in [
        ("![Havnen i dag](havn.jpg){alt=\"Kajen set fra broen\"}", false),
        ("![Havnen i dag](havn.jpg \"Nye lamper\"){width=300 alt=\"Kajen set fra broen\"} Mere", false),
        ("![Havnen i dag](havn.jpg 'Smiley :( trist') Mere", false),
        ("![Havnen i dag](havn.jpg \"Smiley :) \\\" glad\") Mere", false),
        ("Se [hele mødet](https://a.example/m \"se her :( ok\") Mere", false),
        ("Se [hele mødet](https://a.example/m 'se :) ok') Mere", false),
        ("Se [hele mødet](<https://a.example/m(1>) Mere", false),
        ("Skriv mailto:mig@kommune.example", false),
        ("Skriv til mailto:mig@kommune.example, så svarer vi. Se mailto:", false),
        ("::: media Havnen {.right}\n![Et kort](havn.jpg)\n\nNye lamper\n:::", false),
        ("::: person Anna Berg, formand\n![Anna](havn.jpg)\n\nVelkommen til\n:::", false),
        ("::: figures\n- 78 kommuner\n- **1 ud af 4** byer\n:::", false),
        ("::: more Programmet\nKaffe og kage\n:::", false),
        ("{% if lang == 'xx' %}\nMødet i Aarhus\n{% else %}\nHej\n{% endif %}", false),
        ("{% if lang == 'xx' %}\n\n<!DOCTYPE Mødet i Aarhus>\n\n{% else %}\nHej\n{% endif %}", true),
        ("<?xml Se [hele mødet](https://a.example/m \"se her :( ok\")", true),
        ("::: media Havnen\n![Et kort](havn.jpg)\n\n<?xml Nye lamper\n:::", true),
        ("::: person Anna Berg, formand\n![Anna](havn.jpg)\n\n<?xml Velkommen\n:::", true),
    ] {
        project.write("issues/complete.md", format!("{front}{body}\n"));
        let Arrived { codes, parts } = arrived(&project).unwrap_or_else(|| panic!("{body}"));
        assert_eq!(codes.contains("NL664"), is_lost, "{body}: {codes:?}\n{parts:?}");
    }
}

/// The letter to a member.
struct Arrived {
    /// What is reported.
    codes: BTreeSet<String>,
    /// Its HTML part and its text part, in lower case and without soft hyphens.
    parts: Vec<String>,
}

/// The letter of the issue; nothing if it has an error.
fn arrived(project: &Project) -> Option<Arrived> {
    let root = project.path(".");
    let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
    let (prepared, mut diagnostics) = PreparedIssue::of(&found, &project.path("issues/complete.md")).unwrap();
    let prepared = prepared.filter(|_| !diagnostics.has_errors())?;
    let (letters, guard) = (prepared.sample_letters(), prepared.completeness_guard());
    let key = prepared.editions[&letters[0].edition].key().clone();
    let options = prepared.inputs.letter_options("Thu, 21 Jan 2027 09:30:00 +0100".to_owned()).unwrap();
    let composed = ComposedPlan::compose(options, prepared.editions, &letters[..1]).unwrap();
    let letter = composed.letter(&letters[0]).unwrap();
    let letter = parsed::parse(&letter.bytes);
    diagnostics.extend(complete::once_per_place(guard.check(&key, &letter, || composed.all_branches(&key.id()))));
    let texts = letter.parts.iter().filter(|part| part.name.is_none());
    Some(Arrived {
        codes: diagnostics.iter().map(|diagnostic| diagnostic.code.to_string()).collect(),
        parts: texts.map(|part| part.text().to_lowercase().replace('\u{ad}', "")).collect(),
    })
}
