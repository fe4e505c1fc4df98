//! The sections of an issue as a table of contents, for themes that show one.
//!
//! Its lines are links to the headings on the web, in letters of an issue that is not on the web, and in those of a theme that uses
//! `linked_contents`. In other letters it is a plain list: many mail programs do not follow a link to a place in the same letter, or
//! open a wrong page (caniemail.com, "Local anchors": Gmail, Outlook, Samsung and Yahoo on phones, Gmail and Yahoo on the web for
//! an `id`).

use comrak::nodes::{Node, NodeValue};

use crate::edition::compile_context::CompileContext;
use crate::edition::html::escape::escape;
use crate::edition::template::slots::{SlotContext, Slots};
use crate::edition::text::position::BlankLine;
use crate::edition::text::record::{self, RecordKind, TextRecord};
use crate::issue::manuscript::placeholders::tag::TagKind;
use crate::issue::manuscript::tree;

/// Issues with fewer sections have no table of contents.
const FEWEST: usize = 3;

fn is_section(node: Node<'_>) -> bool {
    matches!(&node.data().value, NodeValue::Heading(heading) if heading.level == 2)
}

/// An entry of a table of contents: a section, or a tag that decides which sections a reader gets.
enum ContentsEntry<'a> {
    Section(Node<'a>),
    Tag(usize),
}

fn entries(root: Node<'_>) -> Vec<ContentsEntry<'_>> {
    let mut found = Vec::new();
    for child in root.children() {
        if let Some(number) = tree::placeholder(child) {
            found.push(ContentsEntry::Tag(number));
        } else if is_section(child) {
            found.push(ContentsEntry::Section(child));
        } else if child.descendants().any(is_section) {
            found.extend(entries(child));
        }
    }
    found
}

/// Whether an issue is long enough for a table of contents.
fn is_long(entries: &[ContentsEntry<'_>]) -> bool {
    entries.iter().filter(|entry| matches!(entry, ContentsEntry::Section(_))).count() >= FEWEST
}

/// Whether a table of contents is shown, which needs anchors to link to.
pub(crate) fn is_shown(root: Node<'_>) -> bool {
    is_long(&entries(root))
}

/// Whether its lines are links. A letter whose issue is on the web links to the page, where they are links in every browser.
pub(crate) fn is_linked(context: CompileContext<'_>) -> bool {
    let edition_context = context.edition_context;
    edition_context.is_web() || edition_context.online.is_none() || context.theme.links_sections()
}

/// The table of contents as an HTML list; none for a short issue.
pub(crate) fn html(root: Node<'_>, context: CompileContext<'_>, slots: &mut Slots<'_>) -> Option<String> {
    let entries = entries(root);
    if !is_long(&entries) {
        return None;
    }
    let is_linked = is_linked(context);
    let mut out = "<ol class=\"contents-list\">".to_owned();
    let mut loops = 0_usize;
    for entry in entries {
        match entry {
            ContentsEntry::Tag(number)
                if context.tags.get(number).is_some_and(|tag| !matches!(tag.kind, TagKind::Print(_))) =>
            {
                match context.tags.get(number).map(|tag| &tag.kind) {
                    Some(TagKind::For(_)) => loops += 1,
                    Some(TagKind::EndFor) => loops = loops.saturating_sub(1),
                    _ => {}
                }
                out.extend(["<!--", &slots.tag(number, SlotContext::Html), "-->"]);
            }
            ContentsEntry::Tag(_) => {}
            ContentsEntry::Section(node) => {
                let words = words(node, slots, SlotContext::Html, escape);
                let id = node.data().attrs.as_ref().and_then(|attributes| attributes.id.clone());
                // In each round of a loop, a heading has the same anchor: a link would always lead to the first.
                match id.filter(|_| is_linked && loops == 0) {
                    Some(id) => out.extend(["<li><a href=\"#", &escape(&id), "\">", &words, "</a></li>\n"]),
                    None => out.extend(["<li>", &words, "</li>\n"]),
                }
            }
        }
    }
    Some(out + "</ol>")
}

/// The table of contents as the records of a numbered list; none for a short issue.
pub(crate) fn text(root: Node<'_>, context: CompileContext<'_>, slots: &mut Slots<'_>) -> Option<String> {
    let entries = entries(root);
    if !is_long(&entries) {
        return None;
    }
    let mut out = String::new();
    // Which section is the first that a reader gets is not known yet, so none can request a blank line before it.
    TextRecord { kind: RecordKind::Space, blank_line: BlankLine::Before, first: "", rest: "", content: "" }
        .write(&mut out);
    out.push_str(&record::open_list(1));
    let indent = if entries.len() < 10 { "   " } else { "    " };
    for entry in entries {
        match entry {
            ContentsEntry::Tag(number)
                if context.tags.get(number).is_some_and(|tag| !matches!(tag.kind, TagKind::Print(_))) =>
            {
                out.push_str(&slots.tag(number, SlotContext::Text));
            }
            ContentsEntry::Tag(_) => {}
            ContentsEntry::Section(node) => {
                let section = words(node, slots, SlotContext::Text, record::plain);
                let first = record::number(indent.len());
                TextRecord {
                    kind: RecordKind::Text,
                    blank_line: BlankLine::None,
                    first: &first,
                    rest: indent,
                    content: &section,
                }
                .write(&mut out);
            }
        }
    }
    Some(out + record::CLOSE_LIST)
}

/// The words of a heading without any markup.
fn words(node: Node<'_>, slots: &mut Slots<'_>, context: SlotContext, literal: fn(&str) -> String) -> String {
    let mut out = String::new();
    for child in node.descendants() {
        match &child.data().value {
            NodeValue::Text(text) => out.push_str(&literal(text)),
            NodeValue::Code(code) => out.push_str(&literal(&code.literal)),
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
            NodeValue::Raw(_) => {
                let slot = tree::placeholder(child).map(|number| slots.tag(number, context));
                out.push_str(&slot.unwrap_or_default());
            }
            _ => {}
        }
    }
    out
}
