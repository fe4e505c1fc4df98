//! Attributes as kramdown writes them, in texts from Jekyll: `{: .btn }`.
//!
//! The class of a button becomes `.button`, and an id is given to its heading. Everything else has no meaning in a
//! letter: it is left out, and reported.

use std::ops::Range;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::lines;
use crate::issue::manuscript::parsed_text::ParsedText;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::placeholders::{PlaceholderText, TextEdit};

const LEFT_OUT: Code = Code("NL662");

/// Classes of a button, in Bootstrap, just-the-docs and Minimal Mistakes.
const BUTTONS: [&str; 4] = [".btn", ".button", ".btn--primary", ".btn-primary"];

/// What to do about attributes.
struct Conversion {
    edits: Vec<TextEdit>,
    /// Whether some of them have no meaning here.
    loses: bool,
}

/// The changes that convert attributes of kramdown.
pub(crate) fn edits(
    parsed: &ParsedText<'_>,
    placeholders: &Placeholders,
    diagnostics: &mut Diagnostics,
) -> Vec<TextEdit> {
    let ParsedText { masked, root } = parsed;
    let mut edits = Vec::new();
    if !masked.text.contains("{:") {
        return edits;
    }
    let code = lines::code_lines(root);
    for (number, line) in (1..).zip(masked.text.lines()) {
        if code.contains(&number) {
            continue;
        }
        for (at, inner) in attribute_lists(line) {
            let (start, width) = (masked.line_start(number) + at, inner.len() + "{:}".len());
            let range = start..start + width;
            let is_alone = line.trim().len() == width;
            let conversion = if !placeholders.tags_in(inner).is_empty() {
                None
            } else if is_alone {
                Some(convert_line(inner, number, masked))
            } else if line[..at].ends_with([')', ']']) || line[..at].trim_start().starts_with('#') {
                Some(convert_inline(inner, range.clone()))
            } else {
                None
            };
            // Elsewhere kramdown does not read it as attributes either, and a check of the edition reports it.
            let Some(Conversion { edits: new, loses }) = conversion else { continue };
            if loses {
                let typed = &line[at..at + width];
                diagnostics.push(
                    Diagnostic::warning(
                        LEFT_OUT,
                        message!(
                            "`{typed}` has no meaning in a letter, and is left out",
                            "`{typed}` betyder intet i en mail og er udeladt"
                        ),
                    )
                    .at(masked.place_at(range))
                    .hint(message!(
                        "delete it; a button is `[Tekst](https://…){{.button}}`",
                        "slet det; en knap er `[Tekst](https://…){{.button}}`"
                    )),
                );
            }
            edits.extend(new);
        }
    }
    edits
}

/// The lists in a line, each with its place and what is between `{:` and `}`.
fn attribute_lists(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.match_indices("{:").filter_map(|(at, _)| {
        let (inner, _) = line[at + 2..].split_once('}')?;
        let is_list = !inner.contains('{') && !lines::is_in_code(line, at);
        is_list.then_some((at, inner))
    })
}

/// Attributes behind a link, a picture or the words of a heading.
fn convert_inline(inner: &str, range: Range<usize>) -> Conversion {
    let is_kept = |word: &&str| word.starts_with('#') || word.starts_with("width=");
    let kept = inner.split_whitespace().filter(is_kept).map(str::to_owned);
    let ours: Vec<String> = button(inner).map(str::to_owned).into_iter().chain(kept).collect();
    let text = if ours.is_empty() { String::new() } else { format!("{{{}}}", ours.join(" ")) };
    Conversion { edits: vec![TextEdit { range, text }], loses: ours.is_empty() }
}

/// Attributes alone on a line, which belong to the block above or below.
fn convert_line(inner: &str, number: usize, masked: &PlaceholderText) -> Conversion {
    let mut range = whole_line(number, masked);
    let above = number.checked_sub(1).filter(|above| *above > 0);
    let text = above.map_or("", |above| masked.line_text(above).trim_end());
    if inner.trim() == "toc" && is_item(text) {
        // kramdown puts the table of contents in the place of the list.
        range.start = above.map_or(range.start, |above| masked.line_start(above));
    }
    let mut edits = vec![TextEdit { range: range.clone(), text: String::new() }];
    let id = inner.split_whitespace().find(|word| word.starts_with('#'));
    let is_link = text.trim_start().starts_with('[') && text.ends_with(')');
    let ours = match (button(inner).filter(|_| is_link), id.filter(|_| text.starts_with('#'))) {
        (Some(button), _) => Some(format!("{{{button}}}")),
        (None, Some(id)) => Some(format!(" {{{id}}}")),
        (None, None) => None,
    };
    let loses = ours.is_none();
    if let (Some(ours), Some(above)) = (ours, above) {
        let end = masked.line_start(above) + text.len();
        edits.push(TextEdit { range: end..end, text: ours });
    }
    Conversion { edits, loses }
}

/// The class of a button, if the attributes have one.
fn button(inner: &str) -> Option<&'static str> {
    inner.split_whitespace().any(|word| BUTTONS.contains(&word)).then_some(".button")
}

/// Whether a line is an item of a list.
fn is_item(line: &str) -> bool {
    lines::without_containers(line).len() < line.trim().len()
}

/// The bytes of a line with its end: an empty line in its place would end a paragraph or a list.
fn whole_line(number: usize, masked: &PlaceholderText) -> Range<usize> {
    let start = masked.line_start(number);
    start..masked.line_start(number + 1).max(start)
}
