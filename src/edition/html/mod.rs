//! The HTML of an issue's text, from its tree.

pub(crate) mod attribute_escaping;
pub(crate) mod contents;
mod html_table;
pub(crate) mod sanitise;

use comrak::nodes::{AlertType, ListType, Node, NodeList, NodeValue};

use crate::base::language::Lang;
use crate::base::language::words::LetterWords;
use crate::edition::blocks;
use crate::edition::blocks::alert;
use crate::edition::template::slots::{SlotContext, Slots};
use crate::edition::theme::{ButtonContext, Theme};
use crate::issue::manuscript::content_blocks::ContentBlock;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::tree;

/// What the writers of both parts look at.
#[derive(Clone, Copy)]
pub(crate) struct WriteContext<'s> {
    pub(crate) tags: &'s [Tag],
    pub(crate) marks: &'s Placeholders,
    pub(crate) lang: Lang,
    pub(crate) words: &'static LetterWords,
}

/// Writes the content of an edition; its marks are uses of `uses`.
pub(crate) fn write(root: Node<'_>, scene: WriteContext<'_>, theme: &Theme, uses: &mut Slots<'_>) -> String {
    let mut writer = HtmlWriter { scene, theme, uses, out: String::new() };
    writer.blocks(root, Flow::Loose);
    writer.out
}

/// Writes one tree.
pub(crate) struct HtmlWriter<'w, 't> {
    scene: WriteContext<'w>,
    theme: &'w Theme,
    uses: &'w mut Slots<'t>,
    out: String,
}

/// Whether paragraphs are written as such.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Loose,
    Tight,
}

/// Text as HTML, also fit for an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

impl HtmlWriter<'_, '_> {
    /// Writes finished HTML.
    pub(crate) fn put(&mut self, html: &str) {
        self.out.push_str(html);
    }

    /// Writes blocks one after the other.
    pub(crate) fn all<'a>(&mut self, nodes: impl Iterator<Item = Node<'a>>) {
        nodes.for_each(|it| self.block(it, Flow::Loose));
    }

    fn blocks(&mut self, parent: Node<'_>, flow: Flow) {
        for child in parent.children() {
            self.block(child, flow);
        }
    }

    fn block(&mut self, node: Node<'_>, flow: Flow) {
        let value = node.data().value.clone();
        match value {
            NodeValue::Raw(_) => self.statement(node),
            NodeValue::Paragraph => self.paragraph(node, flow),
            NodeValue::Heading(heading) => self.heading(node, heading.level),
            NodeValue::ThematicBreak => self.out.push_str("<hr class=\"rule\">\n"),
            NodeValue::List(list) => self.list(node, list),
            NodeValue::BlockQuote | NodeValue::MultilineBlockQuote(_) => self.boxed(node, "quote", ""),
            NodeValue::Alert(alert) => self.alert(node, alert.alert_type, alert.title.as_deref()),
            NodeValue::CodeBlock(code) => self.code_block(&code.literal),
            NodeValue::HtmlBlock(html) => self.html_block(&html.literal),
            NodeValue::Table(table) => html_table::write(self, node, &table),
            NodeValue::FootnoteDefinition(definition) => self.note(node, &definition.name),
            NodeValue::BlockDirective(fence) => match ContentBlock::read(&fence.info) {
                Some(content) => blocks::html(self, node, &content),
                None => self.blocks(node, flow),
            },
            _ => self.blocks(node, flow),
        }
    }

    /// A statement between blocks: a comment, which the inliner leaves where it stands.
    fn statement(&mut self, node: Node<'_>) {
        if let Some(number) = tree::placeholder(node) {
            let mark = self.uses.tag(number, SlotContext::Html);
            self.put(&format!("<!--{mark}-->"));
        }
    }

    fn own_statement(&mut self, code: &str) {
        let mark = self.uses.statement(code);
        self.put(&format!("<!--{mark}-->"));
    }

    fn paragraph(&mut self, node: Node<'_>, flow: Flow) {
        if let Some(buttons) = buttons(node) {
            for button in buttons {
                self.button(button);
            }
            return;
        }
        let inline = self.inline_of(node);
        if inline.trim().is_empty() {
            return;
        }
        match flow {
            Flow::Tight => {
                // Tags between the lines of an item make several paragraphs of it.
                let follows =
                    node.preceding_siblings().skip(1).any(|it| matches!(it.data().value, NodeValue::Paragraph));
                self.put(if follows { "<br>\n" } else { "" });
                self.put(&inline);
            }
            Flow::Loose => self.put(&format!("<p>{inline}</p>\n")),
        }
    }

    fn heading(&mut self, node: Node<'_>, level: u8) {
        let id = node.data().attrs.as_ref().and_then(|it| it.id.clone());
        let id = id.map_or_else(String::new, |it| format!(" id=\"{}\"", escape(&it)));
        let inline = self.inline_of(node);
        self.put(&format!("<h{level}{id}>{inline}</h{level}>\n"));
    }

    fn list(&mut self, node: Node<'_>, list: NodeList) {
        // A list whose items all come from one loop stands round them only where there are any.
        let looped = is_loop_body(node, self.scene.tags);
        if looped {
            self.own_statement("{% if loop.first %}");
        }
        let tag = if list.list_type == ListType::Bullet { "ul" } else { "ol" };
        let start = if tag == "ol" && list.start != 1 { format!(" start=\"{}\"", list.start) } else { String::new() };
        let class = if list.is_task_list { " class=\"tasks\"" } else { "" };
        self.put(&format!("<{tag}{start}{class}>"));
        if looped {
            self.own_statement("{% endif %}");
        }
        let flow = if list.tight { Flow::Tight } else { Flow::Loose };
        for item in node.children() {
            let symbol = match &item.data().value {
                NodeValue::TaskItem(task) => Some(task.symbol.is_some()),
                _ => None,
            };
            if tree::placeholder(item).is_some() {
                self.statement(item);
                continue;
            }
            self.out.push_str("<li>");
            if let Some(done) = symbol {
                let (sign, word) = if done { ('☑', self.scene.words.done) } else { ('☐', self.scene.words.open) };
                self.put(&format!("<span class=\"box\" role=\"img\" aria-label=\"{word}\">{sign}</span> "));
            }
            self.blocks(item, flow);
            self.out.push_str("</li>\n");
        }
        if looped {
            self.own_statement("{% if loop.last %}");
        }
        self.put(&format!("</{tag}>\n"));
        if looped {
            self.own_statement("{% endif %}");
        }
    }

    fn boxed(&mut self, node: Node<'_>, class: &str, title: &str) {
        self.open_box(class);
        self.put(title);
        self.blocks(node, Flow::Loose);
        self.close_box();
    }

    /// Opens a box: Word lays out cells, and ignores the padding of anything else.
    pub(crate) fn open_box(&mut self, class: &str) {
        self.put(&format!(
            "<table role=\"presentation\" class=\"{class}\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><td class=\"{class}-cell\">"
        ));
    }

    /// Closes a box.
    pub(crate) fn close_box(&mut self) {
        self.put("</td></tr></table>\n");
    }

    fn alert(&mut self, node: Node<'_>, kind: AlertType, title: Option<&str>) {
        let title = title.unwrap_or_else(|| alert::title(kind, self.scene.words));
        let title = self.uses.text(title, SlotContext::Html, SlotContext::Html, escape);
        self.boxed(node, "notice", &format!("<p class=\"notice-title\">{title}</p>\n"));
    }

    fn code_block(&mut self, code: &str) {
        self.put(&format!(
            "<table role=\"presentation\" class=\"code\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><td class=\"code-cell\"><pre><code>{}</code></pre></td></tr></table>\n",
            escape(code.trim_end_matches('\n'))
        ));
    }

    fn html_block(&mut self, html: &str) {
        let clean = sanitise::clean(html);
        let marked = self.used_in_html(&clean);
        self.put(&format!("<div>{}</div>\n", marked.trim_end()));
    }

    /// Clean HTML of the author's with its tags used where they stand: text, attribute or address.
    fn used_in_html(&mut self, html: &str) -> String {
        let mut out = String::new();
        for piece in self.scene.marks.tags(html) {
            match piece {
                Ok(text) => out.push_str(text),
                Err(number) => {
                    let mark = self.uses.tag(number, context_after(&out));
                    out.push_str(&mark);
                }
            }
        }
        out
    }

    fn note(&mut self, node: Node<'_>, name: &str) {
        let first = !matches!(
            node.previous_sibling().map(|it| it.data().value.clone()),
            Some(NodeValue::FootnoteDefinition(_))
        );
        if first {
            self.out.push_str("<hr class=\"rule\">\n");
        }
        let number = note_number(node, name);
        self.put(&format!(
            "<table role=\"presentation\" class=\"note\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
             <td class=\"note-number\">{number}.</td><td class=\"note-cell\">"
        ));
        self.blocks(node, Flow::Loose);
        self.out.push_str("</td></tr></table>\n");
    }

    fn button(&mut self, node: Node<'_>) {
        let NodeValue::Link(link) = node.data().value.clone() else { return };
        let width = u32::try_from(tree::plain(node).chars().count()).unwrap_or(30).clamp(8, 44) * 9 + 56;
        // The label and the address stand there twice: for Word, and for all others.
        let pieces = ButtonContext {
            href: self.address(&link.url),
            mso_href: self.address(&link.url),
            label: self.inline_of(node),
            mso_label: self.label(node),
            width,
        };
        let button = self.theme.button(&pieces);
        self.out.push_str(&button);
    }

    /// The text of a button without any markup.
    fn label(&mut self, node: Node<'_>) -> String {
        let mut out = String::new();
        for child in node.descendants() {
            let value = child.data().value.clone();
            match value {
                NodeValue::Text(text) => out.push_str(&escape(&text)),
                NodeValue::Code(code) => out.push_str(&escape(&code.literal)),
                NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
                NodeValue::Raw(_) => {
                    let mark = tree::placeholder(child).map(|it| self.uses.tag(it, SlotContext::Html));
                    out.push_str(&mark.unwrap_or_default());
                }
                _ => {}
            }
        }
        out
    }

    fn address(&mut self, url: &str) -> String {
        self.uses.text(url, SlotContext::HtmlUrl, SlotContext::HtmlUrlPart, escape)
    }

    /// The inline content of a node; raw HTML in it is made harmless as a whole.
    pub(crate) fn inline_of(&mut self, node: Node<'_>) -> String {
        let before = std::mem::take(&mut self.out);
        node.children().for_each(|it| self.inline(it));
        let inline = std::mem::replace(&mut self.out, before);
        if node.descendants().any(|it| matches!(it.data().value, NodeValue::HtmlInline(_))) {
            let clean = sanitise::clean(&inline);
            return self.used_in_html(&clean);
        }
        inline
    }

    fn inline(&mut self, node: Node<'_>) {
        let value = node.data().value.clone();
        match value {
            NodeValue::Text(text) => self.out.push_str(&escape(&text)),
            NodeValue::Raw(_) => {
                let mark = tree::placeholder(node).map(|it| self.uses.tag(it, SlotContext::Html));
                self.out.push_str(&mark.unwrap_or_default());
            }
            NodeValue::SoftBreak => self.out.push('\n'),
            NodeValue::LineBreak => self.out.push_str("<br>\n"),
            NodeValue::Code(code) => self.put(&format!("<code>{}</code>", escape(&code.literal))),
            NodeValue::HtmlInline(html) => self.out.push_str(&html),
            NodeValue::Emph => self.wrapped(node, "em"),
            NodeValue::Strong => self.wrapped(node, "strong"),
            NodeValue::Strikethrough => self.wrapped(node, "del"),
            NodeValue::Link(link) => {
                let address = self.address(&link.url);
                self.put(&format!("<a href=\"{address}\">"));
                node.children().for_each(|it| self.inline(it));
                self.out.push_str("</a>");
            }
            NodeValue::Image(link) => self.image(node, &link.url),
            NodeValue::FootnoteReference(reference) => {
                self.put(&format!("<sup class=\"note-ref\">{}</sup>", reference.ix));
            }
            _ => node.children().for_each(|it| self.inline(it)),
        }
    }

    fn wrapped(&mut self, node: Node<'_>, tag: &str) {
        self.put(&format!("<{tag}>"));
        node.children().for_each(|it| self.inline(it));
        self.put(&format!("</{tag}>"));
    }

    fn image(&mut self, node: Node<'_>, url: &str) {
        let alt = self.label(node);
        let address = self.address(url);
        let width = node.data().attrs.as_ref().and_then(|it| it.pairs.first().cloned());
        // The width of a picture that is not shown does not shrink with its column: only a share of the column does.
        let width = width.map_or_else(String::new, |(_, width)| {
            let width = escape(&width);
            format!(" width=\"{width}\" style=\"width:100%;max-width:{width}px\"")
        });
        self.put(&format!("<img src=\"{address}\" alt=\"{alt}\"{width} class=\"picture\">"));
    }
}

/// The links of a paragraph that holds nothing but buttons.
pub(crate) fn buttons(paragraph: Node<'_>) -> Option<Vec<Node<'_>>> {
    let mut found = Vec::new();
    for child in paragraph.children() {
        let data = child.data();
        match &data.value {
            NodeValue::Link(_) if data.attrs.as_ref().is_some_and(|it| it.classes.iter().any(|it| it == "button")) => {
                found.push(child);
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => {}
            NodeValue::Text(text) if text.trim().is_empty() => {}
            _ => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Whether a list is all that a loop repeats.
pub(crate) fn is_loop_body<'a>(list: Node<'a>, tags: &[Tag]) -> bool {
    let kind = |it: Option<Node<'a>>| it.and_then(tree::placeholder).and_then(|it| tags.get(it)).map(|it| &it.kind);
    matches!(kind(list.previous_sibling()), Some(TagKind::For(_)))
        && matches!(kind(list.next_sibling()), Some(TagKind::EndFor | TagKind::Else))
}

/// The number that references show for a note.
pub(crate) fn note_number(note: Node<'_>, name: &str) -> u32 {
    let root = note.ancestors().last().unwrap_or(note);
    root.descendants()
        .find_map(|it| match &it.data().value {
            NodeValue::FootnoteReference(reference) if reference.name == name => Some(reference.ix),
            _ => None,
        })
        .unwrap_or(0)
}

/// How a value is written behind some clean HTML.
fn context_after(html: &str) -> SlotContext {
    let inside = html.rfind('<') > html.rfind('>');
    let attribute = html.rfind("=\"").map(|at| &html[..at]);
    let address = attribute.is_some_and(|it| it.ends_with("href") || it.ends_with("src"));
    if inside && address { SlotContext::HtmlUrlPart } else { SlotContext::Html }
}
