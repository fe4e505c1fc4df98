//! Lines of a text part: wrapped, prefixed and aligned once the values of a reader stand in them.
//!
//! The template holds records with control characters round them, which neither sources nor values may hold.

use std::borrow::Cow;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::edition::template::transfer_encoding;

/// The widest line (checklist 37, RFC 3676 section 4.2).
const WIDTH: usize = 76;

const START: char = '\u{1}';
const FIELD: char = '\u{2}';
const END: char = '\u{3}';
const OPEN: char = '\u{e}';
const OPENED: char = '\u{f}';
const NUMBER: char = '\u{5}';
/// Between the cells of a row.
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
    /// Line for line.
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
    /// A line across.
    Rule,
    /// Nothing but an empty line before the next record.
    Space,
    /// Lines that are finished: see [`crate::edition::text::prelayout`].
    Settled,
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
        (Self::Settled, '='),
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

    fn read(text: &str) -> Self {
        Self::ALL.iter().find(|(_, sign)| text.starts_with(*sign)).map_or(Self::Text, |(kind, _)| *kind)
    }
}

/// One block of text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextRecord<'r> {
    pub(crate) kind: RecordKind,
    /// Whether an empty line stands before it.
    pub(crate) gap: bool,
    pub(crate) first: &'r str,
    pub(crate) rest: &'r str,
    pub(crate) content: &'r str,
}

impl<'r> TextRecord<'r> {
    /// Writes the record for [`lay_out`].
    pub(crate) fn write(&self, out: &mut String) {
        out.extend([START, self.kind.sign(), if self.gap { '1' } else { '0' }]);
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
            gap: head.ends_with('1'),
            first: fields.next()?,
            rest: fields.next()?,
            content: fields.next()?,
        })
    }
}

/// The beginning of a numbered list.
pub(crate) fn open_list(start: usize) -> String {
    format!("{OPEN}{start}{OPENED}")
}

/// The place of an item's number, in so many columns.
pub(crate) fn number(width: usize) -> String {
    NUMBER.to_string().repeat(width)
}

/// Text without control characters.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// Text whose line breaks stay.
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join(BREAK)
}

/// How the lines of a text part stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineEncoding {
    /// As they are read.
    Plain,
    /// In quoted-printable.
    Encoded,
}

impl LineEncoding {
    /// Whole lines in this form.
    pub(crate) fn of(self, lines: &str) -> Cow<'_, str> {
        match self {
            Self::Plain => Cow::Borrowed(lines),
            Self::Encoded => Cow::Owned(transfer_encoding::encode(lines)),
        }
    }
}

/// Whether every mail server leaves these lines alone as they are.
pub(crate) fn is_plain(lines: &str) -> bool {
    let safe = |it: &str| it.len() <= 76 && !it.starts_with(['.', '-']) && !it.starts_with("From ");
    lines.is_ascii() && lines.lines().all(safe)
}

/// A part of what a text is laid out from.
pub(crate) enum LayoutToken<'r> {
    /// A block of text.
    Record(TextRecord<'r>),
    /// The beginning of a numbered list.
    Open,
    /// Its end.
    Close,
    /// What stands between them: statements.
    Between,
}

impl LayoutToken<'_> {
    /// Whether it stands for nothing but an empty line before what comes next.
    pub(crate) fn is_space(&self) -> bool {
        matches!(self, Self::Record(record) if record.kind == RecordKind::Space)
    }
}

/// What a text is laid out from, piece by piece with its bytes.
pub(crate) fn tokens(records: &str) -> impl Iterator<Item = (Range<usize>, LayoutToken<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = records.get(at..).filter(|it| !it.is_empty())?;
        let through = |end: char| rest.find(end).map_or(rest.len(), |it| it + end.len_utf8());
        let (length, token) = if let Some(record) = rest.strip_prefix(START) {
            let record = record.split(END).next().and_then(TextRecord::read);
            (through(END), record.map_or(LayoutToken::Between, LayoutToken::Record))
        } else if rest.starts_with(OPEN) {
            (through(OPENED), LayoutToken::Open)
        } else if rest.starts_with(CLOSE_LIST) {
            (CLOSE_LIST.len(), LayoutToken::Close)
        } else {
            (rest.find([START, OPEN, '\u{10}']).unwrap_or(rest.len()), LayoutToken::Between)
        };
        let range = at..at + length;
        at = range.end;
        Some((range, token))
    })
}

/// The lines of a filled template; what is settled in it is in this form already.
pub(crate) fn lay_out(filled: &str, form: LineEncoding) -> String {
    let numbered = if filled.contains(OPEN) { Cow::Owned(count(filled)) } else { Cow::Borrowed(filled) };
    let records: Vec<TextRecord<'_>> = numbered
        .split(START)
        .skip(1)
        .filter_map(|it| it.split(END).next())
        .filter_map(TextRecord::read)
        .filter(|it| it.kind == RecordKind::Space || !it.content.trim().is_empty())
        .collect();
    let mut out = String::with_capacity(filled.len());
    let mut before: Option<&TextRecord<'_>> = None;
    let mut at = 0;
    let mut spaced = false;
    while let Some(record) = records.get(at) {
        if record.kind == RecordKind::Space {
            spaced = true;
            at += 1;
            continue;
        }
        let rows = records[at + 1..]
            .iter()
            .take_while(|it| record.kind == RecordKind::Header && it.kind == RecordKind::Row)
            .count();
        let mut lines: Vec<String> = Vec::new();
        if let Some(before) = before.filter(|_| record.gap || spaced) {
            lines.push(shared(before.rest, record.first).trim_end().to_owned());
        }
        write(&records[at..=at + rows], &mut lines);
        if !lines.is_empty() {
            lines.push(String::new());
            out.push_str(&form.of(&lines.join("\n")));
        }
        if record.kind == RecordKind::Settled {
            out.push_str(record.content);
        }
        spaced = false;
        before = Some(record);
        at += rows + 1;
    }
    out
}

/// Puts the numbers of lists in: they count only the items that are there.
fn count(filled: &str) -> String {
    let mut out = String::with_capacity(filled.len());
    let mut counters: Vec<usize> = Vec::new();
    let mut rest = filled;
    while let Some(at) = rest.find([OPEN, NUMBER, '\u{10}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(opening) = rest.strip_prefix(OPEN) {
            let (start, after) = opening.split_once(OPENED).unwrap_or(("1", opening));
            counters.push(start.parse().unwrap_or(1));
            rest = after;
        } else if let Some(after) = rest.strip_prefix(CLOSE_LIST) {
            counters.pop();
            rest = after;
        } else {
            let width = rest.len() - rest.trim_start_matches(NUMBER).len();
            let number = counters.last().copied().unwrap_or(1);
            let number = format!("{number}. ");
            out.push_str(&number);
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(number.len())));
            counters.iter_mut().last().into_iter().for_each(|it| *it += 1);
            rest = &rest[width..];
        }
    }
    out.push_str(rest);
    out
}

/// The prefix that two blocks have in common.
fn shared<'p>(left: &'p str, right: &str) -> &'p str {
    let same = left.char_indices().zip(right.chars()).take_while(|((_, a), b)| a == b).last();
    same.map_or("", |((at, character), _)| &left[..at + character.len_utf8()])
}

fn write(records: &[TextRecord<'_>], lines: &mut Vec<String>) {
    let Some(record) = records.first() else { return };
    match record.kind {
        RecordKind::Text => prefixed(record, wrap(record.content, room(record)), lines),
        RecordKind::Verbatim => prefixed(record, record.content.split(BREAK).map(str::to_owned).collect(), lines),
        RecordKind::Title => underlined(record, '=', lines),
        RecordKind::Heading => underlined(record, '-', lines),
        RecordKind::Subheading => underlined(record, '~', lines),
        RecordKind::Rule => prefixed(record, vec!["-".repeat(room(record).min(40))], lines),
        RecordKind::Header | RecordKind::Row => table(records, lines),
        RecordKind::Space | RecordKind::Settled => {}
    }
}

fn room(record: &TextRecord<'_>) -> usize {
    WIDTH.saturating_sub(record.first.width().max(record.rest.width())).max(20)
}

fn prefixed(record: &TextRecord<'_>, content: Vec<String>, lines: &mut Vec<String>) {
    for (at, line) in content.into_iter().enumerate() {
        let prefix = if at == 0 { record.first } else { record.rest };
        lines.push(format!("{prefix}{line}").trim_end().to_owned());
    }
}

fn underlined(record: &TextRecord<'_>, sign: char, lines: &mut Vec<String>) {
    let mut content = wrap(record.content, room(record));
    let widest = content.iter().map(|it| it.width()).max().unwrap_or(0);
    let width = widest.min(room(record));
    content.push(sign.to_string().repeat(width));
    prefixed(record, content, lines);
}

/// Words put into lines by the width that they show; a word that is wider, such as an address, has its own line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.split(BREAK) {
        let mut line = String::new();
        let mut used = 0;
        for word in part.split([' ', '\n', '\t']).filter(|it| !it.is_empty()) {
            let needed = word.width();
            if used > 0 && used + 1 + needed > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += needed;
        }
        lines.push(line);
    }
    lines
}

/// A table in columns where it fits, otherwise a list of what each row says.
fn table(records: &[TextRecord<'_>], lines: &mut Vec<String>) {
    let Some(head) = records.first() else { return };
    let cells = |record: &TextRecord<'_>| -> Vec<String> {
        record.content.split(CELL).skip(1).map(|it| it.replace(BREAK, " ").trim().to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = records.iter().map(cells).collect();
    let alignments: Vec<char> = head.content.split(CELL).next().unwrap_or("").chars().collect();
    let widths: Vec<usize> = (0..alignments.len())
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|it| it.width()).max().unwrap_or(0))
        .collect();
    let total: usize = widths.iter().map(|it| it + 2).sum();
    if total > room(head) + 2 {
        return listed(head, &rows, lines);
    }
    let mut content: Vec<String> = rows.iter().map(|row| aligned(row, &widths, &alignments)).collect();
    let rule: Vec<String> = widths.iter().map(|it| "-".repeat(*it)).collect();
    content.insert(1.min(content.len()), rule.join("  "));
    prefixed(head, content, lines);
}

fn aligned(row: &[String], widths: &[usize], alignments: &[char]) -> String {
    let mut cells = Vec::with_capacity(row.len());
    for ((cell, width), alignment) in row.iter().zip(widths).zip(alignments) {
        let free = width.saturating_sub(cell.width());
        let before = match alignment {
            'r' => free,
            'c' => free / 2,
            _ => 0,
        };
        cells.push(format!("{}{cell}{}", " ".repeat(before), " ".repeat(free - before)));
    }
    cells.join("  ")
}

fn listed(head: &TextRecord<'_>, rows: &[Vec<String>], lines: &mut Vec<String>) {
    let Some((names, rows)) = rows.split_first() else { return };
    let mut content = Vec::new();
    for row in rows {
        if !content.is_empty() {
            content.push(String::new());
        }
        for (name, cell) in names.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            let line = if name.is_empty() { cell.clone() } else { format!("{name}: {cell}") };
            content.extend(wrap(&line, room(head)));
        }
    }
    if rows.is_empty() {
        content.extend(wrap(&names.join(", "), room(head)));
    }
    prefixed(head, content, lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: RecordKind, first: &str, rest: &str, content: &str) -> String {
        let mut out = String::new();
        TextRecord { kind, gap: true, first, rest, content }.write(&mut out);
        out
    }

    #[test]
    fn lines_are_wrapped_by_what_they_show() {
        let text = record(RecordKind::Text, "> ", "> ", &"æøå ".repeat(30));
        let laid = lay_out(&text, LineEncoding::Plain);
        assert!(laid.lines().all(|it| it.width() <= WIDTH && it.starts_with("> æøå")), "{laid}");
    }

    #[test]
    fn numbers_count_what_is_there() {
        let item = record(RecordKind::Text, &number(3), "   ", "x");
        assert_eq!(
            lay_out(&format!("{}{item}{item}{CLOSE_LIST}", open_list(9)), LineEncoding::Plain),
            "9. x\n\n10. x\n"
        );
    }

    #[test]
    fn tables_are_aligned_by_width() {
        let rows = [("H", "lr\u{4}By\u{4}Antal"), ("R", "lr\u{4}Ærø\u{4}7"), ("R", "lr\u{4}東京\u{4}12")];
        let text: String = rows.iter().map(|(sign, content)| record(RecordKind::read(sign), "", "", content)).collect();
        assert_eq!(lay_out(&text, LineEncoding::Plain), "By    Antal\n----  -----\nÆrø       7\n東京     12\n");
    }
}
