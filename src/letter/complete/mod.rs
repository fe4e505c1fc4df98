//! Finds text of an issue that its letters lack.
//!
//! The compiler reports text that it drops knowingly. This check catches the rest: it reads the lines of the issue and
//! the bytes of a letter with separate code, shared with the check for leaks but not with the compiler, and compares
//! their words. Their order does not count, since notes and the settings of an event are moved.
//!
//! - [`words`]: what is compared.
//! - [`inline`] and [`written`]: the words of the issue.
//! - [`arrived`]: the words of a letter.

mod arrived;
mod inline;
mod words;
mod written;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::letter::complete::arrived::ArrivedWords;
use crate::letter::complete::words::{Presence, WordDigest};
use crate::letter::complete::written::{TextMedium, WrittenWord};
use crate::letter::decoded::DecodedLetter;
use crate::letter::parsed::{self, ParsedLetter};

const LOST: Code = Code("NL664");

/// How many places are reported one by one.
const MAX_REPORTED: usize = 10;

/// Checks the letters of one issue.
#[derive(Clone, Debug)]
pub struct CompletenessGuard {
    /// The issue.
    pub issue: Issue,
    /// Whether it has a page on the web, which `more` blocks in letters lead to.
    pub has_page: bool,
}

/// The missing words of a line, and where they are missing.
#[derive(Debug)]
struct LostWords {
    first: Range<usize>,
    /// The parts that lack it, with their editions.
    parts: BTreeSet<&'static str>,
    last_line: usize,
}

impl CompletenessGuard {
    /// Reports words of the issue that a letter of this edition lacks. Its other letters differ from it only in values and in
    /// the branches of conditions: `all_branches` is the text of all of them.
    pub fn check<'a>(
        &self,
        key: &EditionKey,
        letter: &ParsedLetter<'_>,
        all_branches: impl FnOnce() -> Option<DecodedLetter<'a>>,
    ) -> Diagnostics {
        let issue = self.issue.in_lang(key.lang);
        let written = written::read(issue);
        let medium = if self.has_page { TextMedium::LetterWithPage } else { TextMedium::LetterAlone };
        let words: Vec<&WrittenWord> = written.for_edition(key, medium).collect();
        let (always, sometimes): (Vec<&WrittenWord>, Vec<&WrittenWord>) =
            words.iter().partition(|word| word.presence == Presence::EveryLetter);
        let mut lost = LostLines { issue, lines: BTreeMap::new() };
        lost.compare(&always, letter);
        if !sometimes.is_empty()
            && let Some(branches) = all_branches()
        {
            lost.compare(&words, &parsed::parse_texts(&branches));
        }
        lost.diagnostics(key)
    }

    /// Reports words of the issue that its page on the web lacks. A page has no reader's values.
    pub fn check_page(&self, key: &EditionKey, page: &DecodedLetter<'_>) -> Diagnostics {
        let issue = self.issue.in_lang(key.lang);
        let written = written::read(issue);
        let words = written.for_edition(key, TextMedium::Page).filter(|word| word.presence == Presence::EveryLetter);
        let mut lost = LostLines { issue, lines: BTreeMap::new() };
        lost.compare(&words.collect::<Vec<_>>(), &parsed::parse_page(page));
        lost.diagnostics(key)
    }
}

/// The lines of an issue with lost words, by their numbers.
#[derive(Debug)]
struct LostLines<'i> {
    issue: &'i Issue,
    lines: BTreeMap<usize, LostWords>,
}

impl LostLines<'_> {
    /// Adds those whose words a letter or a page lacks.
    fn compare(&mut self, words: &[&WrittenWord], letter: &ParsedLetter<'_>) {
        for part in letter.parts.iter().filter(|part| part.name.is_none()) {
            let (arrived, name) = match part.media_type.as_str() {
                "text/html" => (ArrivedWords::of_html(&part.text()), "HTML"),
                "text/plain" => (ArrivedWords::of_text(&part.text()), "text"),
                _ => continue,
            };
            for at in lost_words(words, &arrived) {
                let range = &words[at].range;
                let line = self.issue.source.place(range.clone()).line();
                let of_line = self.lines.entry(line).or_insert_with(|| LostWords {
                    first: range.clone(),
                    parts: BTreeSet::new(),
                    last_line: line,
                });
                of_line.parts.insert(name);
            }
        }
    }

    /// One problem for each run of lines.
    fn diagnostics(self, key: &EditionKey) -> Diagnostics {
        let mut runs: Vec<LostWords> = Vec::new();
        for (line, words) in self.lines {
            match runs.last_mut() {
                Some(run) if run.last_line + 1 >= line => {
                    run.last_line = line;
                    run.parts.extend(words.parts);
                }
                _ => runs.push(words),
            }
        }
        let found = runs.into_iter().take(MAX_REPORTED);
        found.map(|LostWords { first, parts, .. }| diagnostic(self.issue, key, first, &parts)).collect()
    }
}

/// The problems of several letters, those of one place once.
pub fn once_per_place(found: Diagnostics) -> Diagnostics {
    let mut places = HashSet::new();
    found.into_iter().filter(|diagnostic| places.insert(diagnostic.place.clone())).collect()
}

/// The numbers of the words that a part lacks. If a word is written several times, those occurrences are lost whose
/// neighbours in the part differ.
fn lost_words(words: &[&WrittenWord], arrived: &ArrivedWords) -> BTreeSet<usize> {
    let mut counts = arrived.counts();
    let mut lost: HashMap<WordDigest, usize> = HashMap::new();
    for word in words {
        match counts.get_mut(&word.digest).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => *lost.entry(word.digest).or_default() += 1,
        }
    }
    let mut found = BTreeSet::new();
    if lost.is_empty() {
        return found;
    }
    let pairs = arrived.pairs();
    let is_beside = |first: Option<&&WrittenWord>, second: Option<&&WrittenWord>| match (first, second) {
        (Some(first), Some(second)) => pairs.contains(&[first.digest, second.digest]),
        _ => true,
    };
    for (digest, number) in lost {
        let places = (0..words.len()).filter(|at| words[*at].digest == digest);
        // Of occurrences that cannot be distinguished, the last ones are chosen.
        let (mut moved, kept): (Vec<usize>, Vec<usize>) = places.partition(|at| {
            let before = at.checked_sub(1).and_then(|before| words.get(before));
            !is_beside(before, words.get(*at)) || !is_beside(words.get(*at), words.get(at + 1))
        });
        moved.extend(kept.into_iter().rev());
        found.extend(moved.into_iter().take(number));
    }
    found
}

fn diagnostic(issue: &Issue, key: &EditionKey, first: Range<usize>, parts: &BTreeSet<&str>) -> Diagnostic {
    let word = issue.source.text().get(first.clone()).unwrap_or_default();
    let part = match parts.first() {
        Some(only) if parts.len() == 1 => {
            message!("the {only} part of the edition {}", "{only}-delen af udgaven {}", key.id())
        }
        _ => message!("the edition {}", "udgaven {}", key.id()),
    };
    Diagnostic::warning(
        LOST,
        message!("`{}` is written here, but is not in {part}", "`{}` står her, men er ikke i {part}", word.trim()),
    )
    .at(issue.source.place(first))
    .hint(message!(
        "write it in another way; what is not for readers belongs in a comment: `<!-- … -->`",
        "skriv det på en anden måde; det, der ikke er til læserne, hører til i en kommentar: `<!-- … -->`"
    ))
}
