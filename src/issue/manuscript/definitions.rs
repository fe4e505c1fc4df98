//! Definitions that apply to more readers than their place suggests: a note in a condition, an address in a block.

use std::collections::BTreeMap;

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::lines;
use crate::issue::manuscript::notes;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag::TagKind;
use crate::issue::manuscript::placeholders::words::{PlaceholderPiece, Placeholders};
use crate::issue::manuscript::visibility::BlockVisibility;

const ADDRESS_IN_BLOCK: Code = Code("NL614");
const NOTE_IN_CONDITION: Code = Code("NL615");

/// The line of a definition, and the first and last line of the block that it is in.
type DefinitionScope = (usize, (usize, usize));

/// A line and a column of a text, both counted from 1.
type LineColumn = (usize, usize);

/// Reports both.
pub(crate) fn check(
    root: Node<'_>,
    masked: &PlaceholderText,
    placeholders: &Placeholders,
    diagnostics: &mut Diagnostics,
) {
    notes_in_conditions(root, masked, placeholders, diagnostics);
    addresses_in_blocks(root, masked, diagnostics);
}

/// Notes are moved to the end of the letter, outside any condition.
fn notes_in_conditions(
    root: Node<'_>,
    masked: &PlaceholderText,
    placeholders: &Placeholders,
    diagnostics: &mut Diagnostics,
) {
    let conditions = conditions(masked, placeholders);
    for node in root.descendants() {
        let data = node.data();
        let NodeValue::FootnoteDefinition(note) = &data.value else { continue };
        let start = data.sourcepos.start;
        if conditions.iter().any(|(first, last)| (*first..=*last).contains(&(start.line, start.column))) {
            diagnostics.push(
                Diagnostic::error(
                    NOTE_IN_CONDITION,
                    message!(
                        "the note `[^{}]` would be shown to all readers, whatever the condition says",
                        "noten `[^{}]` ville blive vist til alle læsere, uanset betingelsen",
                        note.name
                    ),
                )
                .at(masked.line(start.line))
                .hint(message!(
                    "write it outside the condition, or as a sentence in the text",
                    "skriv den uden for betingelsen, eller som en sætning i teksten"
                )),
            );
        }
    }
}

/// Where each condition and each loop opens and closes in the text, snippets included.
fn conditions(masked: &PlaceholderText, placeholders: &Placeholders) -> Vec<(LineColumn, LineColumn)> {
    let mut open = Vec::new();
    let mut conditions = Vec::new();
    for (before, line) in masked.text.lines().enumerate() {
        let mut column = 1;
        for piece in placeholders.split_tags(line) {
            let number = match piece {
                PlaceholderPiece::Text(text) => {
                    column += text.len();
                    continue;
                }
                PlaceholderPiece::Number(number) => number,
            };
            let at = (before + 1, column);
            column += placeholders.for_tag(number).len();
            match masked.tags.get(number).map(|tag| &tag.kind) {
                Some(TagKind::If(_) | TagKind::For(_)) => open.push(at),
                Some(TagKind::EndIf | TagKind::EndFor) => conditions.extend(open.pop().map(|opening| (opening, at))),
                Some(TagKind::Print(_) | TagKind::Set(_) | TagKind::Elif(_) | TagKind::Else) | None => {}
            }
        }
    }
    conditions
}

/// An address for links applies to the whole text, whatever block defines it (`CommonMark` 0.31, section 4.7).
fn addresses_in_blocks(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let for_some = |node: &Node<'_>| match &node.data().value {
        NodeValue::BlockDirective(fence) => BlockVisibility::read(&fence.info).is_some(),
        _ => false,
    };
    let blocks: Vec<(usize, usize)> = root.descendants().filter(for_some).map(notes::lines).collect();
    if blocks.is_empty() {
        return;
    }
    let code = lines::code_lines(root);
    let lines =
        || masked.text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|line| !code.contains(&line.0));
    let mut defined: BTreeMap<String, Vec<DefinitionScope>> = BTreeMap::new();
    for (number, line) in lines() {
        let Some((name, _)) = notes::address(line) else { continue };
        let block = blocks.iter().rev().find(|(first, last)| (*first..=*last).contains(&number));
        let whole = (0, usize::MAX);
        defined.entry(name.to_lowercase()).or_default().push((number, *block.unwrap_or(&whole)));
    }
    for (number, line) in lines().filter(|line| notes::address(line.1).is_none()) {
        for name in referred(line) {
            // Several definitions of one name have a separate check (NL413).
            let Some([(definition, (first, last))]) = defined.get(&name.to_lowercase()).map(Vec::as_slice) else {
                continue;
            };
            if (*first..=*last).contains(&number) {
                continue;
            }
            let column = line.find(&format!("[{name}]")).map_or(1, |at| at + 1);
            let from = masked.line(*definition).line();
            diagnostics.push(
                Diagnostic::error(
                    ADDRESS_IN_BLOCK,
                    message!("the address of `[{name}]` is defined in a block for some readers, but would be in every letter", "adressen på `[{name}]` står i en blok til nogle læsere, men ville komme med i alle mails"),
                )
                .at(masked.place(number, column, name.len() + 2))
                .hint(message!("move line {from} out of its block, or write `[text](https://…)` here", "flyt linje {from} ud af blokken, eller skriv `[tekst](https://…)` her")),
            );
        }
    }
}

/// The names in square brackets of a line that may refer to an address.
fn referred(line: &str) -> impl Iterator<Item = &str> {
    let names = line.match_indices('[').filter_map(|(at, _)| {
        let (name, after) = line[at + 1..].split_once(']')?;
        // In `[text][name]` the text refers to nothing.
        let text = after.starts_with(['(', ':', '[']) && !after.starts_with("[]");
        (!text && !name.starts_with('^') && !name.trim().is_empty()).then_some(name)
    });
    names.map(str::trim)
}
