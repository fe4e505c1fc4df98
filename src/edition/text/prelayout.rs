//! Lays out once, when the edition is compiled, what is the same for every reader of a text part.
//!
//! Only paragraphs with a value, and lists and tables with a value or a statement anywhere in them, are left for each letter.

use std::ops::Range;

use crate::edition::text::layout::{self, LineEncoding};
use crate::edition::text::record::{self, RecordKind, RecordToken, TextRecord};
use crate::issue::manuscript::placeholders::words::Placeholders;

/// The records of a text part with every run that holds no slot laid out, and the encoding of the lines of these.
pub(crate) fn prelayout(records: &str, placeholders: &Placeholders) -> (String, LineEncoding) {
    let laid_out: Vec<(TextRun<'_>, String)> = runs(records, placeholders)
        .into_iter()
        .map(|run| {
            let text = if run.fixed { layout::lay_out(run.text, LineEncoding::Plain) } else { String::new() };
            (run, text)
        })
        .collect();
    let plain = laid_out.iter().all(|(_, text)| layout::is_plain(text));
    let form = if plain { LineEncoding::Plain } else { LineEncoding::Encoded };
    let mut out = String::with_capacity(records.len());
    for (run, text) in laid_out {
        match run.ends() {
            Some((first, last)) if run.fixed && !text.is_empty() => {
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
            Some(_) | None => out.push_str(run.text),
        }
    }
    (out, form)
}

/// Units that are laid out together now, or one that has to wait for its values.
struct TextRun<'r> {
    text: &'r str,
    fixed: bool,
}

impl<'r> TextRun<'r> {
    /// The first and the last of its records that are not empty.
    fn ends(&self) -> Option<(TextRecord<'r>, TextRecord<'r>)> {
        let mut shown = record::tokens(self.text).filter_map(|token| match token {
            (_, RecordToken::Record(record)) if !record.content.trim().is_empty() => Some(record),
            _ => None,
        });
        let first = shown.next()?;
        Some((first, shown.last().unwrap_or(first)))
    }
}

fn runs<'r>(records: &'r str, placeholders: &Placeholders) -> Vec<TextRun<'r>> {
    let mut runs: Vec<TextRun<'r>> = Vec::new();
    let mut from = 0;
    for unit in units(records) {
        let text = &records[unit.clone()];
        let fixed = !placeholders.has_slots(text) && !record::tokens(text).any(|(_, token)| token.is_space());
        if let Some(run) = runs.last_mut().filter(|run| run.fixed && fixed) {
            run.text = &records[from..unit.end];
        } else {
            from = unit.start;
            runs.push(TextRun { text, fixed });
        }
    }
    runs
}

/// What must be laid out together: a record, a whole numbered list, or a whole table with the statements between its rows.
fn units(records: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
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
            Some(unit) => unit.end = range.end,
            None => found.push(range),
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
