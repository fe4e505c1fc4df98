//! What each part of a letter contains.

use std::collections::BTreeSet;
use std::fmt;

use crate::base::message::{Message, message};
use crate::letter::leak::fact::{self, Fact};
use crate::letter::leak::html_text;
use crate::letter::leak::shingles::{ShingleSet, Word, words};
use crate::letter::parsed::{ParsedLetter, percent_decoded};

/// A part of a letter, in the order in which messages name them.
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
            Self::Subject => write!(f, "{}", message!("its subject", "emnet")),
            Self::Preheader => write!(f, "{}", message!("its preheader", "preheaderen")),
            Self::Attached(name) => write!(f, "{}", message!("the attached file {name}", "den vedhæftede fil {name}")),
            Self::AttachedName(name) => {
                write!(f, "{}", message!("the name of the attached file {name}", "navnet på den vedhæftede fil {name}"))
            }
            Self::Html => write!(f, "{}", message!("its HTML part", "HTML-delen")),
            Self::Text => write!(f, "{}", message!("its text part", "tekstdelen")),
        }
    }
}

impl LetterPart {
    /// How to fix a leak in this part.
    pub(super) fn remedy(&self) -> Message {
        match self {
            Self::Subject => message!(
                "remove it from the subject, which every reader gets",
                "slet det fra emnet, som alle læsere får"
            ),
            Self::Preheader => message!(
                "write another preheader, since every reader gets it",
                "skriv en anden preheader, da alle læsere får den"
            ),
            Self::Attached(_) | Self::AttachedName(_) => message!(
                "remove it from the attached files, which every reader gets",
                "slet det fra de vedhæftede filer, som alle læsere får"
            ),
            Self::Html | Self::Text => {
                message!(
                    "if these readers may know it, write it outside the block too; otherwise look for it in `params`, snippets and the theme",
                    "må disse læsere vide det, så skriv det også uden for blokken; ellers led efter det i `params`, tekststykker og temaet"
                )
            }
        }
    }
}

/// The shingles and the facts of some texts.
#[derive(Debug, Default)]
pub(super) struct PartIndex {
    pub(super) shingles: ShingleSet,
    pub(super) facts: BTreeSet<Fact>,
}

impl PartIndex {
    /// An empty index, for shingles of these lengths.
    pub(super) fn of_lengths(lengths: &BTreeSet<usize>) -> Self {
        Self { shingles: ShingleSet::of_lengths(lengths), facts: BTreeSet::new() }
    }

    pub(super) fn add(&mut self, words: &[Word], facts: Vec<Fact>) {
        self.shingles.add(words);
        self.facts.extend(facts);
    }

    pub(super) fn add_text(&mut self, text: &str) {
        self.add(&words(text), fact::all(text));
    }

    /// Adds the value of an attribute, in which a number may be a measure.
    fn add_attribute(&mut self, text: &str) {
        let plain = percent_decoded(text);
        self.add(&words(&plain), fact::addresses_and_files(&plain));
    }

    fn add_html(&mut self, text: &str) {
        let page = html_text::read(text);
        self.add_plain(&page.text);
        page.spoken.iter().for_each(|value| self.add_text(value));
        page.other.iter().for_each(|value| self.add_attribute(value));
    }

    fn add_plain(&mut self, text: &str) {
        self.add_text(text);
        // The text part has the URL of a link in the middle of its sentence.
        self.shingles.add(&words(&without_links(text)));
    }

    /// Adds an iCalendar file, whose lines are folded (RFC 5545 §3.1) and whose punctuation has a backslash before it
    /// (§3.3.11).
    fn add_calendar(&mut self, text: &str) {
        let unfolded = text.replace("\n ", "").replace("\n\t", "");
        self.add_text(&unfolded.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";"));
    }
}

/// The parts of a letter with what they contain.
pub(super) fn parts(
    letter: &ParsedLetter<'_>,
    preheader: &str,
    lengths: &BTreeSet<usize>,
) -> Vec<(LetterPart, PartIndex)> {
    let of_text = |text: &str| {
        let mut index = PartIndex::of_lengths(lengths);
        index.add_text(text);
        index
    };
    let mut parts = vec![(LetterPart::Subject, of_text(&letter.subject)), (LetterPart::Preheader, of_text(preheader))];
    for part in &letter.parts {
        if let Some(name) = &part.name {
            parts.push((LetterPart::AttachedName(name.clone()), of_text(name)));
        }
        let mut index = PartIndex::of_lengths(lengths);
        match part.media_type.as_str() {
            "text/html" => index.add_html(&part.text()),
            "text/calendar" => index.add_calendar(&part.text()),
            media_type if media_type.starts_with("text/") => index.add_plain(&part.text()),
            // Pictures, PDF and office documents are not read: of these only the name is checked.
            _ => continue,
        }
        let part = match (&part.name, part.media_type.as_str()) {
            (Some(name), _) => LetterPart::Attached(name.clone()),
            (None, "text/html") => LetterPart::Html,
            (None, _) => LetterPart::Text,
        };
        parts.push((part, index));
    }
    parts
}

/// A text without URLs and without the numbers of footnotes and links, such as `[1]`.
fn without_links(text: &str) -> String {
    let is_link = |word: &str| word.contains("://") || word.contains("mailto:");
    let is_number = |word: &str| {
        let bare = word.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        let inner = bare.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
        inner.is_some_and(|inner| inner.chars().all(|letter| letter.is_ascii_digit()))
    };
    text.split_whitespace().filter(|word| !is_link(word) && !is_number(word)).collect::<Vec<_>>().join(" ")
}
