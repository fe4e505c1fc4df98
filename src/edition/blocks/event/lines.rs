//! The lines of an event that say when and where it is: `tid: 21. januar 2027 kl. 9.30`.

use std::ops::RangeInclusive;

use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::base::language::words::EventWords;
use crate::base::source::nearest::nearest;
use crate::base::source::span::Span;
use crate::issue::manuscript::content_blocks;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::people::person::fold;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EventField {
    Day,
    Hours,
    Clock,
    Place,
    Online,
    Price,
    Organiser,
    SignUp,
    Deadline,
    Id,
    Status,
}

impl EventField {
    const ALL: [Self; 11] = [
        Self::Day,
        Self::Hours,
        Self::Clock,
        Self::Place,
        Self::Online,
        Self::Price,
        Self::Organiser,
        Self::SignUp,
        Self::Deadline,
        Self::Id,
        Self::Status,
    ];

    fn keys(self, words: &EventWords) -> &'static [&'static str] {
        match self {
            Self::Day => words.day_keys,
            Self::Hours => words.when.keys,
            Self::Clock => words.clock_keys,
            Self::Place => words.place.keys,
            Self::Online => words.online.keys,
            Self::Price => words.price.keys,
            Self::Organiser => words.organiser.keys,
            Self::SignUp => words.sign_up.keys,
            Self::Deadline => words.deadline.keys,
            // Neither is shown, so they have no words in other languages.
            Self::Id => &["id"],
            Self::Status => &["status"],
        }
    }

    /// The field of a key in any language.
    fn named(key: &str) -> Option<Self> {
        let says = |field: &Self| Lang::ALL.into_iter().any(|lang| field.keys(&lang.language().event).contains(&key));
        Self::ALL.into_iter().find(says)
    }
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct EventLine {
    pub(super) field: EventField,
    /// The key as it was written.
    pub(super) key: String,
    /// The text after the colon.
    pub(super) value: String,
    /// Its line in the text, counted from 1.
    number: usize,
    /// The byte of the line where the value begins, counted from 1.
    column: usize,
}

impl EventLine {
    /// The place of a range of the value.
    pub(super) fn place(&self, masked: &PlaceholderText, span: std::ops::Range<usize>) -> Span {
        masked.place(self.number, self.column + span.start, span.len().max(1))
    }

    /// Whether it says when something is.
    pub(super) fn is_time(&self) -> bool {
        matches!(self.field, EventField::Day | EventField::Hours | EventField::Clock | EventField::Deadline)
    }

    /// The place of the whole line.
    pub(super) fn whole(&self, masked: &PlaceholderText) -> Span {
        masked.line(self.number)
    }
}

/// The lines of a block.
#[derive(Debug, Default)]
pub(super) struct EventLines {
    /// The lines with a key.
    pub(super) known: Vec<EventLine>,
    /// The lines that start almost like a key.
    pub(super) near: Vec<NearKeyLine>,
}

/// A line that starts almost like a key.
#[derive(Debug)]
pub(super) struct NearKeyLine {
    pub(super) place: Span,
    /// The words before the colon.
    pub(super) key: String,
    /// The key that is almost the same.
    pub(super) meant: &'static str,
}

/// Removes the lines with a key from the first paragraphs of a block; the rest of its text stays.
pub(super) fn take<'a>(block: Node<'a>, masked: &PlaceholderText) -> EventLines {
    let mut lines = EventLines::default();
    let paragraphs: Vec<Node<'a>> =
        content_blocks::body(block).take_while(|node| matches!(node.data().value, NodeValue::Paragraph)).collect();
    for paragraph in paragraphs {
        let position = paragraph.data().sourcepos;
        let numbers = position.start.line..=position.end.line;
        let before = lines.known.len();
        read(numbers.clone(), masked, &mut lines);
        let taken: Vec<usize> = lines.known[before..].iter().map(|line| line.number).collect();
        detach(paragraph, &taken);
        if taken.len() < numbers.count() {
            break;
        }
    }
    lines
}

fn read(numbers: RangeInclusive<usize>, masked: &PlaceholderText, lines: &mut EventLines) {
    for number in numbers {
        let whole = masked.line_text(number);
        let Some((before, _)) = whole.split_once(':') else { continue };
        // An author may write `**Tid:**`, or the lines as a list.
        let is_marker = |character: char| matches!(character, '>' | '*' | '_' | '-' | '+' | ' ' | '\t');
        let words = before.trim_matches(is_marker).split_whitespace().collect::<Vec<_>>().join(" ");
        // The full stop of `Kl.:` is that of an abbreviation.
        let key = fold(words.trim_end_matches('.'));
        let Some(field) = EventField::named(&key) else {
            let meant = similar_key(&key);
            lines.near.extend(meant.map(|meant| NearKeyLine { place: masked.line(number), key, meant }));
            continue;
        };
        let behind = whole.get(before.len() + 1..).unwrap_or("");
        let value = behind.trim_start_matches(['*', '_', ' ', '\t']);
        let column = whole.len() - value.len() + 1;
        // A backslash at the end is a hard line break (CommonMark 0.31, section 6.7).
        let value = value.trim_end().trim_end_matches('\\').trim_end().to_owned();
        lines.known.push(EventLine { field, key, value, number, column });
    }
}

/// The key that is almost the same as these words.
fn similar_key(key: &str) -> Option<&'static str> {
    let words = Lang::ALL.into_iter().map(|lang| &lang.language().event);
    let known =
        words.flat_map(|words| EventField::ALL.into_iter().flat_map(move |field| field.keys(words).iter().copied()));
    nearest(key, known.filter(|known| known.chars().next() == key.chars().next()))
}

/// Removes what is on some lines of a paragraph, and the paragraph where nothing is left.
fn detach(paragraph: Node<'_>, lines: &[usize]) {
    let is_on_line = |node: &Node<'_>| lines.contains(&node.data().sourcepos.start.line);
    let leaves: Vec<Node<'_>> = paragraph.descendants().filter(|node| node.first_child().is_none()).collect();
    for leaf in leaves.into_iter().filter(is_on_line) {
        let mut parent = leaf.parent();
        leaf.detach();
        while let Some(emptied) = parent.filter(|parent| parent.first_child().is_none() && !parent.same_node(paragraph))
        {
            parent = emptied.parent();
            emptied.detach();
        }
    }
    while let Some(last) =
        paragraph.last_child().filter(|last| matches!(last.data().value, NodeValue::SoftBreak | NodeValue::LineBreak))
    {
        last.detach();
    }
    if paragraph.first_child().is_none() {
        paragraph.detach();
    }
}
