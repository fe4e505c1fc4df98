//! What the parts of a letter hold.

use std::collections::BTreeSet;
use std::fmt;

use crate::letter::leak::fact::{self, Fact};
use crate::letter::leak::html_text;
use crate::letter::leak::shingles::{ShingleSet, words};
use crate::letter::parsed::{ParsedLetter, percent_decoded};

/// A part of a letter, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LetterPart {
    Subject,
    Preheader,
    Attached(String),
    AttachedName(String),
    Html,
    Text,
}

impl fmt::Display for LetterPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject => f.write_str("its subject"),
            Self::Preheader => f.write_str("its preheader"),
            Self::Attached(name) => write!(f, "the attached file {name}"),
            Self::AttachedName(name) => write!(f, "the name of the attached file {name}"),
            Self::Html => f.write_str("its HTML part"),
            Self::Text => f.write_str("its text part"),
        }
    }
}

impl LetterPart {
    /// What to do about a leak there.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Subject => "everybody gets the subject, so take it out of there",
            Self::Preheader => "everybody gets the preheader, so write another one",
            Self::Attached(_) | Self::AttachedName(_) => "everybody gets the attached files, so take it out of there",
            Self::Html | Self::Text => {
                "if these readers may know it, write it outside the block too; else look for it in `params`, snippets \
                 and the theme"
            }
        }
    }
}

/// The rows of words and the facts of some texts.
#[derive(Debug, Default)]
pub(super) struct PartIndex {
    pub(super) rows: ShingleSet,
    pub(super) facts: BTreeSet<Fact>,
}

impl PartIndex {
    pub(super) fn of_lengths(lengths: &BTreeSet<usize>) -> Self {
        Self { rows: ShingleSet::of_lengths(lengths), facts: BTreeSet::new() }
    }

    pub(super) fn add(&mut self, words: &[String], facts: Vec<Fact>) {
        self.rows.add(words);
        self.facts.extend(facts);
    }

    pub(super) fn add_text(&mut self, text: &str) {
        self.add(&words(text), fact::all(text));
    }

    /// A text in which a number may be a measure.
    fn add_hidden(&mut self, text: &str) {
        let plain = percent_decoded(text);
        self.add(&words(&plain), fact::names(&plain));
    }
}

/// The parts of a letter with what they hold.
pub(super) fn parts(
    letter: &ParsedLetter<'_>,
    preheader: &str,
    lengths: &BTreeSet<usize>,
) -> Vec<(LetterPart, PartIndex)> {
    let of = |text: &str| {
        let mut held = PartIndex::of_lengths(lengths);
        held.add_text(text);
        held
    };
    let mut parts = vec![(LetterPart::Subject, of(&letter.subject)), (LetterPart::Preheader, of(preheader))];
    for part in &letter.parts {
        if let Some(name) = &part.name {
            parts.push((LetterPart::AttachedName(name.clone()), of(name)));
        }
        let mut held = PartIndex::of_lengths(lengths);
        match part.media_type.as_str() {
            "text/html" => html(&part.text(), &mut held),
            "text/calendar" => calendar(&part.text(), &mut held),
            it if it.starts_with("text/") => plain(&part.text(), &mut held),
            _ => continue,
        }
        let part = match (&part.name, part.media_type.as_str()) {
            (Some(name), _) => LetterPart::Attached(name.clone()),
            (None, "text/html") => LetterPart::Html,
            (None, _) => LetterPart::Text,
        };
        parts.push((part, held));
    }
    parts
}

fn html(text: &str, held: &mut PartIndex) {
    let page = html_text::read(text);
    plain(&page.text, held);
    page.spoken.iter().for_each(|it| held.add_text(it));
    page.rest.iter().for_each(|it| held.add_hidden(it));
}

fn plain(text: &str, held: &mut PartIndex) {
    held.add_text(text);
    // The address of a link stands in the middle of its sentence.
    held.rows.add(&words(&without_links(text)));
}

/// An event's file: lines are folded, and signs have a backslash before them (RFC 5545 §3.1, §3.3.11).
fn calendar(text: &str, held: &mut PartIndex) {
    let unfolded = text.replace("\n ", "").replace("\n\t", "");
    held.add_text(&unfolded.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";"));
}

/// A text without addresses and without the numbers of notes and links.
fn without_links(text: &str) -> String {
    let is_link = |it: &str| it.contains("://") || it.contains("mailto:");
    let is_number = |it: &str| {
        let inner =
            it.trim_end_matches(['.', ',', ';', ':', '!', '?']).strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        inner.is_some_and(|it| it.chars().all(|it| it.is_ascii_digit()))
    };
    text.split_whitespace().filter(|it| !is_link(it) && !is_number(it)).collect::<Vec<_>>().join(" ")
}
