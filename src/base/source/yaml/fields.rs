//! The keys of one mapping, read one by one.

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::{MappingKey, Node, NodeKind};

const UNKNOWN_KEY: Code = Code("NL010");
const WRONG_TYPE: Code = Code("NL011");

/// The keys of one mapping. Who reads asks for each key that there may be; [`MappingReader::finish`] reports the others.
pub struct MappingReader<'a> {
    source: &'a Source,
    node: &'a Node,
    what: &'static str,
    entries: &'a [(MappingKey, Node)],
    asked: Vec<&'static str>,
}

impl<'a> MappingReader<'a> {
    /// The keys of a node; `what` it is, such as "an audience", stands in messages. A node where nothing is written
    /// has no keys. `None`, and a diagnostic, where the node is no mapping.
    pub fn new(source: &'a Source, node: &'a Node, what: &'static str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let entries: &[(MappingKey, Node)] = match &node.kind {
            NodeKind::Mapping(entries) => entries,
            NodeKind::Null => &[],
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                let message = format!("{what} must be lines of `key: value`, and this is {}", node.noun());
                let diagnostic = Diagnostic::error(WRONG_TYPE, message).at(node.place(source));
                diagnostics.push(diagnostic.hint("write a key, a colon, a space and the value on each line"));
                return None;
            }
        };
        Some(Self { source, node, what, entries, asked: Vec::new() })
    }

    /// The value of a key; `None` where the key is not there.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// A key and its value.
    pub fn entry(&mut self, key: &'static str) -> Option<(&'a MappingKey, &'a Node)> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.iter().find(|(it, _)| it.value == key).map(|(key, node)| (key, node))
    }

    /// A text on one line; see [`Node::text`].
    pub fn text(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        self.node(key)?.text(self.source, key, diagnostics)
    }

    /// A text that may go over several lines; see [`Node::paragraph`].
    pub fn paragraph(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        self.node(key)?.paragraph(self.source, key, diagnostics)
    }

    /// Any text; see [`Node::lines`].
    pub fn lines(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        self.node(key)?.lines(self.source, key, diagnostics)
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Spanned<bool>> {
        self.node(key)?.flag(self.source, key, diagnostics)
    }

    /// A list.
    pub fn list(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<&'a [Node]> {
        self.node(key)?.list(self.source, key, diagnostics)
    }

    /// A list of texts, each on one line.
    pub fn texts(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Vec<Spanned<String>>> {
        self.node(key)?.texts(self.source, key, diagnostics)
    }

    /// The keys under a key.
    pub fn group(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Self> {
        Self::new(self.source, self.node(key)?, key, diagnostics)
    }

    /// The file.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Where the mapping begins.
    pub fn place(&self) -> Span {
        self.node.place(self.source)
    }

    /// Every key that was not asked for yet, with its value: the user's own fields. They count as asked for.
    pub fn rest(&mut self) -> Vec<(&'a MappingKey, &'a Node)> {
        let rest = self.unasked().collect();
        self.entries = &[];
        rest
    }

    /// Reports each key that nobody asked for, with the nearest of those that were.
    pub fn finish(self, diagnostics: &mut Diagnostics) {
        self.finish_or_guess(&[], diagnostics);
    }

    /// The same, with words that are often written for the keys, and the hint for each.
    pub fn finish_or_guess(self, guesses: &[(&str, &str)], diagnostics: &mut Diagnostics) {
        let otherwise = format!("the keys are: {}", self.asked.join(", "));
        self.finish_with(guesses, &otherwise, diagnostics);
    }

    /// The same, with a hint of its own for a word that is like none.
    pub fn finish_with(self, guesses: &[(&str, &str)], otherwise: &str, diagnostics: &mut Diagnostics) {
        for (key, _) in self.unasked() {
            let message = format!("{} has no key `{}`", self.what, key.value);
            let guess =
                |word: &str| guesses.iter().find(|(it, _)| it.eq_ignore_ascii_case(word)).map(|(_, hint)| *hint);
            let near = || nearest(&key.value, guesses.iter().map(|(it, _)| *it)).and_then(guess);
            // Two words of two letters, such as `de` and `da`, are always near each other.
            let long = key.value.chars().count() > 2;
            let known = nearest(&key.value, self.asked.iter().copied()).filter(|_| long);
            let hint = match (guess(&key.value), known) {
                (Some(hint), _) => hint.to_owned(),
                (None, Some(known)) => format!("did you mean `{known}`?"),
                (None, None) => near().unwrap_or(otherwise).to_owned(),
            };
            diagnostics.push(Diagnostic::error(UNKNOWN_KEY, message).at(key.place(self.source)).hint(hint));
        }
    }

    fn unasked(&self) -> impl Iterator<Item = (&'a MappingKey, &'a Node)> {
        let asked = |key: &MappingKey| self.asked.iter().any(|it| *it == key.value);
        self.entries.iter().filter(move |(key, _)| !asked(key)).map(|(key, node)| (key, node))
    }
}
