//! Finds text in finished letters that their recipients must not read.
//!
//! Blocks for other audiences were removed when the edition was compiled. This is the second check: it reads the bytes
//! of a letter and the lines of the issue with separate code, and shares no step with the compiler, so that no single
//! mistake can be in both.
//!
//! - [`html_entities`], [`shingles`] and [`fact`]: what is compared: runs of words, and single facts such as an amount.
//! - [`lines`] and [`markdown_text`]: the text of the issue, and the blocks around each line.
//! - [`html_text`] and [`letter_parts`]: the text of each part of a letter.
//! - [`confidential_passage`]: what an edition must not contain, and whether a part contains it.

mod confidential_passage;
mod fact;
pub(crate) mod html_entities;
mod html_text;
mod letter_parts;
pub(crate) mod lines;
mod markdown_text;
pub(crate) mod shingles;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::message::message;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::base::value::Value;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::letter::compose::ComposedPlan;
use crate::letter::decoded::DecodedLetter;
use crate::letter::leak::confidential_passage::{ConfidentialPassage, passages};
use crate::letter::leak::letter_parts::{LetterPart, PartIndex};
use crate::letter::leak::lines::SourceLine;
use crate::letter::parsed::{self, ParsedLetter};
use crate::letter::plan::PlannedLetter;
use crate::people::person::Person;

/// How many leaks per edition are reported one by one.
const MAX_REPORTED: usize = 10;

/// Checks the letters of one issue.
#[derive(Clone, Debug)]
pub struct LeakGuard {
    /// The issue.
    pub issue: Issue,
    /// The key of each edition, by its id.
    pub keys: BTreeMap<String, EditionKey>,
    /// The files that `table` blocks show, by their names in the issue.
    pub tables: BTreeMap<String, Source>,
    /// Texts that any letter may contain: the sender's names and addresses, the theme's own words.
    pub common_texts: Vec<String>,
}

/// The names of the files that `table` blocks of an issue show.
pub fn tables(issue: &Issue) -> BTreeSet<String> {
    let none = BTreeMap::new();
    let texts = std::iter::once(issue).chain(issue.translations.values());
    let lines = texts.flat_map(|text| lines::read(text, &none));
    lines.filter_map(|line| line.around.last()?.table().map(str::to_owned)).collect()
}

impl LeakGuard {
    /// Checks the first letter of each edition. The others differ from it only in the values of their recipients.
    pub fn check_letters(
        &self,
        composed: &ComposedPlan,
        letters: impl IntoIterator<Item: Borrow<PlannedLetter>>,
    ) -> Diagnostics {
        self.check_letters_with(composed, letters, |_, _| {})
    }

    /// Does the same, and passes each letter that it checks to another check.
    pub fn check_letters_with(
        &self,
        composed: &ComposedPlan,
        letters: impl IntoIterator<Item: Borrow<PlannedLetter>>,
        mut inspect: impl FnMut(&EditionKey, &ParsedLetter<'_>),
    ) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let mut checked: BTreeSet<String> = BTreeSet::new();
        for planned in letters {
            let planned = planned.borrow();
            let Some(key) = self.keys.get(&planned.edition).filter(|_| !checked.contains(&planned.edition)) else {
                continue;
            };
            // A letter that cannot be composed is not sent, and has been reported.
            let (Ok(letter), Ok(decoded)) = (composed.letter(planned), composed.decode(planned)) else { continue };
            checked.insert(planned.edition.clone());
            let letter = parsed::parse(&letter.bytes);
            diagnostics.extend(self.check(&InspectedLetter {
                key,
                person: Some(planned.person.as_ref()),
                letter: &letter,
                preheader: &decoded.preheader,
            }));
            inspect(key, &letter);
        }
        diagnostics
    }

    /// Checks a web page, which everyone can read.
    pub fn check_page(&self, key: &EditionKey, page: &DecodedLetter<'_>) -> Diagnostics {
        let letter = parsed::parse_page(page);
        self.check(&InspectedLetter { key, person: None, letter: &letter, preheader: &page.preheader })
    }

    fn check(&self, inspected: &InspectedLetter<'_>) -> Diagnostics {
        let mut diagnostics = self.check_against(&self.issue, inspected);
        // A translator may have forgotten a fence, so that the letter is compared with the issue's own text too.
        let translation = self.issue.translations.get(&inspected.key.lang);
        diagnostics.extend(translation.map(|text| self.check_against(text, inspected)).unwrap_or_default());
        diagnostics
    }

    /// Reports the sentences, amounts, addresses and file names that one text of the issue has only in blocks for others,
    /// and that the letter contains nevertheless.
    fn check_against(&self, issue: &Issue, inspected: &InspectedLetter<'_>) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let lines = lines::read(issue, &self.tables);
        let confidential = passages(&lines, inspected.key);
        if confidential.is_empty() {
            return diagnostics;
        }
        let lengths = confidential.iter().filter_map(ConfidentialPassage::length).collect();
        let parts = letter_parts::parts(inspected.letter, inspected.preheader, &lengths);
        // Nearly always nothing is found, and what the recipient may know need not be collected.
        let nothing = PartIndex::default();
        if !confidential.iter().any(|passage| parts.iter().any(|(_, index)| passage.is_in(index, &nothing))) {
            return diagnostics;
        }
        let allowed = self.allowed_texts(&lines, inspected, &lengths);
        let mut found: BTreeMap<usize, (&ConfidentialPassage<'_>, BTreeSet<&LetterPart>)> = BTreeMap::new();
        for passage in &confidential {
            let holders = parts.iter().filter(|(_, index)| passage.is_in(index, &allowed));
            let holders: BTreeSet<&LetterPart> = holders.map(|(part, _)| part).collect();
            if !holders.is_empty() {
                // One leak per line is enough: the sentence, which comes first, rather than the amount in it.
                found.entry(passage.line).or_insert((passage, holders));
            }
        }
        let more = found.len().saturating_sub(MAX_REPORTED);
        for (position, (passage, holders)) in found.into_values().take(MAX_REPORTED).enumerate() {
            let mut diagnostic = passage.diagnostic(issue, inspected.key, &holders);
            if more > 0 && position + 1 == MAX_REPORTED {
                let found = diagnostic.message;
                diagnostic.message = message!("{found} (and {more} more)", "{found} (og {more} mere)");
            }
            diagnostics.push(diagnostic);
        }
        diagnostics
    }

    /// What the recipient of a letter may know: the rest of the issue, the common texts, and their own values.
    fn allowed_texts(
        &self,
        lines: &[SourceLine<'_>],
        inspected: &InspectedLetter<'_>,
        lengths: &BTreeSet<usize>,
    ) -> PartIndex {
        let open: Vec<&SourceLine<'_>> = lines.iter().filter(|line| line.closed_by(inspected.key).is_none()).collect();
        let mut allowed = PartIndex::of_lengths(lengths);
        for passage in markdown_text::passages(&open) {
            allowed.add(&passage.words(), passage.facts());
        }
        let values = inspected.person.into_iter().flat_map(|person| person.fields.values());
        let own = values.filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let address = inspected.person.map(|person| person.address.as_str());
        let common = self.common_texts.iter().map(String::as_str);
        common.chain(own).chain(address).for_each(|text| allowed.add_text(text));
        allowed
    }
}

/// A letter or a web page that is checked.
#[derive(Clone, Copy, Debug)]
struct InspectedLetter<'a> {
    key: &'a EditionKey,
    /// The recipient; absent: it is a web page.
    person: Option<&'a Person>,
    /// What is sent, read back.
    letter: &'a ParsedLetter<'a>,
    /// Its preheader, which its HTML contains too.
    preheader: &'a str,
}
