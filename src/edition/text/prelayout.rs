//! Lays out once, when the edition is compiled, what is the same for every reader of a text part.
//!
//! Only paragraphs with a value, and lists and tables with a value or a statement anywhere in them, are left for each letter.

use std::ops::Range;

use crate::edition::text::layout::{self, LineEncoding};
use crate::edition::text::record::{self, RecordKind, RecordToken, TextRecord};
use crate::issue::manuscript::placeholders::words::Placeholders;

/// The records of a text part with every run that holds no slot laid out, and the encoding of the lines of these.
pub(crate) fn prelayout(records: &str, placeholders: &Placeholders) -> (String, LineEncoding) {
    let runs = runs(records, placeholders);
    let lay_out = |run: &TextRun<'_>| {
        if run.fixed { layout::lay_out(&records[run.range.clone()], LineEncoding::Plain) } else { String::new() }
    };
    let texts: Vec<String> = runs.iter().map(lay_out).collect();
    let plain = texts.iter().all(|text| layout::is_plain(text));
    let form = if plain { LineEncoding::Plain } else { LineEncoding::Encoded };
    let mut out = String::with_capacity(records.len());
    for (run, text) in runs.into_iter().zip(texts) {
        match run.ends {
            Some(RunEnds { first, last }) if run.fixed && !text.is_empty() => {
                let content = form.encode(&text);
                TextRecord {
                    kind: RecordKind::LaidOut,
                    blank_line: first.blank_line,
                    first: first.first,
                    rest: last.rest,
                    content: &content,
                }
                .write(&mut out);
            }
            Some(_) | None => out.push_str(&records[run.range]),
        }
    }
    (out, form)
}

/// Units that are laid out together now, or one that has to wait for its values.
struct TextRun<'r> {
    range: Range<usize>,
    fixed: bool,
    ends: Option<RunEnds<'r>>,
}

/// The first and the last record of a run that are not empty.
struct RunEnds<'r> {
    first: TextRecord<'r>,
    last: TextRecord<'r>,
}

impl<'r> TextRun<'r> {
    /// A record follows.
    fn add_record(&mut self, record: TextRecord<'r>) {
        // A blank line depends on what is left around it.
        self.fixed &= record.kind != RecordKind::Space;
        if !record.content.trim().is_empty() {
            self.add_ends(RunEnds { first: record, last: record });
        }
    }

    fn add_ends(&mut self, RunEnds { first, last }: RunEnds<'r>) {
        let first = self.ends.as_ref().map_or(first, |ends| ends.first);
        self.ends = Some(RunEnds { first, last });
    }
}

fn runs<'r>(records: &'r str, placeholders: &Placeholders) -> Vec<TextRun<'r>> {
    let mut runs: Vec<TextRun<'r>> = Vec::new();
    for mut unit in units(records) {
        unit.fixed &= !placeholders.has_slots(&records[unit.range.clone()]);
        match runs.last_mut().filter(|run| run.fixed && unit.fixed) {
            Some(run) => {
                run.range.end = unit.range.end;
                unit.ends.into_iter().for_each(|ends| run.add_ends(ends));
            }
            None => runs.push(unit),
        }
    }
    runs
}

/// What must be laid out together: a record, a whole numbered list, or a whole table with the statements between its rows. All
/// are fixed that have no blank line of their own.
fn units(records: &str) -> Vec<TextRun<'_>> {
    let mut found: Vec<TextRun<'_>> = Vec::new();
    let mut depth = 0_usize;
    let mut in_table = false;
    for (range, token) in record::tokens(records) {
        let joins = match &token {
            RecordToken::Record(record) => {
                let row = record.kind == RecordKind::Row && in_table;
                in_table = row || record.kind == RecordKind::Header;
                depth > 0 || row
            }
            RecordToken::Open => {
                depth += 1;
                in_table = false;
                depth > 1
            }
            RecordToken::Close => {
                depth = depth.saturating_sub(1);
                in_table = false;
                true
            }
            RecordToken::Between => depth > 0 || in_table,
        };
        match found.last_mut().filter(|_| joins) {
            Some(unit) => unit.range.end = range.end,
            None => found.push(TextRun { range, fixed: true, ends: None }),
        }
        if let (Some(unit), RecordToken::Record(record)) = (found.last_mut(), token) {
            unit.add_record(record);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::edition::template::transfer_encoding;
    use crate::edition::text::position::BlankLine;

    const PLACEHOLDER: &str = "zq0w000000u";

    fn written(kind: RecordKind, prefix: [&str; 2], content: &str) -> String {
        let (mut out, [first, rest]) = (String::new(), prefix);
        TextRecord {
            kind,
            blank_line: if kind != RecordKind::Row && content.len().is_multiple_of(2) {
                BlankLine::Before
            } else {
                BlankLine::None
            },
            first,
            rest,
            content,
        }
        .write(&mut out);
        out
    }

    /// A paragraph, a numbered list, a table or a loop, with a placeholder in it or without.
    fn block() -> impl Strategy<Value = String> {
        let words = prop_oneof![
            Just(PLACEHOLDER),
            Just("æble og pære"),
            Just("From me"),
            Just("a = b {{"),
            Just(".dot"),
            Just("")
        ];
        let cells = prop::collection::vec(words, 1..4);
        (0..5_u8, cells).prop_map(|(kind, cells)| match kind {
            0 => written(RecordKind::Text, ["> ", "> "], &cells.join(" ")),
            1 => written(RecordKind::Heading, ["", ""], &cells.join(" ")),
            2 => {
                let number = record::number(3);
                let items: String =
                    cells.iter().map(|cell| written(RecordKind::Text, [&number, "   "], cell)).collect();
                format!("{}{items}{}", record::open_list(9), record::CLOSE_LIST)
            }
            3 => {
                let cell = record::CELL;
                let row = |kind, text: &str| written(kind, ["", ""], &format!("lr{cell}{text}{cell}7"));
                let rows: String = cells.iter().map(|cell| row(RecordKind::Row, cell)).collect();
                format!("{}{rows}", row(RecordKind::Header, "By"))
            }
            _ => format!("{PLACEHOLDER}{}{PLACEHOLDER}", written(RecordKind::Space, ["", ""], "")),
        })
    }

    proptest! {
        #[test]
        fn what_is_laid_out_early_reads_as_if_it_were_laid_out_with_the_rest(blocks in prop::collection::vec(block(), 0..8)) {
            let records = blocks.concat();
            let fill = |text: &str| text.replace(PLACEHOLDER, "en værdi med flere ord");
            let (fixed, form) = prelayout(&records, &Placeholders::absent_from(std::iter::empty()));
            let expected = layout::lay_out(&fill(&records), LineEncoding::Plain);
            prop_assert_eq!(layout::lay_out(&fill(&fixed), form), match form {
                LineEncoding::Plain => expected.clone(),
                LineEncoding::Encoded => expected.split_inclusive('\n').map(transfer_encoding::encode).collect(),
            });
        }
    }
}
