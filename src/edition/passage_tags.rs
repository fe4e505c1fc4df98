//! Template tags in passages for readers of one language: they write values and the greeting in that language.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::issue::manuscript::placeholders::missing_values::{self, ExpressionName};
use crate::issue::manuscript::placeholders::tag::Tag;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::tree;

/// The name by which a text prints the greeting.
pub(crate) const GREETING_NAME: &str = "greeting";
/// The name of the greeting in a passage for readers of another language. Fields of persons have no such names.
pub(crate) const PASSAGE_GREETING_NAME: &str = "_greeting";

/// Gives the tags in passages their language, where it is not that of the words around the text. Returns the language of a
/// passage that greets the reader.
pub(crate) fn mark(root: Node<'_>, words: Lang, placeholders: &Placeholders, tags: &mut [Tag]) -> Option<Lang> {
    let is_set = tags.iter().any(|tag| tag.names_set().any(|name| name == GREETING_NAME));
    let mut greeting = None;
    for passage in root.descendants() {
        let lang = tree::language_of(passage).and_then(|tag| Lang::of_tag(&tag)).filter(|lang| *lang != words);
        let Some(lang) = lang else { continue };
        for number in tags_in(passage, placeholders) {
            let Some(tag) = tags.get_mut(number) else { continue };
            tag.lang = Some(lang);
            // A name that the author gave to a value of their own stays.
            if !is_set && tag.variables.iter().any(|name| name == GREETING_NAME) {
                tag.kind = tag.kind.with_expression(with_passage_greeting);
                greeting = Some(lang);
            }
        }
    }
    greeting
}

fn with_passage_greeting(expression: &str) -> String {
    missing_values::renamed(expression, |name| match name {
        ExpressionName::Value(GREETING_NAME) => Some(PASSAGE_GREETING_NAME.to_owned()),
        ExpressionName::Value(_) | ExpressionName::Filter(_) => None,
    })
}

/// The tags of a tree, in their places.
pub(crate) fn tags_in(root: Node<'_>, placeholders: &Placeholders) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for node in root.descendants() {
        found.extend(tree::placeholder(node));
        match &node.data().value {
            NodeValue::Link(link) | NodeValue::Image(link) => found.extend(placeholders.tags_in(&link.url)),
            NodeValue::HtmlBlock(html) => found.extend(placeholders.tags_in(&html.literal)),
            NodeValue::HtmlInline(html) => found.extend(placeholders.tags_in(html)),
            _ => {}
        }
    }
    found
}
