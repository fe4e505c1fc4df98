//! How deep an issue may nest: deeper than any mail program shows, shallower than what exhausts a stack.

use comrak::nodes::{Node, NodeValue};

use crate::render::lift::Lifted;
use crate::render::sanitise;
use crate::source::{Code, Diagnostic, Diagnostics, Place, Source};

const TOO_DEEP: Code = Code("NL440");

const TOO_LONG: Code = Code("NL441");

/// The longest line: messages quote whole lines, and no paragraph is as long.
const LONGEST: usize = 20_000;

/// Levels of quotes, lists, emphasis and tags.
const LIMIT: usize = 60;

/// Tells of lines whose signs alone nest too deep, before anything is parsed.
pub(crate) fn check_lines(source: &Source, body: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let mut at = body.start;
    for line in source.text().get(body).unwrap_or("").split_inclusive('\n') {
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
            return diagnostics.push(told("this line has too many signs in a row", place));
        }
        at += line.len();
    }
}

fn quotes(line: &str) -> usize {
    let signs = line.chars().take_while(|it| matches!(it, '>' | ' ' | '\t' | '-' | '+' | '*'));
    signs.filter(|it| !it.is_whitespace()).count().min(if line.contains('>') { usize::MAX } else { 0 })
}

/// Whether signs of emphasis or links stand in a row longer than anybody writes; a ruler may be long.
fn has_run(line: &str) -> bool {
    let ruler = line.trim().chars().all(|it| matches!(it, '*' | '_' | '-' | '=' | '~' | '`' | ' '));
    let mut run = 0;
    let mut before = ' ';
    !ruler
        && line.chars().any(|it| {
            run = if it == before && matches!(it, '*' | '_' | '[' | ']' | '~' | '!' | '<') { run + 1 } else { 1 };
            before = it;
            run > LIMIT && matches!(it, '*' | '_' | '[' | ']' | '~' | '!' | '<')
        })
}

/// Tells of the first element that stands too deep in the tree.
pub(crate) fn check(root: Node<'_>, lifted: &Lifted<'_>, diagnostics: &mut Diagnostics) {
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
        let place = || lifted.place(position.line, position.column, 1);
        if depth > LIMIT {
            return diagnostics.push(told("quotes, lists or emphasis stand too deep in each other here", place()));
        }
        if raw(node).is_some_and(|it| sanitise::depth(&it) > LIMIT) {
            return diagnostics.push(told("HTML tags stand too deep in each other here", place()));
        }
    }
}

/// The author's own HTML of a block.
fn raw(node: Node<'_>) -> Option<String> {
    let data = node.data();
    match &data.value {
        NodeValue::HtmlBlock(html) => Some(html.literal.clone()),
        value if value.contains_inlines() => {
            let tags = node.descendants().filter_map(|it| match &it.data().value {
                NodeValue::HtmlInline(html) => Some(html.clone()),
                _ => None,
            });
            Some(tags.collect())
        }
        _ => None,
    }
}

fn told(message: &str, place: Place) -> Diagnostic {
    Diagnostic::error(TOO_DEEP, message).at(place).hint(format!("at most {LIMIT} levels; a letter needs three or four"))
}
