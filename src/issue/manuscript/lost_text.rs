//! Text that Markdown drops silently: cells beyond the columns of a table, a line that it reads as the address of a
//! link, a note without a reference.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::lines;
use crate::issue::manuscript::notes;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::tree;

const CELLS: Code = Code("NL574");
const DEFINITION: Code = Code("NL575");

/// Reports such text.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        let columns = match &node.data().value {
            NodeValue::Table(table) => table.num_columns,
            _ => continue,
        };
        node.children().for_each(|row| check_row(row, columns, masked, diagnostics));
    }
    if masked.text.contains("]:") {
        check_definitions(root, masked, diagnostics);
    }
}

/// A row may have no more cells than the first one; the others are left out (GFM 0.29, section 4.10).
fn check_row(row: Node<'_>, columns: usize, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let line = row.data().sourcepos.start.line;
    let cells = cells(masked.line_text(line));
    let Some(lost) = cells.get(columns..).and_then(|lost| lost.iter().find(|cell| !cell.trim().is_empty())) else {
        return;
    };
    let message = message!(
        "this row has {} cells, and its table {columns} columns: `{}` is not shown",
        "rækken har {} celler og tabellen {columns} kolonner: `{}` vises ikke",
        cells.len(),
        lost.trim()
    );
    diagnostics.push(Diagnostic::error(CELLS, message).at(masked.line(line)).hint(message!(
        "add a column to the first row and the line of dashes, or write `\\|` for a `|` that is text",
        "tilføj en kolonne i første række og i stregerne under, eller skriv `\\|` for et `|`, der er tekst"
    )));
}

/// The cells of a row, as the parser splits it: also at a `|` between backticks, but not at `\|`.
fn cells(line: &str) -> Vec<&str> {
    let line = lines::without_containers(line);
    let inner = line.strip_prefix('|').unwrap_or(line);
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, character) in inner.char_indices() {
        if character == '|' && !escaped {
            cells.push(&inner[start..at]);
            start = at + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    // A `|` at the end of the line begins no cell.
    cells.extend(Some(&inner[start..]).filter(|last| !last.trim().is_empty()));
    cells
}

fn check_definitions(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let (code, comments) = (lines::code_lines(root), lines::comment_lines(root));
    let lower = masked.text.to_lowercase();
    let shown: String = root.children().map(tree::plain).collect::<Vec<_>>().join("\n").to_lowercase();
    let (written, shown) = (Mentions::of(&lower), Mentions::of(&shown));
    let mut reported = BTreeSet::new();
    for (at, line) in masked.text.lines().enumerate() {
        let number = at + 1;
        if code.contains(&number) || comments.contains(&number) {
            continue;
        }
        let Some((name, text)) = definition(line) else { continue };
        let lower_name = name.to_lowercase();
        let is_shown = shown.definitions.contains(lower_name.as_str());
        let is_note = name.starts_with('^');
        let is_seen = written.uses.contains(lower_name.as_str()) || is_shown || !is_note && is_address(text);
        if is_seen || !reported.insert(lower_name) {
            continue;
        }
        let (message, hint) = if is_note {
            (
                message!(
                    "no reader sees the note `[{name}]`: nothing refers to it",
                    "ingen læser ser noten `[{name}]`: intet henviser til den"
                ),
                message!("write `[{name}]` where it belongs", "skriv `[{name}]`, hvor den hører til"),
            )
        } else {
            (
                message!(
                    "no reader sees this line: it defines the URL of a link `[{name}]` that is not there",
                    "ingen læser ser linjen: den giver adressen på et link `[{name}]`, der ikke er der"
                ),
                message!(
                    "write `{name}: {text}`, without square brackets",
                    "skriv `{name}: {text}` uden kantede parenteser"
                ),
            )
        };
        diagnostics.push(Diagnostic::error(DEFINITION, message).at(masked.line(number)).hint(hint));
    }
}

/// The names in square brackets in a text.
struct Mentions<'t> {
    /// Those with a colon behind the bracket: `[name]:`.
    definitions: BTreeSet<&'t str>,
    /// Those without one, also if there is one elsewhere.
    uses: BTreeSet<&'t str>,
}

impl<'t> Mentions<'t> {
    fn of(text: &'t str) -> Self {
        let mut mentions = Self { definitions: BTreeSet::new(), uses: BTreeSet::new() };
        for bracket in text.split('[').skip(1) {
            let Some((name, behind)) = bracket.split_once(']') else { continue };
            if behind.starts_with(':') { &mut mentions.definitions } else { &mut mentions.uses }.insert(name);
        }
        mentions
    }
}

/// The name and the text of a line such as `[name]: address` or `[^name]: note`.
fn definition(line: &str) -> Option<(&str, &str)> {
    let note = lines::without_containers(line).strip_prefix("[^").and_then(|_| {
        let (name, text) = lines::without_containers(line)[1..].split_once("]:")?;
        (!name.contains(['[', ']', ' '])).then_some((name, text.trim()))
    });
    note.or_else(|| notes::address(line))
}

/// Whether the text behind a name is meant as an address: an unused one loses nothing.
fn is_address(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    first.starts_with(['#', '/', '<', '.'])
        || first.contains("://")
        || first.contains('@')
        || first.contains('.') && !first.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_split_as_the_parser_does() {
        assert_eq!(cells("> | a | b\\|c | "), [" a ", " b\\|c "]);
        assert_eq!(cells("a | b"), ["a ", " b"]);
    }
}
