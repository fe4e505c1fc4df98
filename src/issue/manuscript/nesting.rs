//! The limits of an issue: more depth and length than any letter needs, but not enough to exhaust a parser's stack.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;

const TOO_DEEP: Code = Code("NL440");

const TOO_LONG: Code = Code("NL441");

const TOO_MUCH: Code = Code("NL442");

const TOO_WIDE: Code = Code("NL443");

/// The longest text, in bytes. It contains the blocks of all editions; Gmail clips each letter at 102 kB.
const MAX_BYTES: usize = 500_000;

/// The most lines: even a paragraph of one word takes some hundred bytes of a letter.
const LINES: usize = 20_000;

/// The most cells of a table: each takes some hundred bytes of a letter.
const CELLS: usize = 20_000;

/// The longest line, in bytes: longer than any paragraph, and short enough to be quoted in messages.
const LONGEST: usize = 20_000;

/// The most levels of quotes, lists, emphasis and tags.
const LIMIT: usize = 60;

/// Reports lines that nest too deep by their markers alone, before anything is parsed: the parser recurses.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
pub(crate) fn check_lines(source: &Source, body: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(body.clone()).unwrap_or("");
    let lines = text.lines().count();
    if text.len() > MAX_BYTES || lines > LINES {
        return diagnostics.push(
            Diagnostic::error(
                TOO_MUCH,
                message!(
                    "the issue is too long: {lines} lines and {} kB of text",
                    "nyhedsbrevet er for langt: {lines} linjer og {} kB tekst",
                    text.len() / 1000
                ),
            )
            .at(source.place(body.start..body.start))
            .hint(message!(
                "write at most {LINES} lines and {} kB, and link to the rest on a web page",
                "skriv højst {LINES} linjer og {} kB, og link til resten på en webside",
                MAX_BYTES / 1000
            )),
        );
    }
    let mut at = body.start;
    let mut open = 0_usize;
    for line in text.split_inclusive('\n') {
        if line.len() > LONGEST {
            let place = source.place(at..at + 40);
            return diagnostics.push(
                Diagnostic::error(
                    TOO_LONG,
                    message!("the line is too long: {} bytes", "linjen er for lang: {} byte", line.len()),
                )
                .at(place)
                .hint(message!(
                    "write at most {LONGEST}: break it up, or delete what was pasted here",
                    "skriv højst {LONGEST}: del den op, eller slet det, der blev sat ind her"
                )),
            );
        }
        if line.len() > LIMIT && (quotes(line) > LIMIT || has_run(line)) {
            let place = source.place(at..at + line.trim_end().len());
            return diagnostics.push(diagnostic(
                message!("too many special characters in a row", "for mange specialtegn i træk"),
                place,
            ));
        }
        open = match fence(line) {
            Some("") => open.saturating_sub(1),
            Some(_) => open + 1,
            None => open,
        };
        if open > LIMIT {
            return diagnostics.push(
                Diagnostic::error(
                    TOO_DEEP,
                    message!("{open} blocks are open at once", "{open} blokke er åbne på én gang"),
                )
                .at(source.place(at..at + line.trim_end().len()))
                .hint(message!(
                    "close each block with `:::` on a separate line where it ends",
                    "luk hver blok med `:::` på en linje for sig selv, hvor den slutter"
                )),
            );
        }
        at += line.len();
    }
}

/// What follows the colons of a line that looks like a fence, even in code, since no tree exists yet to tell.
fn fence(line: &str) -> Option<&str> {
    let content = lines::without_containers(line);
    let info = content.trim_start_matches(':');
    (content.len() - info.len() >= 3).then(|| info.trim()).map(|info| if info.starts_with("end") { "" } else { info })
}

fn quotes(line: &str) -> usize {
    let signs = line.chars().take_while(|character| matches!(character, '>' | ' ' | '\t' | '-' | '+' | '*'));
    signs.filter(|character| !character.is_whitespace()).count().min(if line.contains('>') { usize::MAX } else { 0 })
}

/// Whether markers of emphasis or links form a run longer than any author writes. A ruler may be long.
fn has_run(line: &str) -> bool {
    let ruler = line.trim().chars().all(|character| matches!(character, '*' | '_' | '-' | '=' | '~' | '`' | ' '));
    let mut run = 0;
    let mut before = ' ';
    !ruler
        && line.chars().any(|character| {
            run = if character == before && matches!(character, '*' | '_' | '[' | ']' | '~' | '!' | '<') {
                run + 1
            } else {
                1
            };
            before = character;
            run > LIMIT && matches!(character, '*' | '_' | '[' | ']' | '~' | '!' | '<')
        })
}

/// Reports the first element that is too deep in the tree.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let mut depth = 0_usize;
    for edge in root.traverse() {
        let node = match edge {
            comrak::arena_tree::NodeEdge::Start(node) => node,
            comrak::arena_tree::NodeEdge::End(_) => {
                depth = depth.saturating_sub(1);
                continue;
            }
        };
        depth += 1;
        let position = node.data().sourcepos.start;
        let place = || masked.place(position.line, position.column, 1);
        if depth > LIMIT {
            return diagnostics.push(diagnostic(
                message!(
                    "quotes, lists or emphasis nest too deep",
                    "citater, lister eller fremhævelser ligger for dybt i hinanden"
                ),
                place(),
            ));
        }
        if let NodeValue::Table(table) = &node.data().value
            && table.num_columns * table.num_rows > CELLS
        {
            return diagnostics.push(
                Diagnostic::error(
                    TOO_WIDE,
                    message!(
                        "the table is too large: {} columns and {} rows",
                        "tabellen er for stor: {} kolonner og {} rækker",
                        table.num_columns,
                        table.num_rows
                    ),
                )
                .at(place())
                .hint(message!(
                    "show at most {CELLS} cells, and link to the rest",
                    "vis højst {CELLS} celler, og link til resten"
                )),
            );
        }
        if raw(node).is_some_and(|html| html_depth(&html) > LIMIT) {
            return diagnostics.push(diagnostic(
                message!("HTML tags nest too deep", "HTML-tags ligger for dybt i hinanden"),
                place(),
            ));
        }
    }
}

/// The HTML that the author wrote in a block.
fn raw(node: Node<'_>) -> Option<String> {
    let data = node.data();
    match &data.value {
        NodeValue::HtmlBlock(html) => Some(html.literal.clone()),
        value if value.contains_inlines() => {
            let tags = node.descendants().filter_map(|node| match &node.data().value {
                NodeValue::HtmlInline(html) => Some(html.clone()),
                _ => None,
            });
            Some(tags.collect())
        }
        _ => None,
    }
}

fn diagnostic(message: Message, place: Span) -> Diagnostic {
    Diagnostic::error(TOO_DEEP, message)
        .at(place)
        .hint(message!("write at most {LIMIT} levels", "skriv højst {LIMIT} niveauer"))
}

/// The largest number of tags that are open at once.
fn html_depth(html: &str) -> usize {
    let mut open = 0_usize;
    let mut most = 0;
    for tag in html.split('<').skip(1) {
        if tag.starts_with('/') {
            open = open.saturating_sub(1);
        } else if tag.starts_with(|character: char| character.is_ascii_alphabetic())
            && !tag.starts_with("br")
            && !tag.starts_with("img")
        {
            open += 1;
            most = most.max(open);
        }
    }
    most
}
