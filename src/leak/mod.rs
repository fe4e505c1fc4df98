//! What is not for the readers of an edition and is in their letter all the same.
//!
//! The blocks have been filtered long before. This looks at the finished bytes, and knows nothing of how they came to
//! be: it reads the lines of the issue ([`lines`], [`prose`]) and the parts of the letter ([`markup`]), and compares
//! their words ([`fold`]) and what gives something away by itself ([`fact`]).

mod fact;
mod fold;
mod held;
mod lines;
mod markup;
mod prose;

use std::collections::{BTreeMap, BTreeSet};

use crate::issue::Issue;
use crate::leak::fact::Fact;
use crate::leak::held::{Held, Part};
use crate::leak::lines::{Fence, Line};
use crate::letter::{ComposedPlan, opened};
use crate::plan::PlannedLetter;
use crate::recipient::Value;
use crate::render::EditionKey;
use crate::source::{Code, Diagnostic, Diagnostics};

const LEAK: Code = Code("NL610");

/// So many leaks of an edition are told one by one.
const TOLD: usize = 10;
/// So many characters of a sentence stand for it.
const EXCERPT: usize = 60;

/// Watches over the letters of one issue.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The issue.
    pub issue: Issue,
    /// What each edition is for, by its id.
    pub keys: BTreeMap<String, EditionKey>,
    /// Texts that are in every letter of the house: its names, its addresses, its theme.
    pub house: Vec<String>,
}

impl Guard {
    /// Looks at one letter of each edition; all the others differ from it only in their reader's own values.
    pub fn look<'a>(
        &self,
        composed: &ComposedPlan,
        letters: impl IntoIterator<Item = &'a PlannedLetter>,
    ) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for planned in letters {
            let Some(key) = self.keys.get(&planned.edition).filter(|_| !seen.contains(planned.edition.as_str())) else {
                continue;
            };
            // A letter that cannot be made is not sent, and was told.
            let (Ok(letter), Ok(reading)) = (composed.letter(planned), composed.read(planned)) else { continue };
            seen.insert(&planned.edition);
            let own = planned.person.fields.values().filter_map(|it| match it {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            });
            let house: Vec<String> =
                self.house.iter().cloned().chain(own).chain([planned.person.address.to_string()]).collect();
            let evidence = Evidence { key, letter: &letter.bytes, preheader: &reading.preheader, house: &house };
            diagnostics.extend(find(&self.issue, &evidence));
        }
        diagnostics
    }
}

/// A letter of an edition, and what it may hold whatever the issue says.
#[derive(Clone, Copy, Debug)]
struct Evidence<'a> {
    key: &'a EditionKey,
    /// The bytes that are sent.
    letter: &'a [u8],
    /// Its preheader, which is somewhere in its HTML too.
    preheader: &'a str,
    house: &'a [String],
}

/// Something that stands only in blocks for others.
struct Secret<'t> {
    kind: Told,
    line: usize,
    fence: Fence<'t>,
}

enum Told {
    Sentence(String, Vec<String>),
    Fact(Fact),
}

/// Tells of whole sentences, amounts, addresses and names of files that stand only in blocks for others, and that a
/// letter holds nevertheless.
fn find(issue: &Issue, evidence: &Evidence<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let lines = lines::read(&issue.source, issue.body.clone());
    let (secrets, free) = divided(&lines, evidence);
    if secrets.is_empty() {
        return diagnostics;
    }
    let parts = held::parts(&opened::open(evidence.letter), evidence.preheader);
    let mut found: BTreeMap<usize, (&Secret<'_>, BTreeSet<&Part>)> = BTreeMap::new();
    for secret in &secrets {
        let holders: BTreeSet<&Part> =
            parts.iter().filter(|(_, held)| secret.is_in(held, &free)).map(|(part, _)| part).collect();
        if !holders.is_empty() {
            // One leak a line is enough: the sentence, rather than the amount in it.
            found.entry(secret.line).or_insert((secret, holders));
        }
    }
    let more = found.len().saturating_sub(TOLD);
    for (line, (secret, holders)) in found.into_iter().take(TOLD) {
        let mut diagnostic = secret.told(evidence.key, &holders).at(issue.source.line(line));
        if more > 0 && diagnostics.iter().count() + 1 == TOLD {
            diagnostic.message = format!("{} (and {more} more)", diagnostic.message);
        }
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// What is closed to the readers of an edition, and what they may read.
fn divided<'t>(lines: &[Line<'t>], evidence: &Evidence<'_>) -> (Vec<Secret<'t>>, Held) {
    let fence = |it: &&Line<'t>| it.closed_by(evidence.key);
    let open: Vec<&Line<'t>> = lines.iter().filter(|it| fence(it).is_none()).collect();
    let mut free = Held::default();
    for passage in prose::passages(&open) {
        free.add(&passage.words(), passage.facts());
    }
    for text in evidence.house {
        free.add_text(text);
    }
    let closed: Vec<&Line<'t>> = lines.iter().filter(|it| fence(it).is_some()).collect();
    let fences: BTreeMap<usize, Fence<'t>> = closed.iter().filter_map(|it| Some((it.number, fence(it)?))).collect();
    let mut secrets = Vec::new();
    for passage in prose::passages(&closed) {
        let Some(fence) = fences.get(&passage.number).copied() else { continue };
        let sentences = passage.sentences().into_iter().map(|(typed, words)| Told::Sentence(typed, words));
        let facts = passage.facts().into_iter().map(Told::Fact);
        secrets.extend(sentences.chain(facts).map(|kind| Secret { kind, line: passage.number, fence }));
    }
    (secrets, free)
}

impl Secret<'_> {
    fn is_in(&self, held: &Held, free: &Held) -> bool {
        match &self.kind {
            Told::Sentence(_, words) => fold::rows(words).any(|row| held.rows.hold(row) && !free.rows.hold(row)),
            Told::Fact(fact) => held.facts.contains(fact) && !free.facts.contains(fact),
        }
    }

    fn told(&self, key: &EditionKey, holders: &BTreeSet<&Part>) -> Diagnostic {
        let what = match &self.kind {
            Told::Sentence(typed, _) => format!("“{}”", shortened(typed)),
            Told::Fact(fact) => fact.told(),
        };
        let places: Vec<String> = holders.iter().map(ToString::to_string).collect();
        let places = match places.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        let Fence { number, words } = self.fence;
        Diagnostic::error(LEAK, format!("{what} is not for the edition {}, but is in {}", key.id(), places)).hint(
            format!(
                "it stands only in blocks for others (`::: {words}`, line {number}): {}",
                holders.first().map_or("", |it| it.remedy())
            ),
        )
    }
}

fn shortened(sentence: &str) -> String {
    if sentence.chars().count() <= EXCERPT {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(EXCERPT).collect();
    format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}
