//! Slots: where the tags of an edition are used, and how each writes its value there.

use std::collections::BTreeSet;
use std::ops::Range;

use minijinja::Error;

use crate::edition::template::engine;
use crate::issue::manuscript::placeholders::missing_values;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::placeholders::words::{PlaceholderPiece, Placeholders};

/// How a value is written in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotContext {
    /// Text and attributes of the HTML part.
    Html,
    /// The start of an address in the HTML part.
    HtmlUrl,
    /// A later part of an address in the HTML part.
    HtmlUrlPart,
    /// Text in the text part.
    Text,
    /// The start of an address in the text part.
    TextUrl,
    /// A later part of an address in the text part.
    TextUrlPart,
}

impl SlotContext {
    /// The filter of [`crate::edition::template::engine`] that writes a value so.
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

/// The slots of one part of an edition.
pub(crate) struct Slots<'t> {
    tags: &'t [Tag],
    /// The names that tags of the issue give values to.
    names_set: BTreeSet<&'t str>,
    placeholders: &'t Placeholders,
    entries: Vec<Slot>,
}

/// A template, and where the tags of the issue are in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompiledTemplate {
    /// The template's text.
    pub(crate) template: String,
    /// The tags, with their byte ranges in the template.
    pub(crate) tags: Vec<(Range<usize>, usize)>,
    /// The byte ranges of all slots in the template, in their order.
    pub(crate) slots: Vec<Range<usize>>,
}

impl CompiledTemplate {
    /// The template with a space in place of each slot: the text of all branches, and that of each loop once.
    pub(crate) fn all_branches(&self, blank: &str) -> String {
        let mut text = String::with_capacity(self.template.len());
        let mut from = 0;
        for slot in &self.slots {
            text.push_str(&self.template[from..slot.start]);
            text.push_str(blank);
            from = slot.end;
        }
        text.push_str(&self.template[from..]);
        text
    }

    /// The tag that an error happened in. minijinja gives some errors only a line: then the first tag on it.
    pub(crate) fn tag_at(&self, error: &Error) -> Option<usize> {
        if let Some(range) = error.range()
            && let Some((_, tag)) =
                self.tags.iter().find(|(hole, _)| hole.start <= range.start && range.start < hole.end)
        {
            return Some(*tag);
        }
        let line = error.line()?.checked_sub(1)?;
        let number = |at: usize| self.template[..at].bytes().filter(|byte| *byte == b'\n').count();
        self.tags.iter().find(|(hole, _)| number(hole.start) == line).map(|(_, tag)| *tag)
    }
}

impl<'t> Slots<'t> {
    /// No slots yet.
    pub(crate) fn new(tags: &'t [Tag], placeholders: &'t Placeholders) -> Self {
        let names_set = tags.iter().flat_map(Tag::names_set).collect();
        Self { tags, names_set, placeholders, entries: Vec::new() }
    }

    /// A placeholder for a tag that is used here. The context makes no difference to a statement.
    pub(crate) fn tag(&mut self, number: usize, context: SlotContext) -> String {
        let Some(tag) = self.tags.get(number) else { return String::new() };
        let (code, context) = match &tag.kind {
            TagKind::Print(expression) => (print_code(&self.readable(expression, context), context), Some(context)),
            _ => (tag.kind.statement(), None),
        };
        let code = tag.lang.map_or_else(|| code.clone(), |lang| engine::in_language(&code, lang));
        self.push(Slot { code, tag: Some(number), context })
    }

    /// An expression whose numbers are written as people do; in addresses they stay as programs write them.
    fn readable(&self, expression: &str, context: SlotContext) -> String {
        match context {
            SlotContext::Html | SlotContext::Text => {
                let joined = |operand: &str| format!("({})|_joined", self.as_entered(operand));
                missing_values::rewrite_joined(&self.as_entered(expression), joined)
            }
            SlotContext::HtmlUrl | SlotContext::HtmlUrlPart | SlotContext::TextUrl | SlotContext::TextUrlPart => {
                self.as_entered(expression)
            }
        }
    }

    /// An expression with the filter that keeps the digits of a number that identifies something as they were entered, if it is
    /// nothing but the name of a value: one of a list, which may be a postcode, or one of the author's.
    fn as_entered(&self, expression: &str) -> String {
        let (name, member) = expression.split_once('.').unwrap_or((expression, ""));
        let is_path =
            |text: &str| text.chars().all(|character| character.is_alphanumeric() || "._".contains(character));
        if !is_path(expression) || !name.starts_with(|character: char| character.is_alphabetic() || character == '_') {
            return expression.to_owned();
        }
        let is_field = !["params", "loop"].contains(&name) && !self.names_set.contains(name);
        let filter = if is_field || is_identifier(member) { "_listed" } else { "_entered" };
        format!("{expression}|{filter}")
    }

    /// A placeholder for a value that no tag of the issue prints.
    pub(crate) fn value(&mut self, name: &str, context: SlotContext) -> String {
        self.push(Slot { code: print_code(name, context), tag: None, context: Some(context) })
    }

    /// A placeholder for a statement that is not a tag of the issue.
    pub(crate) fn statement(&mut self, code: &str) -> String {
        self.push(Slot { code: code.into(), tag: None, context: None })
    }

    fn push(&mut self, slot: Slot) -> String {
        let placeholder = self.placeholders.for_slot(self.entries.len());
        // The sanitiser drops addresses without a scheme. This one is removed again in `compile`.
        let is_url = slot.context == Some(SlotContext::HtmlUrl);
        self.entries.push(slot);
        if is_url { format!("https://{placeholder}") } else { placeholder }
    }

    /// A text with a slot for each of its placeholders; `first` is the context of one at its very start.
    pub(crate) fn text(
        &mut self,
        text: &str,
        first: SlotContext,
        later: SlotContext,
        literal: fn(&str) -> String,
    ) -> String {
        let mut out = String::new();
        for (at, piece) in self.placeholders.split_tags(text).into_iter().enumerate() {
            match piece {
                PlaceholderPiece::Text(text) => out.push_str(&literal(text)),
                PlaceholderPiece::Number(number) => {
                    out.push_str(&self.tag(number, if at == 0 { first } else { later }));
                }
            }
        }
        out
    }

    /// The finished text as a template: its literals encoded, its slots as code.
    pub(crate) fn compile(&self, text: &str, encode: fn(&str) -> String) -> CompiledTemplate {
        let pieces = self.placeholders.split_slots(text);
        let mut compiled = CompiledTemplate::default();
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                PlaceholderPiece::Text(literal) => {
                    let mut literal = *literal;
                    // A statement was written as a comment, since HTML parsers leave those where they are.
                    if at > 0 && self.is_statement(pieces.get(at - 1)) {
                        literal = literal.strip_prefix("-->").unwrap_or(literal);
                    }
                    if self.is_statement(pieces.get(at + 1)) {
                        literal = literal.strip_suffix("<!--").unwrap_or(literal);
                    }
                    if self.begins_address(pieces.get(at + 1)) {
                        literal = literal.strip_suffix("https://").unwrap_or(literal);
                    }
                    compiled.template.push_str(&encode(literal));
                }
                PlaceholderPiece::Number(number) => {
                    if let Some(slot) = self.entries.get(*number) {
                        let start = compiled.template.len();
                        compiled.template.push_str(&slot.code);
                        compiled.slots.push(start..compiled.template.len());
                        compiled.tags.extend(slot.tag.map(|tag| (start..compiled.template.len(), tag)));
                    }
                }
            }
        }
        compiled
    }

    fn is_statement(&self, piece: Option<&PlaceholderPiece<'_>>) -> bool {
        matches!(piece, Some(PlaceholderPiece::Number(number)) if self.entries.get(*number).is_some_and(|slot| slot.context.is_none()))
    }

    fn begins_address(&self, piece: Option<&PlaceholderPiece<'_>>) -> bool {
        matches!(piece, Some(PlaceholderPiece::Number(number))
            if self.entries.get(*number).is_some_and(|slot| slot.context == Some(SlotContext::HtmlUrl)))
    }
}

/// Whether the name of an author's value suggests that it identifies something.
fn is_identifier(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "cvr",
        "cpr",
        "ean",
        "iban",
        "id",
        "kode",
        "code",
        "konto",
        "mobil",
        "mobile",
        "mobilepay",
        "phone",
        "postcode",
        "ref",
        "tel",
        "telefon",
        "tlf",
        "year",
        "zip",
        "år",
    ];
    let name = name.to_lowercase();
    NAMES.iter().any(|known| name == *known || name.strip_suffix(known).is_some_and(|before| before.ends_with('_')))
        || name.ends_with("nr")
        || name.ends_with("nummer")
}

fn print_code(expression: &str, context: SlotContext) -> String {
    format!("{{{{ ({expression})|{} }}}}", context.filter())
}

/// Text as a literal of a template, without any `{` of its own.
pub(crate) fn literal(text: &str) -> String {
    text.replace('{', "{{ '{' }}")
}
