//! What the HTML of letters and the plain HTML of other channels have in common: the walk through the tree, tags as slots, lists
//! and most parts of a line.

use comrak::nodes::{ListType, Node, NodeLink, NodeList, NodeValue};

use crate::edition::compile_context::CompileContext;
use crate::edition::html::escape::escape;
use crate::edition::template::slots::{SlotContext, Slots};
use crate::edition::writers::{html_attributes, raw_html};
use crate::issue::manuscript::notes::NoteNumbers;
use crate::issue::manuscript::placeholders::words::PlaceholderPiece;
use crate::issue::manuscript::tree;

/// Whether paragraphs are written as `<p>`: not in the items of a tight list (`CommonMark` 0.31, section 5.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ParagraphFlow {
    Loose,
    Tight,
}

/// Whether a task of a list is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskState {
    Open,
    Done,
}

/// The context of writing a tree, and the output so far.
pub(super) struct HtmlState<'w, 't> {
    pub(super) context: CompileContext<'w>,
    pub(super) slots: &'w mut Slots<'t>,
    pub(super) note_numbers: NoteNumbers,
    pub(super) out: String,
}

/// A writer of a tree as HTML. Those that implement it decide how elements look.
pub(super) trait TreeHtml<'w, 't: 'w> {
    fn state(&mut self) -> &mut HtmlState<'w, 't>;

    /// Writes a block without what is around all blocks.
    fn unwrapped(&mut self, node: Node<'_>, flow: ParagraphFlow);

    /// Writes a part of a line.
    fn inline(&mut self, node: Node<'_>);

    /// The attributes of an element around a block; empty: no such element.
    fn wrapper(&self, node: Node<'_>) -> String;

    /// The attribute with the class of a list; empty: no class.
    fn list_class(&self, list: &NodeList) -> &'static str;

    /// The markup before the text of a task.
    fn task_sign(&mut self, task: TaskState) -> String;

    fn put(&mut self, html: &str) {
        self.state().out.push_str(html);
    }

    fn blocks(&mut self, parent: Node<'_>, flow: ParagraphFlow) {
        for child in parent.children() {
            self.block(child, flow);
        }
    }

    fn block(&mut self, node: Node<'_>, flow: ParagraphFlow) {
        let outside = self.state().context.words;
        self.state().context.words = self.state().context.words_in(node);
        let wrapper = self.wrapper(node);
        if !wrapper.is_empty() {
            self.put(&format!("<div{wrapper}>\n"));
        }
        self.unwrapped(node, flow);
        if !wrapper.is_empty() {
            self.put("</div>\n");
        }
        self.state().context.words = outside;
    }

    /// A statement between blocks. It is written as a comment, since the HTML parser of the inliner moves text out of tables.
    /// [`Slots::compile`] removes the signs of the comment.
    fn statement(&mut self, node: Node<'_>) {
        if let Some(number) = tree::placeholder(node) {
            let slot = self.state().slots.tag(number, SlotContext::Html);
            self.put(&format!("<!--{slot}-->"));
        }
    }

    fn statement_code(&mut self, code: &str) {
        let slot = self.state().slots.statement(code);
        self.put(&format!("<!--{slot}-->"));
    }

    fn list(&mut self, node: Node<'_>, list: NodeList) {
        // Where all items come from one loop, the list is opened in its first round and closed in its last, so that
        // there is no empty list where there are no items.
        let looped = tree::is_loop_body(node, self.state().context.tags);
        if looped {
            self.statement_code("{% if loop.first %}");
        }
        let tag = if list.list_type == ListType::Bullet { "ul" } else { "ol" };
        let start = if tag == "ol" && list.start != 1 { format!(" start=\"{}\"", list.start) } else { String::new() };
        let class = self.list_class(&list);
        self.put(&format!("<{tag}{start}{class}{}>", html_attributes::language(node)));
        if looped {
            self.statement_code("{% endif %}");
        }
        let flow = if list.tight { ParagraphFlow::Tight } else { ParagraphFlow::Loose };
        for item in node.children() {
            if tree::placeholder(item).is_some() {
                self.statement(item);
                continue;
            }
            let task = match &item.data().value {
                NodeValue::TaskItem(task) if task.symbol.is_some() => Some(TaskState::Done),
                NodeValue::TaskItem(_) => Some(TaskState::Open),
                _ => None,
            };
            let sign = task.map(|task| self.task_sign(task)).unwrap_or_default();
            self.put(&format!("<li{}>{sign}", html_attributes::language(item)));
            self.blocks(item, flow);
            self.put("</li>\n");
        }
        if looped {
            self.statement_code("{% if loop.last %}");
        }
        self.put(&format!("</{tag}>\n"));
        if looped {
            self.statement_code("{% endif %}");
        }
    }

    /// An author's clean HTML with its tags as slots: in text, in attributes or in addresses.
    fn with_slots(&mut self, html: &str) -> String {
        let mut out = String::new();
        let placeholders = self.state().context.placeholders;
        for piece in placeholders.split_tags(html) {
            match piece {
                PlaceholderPiece::Text(text) => out.push_str(text),
                PlaceholderPiece::Number(number) => {
                    let slot = self.state().slots.tag(number, raw_html::context_after(&out));
                    out.push_str(&slot);
                }
            }
        }
        out
    }

    fn address(&mut self, url: &str) -> String {
        self.state().slots.text(url, SlotContext::HtmlUrl, SlotContext::HtmlUrlPart, escape)
    }

    /// Returns what `write` writes instead of appending it.
    fn captured(&mut self, write: impl FnOnce(&mut Self)) -> String
    where
        Self: Sized,
    {
        let before = std::mem::take(&mut self.state().out);
        write(self);
        std::mem::replace(&mut self.state().out, before)
    }

    fn link(&mut self, node: Node<'_>, link: &NodeLink) {
        let address = self.address(&link.url);
        self.put(&format!("<a href=\"{address}\"{}>", html_attributes::language(node)));
        node.children().for_each(|child| self.inline(child));
        self.put("</a>");
    }

    fn wrapped(&mut self, node: Node<'_>, tag: &str) {
        self.put(&format!("<{tag}>"));
        node.children().for_each(|child| self.inline(child));
        self.put(&format!("</{tag}>"));
    }

    /// The value of a tag in a line.
    fn tag_in_line(&mut self, node: Node<'_>) -> String {
        let number = tree::placeholder(node);
        number.map(|number| self.state().slots.tag(number, SlotContext::Html)).unwrap_or_default()
    }

    /// The text of a button or a picture, without any markup.
    fn label(&mut self, node: Node<'_>) -> String {
        let mut out = String::new();
        for child in node.descendants() {
            let data = child.data();
            match &data.value {
                NodeValue::Text(text) => out.push_str(&escape(text)),
                NodeValue::Code(code) => out.push_str(&escape(&code.literal)),
                NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
                NodeValue::Raw(_) => out.push_str(&self.tag_in_line(child)),
                _ => {}
            }
        }
        out
    }
}
