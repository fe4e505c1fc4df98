//! The records that a text part is compiled to, and how they are written into its template.
//!
//! How wide a line or a column is depends on the values of a reader, and so do the items of a list. So the text part is
//! not finished when an edition is compiled: its template holds records, the template engine fills in the values and
//! runs the loops and conditions around the records, and [`crate::edition::text::layout`] makes lines of what comes
//! out. A template is one string, so records are written into it with control characters around them. Neither sources
//! nor values hold any: [`plain`] and the filters of the engine replace them by blanks.
//!
//! In ABNF (RFC 5234), with `tag` for a statement of the template engine, which leaves nothing behind:
//!
//! ```text
//! part     = *( record / list-open / list-close / tag )
//! record   = %x01 kind blank %x02 first %x02 rest %x02 content %x03
//! kind     = "p" / "v" / "t" / "h" / "s" / "H" / "R" / "-" / " " / "="     ; see RecordKind
//! blank    = "0" / "1" / "2"        ; the blank line before the record; 2: before a box
//! first    = text                   ; the prefix of its first line: "> ", "- ", or a number (below)
//! rest     = text                   ; the prefix of its other lines
//! content  = text                   ; of most kinds
//!          / align *( %x04 text )   ; of a row of a table: its cells
//! align    = *( "l" / "r" / "c" )   ; one for each column
//! list-open  = %x0E 1*DIGIT %x0F    ; a numbered list starts, at this number
//! list-close = %x10
//! number   = %x05 *%x07             ; in a prefix: the number of an item, padded to this many columns
//! text     = *( VCHAR / SP / UTF8-non-ascii / %x06 / tag )                 ; %x06 is a line break
//! ```
//!
//! The last number of a prefix belongs to the list opened last and not closed yet, the one before it to the list around that
//! one: `1. 1. Welcome`. What is outside of all records is ignored.

use std::borrow::Cow;
use std::ops::Range;

use crate::base::text_search;
use crate::edition::text::position::BlankLine;

const START: char = '\u{1}';
const FIELD: char = '\u{2}';
const END: char = '\u{3}';
const OPEN: char = '\u{e}';
const OPENED: char = '\u{f}';
const CLOSE: char = '\u{10}';
const NUMBER: char = '\u{5}';
/// Each further column of a number.
const COLUMN: char = '\u{7}';
/// Before each cell of a row.
pub(crate) const CELL: &str = "\u{4}";
/// A line break that the author asked for.
pub(crate) const BREAK: &str = "\u{6}";
/// The end of a numbered list.
pub(crate) const CLOSE_LIST: &str = "\u{10}";

/// How a record is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordKind {
    /// Wrapped.
    Text,
    /// Line by line, not wrapped.
    Verbatim,
    /// Wrapped and underlined with `=`.
    Title,
    /// Wrapped and underlined with `-`.
    Heading,
    /// Wrapped and underlined with `~`.
    Subheading,
    /// The first row of a table.
    Header,
    /// Another row of a table.
    Row,
    /// A horizontal rule.
    Rule,
    /// Only a blank line before the next record.
    Space,
    /// Lines that were laid out when the edition was compiled: see [`crate::edition::text::prelayout`].
    LaidOut,
}

impl RecordKind {
    const ALL: [(Self, char); 10] = [
        (Self::Text, 'p'),
        (Self::Verbatim, 'v'),
        (Self::Title, 't'),
        (Self::Heading, 'h'),
        (Self::Subheading, 's'),
        (Self::Header, 'H'),
        (Self::Row, 'R'),
        (Self::Rule, '-'),
        (Self::Space, ' '),
        (Self::LaidOut, '='),
    ];

    /// The kind of a heading of a level.
    pub(crate) fn heading(level: u8) -> Self {
        match level {
            1 => Self::Title,
            2 => Self::Heading,
            _ => Self::Subheading,
        }
    }

    fn sign(self) -> char {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or('p', |(_, sign)| *sign)
    }

    pub(super) fn read(text: &str) -> Self {
        Self::ALL.iter().find(|(_, sign)| text.starts_with(*sign)).map_or(Self::Text, |(kind, _)| *kind)
    }
}

impl BlankLine {
    fn sign(self) -> char {
        match self {
            Self::None => '0',
            Self::Before => '1',
            Self::BeforeBox => '2',
        }
    }

    fn read(head: &str) -> Self {
        match head.chars().next_back() {
            Some('1') => Self::Before,
            Some('2') => Self::BeforeBox,
            _ => Self::None,
        }
    }
}

/// One block of text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextRecord<'r> {
    pub(crate) kind: RecordKind,
    /// The blank line before it.
    pub(crate) blank_line: BlankLine,
    pub(crate) first: &'r str,
    pub(crate) rest: &'r str,
    pub(crate) content: &'r str,
}

impl<'r> TextRecord<'r> {
    /// Writes the record for [`lay_out`].
    pub(crate) fn write(&self, out: &mut String) {
        out.extend([START, self.kind.sign(), self.blank_line.sign()]);
        for field in [self.first, self.rest, self.content] {
            out.push(FIELD);
            out.push_str(field);
        }
        out.push(END);
    }

    fn read(text: &'r str) -> Option<Self> {
        let mut fields = text.splitn(4, FIELD);
        let head = fields.next()?;
        Some(Self {
            kind: RecordKind::read(head),
            blank_line: BlankLine::read(head),
            first: fields.next()?,
            rest: fields.next()?,
            content: fields.next()?,
        })
    }
}

/// The start of a numbered list.
pub(crate) fn open_list(start: usize) -> String {
    format!("{OPEN}{start}{OPENED}")
}

/// A prefix for the number of an item, padded to a width in columns.
pub(crate) fn number(width: usize) -> String {
    [NUMBER].into_iter().chain(std::iter::repeat_n(COLUMN, width.saturating_sub(1))).collect()
}

/// Text without control characters.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// Text whose line breaks stay.
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join(BREAK)
}

/// A part of the template of a text part.
pub(crate) enum RecordToken<'r> {
    /// A block of text.
    Record(TextRecord<'r>),
    /// The start of a numbered list.
    Open,
    /// Its end.
    Close,
    /// The text between them: statements.
    Between,
}

/// The parts of the template of a text part, with their byte ranges.
pub(crate) fn tokens(records: &str) -> impl Iterator<Item = (Range<usize>, RecordToken<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = records.get(at..).filter(|rest| !rest.is_empty())?;
        let through = |end: char| rest.find(end).map_or(rest.len(), |at| at + end.len_utf8());
        let (length, token) = if let Some(record) = rest.strip_prefix(START) {
            let record = record.split(END).next().and_then(TextRecord::read);
            (through(END), record.map_or(RecordToken::Between, RecordToken::Record))
        } else if rest.starts_with(OPEN) {
            (through(OPENED), RecordToken::Open)
        } else if rest.starts_with(CLOSE_LIST) {
            (CLOSE_LIST.len(), RecordToken::Close)
        } else {
            (rest.find([START, OPEN, CLOSE]).unwrap_or(rest.len()), RecordToken::Between)
        };
        let range = at..at + length;
        at = range.end;
        Some((range, token))
    })
}

/// The records of a filled template, in order.
pub(super) fn records(filled: &str) -> impl Iterator<Item = TextRecord<'_>> {
    let mut rest = filled;
    std::iter::from_fn(move || {
        loop {
            // Most records follow one another at once, so that each byte is looked at once.
            let (_, start) = text_search::split_once(rest, START)?;
            let (record, after) = text_search::split_once(start, END).unwrap_or((start, ""));
            rest = after;
            if let Some(record) = TextRecord::read(record) {
                return Some(record);
            }
        }
    })
}

/// The filled template with the numbers of its lists: they count only the items that are left.
pub(super) fn fill_in_numbers(filled: &str) -> Cow<'_, str> {
    if !text_search::contains(filled, OPEN) {
        return Cow::Borrowed(filled);
    }
    let mut out = String::with_capacity(filled.len());
    let mut counters: Vec<usize> = Vec::new();
    let mut rest = filled;
    while let Some(at) = rest.find([OPEN, NUMBER, CLOSE]) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(opening) = rest.strip_prefix(OPEN) {
            let (start, after) = opening.split_once(OPENED).unwrap_or(("1", opening));
            counters.push(start.parse().unwrap_or(1));
            rest = after;
        } else if let Some(after) = rest.strip_prefix(CLOSE) {
            counters.pop();
            rest = after;
        } else {
            let after = rest[NUMBER.len_utf8()..].trim_start_matches(COLUMN);
            let width = rest.len() - after.len();
            let prefix = rest.split(FIELD).next().unwrap_or(rest);
            let counter =
                counters.len().checked_sub(prefix.matches(NUMBER).count()).and_then(|at| counters.get_mut(at));
            let number = format!("{}. ", counter.as_deref().copied().unwrap_or(1));
            out.push_str(&number);
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(number.len())));
            if let Some(counter) = counter {
                *counter += 1;
            }
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
