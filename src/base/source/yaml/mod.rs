//! Reads YAML files into trees in which every node has its location.
//!
//! Scalars stay as they are written: a plain `012`, `1e3` or `no` is that text until it is read as a number or a flag.
//! Anchors, aliases, merge keys and tags are refused. In files of people who are not programmers, a leading `&`, `*` or
//! `!` is nearly always a text that lacks its quotes; and without aliases, no file can expand when it is read.

#[cfg(test)]
pub(crate) mod asked_keys;
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

use std::collections::BTreeSet;
use std::ops::Range;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::source::yaml::common_errors::SYNTAX;
use crate::base::source::yaml::node::Node;

const DUPLICATE_KEY: Code = Code("NL003");
const CONTROL_CHARACTER: Code = Code("NL007");
const LONG_LINE: Code = Code("NL016");

/// Files up to this size are read again with each problem fixed, to find the next one.
const FIX_LIMIT: usize = 1 << 20;
/// The longest line in bytes. The location of each value includes its line, so a list on one line costs the square of
/// its length.
const LONGEST_LINE: usize = 20_000;
/// How many times a file is read again, and how many invisible characters are reported.
const AT_MOST: usize = 20;

/// Reads a whole file. All problems that can be distinguished are reported, not only the first.
pub fn parse(source: &Source) -> Result<Node, Diagnostics> {
    parse_part(source, 0..source.text().len())
}

/// Reads a part of a file, such as the front matter of an issue. Locations are those in the whole file.
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

/// Refuses invisible characters, which break headers and terminals.
fn check_invisible(source: &Source, start: usize, text: &str) -> Result<(), Diagnostics> {
    let bytes = text.as_bytes();
    let found = text.char_indices().filter(|(at, character)| match character {
        '\n' | '\t' => false,
        '\r' => bytes.get(at + 1) != Some(&b'\n'),
        character => character.is_control(),
    });
    let mut diagnostics = Diagnostics::new();
    for (at, character) in found.take(AT_MOST) {
        let message = message!(
            "there is an invisible character here (U+{:04X})",
            "der er et usynligt tegn her (U+{:04X})",
            u32::from(character)
        );
        let place = source.place(start + at..start + at + character.len_utf8());
        let hint = message!("delete it, or type the line again", "slet det, eller skriv linjen igen");
        diagnostics.push(Diagnostic::error(CONTROL_CHARACTER, message).at(place).hint(hint));
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
}

/// Refuses a line that is too long.
fn check_line_length(source: &Source, start: usize, text: &str) -> Result<(), Diagnostics> {
    let mut at = start;
    for line in text.split_inclusive('\n') {
        if line.len() > LONGEST_LINE {
            let message = message!(
                "this line has {} bytes, and at most {LONGEST_LINE} are read",
                "linjen fylder {} byte, og højst {LONGEST_LINE} læses",
                line.len()
            );
            // The start is enough: the whole line would fill the screen.
            let place = source.place(at..at + 40);
            let hint = message!(
                "write each item of a list on a separate line, after `- `",
                "skriv hvert punkt i en liste på sin egen linje efter `- `"
            );
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
    /// The number of lines before it in the file.
    line: usize,
}

/// Explains what is wrong and what to write instead. Then reads the file again with that fixed, since a parser finds
/// only the first error.
fn explain(source: &Source, part: &YamlText<'_>, faults: Vec<tree::YamlError>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let original: Vec<&str> = part.text.split_inclusive('\n').collect();
    let mut current: Vec<String> = original.iter().map(|line| (*line).to_owned()).collect();
    let mut reported = BTreeSet::new();
    let mut faults = faults;
    for round in 0..AT_MOST {
        let lines: Vec<&str> = current.iter().map(|line| line.trim_end()).collect();
        let mut fixes = Vec::new();
        for fault in faults {
            match common_errors::recognise(&lines, &reported, &fault) {
                Some(problem) => {
                    reported.insert(problem.line);
                    fixes.push((problem.line, problem.fixed.clone()));
                    diagnostics.push(located_error(source, part, &original, problem));
                }
                // Only the first round reads what the author wrote: a later error may come from a wrong fix.
                None if round == 0 && reported.insert(fault.line) => {
                    diagnostics.push(parser_error(source, part, &fault));
                }
                None => {}
            }
        }
        fixes.retain(|(_, line)| !line.is_empty());
        if fixes.is_empty() || part.text.len() > FIX_LIMIT {
            break;
        }
        for (number, line) in fixes {
            current[number - 1] = line + "\n";
        }
        let text = current.concat();
        faults = tree::build(&text, &tree::TextStart { offset: 0, line: 0 }).1;
    }
    diagnostics.sort();
    diagnostics
}

/// The diagnostic of a problem whose cause is known.
fn located_error(
    source: &Source,
    part: &YamlText<'_>,
    lines: &[&str],
    problem: line_problem::LocatedProblem,
) -> Diagnostic {
    let before: usize = lines.iter().take(problem.line - 1).map(|line| line.len()).sum();
    let from = part.start + before;
    let place = source.place(from + problem.columns.start..from + problem.columns.end);
    let diagnostic = Diagnostic::error(problem.code, problem.message).at(place);
    match problem.hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// The diagnostic of any other error, from the parser's own.
fn parser_error(source: &Source, part: &YamlText<'_>, fault: &tree::YamlError) -> Diagnostic {
    let place = |span: &Range<usize>| source.place(part.start + span.start..part.start + span.end);
    match &fault.kind {
        tree::YamlErrorKind::Duplicate { key, first_line } => {
            let line = part.line + fault.line;
            let first = part.line + first_line;
            Diagnostic::error(
                DUPLICATE_KEY,
                message!(
                    "`{key}` is written twice, on line {first} and on line {line}",
                    "`{key}` er skrevet to gange, på linje {first} og på linje {line}"
                ),
            )
            .at(place(&fault.span))
            .hint(message!(
                "delete one of the two, or move it under the group it belongs to",
                "slet den ene, eller flyt den ind under den gruppe, den hører til"
            ))
        }
        tree::YamlErrorKind::SecondDocument => {
            Diagnostic::error(SYNTAX, message!("a second document begins here", "her begynder endnu et dokument"))
                .at(place(&fault.span))
                .hint(message!(
                    "a file contains one document: delete this `---` line, or move it to a separate file",
                    "en fil har ét dokument: slet linjen `---`, eller lav en fil for sig selv"
                ))
        }
        tree::YamlErrorKind::KeyNotText => Diagnostic::error(
            SYNTAX,
            message!(
                "a key must be a plain word, such as `name`",
                "et felt skal være et almindeligt ord, f.eks. `name`"
            ),
        )
        .at(place(&fault.span))
        .hint(message!(
            "a text that begins with [ or {{ needs quotes around it",
            "en tekst, der begynder med [ eller {{, skal have anførselstegn om"
        )),
        tree::YamlErrorKind::Anchor | tree::YamlErrorKind::Alias | tree::YamlErrorKind::Tag => {
            let sign = source.text()[part.start + fault.span.start..].chars().next().unwrap_or('&');
            Diagnostic::error(
                SYNTAX,
                message!("a value cannot begin with `{sign}`", "en værdi kan ikke begynde med `{sign}`"),
            )
            .at(place(&fault.span))
            .hint(message!("put quotes around the value", "sæt anførselstegn om værdien"))
        }
        tree::YamlErrorKind::Syntax(kind) => {
            let (message, hint) = common_errors::plain_message(kind);
            Diagnostic::error(SYNTAX, message).at(place(&fault.span)).hint(hint)
        }
    }
}
