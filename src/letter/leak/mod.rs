//! What is not for the readers of an edition and is in their letter all the same.
//!
//! The blocks have been filtered long before. This looks at the finished bytes, and knows nothing of how they came to
//! be: it reads the lines of the issue ([`lines`], [`prose`]) and the parts of the letter ([`markup`]), and compares
//! their words ([`fold`]) and what gives something away by itself ([`fact`]).

mod fact;
mod html_text;
mod letter_parts;
mod lines;
mod markdown_text;
mod shingles;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::value::Value;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::letter::compose::ComposedPlan;
use crate::letter::decoded::DecodedLetter;
use crate::letter::leak::fact::Fact;
use crate::letter::leak::letter_parts::{LetterPart, PartIndex};
use crate::letter::leak::lines::{OpeningFence, SourceLine};
use crate::letter::parsed::{self, ParsedLetter};
use crate::letter::plan::PlannedLetter;
use crate::people::person::Person;

const LEAK: Code = Code("NL610");

/// So many leaks of an edition are told one by one.
const MAX_REPORTED: usize = 10;
/// So many characters of a sentence stand for it.
const EXCERPT: usize = 60;

/// Watches over the letters of one issue.
#[derive(Clone, Debug)]
pub struct LeakGuard {
    /// The issue.
    pub issue: Issue,
    /// What each edition is for, by its id.
    pub keys: BTreeMap<String, EditionKey>,
    /// The files that blocks take their tables from, by the names in the issue.
    pub tables: BTreeMap<String, Source>,
    /// Texts that are in every letter of the house: its names, its addresses, its theme.
    pub house: Vec<String>,
}

/// The names of the files that blocks of an issue take their tables from.
pub fn tables(issue: &Issue) -> BTreeSet<String> {
    let none = BTreeMap::new();
    let texts = std::iter::once(issue).chain(issue.translations.values());
    let lines = texts.flat_map(|it| lines::read(it, &none));
    lines.filter_map(|it| it.around.last()?.table().map(str::to_owned)).collect()
}

impl LeakGuard {
    /// Looks at one letter of each edition; all the others differ from it only in their reader's own values.
    pub fn check_letters(
        &self,
        composed: &ComposedPlan,
        letters: impl IntoIterator<Item: Borrow<PlannedLetter>>,
    ) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for planned in letters {
            let planned = planned.borrow();
            let Some(key) = self.keys.get(&planned.edition).filter(|_| !seen.contains(&planned.edition)) else {
                continue;
            };
            // A letter that cannot be made is not sent, and was told.
            let (Ok(letter), Ok(reading)) = (composed.letter(planned), composed.decode(planned)) else { continue };
            seen.insert(planned.edition.clone());
            let letter = parsed::parse(&letter.bytes);
            let person = Some(planned.person.as_ref());
            diagnostics.extend(self.find_all(&InspectedLetter {
                key,
                person,
                letter: &letter,
                preheader: &reading.preheader,
            }));
        }
        diagnostics
    }

    /// Looks at a page on the web, which everybody can read.
    pub fn check_page(&self, key: &EditionKey, page: &DecodedLetter<'_>) -> Diagnostics {
        let letter = parsed::parse_page(page);
        self.find_all(&InspectedLetter { key, person: None, letter: &letter, preheader: &page.preheader })
    }

    fn find_all(&self, evidence: &InspectedLetter<'_>) -> Diagnostics {
        let mut diagnostics = self.find(&self.issue, evidence);
        // What a fence of the issue closes is closed in a translation too, where the fence may have been forgotten.
        let translation = self.issue.translations.get(&evidence.key.lang);
        diagnostics.extend(translation.map(|it| self.find(it, evidence)).unwrap_or_default());
        diagnostics
    }

    /// Tells of whole sentences, amounts, addresses and names of files that stand in one text of the issue only in
    /// blocks for others, and that a letter holds nevertheless.
    fn find(&self, issue: &Issue, evidence: &InspectedLetter<'_>) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let lines = lines::read(issue, &self.tables);
        let secrets = confidential_passages(&lines, evidence.key);
        if secrets.is_empty() {
            return diagnostics;
        }
        let lengths = secrets.iter().filter_map(ConfidentialPassage::length).collect();
        let parts = letter_parts::parts(evidence.letter, evidence.preheader, &lengths);
        if !secrets.iter().any(|secret| parts.iter().any(|it| secret.is_in(&it.1, &PartIndex::default()))) {
            return diagnostics;
        }
        let free = self.free(&lines, evidence, &lengths);
        let mut found: BTreeMap<usize, (&ConfidentialPassage<'_>, BTreeSet<&LetterPart>)> = BTreeMap::new();
        for secret in &secrets {
            let holders: BTreeSet<&LetterPart> =
                parts.iter().filter(|(_, held)| secret.is_in(held, &free)).map(|(part, _)| part).collect();
            if !holders.is_empty() {
                // One leak a line is enough: the sentence, rather than the amount in it.
                found.entry(secret.line).or_insert((secret, holders));
            }
        }
        let more = found.len().saturating_sub(MAX_REPORTED);
        for (secret, holders) in found.into_values().take(MAX_REPORTED) {
            let mut diagnostic = secret.told(issue, evidence.key, &holders);
            if more > 0 && diagnostics.iter().count() + 1 == MAX_REPORTED {
                diagnostic.message = format!("{} (and {more} more)", diagnostic.message);
            }
            diagnostics.push(diagnostic);
        }
        diagnostics
    }

    /// What the reader of a letter may know: what they read elsewhere in the issue, the house's texts, and their own.
    fn free(&self, lines: &[SourceLine<'_>], evidence: &InspectedLetter<'_>, lengths: &BTreeSet<usize>) -> PartIndex {
        let open: Vec<&SourceLine<'_>> = lines.iter().filter(|it| it.closed_by(evidence.key).is_none()).collect();
        let mut free = PartIndex::of_lengths(lengths);
        for passage in markdown_text::passages(&open) {
            free.add(&passage.words(), passage.facts());
        }
        let own = evidence.person.into_iter().flat_map(|it| it.fields.values()).filter_map(|it| match it {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let address = evidence.person.map(|it| it.address.as_str());
        self.house.iter().map(String::as_str).chain(own).chain(address).for_each(|it| free.add_text(it));
        free
    }
}

/// A letter of an edition.
#[derive(Clone, Copy, Debug)]
struct InspectedLetter<'a> {
    key: &'a EditionKey,
    /// Whom it is written to; absent: nobody in particular.
    person: Option<&'a Person>,
    /// What is sent, read back.
    letter: &'a ParsedLetter<'a>,
    /// Its preheader, which is somewhere in its HTML too.
    preheader: &'a str,
}

/// Something that stands in blocks for others.
struct ConfidentialPassage<'t> {
    kind: ConfidentialContent,
    line: usize,
    fence: OpeningFence<'t>,
}

enum ConfidentialContent {
    Sentence(String, Vec<String>),
    Fact(Fact),
}

/// What is closed to the readers of an edition.
fn confidential_passages<'t>(lines: &[SourceLine<'t>], key: &EditionKey) -> Vec<ConfidentialPassage<'t>> {
    let closed: Vec<(&SourceLine<'t>, OpeningFence<'t>)> =
        lines.iter().filter_map(|it| Some((it, it.closed_by(key)?))).collect();
    let fences: BTreeMap<usize, OpeningFence<'t>> = closed.iter().map(|(line, fence)| (line.number, *fence)).collect();
    let closed: Vec<&SourceLine<'t>> = closed.into_iter().map(|it| it.0).collect();
    let mut secrets = Vec::new();
    for passage in markdown_text::passages(&closed) {
        let Some(fence) = fences.get(&passage.number).copied() else { continue };
        let sentences =
            passage.sentences().into_iter().map(|(typed, words)| ConfidentialContent::Sentence(typed, words));
        let facts = passage.facts().into_iter().map(ConfidentialContent::Fact);
        secrets.extend(sentences.chain(facts).map(|kind| ConfidentialPassage { kind, line: passage.number, fence }));
    }
    secrets
}

impl ConfidentialPassage<'_> {
    /// How many words in a row are looked for.
    fn length(&self) -> Option<usize> {
        match &self.kind {
            ConfidentialContent::Sentence(_, words) => shingles::shingles(words).next().map(<[String]>::len),
            ConfidentialContent::Fact(_) => None,
        }
    }

    fn is_in(&self, held: &PartIndex, free: &PartIndex) -> bool {
        match &self.kind {
            ConfidentialContent::Sentence(_, words) => {
                shingles::shingles(words).any(|row| held.rows.hold(row) && !free.rows.hold(row))
            }
            ConfidentialContent::Fact(fact) => held.facts.contains(fact) && !free.facts.contains(fact),
        }
    }

    /// One leak, in words.
    fn told(&self, issue: &Issue, key: &EditionKey, holders: &BTreeSet<&LetterPart>) -> Diagnostic {
        let what = match &self.kind {
            ConfidentialContent::Sentence(typed, _) => format!("“{}”", shortened(typed)),
            ConfidentialContent::Fact(fact) => fact.told(),
        };
        let places: Vec<String> = holders.iter().map(ToString::to_string).collect();
        let places = match places.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        let OpeningFence { number, words } = self.fence;
        let place = issue.source.line(self.line);
        let fence = issue.source.line(number).relative_to(&place);
        Diagnostic::error(LEAK, format!("{what} is not for the edition {}, but is in {}", key.id(), places))
            .hint(format!(
                "it stands only in blocks for others (`::: {words}`, {fence}): {}",
                holders.first().map_or("", |it| it.remedy())
            ))
            .at(place)
    }
}

fn shortened(sentence: &str) -> String {
    if sentence.chars().count() <= EXCERPT {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(EXCERPT).collect();
    format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}
