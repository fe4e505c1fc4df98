//! YAML files as trees whose every node knows its place.
//!
//! What is written is kept: a plain `012`, `1e3` or `no` is that text, and who asks for a number or a flag decides.
//! Anchors, aliases, merge keys and tags are refused. In files of people who are no programmers a leading `&`, `*` or
//! `!` is nearly always a text that lacks its quotes; and without aliases no file can grow when it is read.

mod common_errors;
mod duration;
pub mod fields;
pub mod from_text;
mod indentation;
mod line;
pub(crate) mod line_problem;
pub mod node;
mod scalar;
#[cfg(test)]
mod tests;
mod tree;

use crate::base::source::yaml::common_errors::SYNTAX;
use crate::base::source::yaml::node::Node;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;

const DUPLICATE_KEY: Code = Code("NL003");
const CONTROL_CHARACTER: Code = Code("NL007");
const LONG_LINE: Code = Code("NL016");

/// Files up to this size are read again with each mistake mended, to find the next one.
const FIX_LIMIT: usize = 1 << 20;
/// The longest line in bytes: each value's place quotes its line, so that a list on one line costs its square.
const LONGEST_LINE: usize = 20_000;
/// How many times a file is read again, and how many invisible characters are named.
const AT_MOST: usize = 20;

/// Reads a whole file. All mistakes that can be told apart are reported, not only the first.
pub fn parse(source: &Source) -> Result<Node, Diagnostics> {
    parse_part(source, 0..source.text().len())
}

/// Reads a part of a file, such as the front matter of an issue. Places are those in the whole file.
pub fn parse_part(source: &Source, part: Range<usize>) -> Result<Node, Diagnostics> {
    let text = &source.text()[part.clone()];
    let unmarked = text.trim_start_matches('\u{feff}');
    let start = part.start + (text.len() - unmarked.len());
    check_invisible(source, start, unmarked)?;
    check_line_length(source, start, unmarked)?;
    let line = source.text()[..start].bytes().filter(|byte| *byte == b'\n').count();
    let (node, faults) = tree::build(unmarked, &tree::TextStart { offset: start, line });
    if faults.is_empty() {
        return Ok(node);
    }
    Err(explain(source, &YamlText { text: unmarked, start, line }, faults))
}

/// Refuses characters that nobody sees and that break headers and terminals.
fn check_invisible(source: &Source, start: usize, text: &str) -> Result<(), Diagnostics> {
    let bytes = text.as_bytes();
    let found = text.char_indices().filter(|(at, it)| match it {
        '\n' | '\t' => false,
        '\r' => bytes.get(at + 1) != Some(&b'\n'),
        it => it.is_control(),
    });
    let mut diagnostics = Diagnostics::new();
    for (at, character) in found.take(AT_MOST) {
        let message = format!("there is an invisible character here (U+{:04X})", u32::from(character));
        let place = source.place(start + at..start + at + character.len_utf8());
        let hint = "delete it, or write the line again by hand";
        diagnostics.push(Diagnostic::error(CONTROL_CHARACTER, message).at(place).hint(hint));
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
}

/// Refuses a line that no person wrote.
fn check_line_length(source: &Source, start: usize, text: &str) -> Result<(), Diagnostics> {
    let mut at = start;
    for line in text.split_inclusive('\n') {
        if line.len() > LONGEST_LINE {
            let message = format!("this line has {} bytes, and at most {LONGEST_LINE} are read", line.len());
            let place = source.place(at..at + 40);
            let hint = "write each item of a list on a line of its own, after `- `";
            return Err(Diagnostics::from_iter([Diagnostic::error(LONG_LINE, message).at(place).hint(hint)]));
        }
        at += line.len();
    }
    Ok(())
}

/// The text that was read, and where in its file it begins.
struct YamlText<'a> {
    text: &'a str,
    start: usize,
    /// How many lines of the file stand before it.
    line: usize,
}

/// Says what is wrong and what to write instead; then reads the file again as if that had been written, since a
/// parser can only find the first mistake.
fn explain(source: &Source, part: &YamlText<'_>, faults: Vec<tree::YamlError>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let original: Vec<&str> = part.text.split_inclusive('\n').collect();
    let mut mended: Vec<String> = original.iter().map(|line| (*line).to_owned()).collect();
    let mut told = BTreeSet::new();
    let mut faults = faults;
    for round in 0..AT_MOST {
        let lines: Vec<&str> = mended.iter().map(|line| line.trim_end()).collect();
        let mut better = Vec::new();
        for fault in faults {
            match common_errors::advise(&lines, &told, &fault) {
                Some(advice) => {
                    told.insert(advice.line);
                    better.push((advice.line, advice.mended.clone()));
                    diagnostics.push(located_error(source, part, &original, advice));
                }
                None if round == 0 && told.insert(fault.line) => diagnostics.push(parser_error(source, part, &fault)),
                None => {}
            }
        }
        better.retain(|(_, line)| !line.is_empty());
        if better.is_empty() || part.text.len() > FIX_LIMIT {
            break;
        }
        for (number, line) in better {
            mended[number - 1] = line + "\n";
        }
        let text = mended.concat();
        faults = tree::build(&text, &tree::TextStart { offset: 0, line: 0 }).1;
    }
    diagnostics.sort();
    diagnostics
}

/// A mistake that is understood, with the line to write instead.
fn located_error(
    source: &Source,
    part: &YamlText<'_>,
    lines: &[&str],
    advice: line_problem::LocatedProblem,
) -> Diagnostic {
    let before: usize = lines.iter().take(advice.line - 1).map(|line| line.len()).sum();
    let from = part.start + before;
    let place = source.place(from + advice.columns.start..from + advice.columns.end);
    let diagnostic = Diagnostic::error(advice.code, advice.message).at(place);
    match advice.hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// A mistake that is not understood: what the parser says, in plain words.
fn parser_error(source: &Source, part: &YamlText<'_>, fault: &tree::YamlError) -> Diagnostic {
    let place = |span: &Range<usize>| source.place(part.start + span.start..part.start + span.end);
    match &fault.kind {
        tree::YamlErrorKind::Duplicate { key, first_line } => {
            let line = part.line + fault.line;
            let first = part.line + first_line;
            Diagnostic::error(DUPLICATE_KEY, format!("`{key}` is written twice, on line {first} and on line {line}"))
                .at(place(&fault.span))
                .hint("delete one of the two, or move it under the group it belongs to")
        }
        tree::YamlErrorKind::SecondDocument => Diagnostic::error(SYNTAX, "a second document begins here")
            .at(place(&fault.span))
            .hint("a file holds one document: delete this `---` line, or make it a file of its own"),
        tree::YamlErrorKind::KeyNotText => Diagnostic::error(SYNTAX, "a key must be a plain word, such as `name`")
            .at(place(&fault.span))
            .hint("a text that begins with [ or { needs quotes around it"),
        tree::YamlErrorKind::Anchor | tree::YamlErrorKind::Alias | tree::YamlErrorKind::Tag => {
            let sign = source.text()[part.start + fault.span.start..].chars().next().unwrap_or('&');
            Diagnostic::error(SYNTAX, format!("a value cannot begin with `{sign}`"))
                .at(place(&fault.span))
                .hint("put quotes around the value")
        }
        tree::YamlErrorKind::Syntax(kind) => {
            let (message, hint) = common_errors::in_plain_words(kind);
            Diagnostic::error(SYNTAX, message).at(place(&fault.span)).hint(hint)
        }
    }
}
