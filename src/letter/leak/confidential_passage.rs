//! What an edition must not contain, and how a leak of it is reported.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::letter::leak::fact::Fact;
use crate::letter::leak::letter_parts::{LetterPart, PartIndex};
use crate::letter::leak::lines::{OpeningFence, SourceLine};
use crate::letter::leak::markdown_text;
use crate::letter::leak::shingles::{self, Word};

const LEAK: Code = Code("NL610");

/// The most characters of a sentence that a message quotes.
const EXCERPT: usize = 60;

/// A sentence or a fact in a block for other readers than those of an edition.
pub(super) struct ConfidentialPassage<'t> {
    content: ConfidentialContent,
    /// The line where it begins.
    pub(super) line: usize,
    /// The fence that makes it confidential.
    fence: OpeningFence<'t>,
}

enum ConfidentialContent {
    Sentence { typed: String, words: Vec<Word> },
    Fact(Fact),
}

/// What the readers of an edition must not read, in the order of its lines; the sentences of a line before its facts.
pub(super) fn passages<'t>(lines: &[SourceLine<'t>], key: &EditionKey) -> Vec<ConfidentialPassage<'t>> {
    let mut fences: BTreeMap<usize, OpeningFence<'t>> = BTreeMap::new();
    let mut closed = Vec::new();
    for line in lines {
        if let Some(fence) = line.closed_by(key) {
            fences.insert(line.number, fence);
            closed.push(line);
        }
    }
    let mut confidential = Vec::new();
    for passage in markdown_text::passages(&closed) {
        let Some(fence) = fences.get(&passage.number).copied() else { continue };
        let sentences = passage.sentences().into_iter();
        let sentences = sentences.map(|(typed, words)| ConfidentialContent::Sentence { typed, words });
        let contents = sentences.chain(passage.facts().into_iter().map(ConfidentialContent::Fact));
        confidential.extend(contents.map(|content| ConfidentialPassage { content, line: passage.number, fence }));
    }
    confidential
}

impl ConfidentialPassage<'_> {
    /// The length of the runs of words that are looked for; absent for a fact.
    pub(super) fn length(&self) -> Option<usize> {
        match &self.content {
            ConfidentialContent::Sentence { words, .. } => shingles::shingles(words).next().map(<[Word]>::len),
            ConfidentialContent::Fact(_) => None,
        }
    }

    /// Whether a part of a letter contains it although no text that the reader may know does.
    pub(super) fn is_in(&self, part: &PartIndex, allowed: &PartIndex) -> bool {
        match &self.content {
            ConfidentialContent::Sentence { words, .. } => shingles::shingles(words)
                .any(|shingle| part.shingles.contains(shingle) && !allowed.shingles.contains(shingle)),
            ConfidentialContent::Fact(fact) => part.facts.contains(fact) && !allowed.facts.contains(fact),
        }
    }

    /// Reports that some parts of a letter contain it.
    pub(super) fn diagnostic(&self, issue: &Issue, key: &EditionKey, holders: &BTreeSet<&LetterPart>) -> Diagnostic {
        let what = match &self.content {
            ConfidentialContent::Sentence { typed, .. } => Message::verbatim(format!("`{}`", shortened(typed))),
            ConfidentialContent::Fact(fact) => fact.describe(),
        };
        let parts = enumerated(holders);
        let OpeningFence { number, words } = self.fence;
        let place = issue.source.line(self.line);
        let fence = issue.source.line(number).relative_to(&place);
        let remedy = holders.first().map_or_else(Message::default, |part| part.remedy());
        Diagnostic::error(
            LEAK,
            message!(
                "{what} is not for the edition {}, but is in {parts}",
                "{what} er ikke til udgaven {}, men står i {parts}",
                key.id()
            ),
        )
        .hint(message!(
            "in the text, only `::: {words}` ({fence}) shows it; {remedy}",
            "i teksten viser kun `::: {words}` ({fence}) det; {remedy}"
        ))
        .at(place)
    }
}

/// The names of parts in a sentence: `a, b and c`.
fn enumerated(parts: &BTreeSet<&LetterPart>) -> Message {
    let names: Vec<Message> = parts.iter().map(Message::shown).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => {
            let others = Message::joined(others.iter().cloned(), ", ");
            message!("{others} and {last}", "{others} og {last}")
        }
        None => Message::default(),
    }
}

fn shortened(sentence: &str) -> String {
    if sentence.chars().count() <= EXCERPT {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(EXCERPT).collect();
    format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}
