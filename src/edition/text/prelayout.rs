//! What of a text part is the same for every reader is laid out once, when the edition is compiled.
//!
//! Only paragraphs that hold a value, and lists and tables with one somewhere in them, are left for each letter.

use std::ops::Range;

use crate::edition::text::layout::{self, Form, Kind, Record, Token};
use crate::issue::manuscript::placeholders::marks::Marks;

/// The records of a text part with every run that holds no mark laid out, and the form that its lines are in.
pub(crate) fn settle(records: &str, marks: &Marks) -> (String, Form) {
    let laid_out: Vec<(Run<'_>, String)> = runs(records, marks)
        .into_iter()
        .map(|run| {
            let text = if run.settled { layout::lay_out(run.text, Form::Plain) } else { String::new() };
            (run, text)
        })
        .collect();
    let plain = laid_out.iter().all(|(_, text)| layout::is_plain(text));
    let form = if plain { Form::Plain } else { Form::Encoded };
    let mut out = String::with_capacity(records.len());
    for (run, text) in laid_out {
        match run.ends() {
            Some((first, last)) if run.settled && !text.is_empty() => {
                let content = form.of(&text);
                Record { kind: Kind::Settled, gap: first.gap, first: first.first, rest: last.rest, content: &content }
                    .write(&mut out);
            }
            Some(_) | None => out.push_str(run.text),
        }
    }
    (out, form)
}

/// Neighbours that are settled together, or one that cannot be.
struct Run<'r> {
    text: &'r str,
    settled: bool,
}

impl<'r> Run<'r> {
    /// The first and the last of its records that show something.
    fn ends(&self) -> Option<(Record<'r>, Record<'r>)> {
        let mut shown = layout::tokens(self.text).filter_map(|it| match it {
            (_, Token::Record(record)) if !record.content.trim().is_empty() => Some(record),
            _ => None,
        });
        let first = shown.next()?;
        Some((first, shown.last().unwrap_or(first)))
    }
}

fn runs<'r>(records: &'r str, marks: &Marks) -> Vec<Run<'r>> {
    let mut runs: Vec<Run<'r>> = Vec::new();
    let mut from = 0;
    for unit in units(records) {
        let text = &records[unit.clone()];
        let settled = !marks.has_uses(text) && !layout::tokens(text).any(|(_, it)| it.is_space());
        if let Some(run) = runs.last_mut().filter(|it| it.settled && settled) {
            run.text = &records[from..unit.end];
        } else {
            from = unit.start;
            runs.push(Run { text, settled });
        }
    }
    runs
}

/// What must be laid out in one go: a record, a whole list, a whole table with what stands between its rows.
fn units(records: &str) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    let mut depth = 0_usize;
    let mut in_table = false;
    for (range, token) in layout::tokens(records) {
        let joins = match &token {
            Token::Record(record) => {
                let row = record.kind == Kind::Row && in_table;
                in_table = row || record.kind == Kind::Header;
                depth > 0 || row
            }
            Token::Open => {
                depth += 1;
                in_table = false;
                depth > 1
            }
            Token::Close => {
                depth = depth.saturating_sub(1);
                in_table = false;
                true
            }
            Token::Between => depth > 0 || in_table,
        };
        match units.last_mut().filter(|_| joins) {
            Some(unit) => unit.end = range.end,
            None => units.push(range),
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::edition::template::wire;

    const MARK: &str = "zq0w000000u";

    fn record(kind: Kind, (first, rest): (&str, &str), content: &str) -> String {
        let mut out = String::new();
        Record { kind, gap: kind != Kind::Row && content.len().is_multiple_of(2), first, rest, content }
            .write(&mut out);
        out
    }

    /// A paragraph, a numbered list, a table or a loop, with a mark in it or without.
    fn block() -> impl Strategy<Value = String> {
        let words =
            prop_oneof![Just(MARK), Just("æble og pære"), Just("From me"), Just("a = b {{"), Just(".dot"), Just("")];
        let cells = prop::collection::vec(words, 1..4);
        (0..5_u8, cells).prop_map(|(kind, cells)| match kind {
            0 => record(Kind::Text, ("> ", "> "), &cells.join(" ")),
            1 => record(Kind::Heading, ("", ""), &cells.join(" ")),
            2 => {
                let number = layout::number(3);
                let items: String = cells.iter().map(|it| record(Kind::Text, (&number, "   "), it)).collect();
                format!("{}{items}{}", layout::open_list(9), layout::CLOSE_LIST)
            }
            3 => {
                let cell = layout::CELL;
                let row = |kind, text: &str| record(kind, ("", ""), &format!("lr{cell}{text}{cell}7"));
                let rows: String = cells.iter().map(|it| row(Kind::Row, it)).collect();
                format!("{}{rows}", row(Kind::Header, "By"))
            }
            _ => format!("{MARK}{}{MARK}", record(Kind::Space, ("", ""), "")),
        })
    }

    proptest! {
        #[test]
        fn what_is_settled_reads_as_if_it_were_laid_out_with_the_rest(blocks in prop::collection::vec(block(), 0..8)) {
            let records = blocks.concat();
            let fill = |it: &str| it.replace(MARK, "en værdi med flere ord");
            let (settled, form) = settle(&records, &Marks::absent_from(std::iter::empty()));
            let expected = layout::lay_out(&fill(&records), Form::Plain);
            prop_assert_eq!(layout::lay_out(&fill(&settled), form), match form {
                Form::Plain => expected.clone(),
                Form::Encoded => expected.split_inclusive('\n').map(wire::encode).collect(),
            });
        }
    }
}
