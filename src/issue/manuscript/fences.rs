//! Checks fences (`:::`) line by line: a wrong one would silently change who reads what.

use std::collections::{BTreeMap, BTreeSet};

use comrak::nodes::{Node, NodeValue};

use crate::audience::AudienceId;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::lines::{code_lines, comment_lines, without_containers};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::unread_fences::{self, NOT_A_FENCE};

const UNOPENED: Code = Code("NL401");
const UNCLOSED: Code = Code("NL402");
const LENGTH: Code = Code("NL403");
const NESTED: Code = Code("NL404");
const ONE_LINE: Code = Code("NL406");

/// One line that looks like a fence.
struct Fence<'a> {
    line: usize,
    length: usize,
    info: &'a str,
}

/// Reports every line that looks like a fence and is not one, and fences that do not match.
pub(crate) fn check(
    root: Node<'_>,
    masked: &PlaceholderText,
    audiences: &BTreeSet<AudienceId>,
    diagnostics: &mut Diagnostics,
) {
    let mut found = Diagnostics::new();
    unread_fences::check(root, masked, audiences, &mut found);
    let pairs = pair(&fences(root, &masked.text), masked, &mut found);
    if !found.has_errors() {
        compare(root, &pairs, masked, &mut found);
    }
    diagnostics.extend(found);
}

/// The lines outside code and comments that look like fences, also in quotes and lists.
fn fences<'t>(root: Node<'_>, text: &'t str) -> Vec<Fence<'t>> {
    let (code, comments) = (code_lines(root), comment_lines(root));
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines
        .filter(|(number, _)| !code.contains(number) && !comments.contains(number))
        .filter_map(|(line, content)| {
            let content = without_containers(content);
            let info = content.trim_start_matches(':');
            let length = content.len() - info.len();
            (length >= 3).then(|| Fence { line, length, info: info.trim() })
        })
        .collect()
}

/// The line of the closing fence for each opening one.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
fn pair(fences: &[Fence<'_>], masked: &PlaceholderText, diagnostics: &mut Diagnostics) -> BTreeMap<usize, usize> {
    let mut open: Vec<&Fence<'_>> = Vec::new();
    let mut pairs = BTreeMap::new();
    for fence in fences {
        // One wrong fence shifts all that follow: more reports would repeat the same mistake.
        if diagnostics.iter().count() > 20 {
            break;
        }
        let place = || masked.line(fence.line);
        if fence.info.ends_with(":::") {
            diagnostics.push(
                Diagnostic::error(
                    ONE_LINE,
                    message!("a block cannot be on one line", "en blok kan ikke stå på én linje"),
                )
                .at(place())
                .hint(message!(
                    "write the opening fence, the text and the closing `:::` each on its own line",
                    "skriv åbningen, teksten og det afsluttende `:::` på hver sin linje"
                )),
            );
        } else if !fence.info.is_empty() {
            if let Some(outer) = open.last().filter(|outer| outer.length <= fence.length) {
                diagnostics.push(
                    Diagnostic::error(
                        NESTED,
                        message!(
                            "a block inside another needs a shorter fence",
                            "en blok inde i en anden skal have færre koloner"
                        ),
                    )
                    .at(place())
                    .hint(longer(outer, fence, masked)),
                );
            }
            open.push(fence);
        } else if let Some(opening) = open.pop() {
            if opening.length != fence.length {
                let colons = ":".repeat(opening.length);
                let from = masked.line(opening.line).relative_to(&place());
                diagnostics.push(
                    Diagnostic::error(
                        LENGTH,
                        message!(
                            "this fence differs in length from the one that it closes",
                            "antallet af koloner passer ikke med den blok, der lukkes"
                        ),
                    )
                    .at(place())
                    .hint(message!("write `{colons}`, as in {from}", "skriv `{colons}` som på {from}")),
                );
            }
            pairs.insert(opening.line, fence.line);
        } else {
            diagnostics.push(
                Diagnostic::error(UNOPENED, message!("no open block to close", "der er ingen åben blok at lukke"))
                    .at(place())
                    .hint(message!(
                        "delete it, or say which block it opens, such as `::: only members`",
                        "slet den, eller skriv, hvilken blok den åbner, f.eks. `::: only members`"
                    )),
            );
        }
    }
    for fence in open.into_iter().take(20) {
        diagnostics.push(
            Diagnostic::error(UNCLOSED, message!("this block is never closed", "blokken bliver aldrig lukket"))
                .at(masked.line(fence.line))
                .hint(message!(
                    "write `{}` on a separate line where it ends",
                    "skriv `{}` på en linje for sig selv, hvor den slutter",
                    ":".repeat(fence.length)
                )),
        );
    }
    pairs
}

fn longer(outer: &Fence<'_>, inner: &Fence<'_>, masked: &PlaceholderText) -> Message {
    let line = masked.line(outer.line).relative_to(&masked.line(inner.line));
    message!(
        "the block around it opens in {line}: open and close that one with `{}`",
        "blokken uden om åbner på {line}: åbn og luk den med `{}`",
        ":".repeat(inner.length + 1)
    )
}

/// Reports where the parser reads other blocks than the lines suggest: an indented fence is code, for example, and a list item
/// ends the block in it.
fn compare(root: Node<'_>, pairs: &BTreeMap<usize, usize>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let mut read = BTreeMap::new();
    for node in root.descendants() {
        let data = node.data();
        if matches!(data.value, NodeValue::BlockDirective(_)) {
            read.insert(data.sourcepos.start.line, data.sourcepos.end.line);
        }
    }
    let mut wrong: BTreeSet<usize> = BTreeSet::new();
    for (open, close) in pairs {
        match read.get(open) {
            None => drop(wrong.insert(*open)),
            Some(end) if end != close => drop(wrong.insert(*close)),
            Some(_) => {}
        }
    }
    wrong.extend(read.keys().filter(|line| !pairs.contains_key(line)));
    for line in wrong {
        diagnostics.push(
            Diagnostic::error(
                NOT_A_FENCE,
                message!(
                    "this line looks like a fence, but is not read as one",
                    "linjen ligner et bloktegn, men læses ikke som et"
                ),
            )
            .at(masked.line(line))
            .hint(message!(
                "put it at the start of a line, in the same list or quote as the rest of its block",
                "sæt det først på en linje, i samme liste eller citat som resten af blokken"
            )),
        );
    }
}
