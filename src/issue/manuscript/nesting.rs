//! How deep an issue may nest: deeper than any mail program shows, shallower than what exhausts a stack.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;

const TOO_DEEP: Code = Code("NL440");

const TOO_LONG: Code = Code("NL441");

const TOO_MUCH: Code = Code("NL442");

const TOO_WIDE: Code = Code("NL443");

/// The longest text, in bytes: what nobody's edition shows is in it too, but mail programs cut a letter at 102 kB.
const MOST: usize = 500_000;

/// The most lines: a paragraph of one word is some hundred bytes of a letter.
const LINES: usize = 20_000;

/// The largest table: a cell is some hundred bytes of a letter.
const CELLS: usize = 20_000;

/// The longest line: messages quote whole lines, and no paragraph is as long.
const LONGEST: usize = 20_000;

/// Levels of quotes, lists, emphasis and tags.
const LIMIT: usize = 60;

/// Tells of lines whose signs alone nest too deep, before anything is parsed.
pub(crate) fn check_lines(source: &Source, body: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(body.clone()).unwrap_or("");
    let lines = text.lines().count();
    if text.len() > MOST || lines > LINES {
        return diagnostics.push(
            Diagnostic::error(TOO_MUCH, format!("this issue has {lines} lines and {} kB of text", text.len() / 1000))
                .at(source.place(body.start..body.start))
                .hint(format!("at most {LINES} lines and {} kB: put the rest on a page, and link to it", MOST / 1000)),
        );
    }
    let mut at = body.start;
    let mut open = 0_usize;
    for line in text.split_inclusive('\n') {
        if line.len() > LONGEST {
            let place = source.place(at..at + 40);
            return diagnostics.push(
                Diagnostic::error(TOO_LONG, format!("this line has {} bytes", line.len()))
                    .at(place)
                    .hint(format!("at most {LONGEST}: break it up, or take out what was pasted here")),
            );
        }
        if line.len() > LIMIT && (quotes(line) > LIMIT || has_run(line)) {
            let place = source.place(at..at + line.trim_end().len());
            return diagnostics.push(diagnostic("this line has too many signs in a row", place));
        }
        open = match fence(line) {
            Some("") => open.saturating_sub(1),
            Some(_) => open + 1,
            None => open,
        };
        if open > LIMIT {
            return diagnostics.push(
                Diagnostic::error(TOO_DEEP, format!("{open} blocks are open at once here"))
                    .at(source.place(at..at + line.trim_end().len()))
                    .hint("close each block with `:::` on a line of its own where it ends"),
            );
        }
        at += line.len();
    }
}

/// What follows the colons of a line that looks like a fence, also in code: there is no tree yet to know better.
fn fence(line: &str) -> Option<&str> {
    let content = lines::without_containers(line);
    let info = content.trim_start_matches(':');
    (content.len() - info.len() >= 3).then(|| info.trim()).map(|info| if info.starts_with("end") { "" } else { info })
}

fn quotes(line: &str) -> usize {
    let signs = line.chars().take_while(|character| matches!(character, '>' | ' ' | '\t' | '-' | '+' | '*'));
    signs.filter(|character| !character.is_whitespace()).count().min(if line.contains('>') { usize::MAX } else { 0 })
}

/// Whether signs of emphasis or links stand in a row longer than anybody writes; a ruler may be long.
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

/// Tells of the first element that stands too deep in the tree.
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
            return diagnostics
                .push(diagnostic("quotes, lists or emphasis stand too deep in each other here", place()));
        }
        if let NodeValue::Table(table) = &node.data().value
            && table.num_columns * table.num_rows > CELLS
        {
            return diagnostics.push(
                Diagnostic::error(
                    TOO_WIDE,
                    format!("this table has {} columns and {} rows", table.num_columns, table.num_rows),
                )
                .at(place())
                .hint(format!("at most {CELLS} cells: show what matters, and link to the rest")),
            );
        }
        if raw(node).is_some_and(|html| html_depth(&html) > LIMIT) {
            return diagnostics.push(diagnostic("HTML tags stand too deep in each other here", place()));
        }
    }
}

/// The author's own HTML of a block.
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

fn diagnostic(message: &str, place: Span) -> Diagnostic {
    Diagnostic::error(TOO_DEEP, message).at(place).hint(format!("at most {LIMIT} levels; a letter needs three or four"))
}

/// How many tags are open at once where most are.
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
