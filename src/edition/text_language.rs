//! The languages of a text and their directions: of the whole text, of passages in another language, and of single blocks.

use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::base::language::direction::Direction;
use crate::base::language::tag::LanguageTag;
use crate::issue::manuscript::Manuscript;
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind};
use crate::issue::manuscript::tree;

/// The language of the text of an edition, without its passages in other languages.
#[derive(Clone, Debug)]
pub(crate) struct TextLanguage {
    /// Its tag, for screen readers: a voice for another language makes a text incomprehensible (WCAG 2.2, 3.1.1).
    pub(crate) tag: LanguageTag,
    /// The direction of the text as a whole.
    pub(crate) direction: Direction,
    /// The language of the words that the program adds: that of most of the text.
    pub(crate) words: Lang,
}

impl TextLanguage {
    /// The language of a text whose blocks for other readers are removed; `native` is that of the issue.
    pub(crate) fn of(root: Node<'_>, manuscript: &Manuscript, reader: Lang, native: Lang) -> Self {
        let front = &manuscript.issue().front;
        let own = front.lang.unwrap_or(native);
        let theirs = manuscript.language(reader, native);
        let letters = Letters::count(root);
        // A text with conditions on the reader's language is assumed to be in that language.
        let (language, words) = if manuscript.chooses_by_language() {
            (theirs, theirs)
        } else {
            let language = if letters.outside > 0 { own } else { theirs };
            (language, if letters.outside > letters.inside { own } else { theirs })
        };
        let tag = front.lang_tag.clone().filter(|_| language == own).unwrap_or_else(|| LanguageTag::from(language));
        let direction = tag.direction().or_else(|| first_direction(root)).unwrap_or_default();
        Self { tag, direction, words }
    }

    /// The language of a node's content, once passages are marked; `None` if the program does not know that language.
    /// Its rules, such as those of hyphenation, are wrong for any other, even for one whose readers understand its
    /// words.
    pub(crate) fn of_node(&self, node: Node<'_>) -> Option<Lang> {
        let own = node.ancestors().find_map(tree::language_of);
        Lang::of_primary_subtag(own.as_deref().unwrap_or(self.tag.as_str()))
    }

    /// Marks nodes whose language or direction differs from that of their surroundings.
    pub(crate) fn mark(&self, root: Node<'_>) {
        mark(root, BlockSurroundings { lang: self.tag.as_str(), direction: self.direction });
    }
}

/// How many letters of a text are in passages for readers of one language, and how many are not.
#[derive(Default)]
struct Letters {
    inside: usize,
    outside: usize,
}

impl Letters {
    fn count(root: Node<'_>) -> Self {
        let mut letters = Self::default();
        for node in root.descendants() {
            let NodeValue::Text(text) = &node.data().value else { continue };
            let number = text.chars().filter(|sign| sign.is_alphabetic()).count();
            // What is around the title of an event is written in the language of the reader.
            let is_event =
                |node: Node<'_>| ContentBlock::of(node).is_some_and(|content| content.kind == ContentKind::Event);
            if node.ancestors().any(|ancestor| tree::language_of(ancestor).is_some()) {
                letters.inside += number;
            } else if !node.ancestors().any(is_event) {
                letters.outside += number;
            }
        }
        letters
    }
}

/// The language and the direction of a node's surroundings.
#[derive(Clone, Copy)]
struct BlockSurroundings<'s> {
    lang: &'s str,
    direction: Direction,
}

fn mark(node: Node<'_>, around: BlockSurroundings<'_>) {
    let mut after_foreign = false;
    for child in node.children() {
        let own = tree::language_of(child).filter(|lang| lang != around.lang);
        tree::set_attribute(child, tree::LANG, own.as_deref());
        if own.is_none() && after_foreign && tree::placeholder(child).is_none() && child.data().value.block() {
            // A reply or a forward may keep a block without its surroundings, so the first block after one in another
            // language declares its language itself.
            tree::set_attribute(child, tree::LANG, Some(around.lang));
        }
        after_foreign = own.is_some() || after_foreign && tree::placeholder(child).is_some();
        let lang = own.as_deref().unwrap_or(around.lang);
        let direction = direction(child, around.direction);
        tree::set_attribute(child, tree::DIR, direction.filter(|own| *own != around.direction).map(Direction::name));
        mark(child, BlockSurroundings { lang, direction: direction.unwrap_or(around.direction) });
    }
}

/// The direction of an element; `None` if it is that of its surroundings.
fn direction(node: Node<'_>, around: Direction) -> Option<Direction> {
    match &node.data().value {
        NodeValue::Paragraph
        | NodeValue::Heading(_)
        | NodeValue::List(_)
        | NodeValue::Item(_)
        | NodeValue::TaskItem(_)
        | NodeValue::TableCell
        | NodeValue::BlockQuote => first_direction(node),
        // Code and addresses are written from left to right in every language.
        NodeValue::Code(_) | NodeValue::CodeBlock(_) => Some(Direction::LeftToRight),
        NodeValue::Link(link) if around == Direction::RightToLeft => {
            let shown = tree::plain(node);
            (link.url.ends_with(shown.trim()) && !shown.trim().is_empty()).then_some(Direction::LeftToRight)
        }
        _ => None,
    }
}

/// The direction of the first letter that is not code.
fn first_direction(node: Node<'_>) -> Option<Direction> {
    node.descendants().find_map(|child| match &child.data().value {
        NodeValue::Text(text) => Direction::of_first_letter(text.chars()),
        _ => None,
    })
}
