//! Where the tags of an edition are used, and how each writes its value there.

use std::ops::Range;

use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::placeholders::words::Placeholders;

/// How a value is written at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotContext {
    /// Text and attributes of the HTML part.
    Html,
    /// The beginning of an address in the HTML part.
    HtmlUrl,
    /// A later part of an address in the HTML part.
    HtmlUrlPart,
    /// Text that is no HTML.
    Text,
    /// The beginning of an address that is no HTML.
    TextUrl,
    /// A later part of an address that is no HTML.
    TextUrlPart,
}

impl SlotContext {
    /// The filter of [`crate::edition::template::engine`] that writes so.
    pub(crate) fn filter(self) -> &'static str {
        match self {
            Self::Html => "_html",
            Self::HtmlUrl => "_html_url",
            Self::HtmlUrlPart => "_html_part",
            Self::Text => "_text",
            Self::TextUrl => "_text_url",
            Self::TextUrlPart => "_text_part",
        }
    }
}

struct Slot {
    code: String,
    tag: Option<usize>,
    context: Option<SlotContext>,
}

/// The uses of tags in one part of an edition.
pub(crate) struct Slots<'t> {
    tags: &'t [Tag],
    marks: &'t Placeholders,
    list: Vec<Slot>,
}

/// A template, and where the tags of the issue went in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompiledTemplate {
    /// The template's text.
    pub(crate) template: String,
    /// The tags by their bytes in the template.
    pub(crate) holes: Vec<(Range<usize>, usize)>,
}

impl<'t> Slots<'t> {
    /// No uses yet.
    pub(crate) fn new(tags: &'t [Tag], marks: &'t Placeholders) -> Self {
        Self { tags, marks, list: Vec::new() }
    }

    /// The word for a tag that is used here; a statement does what it does anywhere.
    pub(crate) fn tag(&mut self, number: usize, context: SlotContext) -> String {
        let Some(tag) = self.tags.get(number) else { return String::new() };
        let (code, context) = match &tag.kind {
            TagKind::Print(expression) => (printing(expression, context), Some(context)),
            _ => (tag.kind.statement(), None),
        };
        self.push(Slot { code, tag: Some(number), context })
    }

    /// The word for a value of our own.
    pub(crate) fn value(&mut self, name: &str, context: SlotContext) -> String {
        self.push(Slot { code: printing(name, context), tag: None, context: Some(context) })
    }

    /// The word for a statement of our own.
    pub(crate) fn statement(&mut self, code: &str) -> String {
        self.push(Slot { code: code.into(), tag: None, context: None })
    }

    fn push(&mut self, used: Slot) -> String {
        let mark = self.marks.used(self.list.len());
        // Whoever cleans or inlines the HTML must take an address that begins with a value for an address.
        let mark = if used.context == Some(SlotContext::HtmlUrl) { format!("https://{mark}") } else { mark };
        self.list.push(used);
        mark
    }

    /// The text with each of its marks used in a context; `first` is for the one that it begins with.
    pub(crate) fn text(
        &mut self,
        text: &str,
        first: SlotContext,
        later: SlotContext,
        literal: fn(&str) -> String,
    ) -> String {
        let mut out = String::new();
        for (at, piece) in self.marks.tags(text).into_iter().enumerate() {
            match piece {
                Ok(text) => out.push_str(&literal(text)),
                Err(number) => out.push_str(&self.tag(number, if at == 0 { first } else { later })),
            }
        }
        out
    }

    /// The numbers of the uses that a finished text holds.
    pub(crate) fn present(&self, text: &str) -> Vec<usize> {
        let found = self.marks.uses(text).into_iter().filter_map(Result::err);
        found.filter_map(|it| self.list.get(it)).filter_map(|it| it.tag).collect()
    }

    /// The finished text as a template: its literals encoded, its marks as code.
    pub(crate) fn compile(&self, text: &str, encode: fn(&str) -> String) -> CompiledTemplate {
        let pieces = self.marks.uses(text);
        let mut compiled = CompiledTemplate::default();
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                Ok(literal) => {
                    let commented = |it: Option<&Result<&str, usize>>| self.is_statement(it);
                    let mut literal = *literal;
                    if at > 0 && commented(pieces.get(at - 1)) {
                        literal = literal.strip_prefix("-->").unwrap_or(literal);
                    }
                    if commented(pieces.get(at + 1)) {
                        literal = literal.strip_suffix("<!--").unwrap_or(literal);
                    }
                    if self.begins_address(pieces.get(at + 1)) {
                        literal = literal.strip_suffix("https://").unwrap_or(literal);
                    }
                    compiled.template.push_str(&encode(literal));
                }
                Err(number) => {
                    if let Some(used) = self.list.get(*number) {
                        let start = compiled.template.len();
                        compiled.template.push_str(&used.code);
                        compiled.holes.extend(used.tag.map(|tag| (start..compiled.template.len(), tag)));
                    }
                }
            }
        }
        compiled
    }

    fn is_statement(&self, piece: Option<&Result<&str, usize>>) -> bool {
        matches!(piece, Some(Err(number)) if self.list.get(*number).is_some_and(|it| it.context.is_none()))
    }

    fn begins_address(&self, piece: Option<&Result<&str, usize>>) -> bool {
        matches!(piece, Some(Err(number))
            if self.list.get(*number).is_some_and(|it| it.context == Some(SlotContext::HtmlUrl)))
    }
}

fn printing(expression: &str, context: SlotContext) -> String {
    format!("{{{{ ({expression})|{} }}}}", context.filter())
}

/// Text as a literal of a template: none of the engine's signs is left in it.
pub(crate) fn literal(text: &str) -> String {
    text.replace('{', "{{ '{' }}")
}
