//! Finds lines whose indentation differs from that of the lines they belong to.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Code;
use crate::base::source::yaml::line;
use crate::base::source::yaml::line_problem::LineProblem;

const TAB: Code = Code("NL002");
const INDENTATION: Code = Code("NL009");
const MIXED: Code = Code("NL015");

/// A line that is indented with a tab.
pub(super) fn tab(lines: &[&str], number: usize) -> Option<LineProblem> {
    let text = lines.get(number - 1)?;
    let indent = line::indent(text);
    let at = text[..indent].find('\t').filter(|_| indent < text.len())?;
    // Two spaces for a tab are only a guess, from which the nearest level is found.
    let width = text[..indent].replace('\t', "  ").len();
    let meant = intended_indent(lines, number, width).unwrap_or(width);
    let fixed = format!("{}{}", " ".repeat(meant), &text[indent..]);
    Some(LineProblem {
        code: TAB,
        columns: at..indent,
        message: message!(
            "this line is indented with a tab; YAML allows only spaces",
            "linjen er rykket ind med en tabulator; YAML tillader kun mellemrum"
        ),
        hint: Some(message!(
            "write it with {} before it: {}",
            "skriv den med {} foran: {}",
            spaces(meant),
            fixed.trim_start()
        )),
        fixed,
    })
}

/// A line whose indentation does not match that of the lines around it, with its number.
pub(super) fn wrong(lines: &[&str], number: usize) -> Option<(usize, LineProblem)> {
    let text = lines.get(number - 1)?;
    let indent = line::indent(text);
    let above = enclosing_lines(lines, number);
    let neighbour = above.first()?;
    if line::indent(neighbour) == indent && neighbour.trim_start().starts_with("- ") != text[indent..].starts_with("- ")
    {
        return Some((number, mixed(text, indent)));
    }
    if let Some(meant) = item_indent(text, indent, &above) {
        return Some((number, reindented(text, meant)));
    }
    if !text[indent..].contains(':') {
        return None;
    }
    // If all lines above are indented and this one is not, the first line is the one that is wrong.
    if indent == 0 && above.iter().all(|line| line::indent(line) > 0) {
        let first = lines.iter().position(|line| is_content(line))?;
        return Some((first + 1, reindented(lines[first], 0)));
    }
    let meant = intended_indent(lines, number, indent).filter(|meant| *meant != indent)?;
    Some((number, reindented(text, meant)))
}

/// The indentation of the items above an item that is nearly beside them.
fn item_indent(text: &str, indent: usize, above: &[&str]) -> Option<usize> {
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    let sibling = above.iter().take_while(|line| line::indent(line) > 0).find(|line| is_item(line))?;
    let meant = line::indent(sibling);
    (is_item(text) && meant != indent && meant.abs_diff(indent) == 1).then_some(meant)
}

/// The lines above a line, without comments and empty ones, the nearest first.
fn enclosing_lines<'a>(lines: &[&'a str], number: usize) -> Vec<&'a str> {
    lines[..number - 1].iter().rev().copied().filter(|line| is_content(line)).collect()
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

/// How many spaces a line was meant to have: those of the nearest level among the levels that are open above it.
fn intended_indent(lines: &[&str], number: usize, indent: usize) -> Option<usize> {
    let above = enclosing_lines(lines, number);
    let neighbour = above.first()?;
    let mut innermost = line::key_column(neighbour);
    let mut levels = vec![innermost];
    if neighbour.ends_with(':') {
        // A key without a value opens a level. It is the first of the candidates, so that it wins a tie.
        levels.insert(0, innermost + 2);
    }
    for level in above.iter().map(|line| line::key_column(line)) {
        if level < innermost {
            levels.push(level);
            innermost = level;
        }
    }
    // Of `# key: value` without its `#`, a space stays in front: where the line above is a comment or empty, the outer level wins.
    if number > 1 && !lines.get(number - 2).is_some_and(|line| is_content(line) || line::indent(line) > 0) {
        levels.reverse();
    }
    levels.into_iter().min_by_key(|level| level.abs_diff(indent))
}

fn mixed(text: &str, indent: usize) -> LineProblem {
    LineProblem {
        code: MIXED,
        columns: indent..text.len(),
        message: message!(
            "list items (with a hyphen) and keys are on the same level",
            "listepunkter (med bindestreg) og felter står på samme niveau"
        ),
        hint: Some(message!(
            "write the key of the list on a line above its items, such as recipients:",
            "skriv listens felt på en linje over punkterne, f.eks. recipients:"
        )),
        fixed: String::new(),
    }
}

fn reindented(text: &str, meant: usize) -> LineProblem {
    let indent = line::indent(text);
    let fixed = format!("{}{}", " ".repeat(meant), &text[indent..]);
    let (is, should) = (spaces(indent), spaces(meant));
    LineProblem {
        code: INDENTATION,
        columns: indent..text.len(),
        message: message!(
            "this line has {is} before it, and the lines it belongs to have {should}",
            "linjen har {is} foran, og de linjer, den hører til, har {should}"
        ),
        hint: Some(if meant == 0 {
            message!("delete the {is} before it: {}", "slet {is} foran: {}", fixed.trim_start())
        } else {
            message!("write it with {should} before it: {}", "skriv den med {should} foran: {}", fixed.trim_start())
        }),
        fixed,
    }
}

fn spaces(count: usize) -> Message {
    match count {
        0 => message!("no space", "intet mellemrum"),
        1 => message!("1 space", "1 mellemrum"),
        count => message!("{count} spaces", "{count} mellemrum"),
    }
}
