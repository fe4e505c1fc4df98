//! The context that the steps of compiling one edition share.

use comrak::nodes::Node;

use crate::base::language::Lang;
use crate::base::language::words::LetterWords;
use crate::base::source::span::Span;
use crate::edition::context::EditionContext;
use crate::edition::links::UrlStart;
use crate::edition::text_language::TextLanguage;
use crate::edition::theme::Theme;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag::{self, Tag};
use crate::issue::manuscript::placeholders::words::{PlaceholderPiece, Placeholders};
use crate::issue::manuscript::tree;

/// What an edition is made from.
#[derive(Clone, Copy)]
pub(crate) struct CompileContext<'s> {
    /// The issue as it is in the language of the text.
    pub(crate) issue: &'s Issue,
    /// Which readers the edition is for.
    pub(crate) key: &'s EditionKey,
    /// The text with placeholders for its tags.
    pub(crate) masked: &'s PlaceholderText,
    /// The placeholders of the tags, and of the slots that they are written to.
    pub(crate) placeholders: &'s Placeholders,
    /// The tags of the text, and behind them those of the subject, the preheader and the greeting.
    pub(crate) tags: &'s [Tag],
    /// The language of the text without its passages in other languages.
    pub(crate) text_language: &'s TextLanguage,
    /// The language of the words around the text, and of most of the text.
    pub(crate) lang: Lang,
    /// The theme's words in that language.
    pub(crate) words: &'static LetterWords,
    pub(crate) edition_context: &'s EditionContext,
    pub(crate) theme: &'s Theme,
}

impl CompileContext<'_> {
    /// The place of a node in the file.
    pub(crate) fn place(self, node: Node<'_>) -> Span {
        self.masked.place_of(node)
    }

    /// The theme's words in the language of a block, if the block declares one.
    pub(crate) fn words_in(self, block: Node<'_>) -> &'static LetterWords {
        let lang = tree::language_of(block).and_then(|tag| Lang::of_tag(&tag));
        lang.map_or(self.words, Lang::words)
    }

    /// The theme's words in the language around a block.
    pub(crate) fn words_around(self, block: Node<'_>) -> &'static LetterWords {
        block.ancestors().find(|node| tree::language_of(node).is_some()).map_or(self.words, |node| self.words_in(node))
    }

    /// How an address begins: with a tag's placeholder, or as it is written.
    pub(crate) fn start(self, url: &str) -> UrlStart {
        match self.placeholders.split_tags(url).first() {
            Some(PlaceholderPiece::Number(_)) => UrlStart::FilledIn,
            Some(PlaceholderPiece::Text(_)) | None => UrlStart::Written,
        }
    }

    /// A text as its author typed it, with the tags in the place of their placeholders.
    pub(crate) fn typed(self, text: &str) -> String {
        tag::as_typed(text, self.placeholders, self.tags)
    }
}
