//! Small damages to an issue: one character changed, dropped or doubled. Each is reported, or harmless.

use std::collections::{BTreeMap, BTreeSet};

use newsletter::letter::compose::ComposedPlan;
use newsletter::letter::parsed::{self, MimePart};
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::project::Project as Found;

use crate::chance::Chance;
use crate::project::Project;

/// The number of damages; `NEWSLETTER_DAMAGES` sets another one, and prints those that do harm.
const DAMAGES: usize = 200;
/// The first seed; `NEWSLETTER_SEED` sets another one.
const SEED: u64 = 20_271_201;

const AUDIENCES: [&str; 3] = ["members", "board", "suppliers"];

/// An issue with every kind of markup, in which no word occurs twice.
const TEXT: &str = "\
---
subject: Nyt fra foreningen
preheader: Det vigtigste fra årets sidste bestyrelsesmøde
audiences: [members, board, suppliers]
date: 2026-05-04 09:00
---
# Efterår i fællesskabet

Kære {{ first_name }}, vi har **tre nyheder** og *en frist* den 12. december.

## Årsmødet

Læs [programmet](https://www.forening.example/program) og skriv til [sekretariatet](mailto:post@forening.example).

- Kaffe og rundstykker
- Beretning ved formanden
- Valg af kasserer

::: not suppliers
Priserne falder med ti procent ved nytår.
:::

1. Tilmeld dig senest fredag
2. Betal bagefter

| Kommune | Antal |
|---|--:|
| Fredericia | 12 |
| Odense | 34 |

::: only board
Budgettet forelægges alene bestyrelsen til godkendelse.
:::

> Det bliver godt, sagde borgmesteren.

Noten står nederst.[^1] Koden er `npm install`.

::: callout Husk
Frakker hænger i garderoben.
:::

{% if lang == \"da\" %}
Teksten her er dansk.
{% endif %}

[^1]: Kilden er kommunens hjemmeside.
";

/// Characters that typing errors and other keyboards put in.
const TYPED: [char; 26] = [
    ' ', '\n', ':', ';', '.', ',', '-', '–', '*', '_', '[', ']', '(', ')', '{', '}', '%', '#', '|', '`', '>', '<', '"',
    '\'', 'x', '\u{a0}',
];

/// What the readers of each edition see of a text: its lines of the text part, and the HTML of its content.
type Seen = BTreeMap<String, (String, String)>;

#[test]
fn small_damages_are_reported_or_do_no_harm() {
    let people = |id: &&str| {
        format!("name: {id}\nreason: du er i {id}\nrecipients: [{{email: {id}@a.example, first_name: Anna}}]\n")
    };
    let project = AUDIENCES
        .iter()
        .fold(Project::new("damages"), |project, id| project.file(&format!("audiences/{id}.yaml"), people(id)));
    let (problems, whole) = seen(&project, TEXT);
    assert_eq!(problems, BTreeSet::new());
    let whole = whole.unwrap();
    let variable = |name: &str| std::env::var(name).ok();
    let first = variable("NEWSLETTER_SEED").and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let damages = variable("NEWSLETTER_DAMAGES").and_then(|number| number.parse().ok());
    let mut chance = Chance::new(first);
    let (mut reported, mut harmless, mut missed) = (0, 0, Vec::new());
    for _ in 0..damages.unwrap_or(DAMAGES) {
        let damage = Damage::invent(&mut chance);
        let (problems, seen) = seen(&project, &damage.text);
        if !problems.is_empty() {
            reported += 1;
        } else if seen.is_some_and(|seen| damage.is_harmless(&whole, &seen)) {
            harmless += 1;
        } else {
            missed.push(damage.what);
        }
    }
    if damages.is_some() {
        println!("{reported} reported, {harmless} harmless, {} neither:\n{}", missed.len(), missed.join("\n"));
        return;
    }
    assert!(
        missed.len() * 100 <= DAMAGES * LIMIT,
        "NEWSLETTER_SEED={first}: {reported}, {harmless}\n{}",
        missed.join("\n")
    );
}

/// The most damages, in percent, that may be neither reported nor harmless.
const LIMIT: usize = 7;

/// A text with one damage.
struct Damage {
    text: String,
    what: String,
    /// The words before it and after it that it may change.
    changed: Vec<String>,
}

impl Damage {
    fn invent(chance: &mut Chance) -> Self {
        let body = TEXT.rfind("---\n# ").unwrap() + 4;
        let places: Vec<usize> = TEXT.char_indices().map(|(at, _)| at).filter(|at| *at >= body).collect();
        let at = chance.pick(&places);
        let old = TEXT[at..].chars().next().unwrap();
        let (before, after) = (&TEXT[..at], &TEXT[at + old.len_utf8()..]);
        let (new, kind) = match chance.below(3) {
            0 => (chance.pick(&TYPED).to_string(), "changed"),
            1 => (String::new(), "dropped"),
            _ => (format!("{old}{old}"), "doubled"),
        };
        let text = format!("{before}{new}{after}");
        let line = before.rsplit('\n').next().unwrap().to_owned() + TEXT[at..].lines().next().unwrap_or("");
        let number = before.matches('\n').count() + 1;
        let what = format!(
            "{kind} {old:?} into {new:?} in line {number}, column {}: {line}",
            before.rsplit('\n').next().unwrap().len() + 1
        );
        // A damage may change the words that it touches, and no other.
        let (line_start, line_end) =
            (before.rfind('\n').map_or(0, |at| at + 1), after.find('\n').unwrap_or(after.len()));
        let near = [
            format!("{}{old}{}", &before[line_start..], &after[..line_end]),
            format!("{}{new}{}", &before[line_start..], &after[..line_end]),
        ];
        let touched = touched_words(&near[0], before.len() - line_start, old.len_utf8())
            .into_iter()
            .chain(touched_words(&near[1], before.len() - line_start, new.len()));
        Self { text, what, changed: touched.collect() }
    }

    /// Whether all readers see the same words, but for those that the damage touches, and the same elements.
    fn is_harmless(&self, whole: &Seen, seen: &Seen) -> bool {
        whole.len() == seen.len()
            && whole.iter().all(|(edition, (text, html))| {
                let Some((damaged, damaged_html)) = seen.get(edition) else { return false };
                let changed: BTreeSet<&str> = self.changed.iter().map(String::as_str).collect();
                let (old, new) = (words(text), words(damaged));
                let differ = old.symmetric_difference(&new).filter(|word| !changed.contains(word.as_str()));
                differ.count() == 0 && elements(html) == elements(damaged_html)
            })
    }
}

/// The words that some bytes of a line are in, or beside.
fn touched_words(line: &str, at: usize, length: usize) -> Vec<String> {
    let mut touched = Vec::new();
    let mut start = 0;
    for word in line.split(|letter: char| !letter.is_alphanumeric()) {
        let end = start + word.len();
        if start <= at + length && end >= at {
            touched.push(word.to_lowercase());
        }
        start = end + line[end..].chars().next().map_or(0, char::len_utf8);
    }
    touched
}

/// The words of a text, in lower case.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// How often each element occurs in a page.
fn elements(html: &str) -> BTreeMap<String, usize> {
    let mut elements = BTreeMap::new();
    for tag in html.split('<').skip(1) {
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        *elements.entry(name).or_insert(0) += 1;
    }
    elements
}

/// The codes that are reported of a text, and what each edition's readers see; absent where a letter cannot be made.
fn seen(project: &Project, text: &str) -> (BTreeSet<&'static str>, Option<Seen>) {
    project.write("issues/damage.md", text);
    let root = project.path(".");
    let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
    let (prepared, diagnostics) = PreparedIssue::of(&found, &project.path("issues/damage.md")).unwrap();
    let mut problems: BTreeSet<&str> = diagnostics.iter().map(|problem| problem.code.0).collect();
    let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else { return (problems, None) };
    let letters = prepared.sample_letters();
    let guard = prepared.guard();
    let options = prepared.inputs.letter_options("Thu, 21 Jan 2027 09:30:00 +0100".to_owned()).unwrap();
    let Ok(composed) = ComposedPlan::compose(options, prepared.editions, &letters) else {
        problems.insert("compose");
        return (problems, None);
    };
    problems.extend(guard.check_letters(&composed, &letters).iter().map(|problem| problem.code.0));
    let mut all = Seen::new();
    for planned in &letters {
        let letter = composed.letter(planned).unwrap();
        let letter = parsed::parse(&letter.bytes);
        let part = |media_type: &str| {
            let part = letter.parts.iter().find(|part| part.media_type == media_type);
            part.map(MimePart::text).unwrap_or_default()
        };
        all.insert(planned.edition.clone(), (part("text/plain"), part("text/html")));
    }
    (problems, Some(all))
}
