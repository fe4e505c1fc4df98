//! Parts of a line: read from elements, with white space as it is shown.

use crate::edition::writers::plain_html::NOTE_REFERENCE;
use crate::publish::article::element::{HtmlElement, HtmlNode};
use crate::publish::article::{ArticleInline, ArticlePicture};

/// The elements that begin on a new line.
const BLOCKS: [&str; 26] = [
    "address",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "ul",
];

/// Whether a piece of HTML begins on a new line.
pub(super) fn is_block(node: &HtmlNode) -> bool {
    match node {
        HtmlNode::Element(element) => BLOCKS.contains(&element.name.as_str()),
        HtmlNode::Text(_) => false,
    }
}

/// Reads nodes as the parts of a line, without white space at both ends.
pub(super) fn read<'n>(nodes: impl IntoIterator<Item = &'n HtmlNode>) -> Vec<ArticleInline> {
    let mut inlines = Vec::new();
    nodes.into_iter().for_each(|node| push(node, OuterMarks::default(), &mut inlines));
    collapse(&mut inlines, &mut LineEnd::Start);
    trim_end(&mut inlines);
    inlines
}

/// Which marks are around a part: a mark inside the same mark has no effect, and could not be written in Markdown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct OuterMarks {
    strong: bool,
    emphasised: bool,
}

fn push(node: &HtmlNode, marks: OuterMarks, out: &mut Vec<ArticleInline>) {
    let element = match node {
        HtmlNode::Text(text) => return out.push(ArticleInline::Text(text.clone())),
        HtmlNode::Element(element) => element,
    };
    let within = |marks: OuterMarks| {
        let mut inner = Vec::new();
        element.children.iter().for_each(|child| push(child, marks, &mut inner));
        inner
    };
    match element.name.as_str() {
        "br" => out.push(ArticleInline::Break),
        "img" => out.extend(picture(element).map(ArticleInline::Picture)),
        "strong" | "b" if !marks.strong => {
            out.push(ArticleInline::Strong(within(OuterMarks { strong: true, ..marks })));
        }
        "em" | "i" if !marks.emphasised => {
            out.push(ArticleInline::Emphasis(within(OuterMarks { emphasised: true, ..marks })));
        }
        "del" | "s" | "strike" => out.push(ArticleInline::Deleted(within(marks))),
        "sup" if element.attribute("class") == Some(NOTE_REFERENCE) => {
            out.push(ArticleInline::NoteReference(element.text().trim().to_owned()));
        }
        "sup" => out.push(ArticleInline::Raised(within(marks))),
        "sub" => out.push(ArticleInline::Lowered(within(marks))),
        "code" => out.push(ArticleInline::Code(element.text())),
        "q" => {
            out.push(ArticleInline::Text("“".to_owned()));
            out.extend(within(marks));
            out.push(ArticleInline::Text("”".to_owned()));
        }
        "a" => match element.attribute("href") {
            Some(url) => out.push(ArticleInline::Link { url: url.to_owned(), text: within(marks) }),
            None => out.extend(within(marks)),
        },
        _ if is_block(node) => {
            // A block where only a line fits, such as a list in a cell, becomes a separate line.
            let follows = !out.is_empty();
            out.extend(follows.then_some(ArticleInline::Break));
            out.extend(within(marks));
        }
        _ => out.extend(within(marks)),
    }
}

/// The picture of an `<img>`; none without an address.
pub(super) fn picture(element: &HtmlElement) -> Option<ArticlePicture> {
    let address = element.attribute("src")?.to_owned();
    let alt = element.attribute("alt").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let width = element.attribute("width").and_then(|width| width.parse().ok());
    Some(ArticlePicture { address, alt, width })
}

/// The end of the line so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    /// Nothing, or a space.
    Start,
    /// A word.
    Word,
}

/// Makes each run of white space one space, and removes it at the start of a line. A no-break space is not white space.
fn collapse(inlines: &mut Vec<ArticleInline>, end: &mut LineEnd) {
    for inline in inlines.iter_mut() {
        match inline {
            ArticleInline::Text(text) => *text = collapsed(text, end),
            ArticleInline::Code(code) => {
                *code = code.split_whitespace().collect::<Vec<_>>().join(" ");
                *end = LineEnd::Word;
            }
            ArticleInline::Break => *end = LineEnd::Start,
            ArticleInline::Picture(_) | ArticleInline::NoteReference(_) => *end = LineEnd::Word,
            ArticleInline::Strong(inner)
            | ArticleInline::Emphasis(inner)
            | ArticleInline::Deleted(inner)
            | ArticleInline::Raised(inner)
            | ArticleInline::Lowered(inner)
            | ArticleInline::Link { text: inner, .. } => collapse(inner, end),
        }
    }
    inlines.retain(|inline| !is_empty(inline));
    for at in (1..inlines.len()).rev() {
        if inlines[at] == ArticleInline::Break {
            let (before, _) = inlines.split_at_mut(at);
            if let Some(ArticleInline::Text(text)) = before.last_mut() {
                text.truncate(text.trim_end_matches(' ').len());
            }
        }
    }
}

fn collapsed(text: &str, end: &mut LineEnd) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_space = matches!(letter, ' ' | '\t' | '\n' | '\r');
        if is_space && *end == LineEnd::Start {
            continue;
        }
        out.push(if is_space { ' ' } else { letter });
        *end = if is_space { LineEnd::Start } else { LineEnd::Word };
    }
    out
}

fn is_empty(inline: &ArticleInline) -> bool {
    match inline {
        ArticleInline::Text(text) | ArticleInline::Code(text) => text.is_empty(),
        ArticleInline::Strong(inner)
        | ArticleInline::Emphasis(inner)
        | ArticleInline::Deleted(inner)
        | ArticleInline::Raised(inner)
        | ArticleInline::Lowered(inner)
        | ArticleInline::Link { text: inner, .. } => inner.is_empty(),
        ArticleInline::Picture(_) | ArticleInline::Break | ArticleInline::NoteReference(_) => false,
    }
}

/// Removes white space and line breaks at the end.
fn trim_end(inlines: &mut Vec<ArticleInline>) {
    while let Some(last) = inlines.last_mut() {
        match last {
            ArticleInline::Text(text) => text.truncate(text.trim_end_matches(' ').len()),
            ArticleInline::Strong(inner) | ArticleInline::Emphasis(inner) | ArticleInline::Link { text: inner, .. } => {
                trim_end(inner);
            }
            ArticleInline::Break => {
                inlines.pop();
                continue;
            }
            ArticleInline::Deleted(_)
            | ArticleInline::Raised(_)
            | ArticleInline::Lowered(_)
            | ArticleInline::Code(_)
            | ArticleInline::Picture(_)
            | ArticleInline::NoteReference(_) => {}
        }
        if !is_empty(last) {
            break;
        }
        inlines.pop();
    }
}
