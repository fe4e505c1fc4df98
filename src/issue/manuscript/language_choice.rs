//! The language that readers of some language get an issue in.

use comrak::Arena;
use comrak::nodes::Node;

use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::issue::Issue;
use crate::issue::manuscript::nesting;
use crate::issue::manuscript::placeholders;
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::tree;
use crate::issue::manuscript::visibility;

/// The language of an issue's text for readers of a language: theirs, where it has something to say in it, and else
/// that of the issue, or `native`.
pub fn language(issue: &Issue, reader: Lang, native: Lang) -> Lang {
    let issue = issue.in_lang(reader);
    let mut untold = Diagnostics::new();
    nesting::check_lines(&issue.source, issue.body.clone(), &mut untold);
    if untold.has_errors() {
        return native;
    }
    let marks = Placeholders::absent_from(std::iter::once(issue.source.text()));
    let lifted = placeholders::extract(&issue.source, issue.body.clone(), &marks, &mut untold);
    let arena = Arena::new();
    language_of_tree(issue, (reader, native), (tree::markdown(&arena, &lifted.text), &lifted.tags))
}

/// The same, of a text that was read; no block of it has been left out yet.
pub(crate) fn language_of_tree(
    issue: &Issue,
    (reader, native): (Lang, Lang),
    (root, tags): (Node<'_>, &[Tag]),
) -> Lang {
    let reads = |tag: &Tag| tag.variables.iter().any(|it| it == "lang");
    let is_theirs = issue.front.lang == Some(reader)
        || issue.front.subject.langs().any(|it| it == reader)
        || visibility::has_lang(root, reader)
        || tags.iter().any(reads);
    if is_theirs { reader } else { issue.front.lang.unwrap_or(native) }
}
