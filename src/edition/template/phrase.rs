//! Short texts that may hold template tags: the subject, the preheader, greetings.

use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::manuscript::placeholders::lexer::{self, TagSpan};
use crate::issue::manuscript::placeholders::tag::{self, RawTag, Tag};
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::structure;

/// A phrase with placeholders for its tags, which are added to `tags`.
pub(crate) fn extract(
    text: &str,
    place: &Span,
    placeholders: &Placeholders,
    tags: &mut Vec<Tag>,
    diagnostics: &mut Diagnostics,
) -> String {
    let source = Source::new(place.path(), text);
    let mut found = Diagnostics::new();
    let spans = lexer::spans(&source, 0..text.len(), &std::collections::BTreeSet::new(), &mut found);
    let first = tags.len();
    let mut out = String::new();
    let mut from = 0;
    for span in spans {
        let (range, comment) = match span {
            TagSpan::Comment(range) => (range, true),
            TagSpan::Tag(range) => (range, false),
        };
        out.push_str(&text[from..range.start]);
        from = range.end;
        let (before, behind, typed) = (&text[..range.start], &text[range.end..], &text[range]);
        if comment {
            continue;
        }
        let here = RawTag { source: &source, start: None, before, behind, typed, place: place.clone() };
        if let Some(tag) = tag::parse(&here, &mut found) {
            out.push_str(&placeholders.for_tag(tags.len()));
            tags.push(tag);
        }
    }
    out.push_str(&text[from..]);
    structure::pair(first..tags.len(), tags, &mut found);
    for diagnostic in &found {
        // Places inside a phrase are those of its value, which YAML may write in another way than the file does.
        diagnostics.push(Diagnostic { place: Some(place.clone()), ..diagnostic.clone() });
    }
    out
}
