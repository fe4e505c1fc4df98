//! What links, pictures and raw HTML of an edition are resolved and checked with.

use comrak::nodes::Node;

use crate::base::source::span::Span;
use crate::edition::context::EditionContext;
use crate::edition::links::UrlStart;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::words::Placeholders;

/// What the steps of this module look at.
#[derive(Clone, Copy)]
pub(crate) struct ResolveContext<'s> {
    pub(crate) lifted: &'s PlaceholderText<'s>,
    pub(crate) marks: &'s Placeholders,
    pub(crate) named: AnchoredHeadings,
}

/// Which headings get a name that a link can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnchoredHeadings {
    /// Those that a link of the same letter leads to.
    Wanted,
    /// All of them: links lead to a page from everywhere.
    All,
}

impl AnchoredHeadings {
    /// Those of what stands in a frame.
    pub(crate) fn of(frame: &EditionContext) -> Self {
        if frame.is_web() { Self::All } else { Self::Wanted }
    }
}

impl ResolveContext<'_> {
    /// Where a node stands in the file.
    pub(crate) fn place(self, node: Node<'_>) -> Span {
        self.lifted.place_of(node)
    }

    /// How an address begins: with a tag's mark, or as it is written.
    pub(crate) fn start(self, url: &str) -> UrlStart {
        match self.marks.tags(url).first() {
            Some(Err(_)) => UrlStart::FilledIn,
            Some(Ok(_)) | None => UrlStart::Written,
        }
    }

    /// A text as its author typed it, with tags for their marks.
    pub(crate) fn typed(self, text: &str) -> String {
        let typed = |number: usize| self.lifted.tags.get(number).map_or("", |it| &it.typed);
        self.marks.tags(text).into_iter().map(|it| it.unwrap_or_else(typed)).collect()
    }
}
