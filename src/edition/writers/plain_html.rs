//! Writes an issue's text as plain HTML, for channels besides letters: no theme, no classes, and no widths but those that an author asks for.
//!
//! `publish::article` reads it back once the template tags in it have their values, so that every channel is written from
//! what this writes.

use comrak::nodes::{Node, NodeList, NodeTable, NodeValue, TableAlignment};

use crate::edition::blocks;
use crate::edition::blocks::pieces::HtmlPiece;
use crate::edition::compile_context::CompileContext;
use crate::edition::html::escape::escape;
use crate::edition::html::sanitise;
use crate::edition::passage_tags::{GREETING_NAME, PASSAGE_GREETING_NAME};
use crate::edition::template::slots::Slots;
use crate::edition::theme::template_values::Hero;
use crate::edition::writers::html::buttons;
use crate::edition::writers::html_attributes;
use crate::edition::writers::table_layout;
use crate::edition::writers::tree_html::{HtmlState, ParagraphFlow, TaskState, TreeHtml};
use crate::issue::manuscript::captions::{is_caption, is_picture};
use crate::issue::manuscript::content_blocks::ContentBlock;
use crate::issue::manuscript::notes::NoteNumbers;
use crate::issue::manuscript::placeholders::tag::TagKind;
use crate::issue::manuscript::tree;

/// The class of the number of a footnote in the text, and that of the list of the notes: the only classes that are written.
pub(crate) const NOTE_REFERENCE: &str = "note-ref";
pub(crate) const NOTES: &str = "notes";

/// Writes the content of an edition below the picture of its front matter; the placeholders of its tags become slots.
pub(crate) fn write(root: Node<'_>, hero: Option<&Hero>, context: CompileContext<'_>, slots: &mut Slots<'_>) -> String {
    let state = HtmlState { context, slots, note_numbers: NoteNumbers::of(root), out: String::new() };
    let mut writer = PlainHtmlWriter { state };
    if let Some(hero) = hero {
        writer.hero(hero);
    }
    writer.blocks(root, ParagraphFlow::Loose);
    writer.state.out
}

/// Writes one tree.
struct PlainHtmlWriter<'w, 't> {
    state: HtmlState<'w, 't>,
}

/// The channel that a block is limited to. Nothing is written around a statement, since it may begin what another one
/// ends.
fn own_channel(node: Node<'_>) -> Option<String> {
    let data = node.data();
    let pairs = data.attrs.iter().flat_map(|attributes| &attributes.pairs);
    let own = pairs.filter(|(name, _)| name == tree::OWN).map(|(_, channel)| channel.clone()).next();
    own.filter(|_| !matches!(data.value, NodeValue::Raw(_)))
}

impl<'w, 't> TreeHtml<'w, 't> for PlainHtmlWriter<'w, 't> {
    fn state(&mut self) -> &mut HtmlState<'w, 't> {
        &mut self.state
    }

    fn unwrapped(&mut self, node: Node<'_>, flow: ParagraphFlow) {
        let data = node.data();
        match &data.value {
            NodeValue::Raw(_) => self.statement(node),
            NodeValue::Paragraph => self.paragraph(node, flow),
            NodeValue::Heading(heading) => self.heading(node, heading.level),
            NodeValue::ThematicBreak => self.put("<hr>\n"),
            NodeValue::List(list) => self.list(node, *list),
            NodeValue::BlockQuote | NodeValue::MultilineBlockQuote(_) => {
                self.put("<blockquote>\n");
                self.blocks(node, ParagraphFlow::Loose);
                self.put("</blockquote>\n");
            }
            NodeValue::CodeBlock(code) => {
                self.put(&format!("<pre><code>{}</code></pre>\n", escape(code.literal.trim_end_matches('\n'))));
            }
            NodeValue::HtmlBlock(html) => {
                let html = self.author_html(&html.literal);
                self.figure_or(node, |writer| writer.put(&format!("<div>{}</div>\n", html.trim_end())), &html);
            }
            NodeValue::Table(table) => self.table(node, table),
            NodeValue::FootnoteDefinition(_) => self.note(node),
            NodeValue::BlockDirective(fence) => match ContentBlock::read(&fence.info) {
                Some(content) => self.pieces(blocks::plain_html(node, &content)),
                None => self.blocks(node, flow),
            },
            _ => self.blocks(node, flow),
        }
    }

    fn inline(&mut self, node: Node<'_>) {
        let data = node.data();
        match &data.value {
            NodeValue::Text(text) => self.put(&escape(text)),
            NodeValue::Raw(_) => {
                let slot = self.tag_in_line(node);
                self.put(&slot);
            }
            NodeValue::SoftBreak => self.put("\n"),
            NodeValue::LineBreak => self.put("<br>\n"),
            NodeValue::Code(code) => self.put(&format!("<code>{}</code>", escape(&code.literal))),
            NodeValue::HtmlInline(html) => self.put(html),
            NodeValue::Emph => self.wrapped(node, "em"),
            NodeValue::Strong => self.wrapped(node, "strong"),
            NodeValue::Strikethrough => self.wrapped(node, "del"),
            // The number of a figure, and the name of a person, come before a label and a role.
            NodeValue::Underline if node.previous_sibling().is_none() && !is_caption(node) => {
                self.wrapped(node, "strong");
            }
            NodeValue::Link(link) => self.link(node, link),
            NodeValue::Image(link) => self.image(node, &link.url),
            NodeValue::FootnoteReference(reference) => {
                self.put(&format!("<sup class=\"{NOTE_REFERENCE}\">{}</sup>", reference.ix));
            }
            _ => node.children().for_each(|child| self.inline(child)),
        }
    }

    fn wrapper(&self, node: Node<'_>) -> String {
        let own = own_channel(node).map(|channel| format!(" {}=\"{}\"", tree::OWN, escape(&channel)));
        html_attributes::of_wrapper(node) + &own.unwrap_or_default()
    }

    fn list_class(&self, _: &NodeList) -> &'static str {
        ""
    }

    fn task_sign(&mut self, task: TaskState) -> String {
        match task {
            TaskState::Done => "☑ ".to_owned(),
            TaskState::Open => "☐ ".to_owned(),
        }
    }
}

impl PlainHtmlWriter<'_, '_> {
    /// The picture of the front matter. Its address is escaped already.
    fn hero(&mut self, hero: &Hero) {
        let alt = escape(&hero.alt);
        self.put(&format!("<figure><img src=\"{}\" alt=\"{alt}\">", hero.src));
        if !hero.caption.is_empty() {
            self.put(&format!("<figcaption>{}</figcaption>", escape(&hero.caption)));
        }
        self.put("</figure>\n");
    }

    fn pieces(&mut self, pieces: Vec<HtmlPiece<'_>>) {
        for piece in pieces {
            match piece {
                HtmlPiece::Markup(html) => self.put(&html),
                HtmlPiece::Blocks(nodes) => nodes.into_iter().for_each(|node| self.block(node, ParagraphFlow::Loose)),
                HtmlPiece::Inline(node) | HtmlPiece::NarrowInline(node) => {
                    let inline = self.inline_of(node);
                    self.put(&inline);
                }
                HtmlPiece::Statement(code) => self.statement_code(code),
            }
        }
    }

    fn paragraph(&mut self, node: Node<'_>, flow: ParagraphFlow) {
        let language = html_attributes::language(node);
        if let Some(buttons) = buttons(node) {
            for button in buttons {
                let link = self.inline_alone(button);
                self.put(&format!("<p{language}>{link}</p>\n"));
            }
            return;
        }
        let inline = self.inline_of(node);
        if inline.trim().is_empty() || self.is_greeting(node) {
            return;
        }
        match flow {
            ParagraphFlow::Tight => {
                // Tags between the lines of an item split it into several paragraphs.
                let follows = node
                    .preceding_siblings()
                    .skip(1)
                    .any(|sibling| matches!(sibling.data().value, NodeValue::Paragraph));
                self.put(if follows { "<br>\n" } else { "" });
                self.put(&inline);
            }
            ParagraphFlow::Loose => {
                self.figure_or(node, |writer| writer.put(&format!("<p{language}>{inline}</p>\n")), &inline);
            }
        }
    }

    /// Whether a paragraph consists of the greeting of a letter, which does not belong in other channels.
    fn is_greeting(&self, paragraph: Node<'_>) -> bool {
        let mut tags = paragraph.descendants().filter_map(tree::placeholder);
        let tag = tags.next().filter(|_| tags.next().is_none()).and_then(|number| self.state.context.tags.get(number));
        let prints_greeting =
            tag.is_some_and(|tag| matches!(&tag.kind, TagKind::Print(expression) if [GREETING_NAME, PASSAGE_GREETING_NAME].contains(&expression.trim())));
        prints_greeting && !tree::plain(paragraph).contains(char::is_alphanumeric)
    }

    /// A picture with its caption as a figure; anything else as `write` does. A caption is written together with its
    /// picture.
    fn figure_or(&mut self, node: Node<'_>, write: impl FnOnce(&mut Self), picture: &str) {
        if is_caption(node) && node.previous_sibling().is_some_and(is_picture) {
            return;
        }
        match node.next_sibling().filter(|below| is_picture(node) && is_caption(below)) {
            Some(caption) => {
                let caption = self.inline_of(caption);
                self.put(&format!("<figure>{}<figcaption>{caption}</figcaption></figure>\n", picture.trim()));
            }
            None => write(self),
        }
    }

    fn heading(&mut self, node: Node<'_>, level: u8) {
        let id = node.data().attrs.as_ref().and_then(|attributes| attributes.id.clone());
        let id = id.map(|id| format!(" id=\"{}\"", escape(&id))).unwrap_or_default();
        let inline = self.inline_of(node);
        let language = html_attributes::language(node);
        self.put(&format!("<h{level}{id}{language}>{inline}</h{level}>\n"));
    }

    fn table(&mut self, node: Node<'_>, table: &NodeTable) {
        self.put("<table>\n");
        let mut open = false;
        for row in node.children() {
            if tree::placeholder(row).is_some() {
                self.statement(row);
                continue;
            }
            let is_header = table_layout::is_header(row);
            if !is_header && !open {
                self.put("<tbody>\n");
                open = true;
            }
            self.put(if is_header { "<thead><tr>" } else { "<tr>" });
            let (tag, scope) = if is_header { ("th", " scope=\"col\"") } else { ("td", "") };
            for (column, cell) in row.children().enumerate() {
                let align = match table.alignments.get(column) {
                    Some(TableAlignment::Right) => " align=\"right\"",
                    Some(TableAlignment::Center) => " align=\"center\"",
                    Some(TableAlignment::Left | TableAlignment::None) | None => "",
                };
                let language = html_attributes::language(cell);
                let content = self.inline_of(cell);
                self.put(&format!("<{tag}{scope}{align}{language}>{content}</{tag}>"));
            }
            self.put(if is_header { "</tr></thead>\n" } else { "</tr>\n" });
            // A loop around the rows begins behind the header, and its statement must be inside the body.
            if is_header && row.next_sibling().is_some() {
                self.put("<tbody>\n");
                open = true;
            }
        }
        self.put(if open { "</tbody></table>\n" } else { "</table>\n" });
    }

    /// A footnote: the notes together are a numbered list below a rule.
    fn note(&mut self, node: Node<'_>) {
        let is_note = |node: Option<Node<'_>>| {
            node.is_some_and(|node| matches!(node.data().value, NodeValue::FootnoteDefinition(_)))
        };
        if !is_note(node.previous_sibling()) {
            let name = match &node.data().value {
                NodeValue::FootnoteDefinition(definition) => definition.name.clone(),
                _ => String::new(),
            };
            let number = self.state.note_numbers.number(&name);
            let start = if number == 1 { String::new() } else { format!(" start=\"{number}\"") };
            self.put(&format!("<hr>\n<ol class=\"{NOTES}\"{start}>\n"));
        }
        self.put("<li>");
        self.blocks(node, ParagraphFlow::Loose);
        self.put("</li>\n");
        if !is_note(node.next_sibling()) {
            self.put("</ol>\n");
        }
    }

    /// An author's HTML, made safe, with its tags as slots.
    fn author_html(&mut self, html: &str) -> String {
        self.with_slots(&sanitise::clean_block(html))
    }

    /// The inline content of a node. Raw HTML is made safe together with what is around it, since each tag of it is a node of
    /// its own.
    fn inline_of(&mut self, node: Node<'_>) -> String {
        let inline = self.captured(|writer| node.children().for_each(|child| writer.inline(child)));
        if node.descendants().any(|child| matches!(child.data().value, NodeValue::HtmlInline(_))) {
            return self.author_html(&inline);
        }
        inline
    }

    /// One inline node.
    fn inline_alone(&mut self, node: Node<'_>) -> String {
        self.captured(|writer| writer.inline(node))
    }

    fn image(&mut self, node: Node<'_>, url: &str) {
        let address = self.address(url);
        let alt = self.label(node);
        let pairs = node.data().attrs.as_ref().map(|attributes| attributes.pairs.clone()).unwrap_or_default();
        // Other widths are those of the column of a letter, which a website does not have.
        let width = pairs.iter().find(|(name, _)| name == tree::ASKED_WIDTH).map(|(_, pixels)| escape(pixels));
        let width = width.map(|width| format!(" width=\"{width}\"")).unwrap_or_default();
        self.put(&format!("<img src=\"{address}\" alt=\"{alt}\"{width}>"));
    }
}
