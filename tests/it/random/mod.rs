//! Random issues: whatever their blocks and Markdown, each letter contains exactly what its recipient may read.

mod canary;
mod channels;
mod checked;
mod complete;
mod damage;
mod invent;
mod tree;
mod well_formed;

use std::collections::{BTreeMap, BTreeSet};

use newsletter::issue::edition_key::EditionKey;
use newsletter::letter::compose::ComposedPlan;
use newsletter::letter::leak::LeakGuard;
use newsletter::letter::parsed::{self, ParsedLetter};
use newsletter::letter::plan::PlannedLetter;
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::project::Project as Found;

use crate::project::Project;
use crate::random::invent::Issue;

/// The number of random issues.
const ISSUES: u64 = 200;
/// The number of tests that share them, so that they run at the same time.
const TESTS: u64 = 4;
/// The first seed; `NEWSLETTER_SEED` sets another one.
const SEED: u64 = 20_270_121;

const PEOPLE: [(&str, &[(&str, &str)]); 4] = [
    ("members", &[("anna", "da"), ("bo", "da"), ("carl", "en")]),
    ("board", &[("dorte", "en")]),
    ("suppliers", &[("bo", "da"), ("erik", "da")]),
    ("press", &[("anna", "da"), ("dorte", "en")]),
];

#[test]
fn editions_contain_exactly_what_their_recipients_may_read() {
    check(0);
}

#[test]
fn editions_contain_exactly_what_their_recipients_may_read_second_quarter() {
    check(1);
}

#[test]
fn editions_contain_exactly_what_their_recipients_may_read_third_quarter() {
    check(2);
}

#[test]
fn editions_contain_exactly_what_their_recipients_may_read_last_quarter() {
    check(3);
}

/// Checks every fourth issue, beginning with this one.
fn check(quarter: u64) {
    let project = PEOPLE.iter().fold(Project::new(&format!("random-{quarter}")), |project, (id, people)| {
        let people = people
            .iter()
            .map(|(name, lang)| format!("  - email: {name}@a.example\n    first_name: {name}\n    lang: {lang}\n"));
        let people: String = people.collect::<Vec<_>>().concat();
        let text = format!("name: {id}\nreason: du er i {id}\nrecipients:\n{people}");
        project.file(&format!("audiences/{id}.yaml"), text)
    });
    let first = std::env::var("NEWSLETTER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    for seed in (first..first + ISSUES).filter(|number| number % TESTS == quarter) {
        let issue = Issue::invent(seed);
        project.write("issues/random.md", &issue.text);
        for (name, text) in &issue.snippets {
            project.write(&format!("snippets/{name}.md"), text);
        }
        let wrong = wrong(&project, &issue);
        assert!(wrong.is_empty(), "NEWSLETTER_SEED={seed}\n{}\n{:?}\n{}", issue.text, issue.snippets, wrong.join("\n"));
    }
}

/// The faults of an issue's letters.
fn wrong(project: &Project, issue: &Issue) -> Vec<String> {
    let root = project.path(".");
    let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
    let (prepared, diagnostics) = PreparedIssue::of(&found, &project.path("issues/random.md")).unwrap();
    let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else {
        return diagnostics.iter().map(|diagnostic| format!("{diagnostic:?}")).collect();
    };
    let letters = prepared.sample_letters();
    let guard = prepared.guard();
    let options = prepared.inputs.letter_options("Thu, 21 Jan 2027 09:30:00 +0100".to_owned()).unwrap();
    let composed = ComposedPlan::compose(options, prepared.editions, &letters).unwrap();
    let mut wrong: Vec<String> =
        guard.check_letters(&composed, &letters).iter().map(|letter| format!("false alarm: {letter:?}")).collect();
    for planned in &letters {
        let letter = composed.letter(planned).unwrap();
        let reported = look(issue, &guard.keys[&planned.edition], &parsed::parse(&letter.bytes));
        wrong.extend(reported.into_iter().map(|event| format!("{}: {event}", planned.edition)));
    }
    // Each edition is sent to the readers of the next one.
    let pairs = letters.iter().zip(guard.keys.values().cycle().skip(1));
    let missed = pairs.filter(|(sent, key)| is_missed(issue, &guard, &composed, (sent, key)));
    wrong.extend(missed.map(|(sent, key)| format!("no alarm where {} get what {} read", key.id(), sent.edition)));
    wrong
}

/// Whether the guard misses a sentence in a letter for others.
fn is_missed(
    issue: &Issue,
    guard: &LeakGuard,
    composed: &ComposedPlan,
    (sent, key): (&PlannedLetter, &EditionKey),
) -> bool {
    let own = &guard.keys[&sent.edition];
    let leaks = issue.sentences.iter().any(|sentence| issue.is_read(*sentence, own) && issue.is_closed(*sentence, key));
    let keys = BTreeMap::from([(sent.edition.clone(), key.clone())]);
    let guard = LeakGuard { keys, ..guard.clone() };
    leaks && guard.check_letters(composed, [sent]).iter().count() == 0
}

/// The faults of one letter.
fn look(issue: &Issue, key: &EditionKey, letter: &ParsedLetter<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let expected: BTreeSet<usize> = (0..issue.places.len()).filter(|place| issue.is_read(*place, key)).collect();
    let mut compare = |name: &str, text: &str, all: Needed| {
        let held = words(text);
        let foreign: Vec<_> = held.difference(&expected).map(|word| issue.reported(*word)).collect();
        if !foreign.is_empty() {
            wrong.push(format!("the {name} holds what is for others: {}", foreign.join(", ")));
        }
        let lost: Vec<_> = expected.difference(&held).map(|word| issue.reported(*word)).collect();
        if all == Needed::All && !lost.is_empty() {
            wrong.push(format!("the {name} lacks {}", lost.join(", ")));
        }
    };
    compare("subject", &letter.subject, Needed::Some);
    for part in &letter.parts {
        let text = part.text();
        let all = if part.name.is_some() { Needed::Some } else { Needed::All };
        compare(&part.media_type, &text, all);
        compare("name of a file", part.name.as_deref().unwrap_or(""), Needed::Some);
    }
    let pages = letter.parts.iter().filter(|part| part.media_type == "text/html");
    wrong.extend(pages.flat_map(|page| well_formed::mistakes(&page.text())));
    wrong
}

/// Whether a part holds all of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    All,
    Some,
}

/// The numbers of the words that a text holds.
fn words(text: &str) -> BTreeSet<usize> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words.filter_map(|word| word.to_lowercase().strip_prefix("ord")?.strip_suffix('z')?.parse().ok()).collect()
}
