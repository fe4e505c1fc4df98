//! Writes the HTML of an issue's text from its tree.

use std::borrow::Cow;

use comrak::nodes::{Node, NodeList, NodeTable, NodeValue};

use crate::base::language::hyphenation::DividedWords;
use crate::base::source::diagnostic::Diagnostics;
use crate::edition::blocks;
use crate::edition::blocks::pieces::{CLOSE_BOX, HtmlPiece, open_box};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::escape::escape;
use crate::edition::html::sanitise;
use crate::edition::template::slots::Slots;
use crate::edition::theme::template_values::ButtonContext;
use crate::edition::writers::cell_text;
use crate::edition::writers::html_attributes;
use crate::edition::writers::html_table::{self, TableCell};
use crate::edition::writers::raw_html::RawHtmlRoom;
use crate::edition::writers::table_layout::{self, TableLayout};
use crate::edition::writers::tree_html::{HtmlState, ParagraphFlow, TaskState, TreeHtml};
use crate::issue::manuscript::captions::is_caption;
use crate::issue::manuscript::content_blocks::ContentBlock;
use crate::issue::manuscript::notes::NoteNumbers;
use crate::issue::manuscript::tree;

/// Writes the content of an edition; the placeholders of its tags become slots. Tables that are too wide are reported.
pub(crate) fn write(
    root: Node<'_>,
    context: CompileContext<'_>,
    slots: &mut Slots<'_>,
    diagnostics: &mut Diagnostics,
) -> String {
    let state = HtmlState { context, slots, note_numbers: NoteNumbers::of(root), out: String::new() };
    let mut writer = HtmlWriter { state, diagnostics, long_words: LongWords::Whole };
    writer.blocks(root, ParagraphFlow::Loose);
    writer.state.out
}

/// Writes one tree.
struct HtmlWriter<'w, 't> {
    state: HtmlState<'w, 't>,
    diagnostics: &'w mut Diagnostics,
    long_words: LongWords,
}

/// Whether long words get soft hyphens: only in headings and tables, where there is little room for them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LongWords {
    Hyphenated(DividedWords),
    Whole,
}

impl<'w, 't> TreeHtml<'w, 't> for HtmlWriter<'w, 't> {
    fn state(&mut self) -> &mut HtmlState<'w, 't> {
        &mut self.state
    }

    fn unwrapped(&mut self, node: Node<'_>, flow: ParagraphFlow) {
        let data = node.data();
        match &data.value {
            NodeValue::Raw(_) => self.statement(node),
            NodeValue::Paragraph => self.paragraph(node, flow),
            NodeValue::Heading(heading) => self.heading(node, heading.level),
            NodeValue::ThematicBreak => self.put("<hr class=\"rule\">\n"),
            NodeValue::List(list) => self.list(node, *list),
            NodeValue::BlockQuote | NodeValue::MultilineBlockQuote(_) => self.quote(node),
            NodeValue::CodeBlock(code) => self.code_block(&code.literal),
            NodeValue::HtmlBlock(html) => self.html_block(node, &html.literal),
            NodeValue::Table(table) => self.table(node, table),
            NodeValue::FootnoteDefinition(definition) => self.note(node, &definition.name),
            NodeValue::BlockDirective(fence) => match ContentBlock::read(&fence.info) {
                Some(content) => self.block_pieces(blocks::html(node, &content, self.state.context)),
                None => self.blocks(node, flow),
            },
            _ => self.blocks(node, flow),
        }
    }

    fn inline(&mut self, node: Node<'_>) {
        let data = node.data();
        match &data.value {
            NodeValue::Text(text) => self.text(node, text),
            NodeValue::Raw(_) => {
                let slot = self.tag_in_line(node);
                self.put(&slot);
            }
            NodeValue::SoftBreak => self.put("\n"),
            NodeValue::LineBreak => self.put("<br>\n"),
            NodeValue::Code(code) => {
                let written = match self.long_words {
                    LongWords::Hyphenated(_) => cell_text::escaped_with_breaks(&code.literal),
                    LongWords::Whole => escape(&code.literal),
                };
                self.put(&format!("<code{}>{written}</code>", html_attributes::language(node)));
            }
            NodeValue::HtmlInline(html) => self.put(html),
            NodeValue::Emph => self.wrapped(node, "em"),
            NodeValue::Strong => self.wrapped(node, "strong"),
            NodeValue::Strikethrough => self.wrapped(node, "del"),
            NodeValue::Link(link) => self.link(node, link),
            NodeValue::Image(link) => self.image(node, &link.url),
            NodeValue::Underline if is_caption(node) => {
                self.put("<span class=\"caption\">");
                node.children().for_each(|child| self.inline(child));
                self.put("</span>");
            }
            NodeValue::FootnoteReference(reference) => {
                self.put(&format!("<sup class=\"note-ref\">{}</sup>", reference.ix));
            }
            _ => node.children().for_each(|child| self.inline(child)),
        }
    }

    fn wrapper(&self, node: Node<'_>) -> String {
        html_attributes::of_wrapper(node)
    }

    fn list_class(&self, list: &NodeList) -> &'static str {
        if list.is_task_list { " class=\"tasks\"" } else { "" }
    }

    /// Mail programs remove `<input>`, so that a box is a character, with a word for screen readers.
    fn task_sign(&mut self, task: TaskState) -> String {
        let words = self.state.context.words;
        let (sign, word) = match task {
            TaskState::Done => ('☑', words.done),
            TaskState::Open => ('☐', words.open),
        };
        format!("<span class=\"box\" role=\"img\" aria-label=\"{word}\">{sign}</span> ")
    }
}

impl HtmlWriter<'_, '_> {
    fn block_pieces(&mut self, pieces: Vec<HtmlPiece<'_>>) {
        for piece in pieces {
            match piece {
                HtmlPiece::Markup(html) => self.put(&html),
                HtmlPiece::Blocks(nodes) => nodes.into_iter().for_each(|node| self.block(node, ParagraphFlow::Loose)),
                HtmlPiece::Inline(node) => {
                    let inline = self.inline_of(node);
                    self.put(&inline);
                }
                HtmlPiece::NarrowInline(node) => {
                    let inline = self.hyphenated(|writer| writer.inline_of(node));
                    self.put(&inline);
                }
                HtmlPiece::Statement(code) => self.statement_code(code),
            }
        }
    }

    fn paragraph(&mut self, node: Node<'_>, flow: ParagraphFlow) {
        let attributes = html_attributes::of(node);
        if let Some(buttons) = buttons(node) {
            self.put(&if attributes.is_empty() { String::new() } else { format!("<div{attributes}>\n") });
            for button in buttons {
                self.button(button);
            }
            self.put(if attributes.is_empty() { "" } else { "</div>\n" });
            return;
        }
        let is_narrow = blocks::is_narrow(node, self.state.context.theme.text_room());
        let inline = if is_narrow { self.hyphenated(|writer| writer.inline_of(node)) } else { self.inline_of(node) };
        if inline.trim().is_empty() {
            return;
        }
        match flow {
            ParagraphFlow::Tight => {
                // Tags between the lines of an item split it into several paragraphs.
                let follows = node
                    .preceding_siblings()
                    .skip(1)
                    .any(|sibling| matches!(sibling.data().value, NodeValue::Paragraph));
                if is_caption(node) {
                    self.put(&format!("<span class=\"caption\"{}>{inline}</span>\n", html_attributes::language(node)));
                } else {
                    self.put(if follows { "<br>\n" } else { "" });
                    let span = |inline| format!("<span{attributes}>{inline}</span>");
                    self.put(&if attributes.is_empty() { inline } else { span(inline) });
                }
            }
            ParagraphFlow::Loose => self.put(&format!("<p{attributes}>{inline}</p>\n")),
        }
    }

    fn heading(&mut self, node: Node<'_>, level: u8) {
        let id = node.data().attrs.as_ref().and_then(|attributes| attributes.id.clone());
        let id = id.map(|id| escape(&id));
        // Word, which renders mail in Outlook on Windows, leads links to names only; no other program needs one.
        let name = id.as_ref().filter(|_| !self.state.context.edition_context.is_web());
        let name = name.map(|id| format!("<!--[if mso]><a name=\"{id}\"></a><![endif]-->")).unwrap_or_default();
        let id = id.map(|id| format!(" id=\"{id}\"")).unwrap_or_default();
        let inline = self.hyphenated(|writer| writer.inline_of(node));
        let language = html_attributes::language(node);
        self.put(&format!("<h{level}{id}{language}>{name}{inline}</h{level}>\n"));
    }

    fn quote(&mut self, node: Node<'_>) {
        self.put(&open_box("quote"));
        self.blocks(node, ParagraphFlow::Loose);
        self.put(CLOSE_BOX);
    }

    fn code_block(&mut self, code: &str) {
        self.put(&format!(
            "<table role=\"presentation\" class=\"code\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><td class=\"code-cell\"><pre><code>{}</code></pre></td></tr></table>\n",
            escape(code.trim_end_matches('\n'))
        ));
    }

    fn html_block(&mut self, node: Node<'_>, html: &str) {
        let marked = self.fitted_html(node, html);
        self.put(&format!("<div class=\"html\">{}</div>\n", marked.trim_end()));
    }

    /// An author's HTML, clean and fitted to the room that a node has.
    fn fitted_html(&mut self, node: Node<'_>, html: &str) -> String {
        let text = self.state.context.theme.table_text();
        let room = RawHtmlRoom {
            wide: blocks::room(node, text.column),
            phone: blocks::room_on_phone(node, text.phone_column),
            bare: blocks::room(node, text.bare_column),
            measure: text.wide,
            lang: self.state.context.text_language.of_node(node),
            placeholders: self.state.context.placeholders,
        };
        self.with_slots(&room.fitted(&sanitise::clean_block(html)))
    }

    fn table(&mut self, node: Node<'_>, table: &NodeTable) {
        let layout =
            TableLayout::of(node, table, self.state.context.theme.table_text(), self.state.context.text_language);
        if layout.is_listed() {
            self.diagnostics.push(html_table::too_wide(node, table, self.state.context));
        }
        let is_listed = layout.is_listed() && node.children().count() > 1;
        let header = node.children().find(|row| table_layout::is_header(row));
        // If the header is not shown itself, its names keep their links.
        let mut names = Vec::new();
        for (column, cell) in header.iter().flat_map(|row| row.children().enumerate()) {
            let words = layout.facts(0, column).words;
            names.push(if is_listed { self.cell_content(cell, words) } else { self.label(cell) });
        }
        let class = layout.table_class();
        self.put(&format!("<table class=\"{class}\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">"));
        let mut open = false;
        for (number, row) in node.children().enumerate() {
            if tree::placeholder(row).is_some() {
                self.statement(row);
                continue;
            }
            let header = table_layout::is_header(row);
            if is_listed {
                if !header {
                    let cells = row.children().enumerate();
                    let cells = cells.map(|(column, cell)| self.cell_content(cell, layout.facts(number, column).words));
                    let cells: Vec<String> = cells.collect();
                    self.put(&html_table::listed_row(&names, &cells));
                }
                continue;
            }
            if !header && !open {
                self.put("<tbody>\n");
                open = true;
            }
            self.put(if header { "<thead><tr>" } else { "<tr valign=\"top\">" });
            for (column, cell) in row.children().enumerate() {
                let content = self.cell_content(cell, layout.facts(number, column).words);
                let align = table_layout::align(table, column);
                let name = names.get(column).map_or("", String::as_str);
                let written = layout.cell(TableCell { node: cell, row: number, column, align, content }, name);
                self.put(&html_attributes::added_to_cell(&written, cell));
            }
            self.put(if header { "</tr></thead>" } else { "</tr>\n" });
            if header && row.next_sibling().is_some() {
                self.put("<tbody>\n");
                open = true;
            }
        }
        self.put(if open { "</tbody></table>\n" } else { "</table>\n" });
    }

    fn cell_content(&mut self, cell: Node<'_>, words: DividedWords) -> String {
        self.divided(words, |writer| writer.inline_of(cell))
    }

    /// What `write` writes, with long words that may be hyphenated.
    fn hyphenated(&mut self, write: impl FnOnce(&mut Self) -> String) -> String {
        self.divided(DividedWords::Long, write)
    }

    fn divided(&mut self, words: DividedWords, write: impl FnOnce(&mut Self) -> String) -> String {
        self.long_words = LongWords::Hyphenated(words);
        let written = write(self);
        self.long_words = LongWords::Whole;
        written
    }

    fn note(&mut self, node: Node<'_>, name: &str) {
        let first = !matches!(
            node.previous_sibling().map(|definition| definition.data().value.clone()),
            Some(NodeValue::FootnoteDefinition(_))
        );
        if first {
            self.put("<hr class=\"rule notes-rule\">\n");
        }
        let number = self.state.note_numbers.number(name);
        self.put(&format!(
            "<table role=\"presentation\" class=\"note\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
             <td class=\"note-number\">{number}.</td><td class=\"note-cell\">"
        ));
        self.blocks(node, ParagraphFlow::Loose);
        self.put("</td></tr></table>\n");
    }

    fn button(&mut self, node: Node<'_>) {
        let NodeValue::Link(link) = node.data().value.clone() else { return };
        // Word needs the width of its shape in pixels: nine for a character on average, and the padding.
        let width = u32::try_from(tree::plain(node).chars().count()).unwrap_or(30).clamp(8, 44) * 9 + 56;
        // A button holds its label and its address twice: for Word (VML) and for all other programs.
        let pieces = ButtonContext {
            href: self.address(&link.url),
            mso_href: self.address(&link.url),
            label: self.inline_of(node),
            mso_label: self.label(node),
            width,
        };
        let button = self.state.context.theme.button(&pieces);
        self.put(&button);
    }

    /// The inline content of a node. Raw HTML is sanitised together with what is around it, since each tag of it is a node of
    /// its own.
    fn inline_of(&mut self, node: Node<'_>) -> String {
        let inline = self.captured(|writer| node.children().for_each(|child| writer.inline(child)));
        if node.descendants().any(|child| matches!(child.data().value, NodeValue::HtmlInline(_))) {
            return self.fitted_html(node, &inline);
        }
        inline
    }

    fn text(&mut self, node: Node<'_>, text: &str) {
        match self.long_words {
            LongWords::Hyphenated(words) => {
                let lang = self.state.context.text_language.of_node(node);
                let divided = lang.map_or(Cow::Borrowed(text), |lang| lang.divided(text, words));
                self.put(&cell_text::escaped_with_breaks(&divided));
            }
            LongWords::Whole => self.put(&escape(text)),
        }
    }

    fn image(&mut self, node: Node<'_>, url: &str) {
        let alt = self.label(node);
        let address = self.address(url);
        let pairs = node.data().attrs.as_ref().map(|attributes| attributes.pairs.clone()).unwrap_or_default();
        let pixels = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|(_, pixels)| escape(pixels));
        // A picture that is not loaded keeps its width on a phone, unless that is a share of the column.
        let width = pixels("width").map_or_else(String::new, |width| {
            let widest = pixels("widest").unwrap_or_else(|| width.clone());
            format!(" width=\"{width}\" style=\"width:100%;max-width:{widest}px\"")
        });
        let class = html_attributes::picture_class(node);
        self.put(&format!("<img src=\"{address}\" alt=\"{alt}\"{width} class=\"{class}\">"));
    }
}

/// The links of a paragraph that contains only buttons.
pub(super) fn buttons(paragraph: Node<'_>) -> Option<Vec<Node<'_>>> {
    let mut found = Vec::new();
    for child in paragraph.children() {
        let data = child.data();
        match &data.value {
            NodeValue::Link(_)
                if data
                    .attrs
                    .as_ref()
                    .is_some_and(|attributes| attributes.classes.iter().any(|class| class == "button")) =>
            {
                found.push(child);
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => {}
            NodeValue::Text(text) if text.trim().is_empty() => {}
            _ => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}
