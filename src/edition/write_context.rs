//! What the writers of both parts of an edition need besides the tree.

use crate::base::language::Lang;
use crate::base::language::words::LetterWords;
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::issue::manuscript::placeholders::words::Placeholders;

/// What the writers of both parts need besides the tree.
#[derive(Clone, Copy)]
pub(crate) struct WriteContext<'w> {
    /// The template tags of the issue, by their numbers.
    pub(crate) tags: &'w [Tag],
    /// The words that stand for them.
    pub(crate) placeholders: &'w Placeholders,
    /// The language of the text.
    pub(crate) lang: Lang,
    pub(crate) words: &'static LetterWords,
}
