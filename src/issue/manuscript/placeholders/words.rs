//! Placeholders: words of letters and digits that replace tags and slots while a text goes through Markdown, the
//! sanitiser and the inliner.

use std::ops::Range;

use crate::base::text_search::Needle;

/// The placeholders of one text: words that begin with a prefix that no text around them contains.
#[derive(Clone, Debug)]
pub(crate) struct Placeholders {
    prefix: String,
    needle: Needle,
}

/// A part of a text that was split at its placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceholderPiece<'a> {
    /// Text without placeholders; it is never empty.
    Text(&'a str),
    /// A placeholder, by the number of its tag or slot.
    Number(usize),
}

impl PlaceholderPiece<'_> {
    /// The number of a placeholder.
    pub(crate) fn number(self) -> Option<usize> {
        match self {
            Self::Text(_) => None,
            Self::Number(number) => Some(number),
        }
    }
}

// The width and the letter after the number are fixed, so that letters and digits of the text may follow directly.
const DIGITS: usize = 6;
const TAG: char = 't';
const SLOT: char = 'u';

impl Placeholders {
    /// Placeholders that occur in none of these texts, in any case; the same texts give the same placeholders.
    pub(crate) fn absent_from<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let lower: Vec<String> = texts.map(str::to_ascii_lowercase).collect();
        let mut number = 0_usize;
        loop {
            let prefix = format!("zq{number}w");
            if !lower.iter().any(|text| text.contains(&prefix)) {
                let needle = Needle::of(&prefix);
                return Self { prefix, needle };
            }
            number += 1;
        }
    }

    /// The placeholder of a tag.
    pub(crate) fn for_tag(&self, number: usize) -> String {
        format!("{}{number:0DIGITS$}{TAG}", self.prefix)
    }

    /// The placeholder of a slot.
    pub(crate) fn for_slot(&self, number: usize) -> String {
        format!("{}{number:0DIGITS$}{SLOT}", self.prefix)
    }

    /// The numbers of the tags in a text, in order.
    pub(crate) fn tags_in(&self, text: &str) -> Vec<usize> {
        self.split(text, TAG).into_iter().filter_map(PlaceholderPiece::number).collect()
    }

    /// Whether a text contains a tag.
    pub(crate) fn has_tags(&self, text: &str) -> bool {
        self.found(text, TAG).next().is_some()
    }

    /// Whether a text contains a slot.
    pub(crate) fn has_slots(&self, text: &str) -> bool {
        self.found(text, SLOT).next().is_some()
    }

    /// Whether a text contains tags and otherwise only white space.
    pub(crate) fn only_tags(&self, text: &str) -> bool {
        let pieces = self.split(text, TAG);
        let is_blank = |piece: &PlaceholderPiece<'_>| match piece {
            PlaceholderPiece::Text(text) => text.trim().is_empty(),
            PlaceholderPiece::Number(_) => true,
        };
        pieces.iter().all(is_blank) && pieces.iter().any(|piece| piece.number().is_some())
    }

    /// A text split at the placeholders of tags.
    pub(crate) fn split_tags<'a>(&self, text: &'a str) -> Vec<PlaceholderPiece<'a>> {
        self.split(text, TAG)
    }

    /// A text split at the placeholders of slots.
    pub(crate) fn split_slots<'a>(&self, text: &'a str) -> Vec<PlaceholderPiece<'a>> {
        self.split(text, SLOT)
    }

    fn split<'a>(&self, text: &'a str, kind: char) -> Vec<PlaceholderPiece<'a>> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for (range, number) in self.found(text, kind) {
            if from < range.start {
                pieces.push(PlaceholderPiece::Text(&text[from..range.start]));
            }
            pieces.push(PlaceholderPiece::Number(number));
            from = range.end;
        }
        if from < text.len() {
            pieces.push(PlaceholderPiece::Text(&text[from..]));
        }
        pieces
    }

    /// The bytes of each placeholder of a kind in a text, with its number.
    fn found<'a>(&'a self, text: &'a str, kind: char) -> impl Iterator<Item = (Range<usize>, usize)> + 'a {
        self.needle.positions(text).filter_map(move |at| {
            let digits = at + self.prefix.len();
            let end = digits + DIGITS;
            let number = text.get(digits..end)?.parse().ok()?;
            text[end..].starts_with(kind).then_some((at..end + kind.len_utf8(), number))
        })
    }
}
