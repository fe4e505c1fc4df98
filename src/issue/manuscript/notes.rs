//! Notes and addresses, which are defined apart from where they are used: they belong to the block of their definition.

use std::collections::{BTreeMap, BTreeSet};

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;

const NOTE_IN_BLOCK: Code = Code("NL411");
const NOTE_TWICE: Code = Code("NL412");
const ADDRESS_TWICE: Code = Code("NL413");

/// The lines of each block.
fn block_lines(root: Node<'_>) -> Vec<(usize, usize)> {
    let blocks = root.descendants().filter(|node| matches!(node.data().value, NodeValue::BlockDirective(_)));
    blocks.map(lines).collect()
}

/// The first and the last line of a node.
pub(crate) fn lines(node: Node<'_>) -> (usize, usize) {
    let position = node.data().sourcepos;
    (position.start.line, position.end.line)
}

/// Removes the notes of blocks that an edition leaves out. comrak moves notes to the end of the document, so that they are no
/// longer inside their blocks: their line numbers decide.
pub(crate) fn leave_out(root: Node<'_>, blocks: &[(usize, usize)]) {
    for (note, _) in notes(root) {
        let line = note.data().sourcepos.start.line;
        if blocks.iter().any(|(start, end)| (*start..=*end).contains(&line)) {
            note.detach();
        }
    }
}

/// Numbers the notes of one edition, removes those that nothing refers to, and reports references without a note.
pub(crate) fn number_notes<'a>(root: Node<'a>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let mut defined: BTreeMap<String, Node<'a>> = BTreeMap::new();
    for (note, name) in notes(root) {
        if defined.contains_key(&name) {
            diagnostics.push(
                Diagnostic::error(
                    NOTE_TWICE,
                    message!(
                        "some readers get two notes named `[^{name}]`",
                        "nogle læsere får to noter med navnet `[^{name}]`"
                    ),
                )
                .at(masked.place_of(note))
                .hint(message!(
                    "rename one of them, here and where it is used",
                    "omdøb den ene, her og hvor den bruges"
                )),
            );
        }
        defined.insert(name, note);
    }
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    for node in root.descendants() {
        let mut next = u32::try_from(used.len()).unwrap_or(u32::MAX).saturating_add(1);
        let name = if let NodeValue::FootnoteReference(reference) = &mut node.data_mut().value {
            next = *used.entry(reference.name.clone()).or_insert(next);
            reference.ix = next;
            reference.name.clone()
        } else {
            continue;
        };
        if !defined.contains_key(&name) {
            diagnostics.push(
                Diagnostic::error(
                    NOTE_IN_BLOCK,
                    message!(
                        "the note `[^{name}]` is in a block for other readers",
                        "noten `[^{name}]` står i en blok for andre læsere"
                    ),
                )
                .at(masked.place_of(node))
                .hint(message!(
                    "move the note out of the block, or the reference into it",
                    "flyt noten ud af blokken, eller henvisningen ind i den"
                )),
            );
        }
    }
    for (name, note) in defined {
        if !used.contains_key(&name) {
            note.detach();
        }
    }
}

/// The numbers that references show for the notes of an edition.
pub(crate) struct NoteNumbers(BTreeMap<String, u32>);

impl NoteNumbers {
    /// The numbers in a tree whose notes were numbered.
    pub(crate) fn of(root: Node<'_>) -> Self {
        let reference = |node: Node<'_>| match &node.data().value {
            NodeValue::FootnoteReference(reference) => Some((reference.name.clone(), reference.ix)),
            _ => None,
        };
        Self(root.descendants().filter_map(reference).collect())
    }

    /// The number of a note; 0 if nothing refers to it.
    pub(crate) fn number(&self, name: &str) -> u32 {
        self.0.get(name).copied().unwrap_or(0)
    }
}

fn notes(root: Node<'_>) -> Vec<(Node<'_>, String)> {
    let named = |node: Node<'_>| match &node.data().value {
        NodeValue::FootnoteDefinition(definition) => Some(definition.name.clone()),
        _ => None,
    };
    root.descendants().filter_map(|node| named(node).map(|name| (node, name))).collect()
}

/// Reports addresses for links (`[name]: https://…`) that a block defines again: the first applies to every reader
/// (`CommonMark` 0.31, section 4.7).
pub(crate) fn check_addresses(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let blocks = block_lines(root);
    let code: BTreeSet<usize> = if blocks.is_empty() { return } else { lines::code_lines(root) };
    let block_of = |line: usize| blocks.iter().rev().find(|(start, end)| (*start..=*end).contains(&line));
    let mut first: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for (at, content) in masked.text.lines().enumerate() {
        let line = at + 1;
        let Some((name, address)) = address(content).filter(|_| !code.contains(&line)) else { continue };
        let (before, other) = *first.entry(name.to_lowercase()).or_insert((line, address));
        if other != address && block_of(before) != block_of(line) {
            let before = masked.line(before).relative_to(&masked.line(line));
            diagnostics.push(
                Diagnostic::error(
                    ADDRESS_TWICE,
                    message!(
                        "`[{name}]` already has another address, in {before}",
                        "`[{name}]` har allerede en anden adresse, på {before}"
                    ),
                )
                .at(masked.line(line))
                .hint(message!(
                    "the first applies to all readers: rename this one, or write `[text](https://…)`",
                    "den første gælder for alle læsere: omdøb denne, eller skriv `[tekst](https://…)`"
                )),
            );
        }
    }
}

/// The name and the address that a line defines.
pub(crate) fn address(line: &str) -> Option<(&str, &str)> {
    let inner = lines::without_containers(line).strip_prefix('[')?;
    let (name, address) = inner.split_once("]:")?;
    let plain = !name.starts_with('^') && !name.contains(['[', ']']) && !name.trim().is_empty();
    plain.then(|| (name.trim(), address.trim()))
}
