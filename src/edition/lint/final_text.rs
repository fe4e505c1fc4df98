//! The last check of an edition's text as its readers see it, in the HTML part and in the text part.
//!
//! It reads the tree that both parts are written from, after all steps that change it: what is text here is text for
//! readers. Code is left out: what it shows is meant to be seen.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::span::{Span, Spanned};
use crate::edition::compile_context::CompileContext;
use crate::edition::lint::sign_set::SignSet;
use crate::edition::lint::visible_text::{self, VALUE, VisibleLine};
use crate::edition::lint::{joined_lines, left_markup, unfinished_text};
use crate::issue::manuscript::placeholders::lexer;
use crate::people::person::Localised;

/// Reports what no reader should see, in the text and in what is read with it.
pub(crate) fn check(root: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        let lines = match &node.data().value {
            NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::TableCell => visible_text::lines_of(node),
            NodeValue::HtmlBlock(html) => visible_text::lines_of_html(&html.literal, node.data().sourcepos.start.line),
            _ => continue,
        };
        let is_paragraph = matches!(node.data().value, NodeValue::Paragraph);
        // `-- Anna Berg` says who is quoted.
        let is_quoted = node.ancestors().any(|outer| matches!(outer.data().value, NodeValue::BlockQuote));
        for line in &lines {
            let signs = SignSet::of(&line.text);
            let unfinished = unfinished_text::findings(&line.text, signs);
            for finding in left_markup::findings(line, signs).into_iter().chain(unfinished) {
                let is_source = is_quoted && finding.excerpt.starts_with("-- ");
                if !is_source && !is_escaped(context.masked.line_text(line.number), &finding.excerpt) {
                    diagnostics.push(finding.diagnostic.at(place(context, node, line, &finding.excerpt)));
                }
            }
        }
        if let Some((line, found)) = is_paragraph.then(|| joined_lines::finding(node, &lines)).flatten() {
            diagnostics.push(found.diagnostic.at(place(context, node, line, &found.excerpt)));
        }
    }
    let front = &context.issue.front;
    let alt = front.image.as_ref().and_then(|image| image.alt.as_ref());
    let own = |text: &Localised| text.for_lang(context.lang).cloned();
    let filled_in = [Some(&front.subject), front.preheader.as_ref()].into_iter().flatten().filter_map(own);
    for Spanned { value, place } in filled_in {
        check_phrase(lexer::without_tags(&value, VALUE), &place, diagnostics);
    }
    // It is shown as it is written, with its tags.
    if let Some(Spanned { value, place }) = alt.and_then(own) {
        check_phrase(value, &place, diagnostics);
    }
}

/// The same for texts outside the content: a subject, a preheader, or the alternative text of the picture above the
/// content.
fn check_phrase(text: String, place: &Span, diagnostics: &mut Diagnostics) {
    let line = VisibleLine { text, number: 0, ..VisibleLine::default() };
    let unfinished = unfinished_text::findings(&line.text, SignSet::of(&line.text));
    for finding in left_markup::findings_in_phrase(&line).into_iter().chain(unfinished) {
        diagnostics.push(finding.diagnostic.at(place.clone()));
    }
}

/// Whether an excerpt has a backslash before it, or is `&lt;`, wherever it is in a line: then it is meant as text.
fn is_escaped(line: &str, excerpt: &str) -> bool {
    let mut plain = String::with_capacity(line.len());
    let mut escaped = BTreeSet::new();
    let line = line.replace("&lt;", "\\<");
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.next_if(|next| letter == '\\' && next.is_ascii_punctuation()) {
            Some(sign) => {
                escaped.insert(plain.len());
                plain.push(sign);
            }
            None => plain.push(letter),
        }
    }
    // A backslash that is meant is written with one before it.
    if excerpt.starts_with('\\') {
        return false;
    }
    let mut places = plain.match_indices(excerpt).map(|(at, _)| at).peekable();
    !excerpt.is_empty() && places.peek().is_some() && places.all(|at| escaped.contains(&at))
}

/// The place of an excerpt in a line: of the whole line where its author wrote it in another way.
fn place(context: CompileContext<'_>, node: Node<'_>, line: &VisibleLine, excerpt: &str) -> Span {
    let masked = context.masked;
    // What a block writes from its own lines, such as those of an event, is placed at its beginning.
    let written = (line.number..=last_line(node).max(line.number))
        .find_map(|number| Some((number, masked.line_text(number).find(excerpt)?)))
        .filter(|_| !excerpt.is_empty());
    match written {
        Some((number, at)) => masked.place(number, at + 1, excerpt.len()),
        None => masked.line(line.number),
    }
}

/// The last line of the outermost block that a node is in.
fn last_line(node: Node<'_>) -> usize {
    let blocks = node.ancestors().filter(|node| !matches!(node.data().value, NodeValue::Document));
    blocks.map(|block| block.data().sourcepos.end.line).last().unwrap_or_default()
}
