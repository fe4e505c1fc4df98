//! Lines of a text part: wrapped, prefixed and aligned once the values of a reader are in its records.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use crate::edition::template::transfer_encoding;
use crate::edition::text::position::BlankLine;
use crate::edition::text::record::{self, BREAK, CELL, RecordKind, TextRecord};

/// The widest line, in columns: mail programs expect no more than 78 (RFC 3676, section 4.2).
const WIDTH: usize = 76;

/// A space where no line ends.
const NO_BREAK_SPACE: char = '\u{a0}';

/// How the lines of a text part are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineEncoding {
    /// As they are.
    Plain,
    /// In quoted-printable.
    Encoded,
}

impl LineEncoding {
    /// The end of a line.
    fn line_end(self) -> &'static str {
        match self {
            Self::Plain => "\n",
            Self::Encoded => "\r\n",
        }
    }

    /// Whole lines in this encoding.
    pub(crate) fn encode(self, lines: &str) -> Cow<'_, str> {
        match self {
            Self::Plain => Cow::Borrowed(lines),
            Self::Encoded => Cow::Owned(transfer_encoding::encode(lines)),
        }
    }
}

/// Whether lines can be sent without encoding: short ASCII, with no start of line that a server or a mailbox changes.
pub(crate) fn is_plain(lines: &str) -> bool {
    let safe = |line: &str| line.len() <= 76 && !line.starts_with(['.', '-']) && !line.starts_with("From ");
    lines.is_ascii() && lines.lines().all(safe)
}

/// The lines of a filled template. Records that were laid out when the edition was compiled are in this encoding already.
pub(crate) fn lay_out(filled: &str, encoding: LineEncoding) -> String {
    let numbered = record::fill_in_numbers(filled);
    // A record that a condition or a missing picture left empty produces no blank line either.
    let records: Vec<TextRecord<'_>> = record::records(&numbered)
        .filter(|record| record.kind == RecordKind::Space || !record.content.trim().is_empty())
        .collect();
    let mut out = String::with_capacity(filled.len());
    let mut lines = String::new();
    let mut before: Option<&TextRecord<'_>> = None;
    let mut at = 0;
    let mut spaced = false;
    while let Some(record) = records.get(at) {
        if record.kind == RecordKind::Space {
            spaced = true;
            at += 1;
            continue;
        }
        let blank_line = before.filter(|_| record.blank_line != BlankLine::None || spaced).map(|before| {
            // A blank line inside a quotation or a list keeps their prefix: `>`.
            let inside = match record.blank_line {
                BlankLine::BeforeBox => &record.first[..record.first.len().saturating_sub(BOX_SIGN)],
                BlankLine::None | BlankLine::Before => record.first,
            };
            common_prefix(before.rest, inside).trim_end()
        });
        (spaced, before) = (false, Some(record));
        // Most of a letter is laid out already.
        if record.kind == RecordKind::LaidOut {
            match blank_line {
                None => {}
                Some("") => out.push_str(encoding.line_end()),
                Some(prefix) => out.push_str(&encoding.encode(&format!("{prefix}\n"))),
            }
            out.push_str(record.content);
            at += 1;
            continue;
        }
        // The columns of a table are as wide as all of its rows need, so these are laid out together.
        let is_row = |other: &&TextRecord<'_>| record.kind == RecordKind::Header && other.kind == RecordKind::Row;
        let rows = records[at + 1..].iter().take_while(is_row).count();
        lines.clear();
        if let Some(prefix) = blank_line {
            lines.extend([prefix, "\n"]);
        }
        write(&records[at..=at + rows], &mut lines);
        out.push_str(&encoding.encode(&lines));
        at += rows + 1;
    }
    out
}

/// The length of the sign that each line of a box begins with: `| `.
const BOX_SIGN: usize = 2;

/// The start that two prefixes have in common.
fn common_prefix<'p>(left: &'p str, right: &str) -> &'p str {
    let same = left.char_indices().zip(right.chars()).take_while(|((_, a), b)| a == b).last();
    same.map_or("", |((at, character), _)| &left[..at + character.len_utf8()])
}

/// Writes the lines of a record, or of the records of a table, each with its line break.
fn write(records: &[TextRecord<'_>], lines: &mut String) {
    let Some(record) = records.first() else { return };
    match record.kind {
        RecordKind::Text => prefixed(record, &wrap(record.content, room(record)), lines),
        RecordKind::Verbatim => {
            let content: Vec<String> = record.content.split(BREAK).map(str::to_owned).collect();
            prefixed(record, &content, lines);
        }
        RecordKind::Title => underlined(record, '=', lines),
        RecordKind::Heading => underlined(record, '-', lines),
        RecordKind::Subheading => underlined(record, '~', lines),
        RecordKind::Rule => prefixed(record, &["-".repeat(room(record).min(40))], lines),
        RecordKind::Header | RecordKind::Row => table(records, lines),
        RecordKind::Space | RecordKind::LaidOut => {}
    }
}

fn room(record: &TextRecord<'_>) -> usize {
    // However deep a quotation or a list is nested, some words fit on a line.
    WIDTH.saturating_sub(columns(record.first).max(columns(record.rest))).max(20)
}

/// How many columns a text has on the screen.
fn columns(text: &str) -> usize {
    // Most words are ASCII, of which each character has one column.
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Writes a text with ordinary spaces: people search a text part, and copy from it.
fn push_searchable(text: &str, out: &mut String) {
    if text.is_ascii() {
        out.push_str(text);
    } else {
        out.extend(text.chars().map(|letter| if letter == NO_BREAK_SPACE { ' ' } else { letter }));
    }
}

fn prefixed(record: &TextRecord<'_>, content: &[String], lines: &mut String) {
    for (at, line) in content.iter().enumerate() {
        let start = lines.len();
        lines.push_str(if at == 0 { record.first } else { record.rest });
        lines.push_str(line);
        lines.truncate(start + lines[start..].trim_end().len());
        lines.push('\n');
    }
}

fn underlined(record: &TextRecord<'_>, sign: char, lines: &mut String) {
    let mut content = wrap(record.content, room(record));
    let widest = content.iter().map(|line| columns(line)).max().unwrap_or(0);
    let width = widest.min(room(record));
    content.push(sign.to_string().repeat(width));
    prefixed(record, &content, lines);
}

/// Wraps words by their width on the screen; a word that is wider than a line, such as an address, gets a line of its own.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.split(BREAK) {
        let mut line = String::new();
        let mut used = 0;
        // No-break spaces are not in the list: what they join stays on one line.
        for word in part.split([' ', '\n', '\t']).filter(|word| !word.is_empty()) {
            let needed = columns(word);
            if used > 0 && used + 1 + needed > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            push_searchable(word, &mut line);
            used += needed;
        }
        lines.push(line);
    }
    lines
}

/// A table in columns where it fits, otherwise as `name: value` lines, row by row.
fn table(records: &[TextRecord<'_>], lines: &mut String) {
    let Some(head) = records.first() else { return };
    let rows: Vec<Vec<Cow<'_, str>>> = records.iter().map(cells).collect();
    let alignments: Vec<char> = head.content.split(CELL).next().unwrap_or("").chars().collect();
    let widths: Vec<usize> = (0..alignments.len())
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell)).max().unwrap_or(0))
        .collect();
    let total: usize = widths.iter().map(|width| width + 2).sum();
    if total > room(head) + 2 {
        return listed(head, &rows, lines);
    }
    let mut content: Vec<String> = rows.iter().map(|row| aligned(row, &widths, &alignments)).collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    content.insert(1.min(content.len()), rule.join("  "));
    prefixed(head, &content, lines);
}

/// The cells of a row, each on one line.
fn cells<'r>(row: &TextRecord<'r>) -> Vec<Cow<'r, str>> {
    let cell = |cell: &'r str| match cell.trim() {
        whole if whole.contains(BREAK) => Cow::Owned(cell.replace(BREAK, " ").trim().to_owned()),
        whole => Cow::Borrowed(whole),
    };
    row.content.split(CELL).skip(1).map(cell).collect()
}

fn aligned(row: &[Cow<'_, str>], widths: &[usize], alignments: &[char]) -> String {
    let mut line = String::new();
    for (at, ((cell, width), alignment)) in row.iter().zip(widths).zip(alignments).enumerate() {
        let free = width.saturating_sub(columns(cell));
        let before = match alignment {
            'r' => free,
            'c' => free / 2,
            _ => 0,
        };
        let gap = if at == 0 { 0 } else { 2 };
        line.extend(std::iter::repeat_n(' ', gap + before));
        push_searchable(cell, &mut line);
        line.extend(std::iter::repeat_n(' ', free - before));
    }
    line
}

fn listed(head: &TextRecord<'_>, rows: &[Vec<Cow<'_, str>>], lines: &mut String) {
    let Some((names, rows)) = rows.split_first() else { return };
    let mut content = Vec::new();
    for row in rows {
        if !content.is_empty() {
            content.push(String::new());
        }
        for (name, cell) in names.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            let line = if name.is_empty() { cell.to_string() } else { format!("{name}: {cell}") };
            content.extend(wrap(&line, room(head)));
        }
    }
    if rows.is_empty() {
        content.extend(wrap(&names.join(", "), room(head)));
    }
    prefixed(head, &content, lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: RecordKind, first: &str, rest: &str, content: &str) -> String {
        let mut out = String::new();
        TextRecord { kind, blank_line: BlankLine::Before, first, rest, content }.write(&mut out);
        out
    }

    #[test]
    fn lines_are_wrapped_by_what_they_show() {
        let text = written(RecordKind::Text, "> ", "> ", &"æøå ".repeat(30));
        let laid = lay_out(&text, LineEncoding::Plain);
        assert!(laid.lines().all(|line| line.width() <= WIDTH && line.starts_with("> æøå")), "{laid}");
    }

    #[test]
    fn each_character_of_ascii_has_one_column() {
        let text: String = ('\0'..='\u{7f}').collect();
        assert!(text.chars().all(|character| character.to_string().width() == 1) && text.width() == columns(&text));
    }

    #[test]
    fn numbers_count_what_is_there() {
        let item = written(RecordKind::Text, &record::number(3), "   ", "x");
        assert_eq!(
            lay_out(&format!("{}{item}{item}{}", record::open_list(9), record::CLOSE_LIST), LineEncoding::Plain),
            "9. x\n\n10. x\n"
        );
    }

    #[test]
    fn tables_are_aligned_by_width() {
        let rows = [("H", "lr\u{4}By\u{4}Antal"), ("R", "lr\u{4}Ærø\u{4}7"), ("R", "lr\u{4}東京\u{4}12")];
        let text: String =
            rows.iter().map(|(sign, content)| written(RecordKind::read(sign), "", "", content)).collect();
        assert_eq!(lay_out(&text, LineEncoding::Plain), "By    Antal\n----  -----\nÆrø       7\n東京     12\n");
    }
}
